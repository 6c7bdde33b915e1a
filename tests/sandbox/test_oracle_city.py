"""The oracle over whole cities: floors, excuses, a second reading of the rolls, cleanness."""

import unicodedata
from collections import Counter
from datetime import date

import pyarrow as pa
import pytest
from city_support import EARLIER, LAST, NIGHTS, READ_TWICE, Reading, by_child, city

from sandbox.city import days, numbers, oracle
from sandbox.city.lives import live
from sandbox.city.rules import EXCUSED, HELD, MORE_RULES, RULES, SATISFIED

FLOORS = [
    (1000, 1, 0.03), (1000, 2, 0.03), (1000, 3, 0.01), (1000, 4, 0.03), (1001, 5, 0.05),
    (2000, 1, 0.03), (2000, 6, 0.02), (5000, 1, 0.03), (5000, 7, 0.03), (2000, 8, 1.0),
]  # fmt: skip


BY_AGE = {"EDU-05", "EDU-09", "MED-05", "WEL-05", "WEL-07"}
"""Rules about one year of age: a small city may have too few children of it."""
BY_SEASON = {"EDU-03", "EDU-04", "IDN-02"}
"""Rules whose cases need a term before the night."""


@pytest.mark.parametrize(("children", "seed", "share"), FLOORS)
def test_every_rule_has_five_findings_on_the_last_night(
    children: int, seed: int, share: float
) -> None:
    found = oracle.truth(city(children, seed, share=share), LAST, EARLIER)
    counts = Counter(found["rule"].to_pylist())
    assert {rule: counts[rule] for rule in set(RULES) - BY_AGE if counts[rule] < 5} == {}


def test_every_rule_has_findings_where_children_are_many() -> None:
    every = oracle.outcomes(city(20_000, 7, share=0.3), LAST, EARLIER, more=True)
    counts = Counter(oracle.findings(every)["rule"].to_pylist())
    # Whoever comes of age is asked about from the next month on: that needs a longer city than a term.
    assert {rule for rule in {*RULES, *MORE_RULES} if not counts[rule]} == {"WEL-05"}
    assert {rule for rule in MORE_RULES if counts[rule] < 5} == set()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rules_over_more_rolls_have_five_findings_in_a_small_city(seed: int) -> None:
    every = oracle.outcomes(city(1000, seed, share=0.3), LAST, EARLIER, more=True)
    counts = Counter(oracle.findings(every)["rule"].to_pylist())
    assert {rule: counts[rule] for rule in MORE_RULES if counts[rule] < 5} == {}


CALENDARS = [
    (date(2025, 9, 1), (LAST,)),
    (date(2025, 9, 1), (date(2026, 12, 15), date(2027, 2, 1), date(2027, 2, 15))),
    (date(2024, 9, 1), (date(2026, 3, 16), date(2026, 4, 15), date(2026, 5, 15))),
    (date(2025, 3, 1), (date(2026, 9, 15), LAST)),
]


@pytest.mark.parametrize(("start", "nights"), CALENDARS)
def test_floors_hold_for_other_calendars(start: date, nights: tuple[date, ...]) -> None:
    found = oracle.truth(live(2000, 4, 0.03, start, nights), nights[-1], nights[:-1])
    counts = Counter(found["rule"].to_pylist())
    floored = set(RULES) - BY_AGE - BY_SEASON
    assert {rule: counts[rule] for rule in floored if counts[rule] < 5} == {}


EXPECTED = [
    ("EDU-01", EXCUSED, "preschool"),
    ("EDU-01", SATISFIED, "seen_enrolled"),
    ("EDU-02", EXCUSED, "leave"),
    ("EDU-02", EXCUSED, "transfer"),
    ("EDU-02", EXCUSED, "abroad"),
    ("EDU-02", EXCUSED, "death"),
    ("EDU-02", EXCUSED, "first_absence"),
    ("EDU-02", EXCUSED, "status_contradictory"),
    ("EDU-02", HELD, "status_unknown"),
    ("EDU-02", "not_applicable", "leave_overdue"),
    ("EDU-02", "not_applicable", "between_stages"),
    ("EDU-02", "not_applicable", "harm"),
    ("EDU-02", "fires", "status_dropout"),
    ("EDU-02", "fires", "vanished"),
    ("MED-01", EXCUSED, "newborn"),
    ("MED-01", EXCUSED, "paid_not_effective"),
    ("MED-01", "not_applicable", "lapsed"),
    ("MED-01", "fires", "unknown_to_insurer"),
    ("MED-01", "fires", "unpaid"),
    ("MED-02", EXCUSED, "re_registration"),
    ("MED-02", SATISFIED, "covered_again"),
    ("WEL-01", "fires", "type_03"),
    ("WEL-02", EXCUSED, "higher_benefit"),
    ("WEL-02", "fires", "never_paid"),
    ("WEL-02", "fires", "stopped"),
]


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_every_excuse_occurs_at_twenty_thousand(seed: int) -> None:
    rows = oracle.outcomes(city(20_000, seed), LAST, EARLIER).to_pylist()
    seen = {(row["rule"], row["outcome"], row["detail"]) for row in rows}
    assert [case for case in EXPECTED if case not in seen] == []


