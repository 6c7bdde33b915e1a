"""A bureau is told of its refused rows: sealed, once for each delivery, where and why and never who."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from night_kit import NIGHTS, Town, people
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.pipeline import NightAsk
from gateway.pipeline.collect import collect
from gateway.wiring import open_house
from sandbox.bureaus import files
from sandbox.bureaus.keys import load_ring

RUN = CliRunner()
WELFARE = "national_welfare_system"
ASK = NightAsk(NIGHTS[2], datetime.now(UTC), only=WELFARE)


def cwg(site: Path, *words: str) -> str:
    done = RUN.invoke(app, [*words, "--site", str(site)])
    assert done.exit_code == 0, done.output
    return done.output


def told(site: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cwg(site, "quarantine", "told", "--json"))
    return found


def collect_registry(site: Path) -> int:
    """The registry's roll of the month, as a night takes it; how many rows were refused."""
    with open_house(site) as opened:
        house = opened.house
        plan = next(p for p in house.rolls if p.roll == "registry")
        run = house.store.runs.begin_run(
            ASK.as_of, ASK.known_at, "partial", False, "test", house.clock()
        )
        return collect(house, ASK, run.run_id, plan).quarantined


def test_a_bureau_is_told_of_its_refused_rows_once(
    site_after: Callable[[int], Path], town: Town, tmp_path: Path
) -> None:
    site, into = site_after(2), tmp_path / "into"
    path = site / "sources" / f"{WELFARE}.yaml"
    text = re.sub(r"hand_over: .*", f"hand_over: {into}", path.read_text("utf-8"))
    path.write_text(f"{text}refusals: sent\n", "utf-8")
    refused = collect_registry(site)
    assert refused > 0
    (waits,) = told(site)
    assert (waits["state"], waits["roll"], waits["row_count"]) == ("pending", "registry", refused)

    # Its place is not there: it waits, and is tried again later.
    assert "0 lists of refused rows sent, 1 not" in cwg(site, "work")
    assert [(t["state"], t["error"]) for t in told(site)] == [("pending", "Unreachable")]
    into.mkdir()
    assert "0 lists" in cwg(site, "work"), "not before its time"
    with open_house(site) as opened:
        store = opened.house.store
        (leased,) = store.refusals.lease(
            datetime(2099, 1, 1, tzinfo=UTC), ASK.known_at - ASK.known_at, 9
        )
        assert leased.attempts == 2
        assert store.refusals.again(leased, ASK.known_at, "")
        assert not store.refusals.sent(leased, "x", ASK.known_at), "the lease is over"

    assert "1 lists of refused rows sent, 0 not" in cwg(site, "work")
    (gone,) = told(site)
    (sealed,) = into.iterdir()
    running = town.bureaus.national_welfare_system.folder
    ring = load_ring(running / "keys", WELFARE, {"gateway": running / "partners" / "gateway"})
    opened_file = files.open_file(ring, sealed.read_bytes())
    assert (gone["state"], gone["exchange_id"]) == ("sent", opened_file.exchange.id)
    said = json.loads(opened_file.content)
    assert (said["kind"], said["roll"], said["row_count"]) == ("refusals", "registry", refused)
    assert len({line["row"] for line in said["rows"]}) == refused
    assert {line["row"].partition("#")[0] for line in said["rows"]} == {said["delivery"]}
    assert all(set(line) == {"row", "column", "reason"} for line in said["rows"])
    names, numbers = people(town.city)
    assert not [n for n in (*names, *numbers) if n in opened_file.content.decode()]

    assert "0 lists of refused rows sent, 0 not" in cwg(site, "work")
    collect_registry(site)
    assert len(told(site)) == 1
    assert len(list(into.iterdir())) == 1
