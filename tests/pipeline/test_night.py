"""Three nights against what truly happened, and a second night that finds nothing new."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from night_kit import NIGHTS, ROLLS, Town, ask_night, count, rows, run_night, said, verdicts

from gateway.cli import demo
from gateway.model.errors import RunLocked, StaleCase, StoreError, UsageError
from gateway.pipeline import RollPlan, Silent
from gateway.wiring import open_house, open_site_store
from sandbox.bureaus.launch import start_bureaus

SiteAfter = Callable[[int], Path]
CHANGED_BY_A_NIGHT = ("finding", "finding_past", "case_file", "case_event", "outbox", "person")
KINDS = ("fires", "satisfied", "excused", "held", "not_applicable")
POPULATION = ("EDU-01", "EDU-02", "MED-01", "MED-02")


def test_three_nights_find_what_is_true(town: Town, site_after: SiteAfter) -> None:
    found = verdicts(site_after(3), NIGHTS[-1], town.city)
    assert {v.rule for v in found if v.truly} >= {*POPULATION, "WEL-01", "WEL-02"}
    assert [(v.rule, v.missed_clean, v.false_clean) for v in found] == [
        (v.rule, 0, 0) for v in found
    ]
    fired = sum(v.found + v.false for v in found)
    assert fired > 20
    assert sum(v.false for v in found) <= 0.01 * fired


def test_the_first_night_is_a_baseline(town: Town) -> None:
    site = town.after[1]
    assert count(site, "outbox") == 0
    assert {row["state"] for row in rows(site, "SELECT state FROM case_file")} == {
        "baseline_pending"
    }
    assert {row["event"] for row in rows(site, "SELECT event FROM case_event")} == {
        "found_at_baseline"
    }


def test_later_nights_tell_whom_it_concerns_once(town: Town) -> None:
    told = rows(town.after[3], "SELECT finding_key, kind, period FROM outbox")
    assert told
    assert len({tuple(row.values()) for row in told}) == len(told)
    opened = rows(
        town.after[3],
        "SELECT finding_key FROM finding WHERE first_run > 1 AND rule NOT LIKE 'SRC%'",
    )
    assert {row["finding_key"] for row in opened} <= {row["finding_key"] for row in told}


@pytest.mark.parametrize("night", [1, 2, 3])
def test_every_sum_is_balanced(town: Town, site_after: SiteAfter, night: int) -> None:
    with open_site_store(site_after(3)) as store:
        counts = {c.rule: c for c in store.night.outcome_counts(night)}
        ledger = store.sources.ledger(night)
    for rule, of_rule in counts.items():
        assert sum(getattr(of_rule, kind) for kind in KINDS) == of_rule.universe, rule
    assert len({counts[rule].universe for rule in POPULATION}) == 1
    assert {(line.source, line.roll) for line in ledger} == {
        (source, roll) for source, names in ROLLS.items() for roll in names
    }
    for line in ledger:
        assert line.accepted + line.quarantined + line.superseded == line.received > 0, line


def test_every_row_of_the_city_is_in_the_ledger(town: Town) -> None:
    from pyarrow.parquet import read_metadata

    for line in rows(town.after[3], "SELECT * FROM ledger"):
        sent = read_metadata(town.city / "rolls" / line["period"] / f"{line['roll']}.parquet")
        assert line["received"] == sent.num_rows, line


def test_a_second_night_the_same_day_changes_nothing(
    site_after: SiteAfter, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_after(3)
    before = {table: said(site, table) for table in CHANGED_BY_A_NIGHT}
    told = exported(site)
    for adapter in {type(roll.adapter) for roll in rolls_of(site)}:
        monkeypatch.setattr(adapter, "collect", fetched_again)
    report = run_night(site, NIGHTS[-1])
    assert report.run.state == "done"
    assert [c.note for c in report.collected] == ["", "", "", ""]
    applied = report.applied
    assert (applied.opened, applied.moved, applied.changed, applied.notices) == (0, 0, 0, 0)
    assert {table: said(site, table) for table in CHANGED_BY_A_NIGHT} == before
    assert exported(site) == told
    first, again = (
        rows(site, "SELECT * FROM outcome_count WHERE run_id = ? ORDER BY rule", run)
        for run in (3, report.run.run_id)
    )
    assert [r | {"run_id": 0} for r in again] == [r | {"run_id": 0} for r in first]


def test_a_bureau_that_is_gone_after_its_roll_was_verified_is_a_warning(
    town: Town, site_after: SiteAfter, tmp_path: Path
) -> None:
    site = site_after(3)
    shutil.copytree(town.folder / "bureaus", tmp_path / "bureaus")
    before = {table: said(site, table) for table in CHANGED_BY_A_NIGHT}
    with start_bureaus(tmp_path / "bureaus", town.city) as others:
        demo.write_sources(site, others)
        education = others.education.process
        end(education)
        report = run_night(site, NIGHTS[-1])
    notes = {c.source: c.note for c in report.collected if c.note}
    assert report.run.state == "done"
    assert list(notes) == ["education"]
    assert "education cannot be reached" in notes["education"]
    assert "verified before" in notes["education"]
    assert {table: said(site, table) for table in CHANGED_BY_A_NIGHT} == before


def test_two_nights_at_once_are_refused(site_after: SiteAfter) -> None:
    site = site_after(2)
    refused = []

    class Meddling(Silent):
        """Starts a second night from another opening of the same site, in the middle of the first."""

        def begin(self, step: str, total: int | None = None) -> None:
            if step == "world":
                with pytest.raises(RunLocked) as raised, open_house(site) as other:
                    ask_night(other, NIGHTS[-1])
                refused.append(raised.value)

    with open_house(site, Meddling()) as opened:
        report = ask_night(opened, NIGHTS[-1])
    assert report.run.state == "done"
    assert len(refused) == 1
    assert "node-1" in refused[0].where
    assert [r["state"] for r in rows(site, "SELECT state FROM run ORDER BY run_id")] == ["done"] * 3
    assert count(site, "run_lock") == 0


def test_there_must_be_a_night_to_resume(site_after: SiteAfter) -> None:
    with pytest.raises(StoreError, match="no night to resume"):
        run_night(site_after(2), NIGHTS[-1], resume=True)


def exported(site: Path) -> list[str]:
    """Every finding as a line of the online view."""
    from gateway.model.queue import FindingFilter

    everywhere = FindingFilter(("ordinary", "sealed", "protection"), ("",))
    with open_site_store(site) as store:
        return [str(row) for row in store.findings.page(everywhere, limit=1000).rows]


def rolls_of(site: Path) -> tuple[RollPlan, ...]:
    with open_house(site) as opened:
        return tuple(opened.house.rolls)


def fetched_again(*_: object) -> None:
    raise AssertionError("a verified period was fetched again")


def end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait(10)


def test_a_night_for_an_earlier_day_is_refused_and_changes_nothing(site_after: SiteAfter) -> None:
    site = site_after(3)
    before = {
        table: rows(site, f"SELECT * FROM {table}") for table in ("run", "finding", "snapshot")
    }
    with pytest.raises(UsageError, match="cannot follow"):
        run_night(site, NIGHTS[0])
    assert {table: rows(site, f"SELECT * FROM {table}") for table in before} == before


@pytest.mark.parametrize(("stale_reads", "ends"), [(1, True), (99, False)])
def test_an_officer_who_moves_a_case_meanwhile_makes_the_night_plan_again(
    site_after: SiteAfter, monkeypatch: pytest.MonkeyPatch, stale_reads: int, ends: bool
) -> None:
    with open_house(site_after(2)) as opened:
        cases, reads = opened.house.store.cases, []
        read = cases.open_cases

        def late() -> pa.Table:
            """What was read before the officer's move: every version is one behind."""
            reads.append(1)
            table = read()
            if len(reads) > stale_reads:
                return table
            at = table.schema.get_field_index("version")
            older = pc.cast(pc.subtract(table["version"], 1), pa.int32())
            return table.set_column(at, table.schema.field(at), older)

        monkeypatch.setattr(cases, "open_cases", late)
        if not ends:
            with pytest.raises(StaleCase):
                ask_night(opened, NIGHTS[2])
            return
        assert ask_night(opened, NIGHTS[2]).run.state == "done"
    assert len(reads) == stale_reads + 1
