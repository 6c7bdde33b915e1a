"""Sealed exchanges go after their days; what findings rest on, and the log, stand as before."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from night_kit import Town, rows
from typer.testing import CliRunner

from gateway.cli import retain
from gateway.cli.main import app
from gateway.cli.retaining import Due, certificate_of, due, let_go
from gateway.evidence import Archive
from gateway.wiring import open_house

RUN = CliRunner()
LATER = datetime.now(UTC) + timedelta(days=4000)


def cwg(*words: object) -> Any:
    done = RUN.invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done


@pytest.fixture(scope="module")
def site(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.copy(3, tmp_path_factory.mktemp("retained") / "site")


@pytest.fixture(scope="module")
def gone(site: Path) -> list[Due]:
    """Everything that could go went."""
    with open_house(site) as opened:
        going = list(due(opened, LATER))
        for one in going:
            let_go(opened, one, LATER)
    return going


def test_nothing_goes_before_its_days(site: Path) -> None:
    with open_house(site) as opened:
        first = min(
            kept.known_from
            for plan in opened.house.rolls
            for kept in opened.house.store.deliveries.history(plan.source, plan.roll)
        )
        days = timedelta(days=opened.site.retention.payload_days)
        assert not list(due(opened, first + days))
        assert list(due(opened, first + days + timedelta(seconds=1)))


def test_the_newest_delivery_of_a_roll_stays(site: Path, gone: list[Due]) -> None:
    assert gone
    with open_house(site) as opened:
        assert not list(due(opened, LATER))
        for plan in opened.house.rolls:
            history = opened.house.store.deliveries.history(plan.source, plan.roll)
            newest = max(
                (kept for kept in history if kept.state == "current"),
                key=lambda kept: kept.delivery.period,
            )
            assert all(opened.room.archive.has(r.sealed_digest) for r in newest.delivery.exchanges)
        assert not any(opened.room.archive.has(one.ref.sealed_digest) for one in gone)


def test_findings_prove_themselves_as_before(site: Path, gone: list[Due], tmp_path: Path) -> None:
    """Those that cite rows of destroyed exchanges are exported, and checked with nothing else."""
    lost = {one.ref.exchange_id for one in gone}
    keys = [
        row["finding_key"]
        for row in rows(site, "SELECT finding_key, evidence FROM finding WHERE person_id > 0")
        if any(e["ref"].partition("#")[0] in lost for e in json.loads(row["evidence"]))
    ]
    assert keys
    for number, key in enumerate(keys[:3]):
        file = tmp_path / f"{number}.cwge"
        cwg("evidence", "export", key, "--out", file, "--site", site)
        steps = json.loads(cwg("verify", "finding", file, "--json").stdout)
        assert any(step["step"].startswith("row ") for step in steps)


def test_the_log_verifies_and_tells_of_the_certificate(site: Path, gone: list[Due]) -> None:
    cwg("verify", "log", "--site", site)
    (step,) = json.loads(
        cwg("verify", "exchange", gone[0].ref.exchange_id, "--site", site, "--json").stdout
    )
    assert "certificate is record" in step["found"]
    with open_house(site) as opened:
        found = certificate_of(opened.room.log, gone[0].ref.exchange_id)
        assert found is not None
        records = {record.n: record.fields for record in opened.room.log.records()}
    assert records[found[0]]["sealed_digest"] == gone[0].ref.sealed_digest
    assert records[found[0]]["rows_kept"] == str(len(gone[0].cited))


def test_cut_off_after_the_certificate_it_goes_the_next_time(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_house(town.copy(2, tmp_path / "site")) as opened:
        one = next(due(opened, LATER))
        with monkeypatch.context() as patch:
            patch.setattr(Archive, "destroy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                let_go(opened, one, LATER)
        assert certificate_of(opened.room.log, one.ref.exchange_id) is not None
        again = next(due(opened, LATER))
        assert again.ref == one.ref
        let_go(opened, again, LATER)
        assert again.ref not in {left.ref for left in due(opened, LATER)}


def test_a_row_that_can_no_longer_be_proved_keeps_its_exchange(town: Town, tmp_path: Path) -> None:
    site = town.copy(2, tmp_path / "site")
    with open_house(site) as opened:
        one = next(d for d in due(opened, LATER) if d.cited)
        spoilt = Due(one.plan, one.period, one.ref, one.arrived, frozenset({10**9}))
        with pytest.raises(Exception, match="not in the exchange"):
            let_go(opened, spoilt, LATER)
        assert opened.room.archive.has(one.ref.sealed_digest)
        assert certificate_of(opened.room.log, one.ref.exchange_id) is None


def test_the_command_shows_first_and_destroys_when_told(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = town.copy(3, tmp_path / "site")
    sealed = site / "var/evidence/archive/sealed"
    monkeypatch.setattr(retain, "datetime", SimpleNamespace(now=lambda _: LATER))
    before = {path.name for path in sealed.rglob("*") if path.is_file()}
    shown = json.loads(cwg("retain", "--site", site, "--json").stdout)
    assert shown
    assert before == {path.name for path in sealed.rglob("*") if path.is_file()}
    cwg("retain", "--destroy", "--site", site, "--json")
    left = {path.name for path in sealed.rglob("*") if path.is_file()}
    assert left < before
    assert json.loads(cwg("retain", "--site", site, "--json").stdout) == []


def test_a_child_is_erased_on_a_granted_request_and_the_log_still_verifies(
    town: Town, tmp_path: Path
) -> None:
    site = town.copy(3, tmp_path / "site")
    found = rows(site, "SELECT case_id, person_id FROM finding WHERE access = 'ordinary'")
    people = Counter(row["person_id"] for row in found)
    case, person = next(row.values() for row in found if people[row["person_id"]] == 1)
    asked = ("rights", "request", "--case", case, "--kind", "deletion", "--bureau", "education")
    cwg(*asked, "--site", site)
    refused = RUN.invoke(app, ["rights", "erase", "1", "--site", str(site)])
    assert refused.exit_code == 2
    assert "not granted" in refused.output
    done = RUN.invoke(
        app, ["rights", "answer", "1", "--case", str(case), "--site", str(site)], "好"
    )
    assert done.exit_code == 0, done.output
    refused = RUN.invoke(app, ["rights", "erase", "1", "--site", str(site)])
    assert f"case {case}" in refused.output
    with open_house(site) as opened, opened.house.store._db.write() as c:
        c.exec_driver_sql(f"UPDATE case_file SET state = 'aged_out' WHERE case_id = {case}")
    shown = json.loads(cwg("rights", "erase", "1", "--site", site, "--json").stdout)
    with open_house(site) as opened:
        name = opened.house.store.persons.person(person).name
        assert name, "a look touches nothing"
    told = json.loads(cwg("rights", "erase", "1", "--destroy", "--site", site, "--json").stdout)
    assert told == shown
    with open_house(site) as opened:
        assert opened.house.store.persons.person(person).name is None
        (record,) = [r.fields for r in opened.room.log.records() if r.kind == "erased"]
        assert record["person"] == str(person)
        assert record["request"] == "1"
        stays = {row["place"]: row["until"] for row in told if row["until"] in record["stays"]}
    assert stays["snapshots, encrypted · 加密快照"] == "not rewritten · 不改写"
    assert len(stays) == 4, (
        "exchanges, snapshots, backups and the log itself: nothing is kept silent"
    )
    cwg("verify", "log", "--site", site)
