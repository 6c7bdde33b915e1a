"""Every fault that a bureau can have, each in a night of its own kind: nothing wrong is taken, nobody is
accused, the operator reads one line with source and mend, and the next night in order repairs it.

The nights follow each other on one day; a column of the table is a night. tests/adapters/
test_fault_switches.py shows each fault over each transport; tests/pipeline/test_faults.py shows what a
late, altered, halved and honestly short roll do to findings that stand.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from night_kit import NIGHTS, ROLLS, Town, WelfareDesk, people, rows

from gateway.pipeline import Collected, NightAsk, NightReport, night
from gateway.transport import post
from gateway.transport.retry import Patience, retrying
from gateway.wiring import open_house
from sandbox.bureaus import faults
from sandbox.bureaus.drops import Drop, dropped_pages, take_column, write_table
from sandbox.bureaus.faults import Faults
from sandbox.bureaus.keys import load_ring
from sandbox.bureaus.rolls import RollStore

AS_OF = NIGHTS[-1]
PERIOD, BEFORE = (f"{night:%Y-%m}" for night in (NIGHTS[-1], NIGHTS[-2]))
WELFARE = "national_welfare_system"
SOURCE_OF = {roll: source for source, names in ROLLS.items() for roll in names}


@dataclass(frozen=True)
class Says:
    """The state of the roll, words of its line, and whether its rows are taken."""

    state: str
    words: str
    taken: bool = False


SAYS = {
    "clock_skew": Says("refused", "created in the future"),
    "column_gone": Says("late", "lacks column sealed"),
    "cut": Says("late", "did not answer"),
    "cut file": Says("refused", "breaks off"),
    "doubled": Says("verified", "doubled xsJbxxId", taken=True),
    "endless": Says("partial", "no end"),
    "new_column": Says("verified", "unknown column 备用字段", taken=True),
    "over_budget": Says("odd", "more than its error budget of 0.10%", taken=True),
    "readdressed file": Says("late", "files there were passed over"),
    "replayed": Says("refused", "does not answer what was asked"),
    "replayed file": Says("late", "has not dropped"),
    "server_error": Says("late", "server failed"),
    "slow": Says("late", "did not answer (ReadTimeout)"),
    "swapped": Says("refused", "look swapped"),
    "wrong_signer": Says("refused", "unknown_sender"),
    "wrong_signer file": Says("late", "files there were passed over"),
    "wrong_total": Says("partial", "closing statement says"),
}
ELSEWHERE = {"altered", "half", "half_honest", "late"}
"""Shown by test_faults.py."""
BAD = {
    # night: {roll: fault}
    "a": {"enrolment": "clock_skew", "coverage": "cut", "registry": "readdressed file",
          "assistance": "replayed file"},
    "b": {"enrolment": "wrong_signer", "coverage": "endless", "registry": "cut file",
          "assistance": "wrong_signer file"},
    "c": {"enrolment": "replayed", "coverage": "server_error", "registry": "column_gone",
          "assistance": "column_gone"},
    "d": {"enrolment": "slow", "coverage": "swapped", "registry": "over_budget",
          "assistance": "wrong_total"},
}  # fmt: skip
GOOD = {"enrolment": "doubled", "coverage": "new_column"}
"""What the last night has: rows twice and a column more cost nobody anything."""
NIGHTS_OF = BAD | {"e": GOOD}
CASES = [(night, roll) for night, on in NIGHTS_OF.items() for roll in on]
WAITS = {"enrolment": "EDU-01", "coverage": "MED-01", "registry": "WEL-02"}
RULES = {*WAITS.values(), "EDU-02", "MED-02", "WEL-01", "SRC-01", "SRC-02", "SRC-03"}


@dataclass(frozen=True)
class After:
    """What stood after one night of the row."""

    report: NightReport
    findings: dict[str, dict[str, Any]]
    status: dict[str, set[str]]

    @property
    def collected(self) -> dict[str, Collected]:
        return {c.roll: c for c in self.report.collected}


@dataclass
class Row:
    """One site through the nights, one after another on the same day."""

    town: Town
    folder: Path

    def __post_init__(self) -> None:
        self.site = self.town.copy(2, self.folder / "site")
        self.welfare = WelfareDesk(self.town, self.folder / "welfare", PERIOD)
        self.welfare.drop(period=BEFORE)
        self.welfare.serve(self.site)

    def night(self, on: dict[str, str]) -> After:
        """One night with these faults."""
        kept = {path: path.read_text("utf-8") for path in (self.site / "sources").iterdir()}
        self.set_up(on)
        switch(self.town, on)
        try:
            report = self.run()
        finally:
            switch(self.town, {})
            for path, text in kept.items():
                path.write_text(text, "utf-8")
        return After(report, findings(self.site), states(self.site))

    def run(self) -> NightReport:
        with open_house(self.site) as opened:
            rules = tuple(rule for rule in opened.house.rules if rule.id in RULES)
            house = replace(opened.house, rules=rules)
            return night(house, NightAsk(AS_OF, datetime.now(UTC)))

    def set_up(self, on: dict[str, str]) -> None:
        if "column_gone" in on.values():
            self.edit(WELFARE, r"folder: .*\n *hand_over: .*", serve_table(self.town, self.folder))
        else:
            ours = {r: f.split()[0] for r, f in on.items() if SOURCE_OF[r] == WELFARE}
            known = [f"{f}:{PERIOD}:{r}" for r, f in ours.items() if f in faults.FAULTS]
            self.welfare.drop(*known)
        if "slow" in on.values():
            self.edit("education", "endpoint:", "endpoint:\n  timeout_seconds: 1")
        if "over_budget" in on.values():
            self.edit(WELFARE, r"error_budget: .*", "error_budget: 0.001")

    def edit(self, source: str, old: str, new: str) -> None:
        path = self.site / "sources" / f"{source}.yaml"
        path.write_text(re.sub(old, lambda _: new, path.read_text("utf-8")), "utf-8")


@pytest.fixture(scope="module")
def nights(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, After]]:
    with pytest.MonkeyPatch.context() as patch:
        once = Patience(attempts=1)
        patch.setattr(post, "retrying", lambda call, _, **more: retrying(call, once, **more))
        row = Row(town, tmp_path_factory.mktemp("fault-nights"))
        yield {name: row.night(on) for name, on in NIGHTS_OF.items()}


def serve_table(town: Town, folder: Path) -> str:
    """The welfare bureau fills a front-end table, whose column is gone; gives the endpoint."""
    running = town.bureaus.national_welfare_system.folder
    ring = load_ring(running / "keys", WELFARE, {"gateway": running / "partners" / "gateway"})
    database, quiet = folder / "front.db", Faults(folder)
    for roll in ROLLS[WELFARE]:
        found = RollStore(town.city, folder, quiet).find(PERIOD, roll)
        assert found is not None
        pages = dropped_pages(ring, Drop(PERIOD, roll, found), 100, quiet)
        write_table(database, "cwg_out", pages)
    take_column(database, "cwg_out", there=True)
    return f"table: {{url: 'sqlite:///{database}', pick_up: cwg_out}}"


def switch(town: Town, on: dict[str, str]) -> None:
    for bureau, roll in (
        (town.bureaus.education, "enrolment"),
        (town.bureaus.medical_insurance, "coverage"),
    ):
        bureau.set_faults(*([f"{on[roll]}:{PERIOD}"] if roll in on else []))


def findings(site: Path) -> dict[str, dict[str, Any]]:
    query = "SELECT finding_key, rule, person_id FROM finding WHERE person_id IS NOT NULL"
    return {row["finding_key"]: row for row in rows(site, query)}


def states(site: Path) -> dict[str, set[str]]:
    query = "SELECT roll, state FROM source_status WHERE period = ?"
    found: dict[str, set[str]] = {}
    for row in rows(site, query, PERIOD):
        found.setdefault(row["roll"], set()).add(row["state"])
    return found


def test_every_fault_has_its_night() -> None:
    shown = {fault for on in NIGHTS_OF.values() for fault in on.values()}
    assert shown == set(SAYS)
    assert {f.split()[0] for f in shown - {"over_budget"}} | ELSEWHERE | {"readdressed"} == set(
        faults.FAULTS
    )


@pytest.mark.parametrize(("night", "roll"), CASES)
def test_the_operator_reads_one_line(
    nights: dict[str, After], town: Town, night: str, roll: str
) -> None:
    says, found = SAYS[NIGHTS_OF[night][roll]], nights[night].collected[roll]
    assert found.state == says.state
    assert nights[night].status[roll] == {says.state}
    lines = [found.note] if found.note else list(found.signals)
    assert any(says.words in line for line in lines), lines
    names, numbers = people(town.city)
    for line in lines:
        assert SOURCE_OF[roll] in line
        assert "\n" not in line
        assert not found.note or "Mend: " in line
        assert not [name for name in names if name in line]
        assert not set(re.findall(r"(?=([0-9]{17}[0-9Xx]))", line)) & numbers


@pytest.mark.parametrize(("night", "roll"), CASES)
def test_nothing_wrong_is_taken(
    nights: dict[str, After], town: Town, night: str, roll: str
) -> None:
    fault, found = NIGHTS_OF[night][roll], nights[night].collected[roll]
    (good,) = rows(
        town.after[3], "SELECT * FROM ledger WHERE roll = ? AND period = ?", roll, PERIOD
    )
    if not SAYS[fault].taken:
        assert (found.received, found.accepted, found.quarantined) == (0, 0, 0)
        return
    assert (found.accepted, found.quarantined) == (good["accepted"], good["quarantined"])
    twice = good["received"] if fault == "doubled" else 0
    assert found.superseded == good["superseded"] + twice


@pytest.mark.parametrize("night", NIGHTS_OF)
def test_nobody_is_accused(nights: dict[str, After], town: Town, night: str) -> None:
    in_order = findings(town.after[3])
    assert not [f for key, f in nights[night].findings.items() if key not in in_order]


@pytest.mark.parametrize("night", BAD)
def test_rules_wait_and_the_run_says_so(nights: dict[str, After], night: str) -> None:
    report = nights[night].report
    assert report.held  # `cwg run` then ends with 3
    sums = {count.rule: count for count in report.outcomes}
    for rule in WAITS.values():
        assert sums[rule].fires == sums[rule].satisfied == 0 < sums[rule].held, rule


def test_the_next_night_in_order_repairs_everything(nights: dict[str, After], town: Town) -> None:
    last = nights["e"].report
    assert {(c.roll, c.state, c.note) for c in last.collected} == {
        (roll, "verified", "") for roll in SOURCE_OF
    }
    assert not last.held
    good = rows(town.after[3], "SELECT * FROM outcome_count WHERE run_id = 3 ORDER BY rule")
    now = [asdict(count) | {"run_id": 3} for count in last.outcomes]
    assert sorted(now, key=itemgetter("rule")) == [row for row in good if row["rule"] in RULES]
