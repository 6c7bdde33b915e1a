"""A source that sends changes: rows that came, rows that left, and a whole roll now and then."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from night_kit import NIGHTS, Town, WelfareDesk, rows, run_night

from gateway.pipeline import Collected
from sandbox.bureaus import files
from sandbox.bureaus.drops import Drop, seal_roll
from sandbox.bureaus.keys import KeyRing, load_ring
from sandbox.bureaus.rolls import DIVISION_COLUMN, Roll, count_scopes, county_column

PERIODS = tuple(f"{night:%Y-%m}" for night in NIGHTS)
KEY = "档案编号"
ME = "national_welfare_system"


@dataclass
class Changes:
    """The welfare bureau sending its registry as changes, into a folder that a site picks up from."""

    town: Town
    desk: WelfareDesk
    ring: KeyRing

    def table(self, period: str) -> pa.Table:
        table = pq.read_table(self.town.city / "rolls" / period / "registry.parquet")
        return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))

    def drop(self, name: str, period: str, table: pa.Table, replaces: str = "") -> str:
        counties = county_column(table, DIVISION_COLUMN["registry"])
        roll = Roll(table, table.num_rows, count_scopes(counties))
        exchange, sealed = seal_roll(self.ring, Drop(period, name, roll, replaces))
        files.write(self.desk.outbox, f"{exchange.id}.cwgx", sealed)
        return exchange.id

    def drop_changes(self, before: str, after: str) -> tuple[int, int]:
        """What a month changed; gives how many rows changed and how many left."""
        old, new = self.table(before), self.table(after)
        known = {row[KEY]: row for row in old.to_pylist()}
        differ = [known.get(row[KEY]) != row for row in new.to_pylist()]
        changed = new.filter(pa.array(differ))
        left = old.filter(pc.invert(pc.is_in(old[KEY], value_set=new[KEY].combine_chunks())))
        self.drop("registry_changes", after, changed)
        self.drop("registry_gone", after, left)
        return changed.num_rows, left.num_rows


@pytest.fixture
def changes(town: Town, tmp_path: Path) -> Changes:
    desk = WelfareDesk(town, tmp_path / "desk", PERIODS[2])
    desk.outbox.mkdir()
    for path in town.bureaus.national_welfare_system.outbox.glob("*.cwgx"):
        if not path.name.startswith(f"registry-{PERIODS[2]}"):
            shutil.copy2(path, desk.outbox)
    ring = load_ring(desk.folder / "keys", ME, {"gateway": desk.folder / "partners" / "gateway"})
    return Changes(town, desk, ring)


@pytest.fixture
def delta_site(
    site_after: Callable[[int], Path], changes: Changes, bureaus_in_order: Town
) -> Iterator[Callable[..., Path]]:
    def make(full_every: int = 3, nights: int = 2) -> Path:
        site = site_after(nights)
        changes.desk.serve(site)
        path = site / "sources" / f"{ME}.yaml"
        text = path.read_text(encoding="utf-8")
        delta = (
            "    delta: {changed: registry_changes, gone: registry_gone, "
            f"full_every: {full_every}}}\n"
        )
        path.write_text(
            text.replace("  - roll: assistance", delta + "  - roll: assistance"), "utf-8"
        )
        return site

    yield make


def registry(site: Path) -> Collected:
    report = run_night(site, NIGHTS[2])
    return next(c for c in report.collected if c.roll == "registry")


def roots(site: Path) -> list[dict[str, Any]]:
    """The newest state of the registry, independent of how it came."""
    query = (
        "SELECT table_name, period, rows, root FROM snapshot WHERE roll = 'registry' "
        "ORDER BY known_from DESC LIMIT 1"
    )
    return rows(site, query)


def test_changes_on_the_last_state_are_the_whole_roll(
    delta_site: Callable[..., Path], changes: Changes, site_after: Callable[[int], Path]
) -> None:
    site = delta_site()
    changed, left = changes.drop_changes(PERIODS[1], PERIODS[2])
    found = registry(site)
    assert found.state == "verified", found.note
    assert found.received == changed + left < changes.table(PERIODS[2]).num_rows
    assert found.received == found.accepted + found.quarantined + found.superseded
    assert roots(site) == roots(site_after(3))
    assert len(rows(site, "SELECT * FROM delivery WHERE roll LIKE 'registry_%'")) == 2
    again = registry(site)
    assert (again.state, again.note) == ("verified", "")


def test_half_of_the_changes_is_not_applied(
    delta_site: Callable[..., Path], changes: Changes
) -> None:
    site = delta_site()
    before = roots(site)
    changes.drop("registry_changes", PERIODS[2], changes.table(PERIODS[2]).slice(0, 3))
    found = registry(site)
    assert found.state in ("late", "expected")
    assert "registry_gone" in found.note
    assert roots(site) == before


def test_changes_that_do_not_follow_are_not_applied(
    delta_site: Callable[..., Path], changes: Changes
) -> None:
    site = delta_site(nights=1)
    before = roots(site)
    changes.drop_changes(PERIODS[1], PERIODS[2])
    found = registry(site)
    assert found.state in ("late", "expected")
    assert "do not follow" in found.note
    assert "whole roll" in found.note
    assert roots(site) == before


def test_a_whole_roll_that_is_due_and_missing_holds_the_rules(
    delta_site: Callable[..., Path], changes: Changes, site_after: Callable[[int], Path]
) -> None:
    site = delta_site(full_every=1)
    changes.drop_changes(PERIODS[1], PERIODS[2])
    report = run_night(site, NIGHTS[2])
    found = next(c for c in report.collected if c.roll == "registry")
    assert found.state == "late"
    assert report.held
    counts = {count.rule: count for count in report.outcomes}
    assert counts["WEL-01"].held == counts["WEL-01"].universe - counts["WEL-01"].not_applicable
    assert roots(site) == roots(site_after(3)), "the changes are applied all the same"
    changes.drop("registry", PERIODS[2], changes.table(PERIODS[2]))
    assert registry(site).state == "verified"


def test_a_whole_roll_is_taken_when_it_lies_there(
    delta_site: Callable[..., Path], changes: Changes, site_after: Callable[[int], Path]
) -> None:
    site = delta_site()
    changes.drop_changes(PERIODS[1], PERIODS[2])
    changes.drop("registry", PERIODS[2], changes.table(PERIODS[2]))
    found = registry(site)
    assert found.received == changes.table(PERIODS[2]).num_rows
    assert roots(site) == roots(site_after(3))


def test_a_replacement_supersedes_a_verified_period(
    delta_site: Callable[..., Path], changes: Changes
) -> None:
    """Also without any delta: the bureau drops the roll, then one that names it, then one that does not."""
    site = delta_site()
    first = changes.drop("registry", PERIODS[2], changes.table(PERIODS[2]))
    whole = registry(site)
    short = changes.table(PERIODS[2]).slice(5)
    second = changes.drop("registry", PERIODS[2], short, replaces=first)
    shorter = registry(site)
    assert (shorter.state, shorter.received) == ("verified", whole.received - 5)
    states = {
        row["first_exchange"]: row["state"]
        for row in rows(site, "SELECT first_exchange, state FROM delivery WHERE roll = 'registry'")
    }
    assert (states[first], states[second]) == ("superseded", "current")
    changes.drop("registry", PERIODS[2], changes.table(PERIODS[2]).slice(9))
    kept = registry(site)
    assert (kept.state, kept.received) == ("verified", shorter.received)
    assert "none names the other" in kept.note
