"""What a night says, holds and keeps when a bureau's roll is altered, cut, late or honestly short.

The table has a row for each fault of each roll; a column of it is one night, so that a few nights
show them all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from night_kit import (
    NIGHTS,
    ROLLS,
    Judged,
    Town,
    WelfareDesk,
    judged_night,
    people,
    rows,
)

from gateway.pipeline import Collected

AS_OF = NIGHTS[-1]
PERIOD = f"{AS_OF:%Y-%m}"
HALF_OF_COUNTIES = ("419904", "419905", "419906")
NEEDED_BY = {
    "enrolment": ("EDU-01", "EDU-02"),
    "coverage": ("MED-01", "MED-02"),
    "registry": ("WEL-01", "WEL-02"),
    "assistance": ("WEL-01", "WEL-02"),
}
SOURCE_OF = {roll: source for source, names in ROLLS.items() for roll in names}

FAULTS = {
    # night: {roll: (fault, state, in the note)}
    "a": {
        "enrolment": ("altered", "refused", "altered"),
        "coverage": ("half", "partial", "not whole"),
        "registry": ("half_honest", "partial", "counties are missing"),
        "assistance": ("", "verified", ""),
    },
    "b": {
        "enrolment": ("half", "partial", "not whole"),
        "coverage": ("half_honest", "partial", "counties are missing"),
        "registry": ("", "verified", ""),
        "assistance": ("late", "late", "not dropped"),
    },
    "c": {
        "enrolment": ("half_honest", "partial", "counties are missing"),
        "coverage": ("late", "late", "preparing"),
        "registry": ("altered", "refused", "altered"),
        "assistance": ("", "verified", ""),
    },
    "d": {
        "enrolment": ("late", "late", "preparing"),
        "coverage": ("altered", "refused", "altered"),
        "registry": ("", "verified", ""),
        "assistance": ("half", "partial", "not whole"),
    },
}
CASES = [(night, roll) for night, faults in FAULTS.items() for roll in faults]


@dataclass
class Bad:
    """A site after a night with faults, what it said before, and how to mend the bureaus."""

    site: Path
    before: dict[str, dict[str, object]]
    judged: Judged
    welfare: WelfareDesk
    town: Town
    faults: dict[str, tuple[str, str, str]]
    collected: dict[str, Collected] = field(init=False)

    def __post_init__(self) -> None:
        self.collected = {c.roll: c for c in self.judged.report.collected}

    def mend(self) -> Judged:
        """The bureaus send everything; the night is run again the same day."""
        switch(self.town, {})
        self.welfare.drop()
        return judged_night(self.site, AS_OF)


@pytest.fixture(scope="module")
def bad_nights(
    town: Town, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Bad]]:
    made: dict[str, Bad] = {}

    def after(night: str) -> Bad:
        if night not in made:
            made[night] = bad_night(town, tmp_path_factory.mktemp(f"night-{night}"), FAULTS[night])
        return made[night]

    yield after
    switch(town, {})


def bad_night(town: Town, folder: Path, faults: dict[str, tuple[str, str, str]]) -> Bad:
    site = town.copy(2, folder / "site")
    welfare = WelfareDesk(town, folder / "welfare", PERIOD)
    welfare.serve(site)
    before = findings(site)
    switch(town, {SOURCE_OF[roll]: fault for roll, (fault, _, _) in faults.items() if fault})
    names = ROLLS["national_welfare_system"]
    welfare.drop(*(f"{faults[r][0]}:{PERIOD}:{r}" for r in names if faults[r][0]))
    try:
        return Bad(site, before, judged_night(site, AS_OF), welfare, town, faults)
    finally:
        switch(town, {})


def switch(town: Town, faults: dict[str, str]) -> None:
    for bureau in (town.bureaus.education, town.bureaus.medical_insurance):
        fault = faults.get(bureau.name)
        bureau.set_faults(*([f"{fault}:{PERIOD}"] if fault else []))


def findings(site: Path) -> dict[str, dict[str, object]]:
    query = """
        SELECT f.finding_key, f.rule, f.person_id, f.unverified_since, f.run_id, c.state, c.version
        FROM finding AS f JOIN case_file AS c ON c.case_id = f.case_id
    """
    return {row["finding_key"]: row for row in rows(site, query)}


def held_whole(faults: dict[str, tuple[str, str, str]]) -> set[str]:
    """The rules that need a roll of which nothing can be used tonight."""
    whole = [r for r, (f, state, _) in faults.items() if state != "verified" and f != "half_honest"]
    return {rule for roll in whole for rule in NEEDED_BY[roll]}


def held_in_part(faults: dict[str, tuple[str, str, str]]) -> set[str]:
    honest = [roll for roll, (fault, _, _) in faults.items() if fault == "half_honest"]
    return {rule for roll in honest for rule in NEEDED_BY[roll]} - held_whole(faults)


@pytest.mark.parametrize(("night", "roll"), CASES)
def test_the_night_says_what_is_wrong(
    bad_nights: Callable[[str], Bad], night: str, roll: str
) -> None:
    bad = bad_nights(night)
    _, state, words = bad.faults[roll]
    found = bad.collected[roll]
    assert (found.state, bad.judged.report.run.state) == (state, "held")
    assert bool(found.note) == bool(words)
    if words:
        assert words in found.note
        assert SOURCE_OF[roll] in found.note
        assert "Mend: " in found.note
        assert "\n" not in found.note
        assert (found.accepted > 0) == (bad.faults[roll][0] == "half_honest")
    scopes = "SELECT scope, state FROM source_status WHERE roll = ? AND period = ?"
    said = {row["scope"]: row["state"] for row in rows(bad.site, scopes, roll, PERIOD)}
    assert said["*"] == state
    if bad.faults[roll][0] == "half_honest":
        assert {s for s, known in said.items() if known == "partial"} == {"*", *HALF_OF_COUNTIES}
    else:
        assert set(said.values()) == {state}


@pytest.mark.parametrize("night", FAULTS)
def test_a_note_names_nobody(bad_nights: Callable[[str], Bad], night: str) -> None:
    bad = bad_nights(night)
    notes = "\n".join(c.note for c in bad.collected.values())
    names, numbers = people(bad.town.city)
    assert not [name for name in names if name in notes]
    assert not set(re.findall(r"(?=([0-9]{17}[0-9Xx]))", notes)) & numbers


@pytest.mark.parametrize("night", FAULTS)
def test_a_roll_that_cannot_be_used_holds_every_rule_that_needs_it(
    bad_nights: Callable[[str], Bad], night: str
) -> None:
    bad = bad_nights(night)
    held = held_whole(bad.faults)
    assert held
    for rule in held:
        kinds = {
            (o["kind"], o["reason"].startswith("source_") if o["kind"] == "held" else None)
            for o in bad.judged.of_rule(rule)
        }
        assert ("held", True) in kinds
        assert kinds <= {("held", True), ("not_applicable", None)}, rule
    opened = [f for key, f in findings(bad.site).items() if key not in bad.before]
    assert not [f for f in opened if f["rule"] in held]


@pytest.mark.parametrize("night", [n for n in FAULTS if held_in_part(FAULTS[n])])
def test_an_honest_half_holds_only_the_children_of_the_missing_counties(
    bad_nights: Callable[[str], Bad], night: str
) -> None:
    bad = bad_nights(night)
    rules = held_in_part(bad.faults)
    assert rules
    for rule in rules:
        missing, there = [], []
        for outcome in bad.judged.of_rule(rule):
            here = outcome["division"] is None or outcome["division"][:6] in HALF_OF_COUNTIES
            (missing if here else there).append(outcome)
        assert {o["kind"] for o in missing} <= {"held", "not_applicable"}, rule
        assert {o["reason"] for o in missing if o["kind"] == "held"} == {"source_partial"}, rule
        assert {o["kind"] for o in there} & {"satisfied", "fires"}, rule
        by_source = [o for o in there if o["reason"] == "source_partial"]
        # A child of a county that came may have gone to school in one that did not.
        assert len(by_source) <= (2 if rule == "EDU-02" else 0), rule


@pytest.mark.parametrize("night", FAULTS)
def test_no_fault_opens_a_case_or_loses_a_child(
    bad_nights: Callable[[str], Bad], night: str
) -> None:
    bad = bad_nights(night)
    in_order = findings(bad.town.after[3])
    after = findings(bad.site)
    opened = [f for key, f in after.items() if f["person_id"] is not None and key not in in_order]
    assert not opened
    lost = [key for key, f in after.items() if f["state"] == "lost_subject"]
    assert not [key for key in lost if in_order[key]["state"] != "lost_subject"]


@pytest.mark.parametrize("night", FAULTS)
def test_known_findings_stand_and_say_since_when_they_are_unverified(
    bad_nights: Callable[[str], Bad], night: str
) -> None:
    bad = bad_nights(night)
    held_now = {
        (o["rule"], o["person_id"])
        for o in bad.judged.outcomes.to_pylist()
        if o["kind"] == "held" and o["person_id"] is not None
    }
    after = findings(bad.site)
    assert set(bad.before) <= set(after)
    standing = [f for f in bad.before.values() if (f["rule"], f["person_id"]) in held_now]
    assert {f["rule"] for f in standing} >= held_whole(bad.faults) - {"WEL-01"}
    for finding in standing:
        now = after[str(finding["finding_key"])]
        assert (now["state"], now["version"], now["run_id"]) == (
            finding["state"], finding["version"], finding["run_id"],
        )  # fmt: skip
        assert now["unverified_since"] is not None
        assert date.fromisoformat(str(now["unverified_since"])) <= AS_OF


@pytest.mark.parametrize("night", FAULTS)
def test_a_roll_that_is_not_there_becomes_a_finding_for_its_keepers(
    bad_nights: Callable[[str], Bad], night: str
) -> None:
    bad = bad_nights(night)
    fires = {
        (o["evidence_roll"], o["scope"], o["reason"])
        for o in bad.judged.of_rule("SRC-01")
        if o["kind"] == "fires"
    }
    reason = {"late": "roll_late", "refused": "roll_refused"}
    expected = {
        (roll, "*", reason[state]) for roll, (_, state, _) in bad.faults.items() if state in reason
    }
    assert fires == expected
    partial = {o["evidence_roll"] for o in bad.judged.of_rule("SRC-02") if o["kind"] == "fires"}
    assert partial == {roll for roll, (_, state, _) in bad.faults.items() if state == "partial"}


def test_the_next_run_of_the_same_day_recovers(bad_nights: Callable[[str], Bad]) -> None:
    bad = bad_nights("a")
    again = bad.mend()
    assert {c.roll: (c.state, c.note) for c in again.report.collected} == dict.fromkeys(
        SOURCE_OF, ("verified", "")
    )
    assert again.report.run.state == "done"
    in_order = rows(bad.town.after[3], "SELECT * FROM outcome_count WHERE run_id = 3 ORDER BY rule")
    run = again.report.run.run_id
    now = rows(bad.site, "SELECT * FROM outcome_count WHERE run_id = ? ORDER BY rule", run)
    assert [r | {"run_id": 3} for r in now] == in_order
    assert not [f for f in findings(bad.site).values() if f["unverified_since"]]
    # Who is new this month gets a later number when the roll comes later; all else is the same.
    assert told(bad.site) == told(bad.town.after[3])


def told(site: Path) -> list[dict[str, object]]:
    query = """
        SELECT rule, reason, episode, division, severity, answer
        FROM finding WHERE person_id IS NOT NULL ORDER BY 1, 2, 3, 4, 5, 6
    """
    return rows(site, query)


def test_a_partial_roll_stays_until_another_names_it(bad_nights: Callable[[str], Bad]) -> None:
    bad = bad_nights("b")
    again = bad.mend()
    states = {c.roll: c.state for c in again.report.collected}
    assert states == {
        "enrolment": "verified", "coverage": "partial", "registry": "verified",
        "assistance": "verified",
    }  # fmt: skip
    (note,) = [c.note for c in again.report.collected if c.roll == "coverage"]
    assert "medical_insurance/coverage" in note
    assert "Mend: ask the bureau for one that replaces" in note
    assert again.report.run.state == "held"


def test_a_roll_that_is_not_due_yet_holds_nothing(
    town: Town, tmp_path: Path, bureaus_in_order: Town
) -> None:
    site = town.copy(2, tmp_path / "site")
    before = findings(site)
    town.bureaus.education.set_faults(f"late:{PERIOD}")
    judged = judged_night(site, date(2026, 11, 5))
    (education,) = [c for c in judged.report.collected if c.source == "education"]
    assert education.state == "expected"
    assert "education/enrolment" in education.note
    assert judged.report.run.state == "done"
    for rule in NEEDED_BY["enrolment"]:
        outcomes = judged.of_rule(rule)
        assert {o["kind"] for o in outcomes} & {"satisfied"}
        assert not [o for o in outcomes if (o["reason"] or "").startswith("source_")]
    assert not [o for o in judged.of_rule("SRC-01") if o["kind"] == "fires"]
    now = findings(site)
    assert all(now[key]["unverified_since"] is None for key in before)