def read_twice(found: pa.Table) -> set[tuple[str, int]]:
    """The findings of the rules that `Reading` reads too."""
    pairs = zip(found["rule"].to_pylist(), found["child"].to_pylist(), strict=True)
    return {(rule, child) for rule, child in pairs if rule in READ_TWICE}


YEARS = tuple(date(2026, 12, 15).replace(year=y, month=m) for y, m in (
    (2026, 12), (2027, 1), (2027, 2), (2027, 3), (2027, 9), (2027, 10), (2027, 11)
))  # fmt: skip


@pytest.mark.parametrize("at", range(len(YEARS)))
def test_other_calendars_tell_the_same_findings(at: int) -> None:
    of = live(3000, 4, 0.2, date(2025, 9, 1), YEARS, "none")
    found = oracle.truth(of, YEARS[at], YEARS[:at])
    told = read_twice(found)
    assert told == Reading(of, YEARS[at], YEARS[:at]).findings()
    assert {rule for rule, _ in told} >= {"EDU-01", "WEL-01", "WEL-02"}


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize(("children", "share"), [(20_000, 0.03), (3_000, 0.6)])
def test_fault_free_rolls_tell_the_same_findings(children: int, share: float, at: int) -> None:
    of, night, earlier = city(children, 11, "none", share), NIGHTS[at], NIGHTS[:at]
    found = oracle.truth(of, night, earlier)
    told = read_twice(found)
    assert told == Reading(of, night, earlier).findings()
    assert len(told) > 20


def test_outcomes_are_one_for_each_child_of_a_universe() -> None:
    rows = oracle.outcomes(city(5000), LAST, EARLIER).to_pylist()
    pairs = Counter((row["rule"], row["child"]) for row in rows)
    assert max(pairs.values()) == 1
    universe = {rule: {row["child"] for row in rows if row["rule"] == rule} for rule in RULES}
    population = universe["EDU-01"]
    assert universe["EDU-02"] == universe["MED-01"] == universe["MED-02"] == population
    assert universe["WEL-01"] | universe["WEL-02"] == population


NUMBER = {
    "enrolment": "sfzjh", "coverage": "certno", "registry": "身份证件号码", "assistance": "身份证号",
}  # fmt: skip
READS = {"EDU": ["enrolment"], "MED": ["coverage"], "IDN": ["enrolment", "coverage"]}


def test_clean_means_its_own_valid_number_in_every_row() -> None:
    of = city(20_000)
    rows, true = by_child(of, LAST), of.people.first_17
    found = oracle.outcomes(of, LAST, EARLIER).to_pylist()
    clean = [row for row in found if row["clean"]]
    assert len(found) * 0.5 < len(clean) < len(found)
    owner: dict[tuple[str, str], set[int]] = {}
    for name, column in NUMBER.items():
        for child, shown in rows[name].items():
            for row in shown:
                owner.setdefault((name, _folded(row[column])), set()).add(child)
    for row in clean:
        child = row["child"]
        read = {"registry", "assistance", *READS.get(row["rule"][:3], [])}
        shown = [r[NUMBER[name]] for name in read for r in rows[name].get(child, [])]
        assert shown
        for number in map(_folded, shown):
            assert numbers.valid(number)
            assert number[:17] == str(true[child])
            assert all(owner[name, number] == {child} for name in read if (name, number) in owner)


def test_without_faults_every_child_with_a_number_is_clean() -> None:
    of = city(20_000, 11, "none")
    rows = oracle.outcomes(of, LAST, EARLIER).to_pylist()
    numbered = of.people.numbered <= days.number(LAST)
    assert [row for row in rows if row["clean"] != numbered[row["child"]]] == []


def _folded(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip("' \u200b").upper()


@pytest.mark.parametrize(("as_of", "earlier"), [
    (date(2026, 12, 16), ()), (LAST, (LAST,)), (NIGHTS[0], (NIGHTS[1],)),
])  # fmt: skip
def test_nights_that_cannot_be_judged_are_refused(as_of: date, earlier: tuple[date, ...]) -> None:
    with pytest.raises(ValueError, match=r"night|before"):
        oracle.truth(city(1000, 1), as_of, earlier)
