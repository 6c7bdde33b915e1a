"""Promises over random worlds: nobody lost, nobody accused by silence."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.engine import Engine
from gateway.policy import Calendar, Rule, evaluate
from gateway.policy.examples import ROLLS, load_world
from gateway.policy.rule_file import ROLL_TABLES

Row = dict[str, Any]
World = dict[str, list[Row]]

PEOPLE = 40
WORLDS = 12
COUNTIES = ("419901", "419902")
NIGHTS = [
    *(date(2026, 11, 16), date(2026, 9, 1), date(2026, 8, 31), date(2026, 10, 31)),
    *(date(2027, 1, 15), date(2027, 2, 1), date(2028, 2, 29)),
]
BIRTHS = [
    date(2020, 8, 31),
    date(2016, 2, 29),
    date(2012, 9, 1),
    date(2010, 9, 1),
    date(2026, 10, 1),
]
STATUS = {
    "01": "enrolled", "02": "excused", "03": "lead", "07": "ended", "10": "transfer", "11": "death",
    "13": "excused", "15": "harm", "99": "unknown",
}  # fmt: skip
READS_ABSENCE = {
    "EDU-01": "enrolment",
    "EDU-02": "enrolment",
    "MED-01": "coverage",
    "MED-02": "coverage",
    "WEL-01": "child",
    "WEL-02": "assistance_member",
}
SATISFYING: dict[str, tuple[str, Row]] = {
    "EDU-01": ("enrolment", {"grade": 3, "status": "01", "status_class": "enrolled"}),
    "EDU-02": ("enrolment", {"grade": 3, "status": "01", "status_class": "enrolled"}),
    "MED-01": ("coverage", {"scheme": "390", "status": "1"}),
    "MED-02": ("coverage", {"scheme": "310", "status": "1"}),
}


def made(seed: int) -> tuple[date, World]:
    """A night, and a world with rows, doubts and states of every kind."""
    dice = Random(seed)
    night = dice.choice(NIGHTS)
    people = [_person(dice, n) for n in range(1, PEOPLE + 1)]
    return night, {
        "person": people,
        "child": [_registry(dice) for _ in people],
        "enrolment": _rows(dice, 0.5, _enrolment),
        "enrolment_gone": _rows(
            dice, 0.4, lambda d: _enrolment(d) | {"absent_periods": _absent(d)}
        ),
        "coverage": _rows(dice, 0.8, _coverage),
        "assistance_household": [_household(dice, f"F{n}") for n in range(6)],
        "assistance_member": _rows(dice, 0.9, lambda d: {"family_id": f"F{d.randrange(6)}"}),
        "undecided": _rows(dice, 0.3, _doubt),
        "source_status": _statuses(dice, f"{night:%Y-%m}"),
    }


def _rows(dice: Random, share: float, row: Callable[[Random], Row]) -> list[Row]:
    count = int(PEOPLE * share)
    return [{"person_id": dice.randint(1, PEOPLE), **row(dice)} for _ in range(count)]


def _day(dice: Random) -> date | None:
    return dice.choice([None, date(2007, 6, 1) + timedelta(days=dice.randrange(7600))])


def _person(dice: Random, number: int) -> Row:
    return {
        "person_id": number,
        "registered": dice.random() < 0.7,
        "birth_date": dice.choice([*BIRTHS, _day(dice)]),
        "division": dice.choice([f"{COUNTIES[0]}001001", f"{COUNTIES[1]}001001", None]),
        "death_reported": dice.random() < 0.05,
    }


def _registry(dice: Random) -> Row:
    months = [None, "2025-12", "2026-08", "2026-10", "2026-12", "2028-01"]
    return {
        "category": dice.choice([None, "120", "201", "301", "400"]),
        "recognised_on": dice.choice([_day(dice), date(2025, 1, 1)]),
        "last_paid_month": dice.choice(months),
    }


def _enrolment(dice: Random) -> Row:
    status = dice.choice(list(STATUS))
    return {
        "grade": dice.randrange(10),
        "status": status,
        "status_class": STATUS[status],
        "status_on": _day(dice),
        "leave_until": _day(dice),
        "division": dice.choice([*COUNTIES, None]),
    }


def _absent(dice: Random) -> list[str]:
    return dice.sample(["2026-07", "2026-09", "2026-10", "2026-11"], dice.randrange(5))


def _coverage(dice: Random) -> Row:
    return {
        "scheme": dice.choice(["310", "390", "392"]),
        "status": dice.choice("01234"),
        "started_on": _day(dice),
        "paused_on": dice.choice([_day(dice), date(2026, 11, 1)]),
        "paid": dice.choice([True, False, None]),
        "insurance_year": dice.choice([None, 2025, 2026]),
    }


def _household(dice: Random, family: str) -> Row:
    return {
        "family_id": family,
        "kind": dice.choice(["01", "03"]),
        "begin_month": dice.choice([None, "2025-01", "2026-08"]),
        "end_month": dice.choice([None, None, "2026-10"]),
        "card_status": dice.choice("112"),
    }


def _doubt(dice: Random) -> Row:
    return {"table_name": dice.choice(list(ROLLS)), "quarantined": dice.random() < 0.5}


def _statuses(dice: Random, period: str) -> list[Row]:
    """Every roll verified as a whole, and up to four rows that say otherwise."""
    whole = {"scope": "*", "period": period, "state": "verified", "coverage": "city"}
    usual = [{"table_name": name, **whole} for name in ROLLS]
    said = [*usual, *(_state(dice, period) for _ in range(dice.randrange(5)))]
    return list({(r["table_name"], r["scope"], r["period"]): r for r in said}.values())


def _state(dice: Random, period: str) -> Row:
    return {
        "table_name": dice.choice(list(ROLLS)),
        "scope": dice.choice(["*", *COUNTIES]),
        "period": dice.choice([period, period, period, "2025-01"]),
        "state": dice.choice(["verified", "late", "partial", "odd", "expected", "refused"]),
        "coverage": dice.choice(["county", "city", "province"]),
        "due_on": dice.choice([None, f"{period}-10"]),
        "received": dice.choice([None, 0, 5]),
        "quarantined": dice.choice([None, 0, 5]),
        "error_budget": dice.choice([None, 0.5]),
    }


SUMS = "SELECT * FROM outcome_sum ORDER BY ALL"


def judge(
    engine: Engine,
    rules: tuple[Rule, ...],
    night: date,
    world: World,
    followed: pa.Table | None = None,
) -> list[Row]:
    load_world(engine, world)
    known_at = datetime(2028, 3, 1, tzinfo=UTC)
    key = "01" * 32
    counts = evaluate(
        engine, rules, Calendar(), as_of=night, known_at=known_at, site_key=key, followed=followed
    )
    found: list[Row] = engine.fetch("SELECT * FROM outcome").to_pylist()
    if followed is None:
        assert Counter(row["rule"] for row in found) == Counter(
            {count.rule: count.universe for count in counts if count.universe}
        )
    assert all(count.balanced for count in counts)
    return found


def universes(world: World, night: date) -> dict[str, int]:
    """The sizes of the universes, counted here from the rows alone."""
    scopes = {(ROLLS[r["table_name"]][:2], r["scope"]) for r in of_period(world, night)}
    registered = sum(p["registered"] for p in world["person"])
    sizes = dict.fromkeys(("EDU-01", "EDU-02", "MED-01", "MED-02"), PEOPLE)
    return {
        **sizes,
        "WEL-02": registered,
        **dict.fromkeys(("SRC-01", "SRC-02", "SRC-03"), len(scopes)),
    }


def of_period(world: World, night: date) -> list[Row]:
    return [row for row in world["source_status"] if row["period"] == f"{night:%Y-%m}"]


def roll_is_whole(world: World, night: date, table: str, county: str) -> bool:
    """Whether a verified word on the roll covers the county, and none speaks against it."""
    same_roll = [r for r in of_period(world, night) if ROLLS[r["table_name"]] == ROLLS[table]]
    own = [r["state"] for r in same_roll if r["scope"] == county]
    whole = [r["state"] for r in same_roll if r["scope"] == "*"]
    told = own or whole
    return bool(told) and set(told) == {"verified"} and set(whole) <= {"verified", "partial"}


def check_finding(rule: Rule, world: World, night: date, row: Mapping[str, Any]) -> None:
    person = world["person"][row["person_id"] - 1]
    assert not (person["death_reported"] and rule.file.suspended_by_death)
    for need in rule.file.needs:
        for table in ROLL_TABLES[need.roll]:
            county = (person["division"] or "?")[:6]
            assert roll_is_whole(world, night, table, county), (rule.id, table)
            if need.reads_absence and row["reason"] != "status_dropout":
                doubted = {(u["person_id"], u["table_name"]) for u in world["undecided"]}
                assert (row["person_id"], table) not in doubted, (rule.id, table)


OFTEN = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 2**32)


def test_the_promises_hold_and_every_kind_of_outcome_is_seen(
    engine: Engine, rules: tuple[Rule, ...], rule_of: dict[str, Rule]
) -> None:
    seen: set[tuple[str, str]] = set()
    for seed in range(WORLDS):
        night, world = made(seed)
        found = judge(engine, rules, night, world)
        check_promises(rule_of, world, night, found)
        seen |= {(row["rule"], row["kind"]) for row in found}
    kinds = ("fires", "satisfied", "excused", "held", "not_applicable")
    expected = {(rule, kind) for rule in READS_ABSENCE for kind in kinds} - {
        ("WEL-01", "not_applicable")
    }
    assert seen >= expected


def check_promises(rule_of: dict[str, Rule], world: World, night: date, found: list[Row]) -> None:
    sizes = Counter(row["rule"] for row in found)
    for rule, size in universes(world, night).items():
        assert sizes[rule] == size, rule
    people = Counter((row["rule"], row["person_id"]) for row in found if row["person_id"])
    assert set(people.values()) == {1}
    keys = [row["finding_key"] for row in found if row["finding_key"]]
    assert len(keys) == len(set(keys)) == sum(row["kind"] == "fires" for row in found)
    for row in found:
        assert (
            (row["kind"] == "fires") == (row["answer"] is not None) == (row["severity"] is not None)
        )
        if row["kind"] == "fires" and row["person_id"] is not None:
            check_finding(rule_of[row["rule"]], world, night, row)


@pytest.mark.parametrize("seed", [0, 5])
def test_a_night_counts_everybody_and_tells_of_findings_and_cases_the_same(
    engine: Engine, rules: tuple[Rule, ...], seed: int
) -> None:
    night, world = made(seed)
    everybody = judge(engine, rules, night, world)
    sums = engine.fetch(SUMS).to_pylist()
    # Whoever has a case: every third person of every rule, and two rules of one whom nobody knows.
    cases = {(rule.id, number) for rule in rules for number in range(1, PEOPLE, 3)}
    cases |= {("EDU-01", 10**9), ("MED-01", None)}
    columns = zip(*cases, strict=True)
    followed = pa.table(dict(zip(("rule", "person_id"), map(pa.array, columns), strict=True)))
    told = judge(engine, rules, night, world, followed)
    assert engine.fetch(SUMS).to_pylist() == sums
    wanted = [
        row
        for row in everybody
        if row["kind"] == "fires"
        or row["person_id"] is None
        or (row["rule"], row["person_id"]) in cases
    ]
    assert sorted(told, key=repr) == sorted(wanted, key=repr)
    assert len(told) < len(everybody)


@OFTEN
@given(seeds, st.sampled_from(sorted(SATISFYING)))
def test_a_satisfying_row_never_yields_a_finding(
    engine: Engine, rule_of: dict[str, Rule], seed: int, rule: str
) -> None:
    night, world = made(seed)
    before = judge(engine, (rule_of[rule],), night, world)
    table, row = SATISFYING[rule]
    begun = {"started_on": night} if table == "coverage" else {}
    helped = range(1, PEOPLE, 2)
    more = [*world[table], *({"person_id": n, **row, **begun} for n in helped)]
    after = judge(engine, (rule_of[rule],), night, {**world, table: more})
    told = {r["person_id"]: r for r in after}
    assert not any(told[n]["kind"] == "fires" for n in helped)
    for old in before:
        new = told[old["person_id"]]
        alike = (new["kind"], new["reason"]) == (old["kind"], old["reason"])
        assert alike or old["person_id"] in helped
