"""Edges of the calendar, on data that makes each rule fire: a rerun, the hour of the night in China and in
Greenwich, leap days, and the school-age limit of 31 August."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from test_mutations import RULES

from gateway.engine import Engine, load_step
from gateway.policy import Calendar, Rule, evaluate
from gateway.policy.evaluation import FACTS, ROOM, facts_for, make_facts
from gateway.policy.example import Example
from gateway.policy.examples import ROLLS, load_example, load_world, world_schemas
from gateway.policy.parameters import NO_PARAMETERS, Parameters, everywhere
from gateway.policy.rule_file import Universe

Row = dict[str, Any]
Told = dict[str, list[Row]]
BY_ID = {rule.id: rule for rule in RULES}
CHINA, GREENWICH = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
TOLD = "rule, person_id, source, scope, evidence_roll, kind, reason, episode, excused_until, finding_key"
AGES = ("adult", "birth_date", "entry_year")
NIGHT = date(2026, 11, 16)
LEAP_NIGHTS = (date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29))
LEAP_BORN = """
UPDATE person SET birth_date = make_date(CAST(year(birth_date) // 4 * 4 AS INTEGER), 2, 29)
WHERE birth_date IS NOT NULL
"""
SAID = """
SELECT rule, CASE WHEN kind = 'not_applicable' THEN reason ELSE kind END AS said
FROM outcome ORDER BY person_id
"""
NAMES = ("row_key", "base_row_key", "child_row_key", "family_id", "household_key")
"""Columns by which rows of one example know each other."""


def firing(rule: Rule) -> Example:
    """The first example in which somebody fires."""
    return next(e for e in rule.file.examples if any(o["kind"] == "fires" for o in e.expected()))


def reads_ages(rule: Rule) -> bool:
    """Whether the rule, an excuse of it or a fact that it reads asks how old a child is."""
    steps = [load_step(ROOM, name).sql for name in facts_for([rule]) if name != "subject"]
    texts = (rule.sql, *rule.excuse_sql.values(), *steps)
    return any(word in sql for sql in texts for word in AGES)


OF_CHILDREN = [rule for rule in RULES if rule.file.universe is not Universe.SOURCE]
OF_SOURCES = [rule for rule in RULES if rule.file.universe is Universe.SOURCE]
AGED = [rule for rule in OF_CHILDREN if reads_ages(rule)]
OF_AUTUMN = {"EDU-09", "GRD-03", "MED-05", "MED-06", "WEL-03", "WEL-04", "WEL-07"}
"""Rules whose examples' rows are of one autumn: on another night nobody fires."""


def apart(rule_at: int, table: str, number: int, row: Row) -> Row:
    """A row of an example with keys of its own, so that the examples of many rules make one world."""
    made = dict(row)
    if table.removesuffix("_gone") in ROLLS:
        made.setdefault("row_key", f"{table}-{number}")
    elif table == "person":
        made.setdefault("base_row_key", f"child-{number}")
    if "person_id" in made:
        made["person_id"] += 1000 * rule_at
    for name in NAMES:
        if made.get(name):
            made[name] = f"{rule_at}:{made[name]}"
    return made


def together(rules: Sequence[Rule]) -> tuple[dict[str, list[Row]], Parameters]:
    """The first firing examples of the rules as one world, and their parameters."""
    world: dict[str, list[Row]] = {}
    values: dict[tuple[str, str], tuple[str, str, date, float | None]] = {}
    for at, example in enumerate(firing(rule) for rule in rules):
        for table, rows in example.rows().items():
            if table != "source_status":
                made = [apart(at, table, number, row) for number, row in enumerate(rows, 1)]
                world.setdefault(table, []).extend(made)
        for topic, keys in example.parameters.items():
            values |= {(topic, key): (topic, key, date.min, v) for key, v in keys.items()}
    return world, everywhere(values.values())


def verified(night: date, tables: Iterable[str] = ROLLS) -> list[Row]:
    """Every roll is there, whole, and reaches the whole country."""
    lead = {"scope": "*", "period": f"{night:%Y-%m}", "state": "verified", "coverage": "national"}
    return [
        lead | {"roll_date": night, "table_name": t, "source": ROLLS[t][0], "roll": ROLLS[t][1]}
        for t in tables
    ]


def judged(
    engine: Engine, rules: Sequence[Rule], known_at: datetime, as_of: date, parameters: Parameters
) -> Told:
    """Rule → every outcome of a night; they are one for each subject of the rule's universe."""
    counts = evaluate(
        engine, rules, Calendar(), as_of=as_of, known_at=known_at, site_key="5a" * 32,
        parameters=parameters,
    )  # fmt: skip
    told: Told = {rule.id: [] for rule in rules}
    for row in engine.fetch(f"SELECT {TOLD} FROM outcome ORDER BY ALL").to_pylist():
        told[row["rule"]].append(row)
    assert all(count.balanced for count in counts)
    assert {count.rule: count.universe for count in counts} == {r: len(n) for r, n in told.items()}
    return told


def through_the_hours(
    engine: Engine, rules: Sequence[Rule], as_of: date, parameters: Parameters
) -> list[Told]:
    """Twice a second before midnight in China, then at midnight in Greenwich by an engine in China."""
    china = datetime.combine(as_of, time(23, 59, 59), CHINA)
    green = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    told = []
    try:
        for zone, known_at in ((GREENWICH, china), (GREENWICH, china), (CHINA, green)):
            engine.run(f"SET TimeZone = '{zone}'")
            told.append(judged(engine, rules, known_at, as_of, parameters))
    finally:
        engine.run("SET TimeZone = 'UTC'")
    return told


@pytest.fixture(scope="module")
def hourly(engine: Engine) -> dict[str, list[list[Row]]]:
    """Rule → what it said over one world, hour after hour."""
    world, parameters = together(OF_CHILDREN)
    load_world(engine, world | {"source_status": verified(NIGHT)})
    told = through_the_hours(engine, OF_CHILDREN, NIGHT, parameters)
    for rule in OF_SOURCES:
        example = firing(rule)
        load_example(engine, rule, example)
        again = through_the_hours(engine, [rule], example.as_of, parameters)
        told = [had | now for had, now in zip(told, again, strict=True)]
    return {rule.id: [one[rule.id] for one in told] for rule in RULES}


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rerun_says_the_same_whatever_the_hour(
    hourly: dict[str, list[list[Row]]], rule: str
) -> None:
    first, rerun, later = hourly[rule]
    assert any(row["kind"] == "fires" for row in first)
    assert rerun == first
    assert later == first


def test_no_rule_reads_the_hour() -> None:
    rules = [sql for rule in RULES for sql in (rule.sql, *rule.excuse_sql.values())]
    for sql in (*rules, *(load_step(ROOM, name).sql for name in FACTS)):
        for word in ("known_at", "current_", "now()", "today()", "timestamp"):
            assert f" {word}" not in sql.lower().replace("$", " ").replace("(", " ("), word


def test_many_rules_ask_how_old_a_child_is() -> None:
    assert {"EDU-01", "MED-05", "WEL-02", "WEL-04", "WEL-07", "GRD-02"} <= {r.id for r in AGED}
    assert {"IDN-01", "SRC-01", "REG-01"}.isdisjoint(r.id for r in AGED)


@pytest.fixture(scope="module")
def leaping(engine: Engine) -> list[Told]:
    """What each night says of children all of whom were born on 29 February."""
    world, parameters = together(AGED)
    load_world(engine, world)
    engine.run(LEAP_BORN)
    told = []
    for night in LEAP_NIGHTS:
        states = pa.Table.from_pylist(verified(night), world_schemas()["source_status"])
        engine.load("source_status", states)
        known_at = datetime.combine(night, time(2), UTC)
        told.append(judged(engine, AGED, known_at, night, parameters))
    return told


@pytest.mark.parametrize("rule", [rule.id for rule in AGED])
def test_children_born_on_a_leap_day_are_judged_every_night(leaping: list[Told], rule: str) -> None:
    grown: set[int] = set()
    for told in leaping:
        assert told[rule]
        now = {row["person_id"] for row in told[rule] if row["reason"] == "aged_18"}
        assert now >= grown, "somebody grew younger"
        grown = now
    fires = any(row["kind"] == "fires" for told in leaping for row in told[rule])
    assert fires or rule in OF_AUTUMN


BIRTHDAYS = [
    # night, born, WEL-09 (seven), WEL-07 (eighteen soon), GRD-02 (eighteen)
    ("2026-02-27", "2019-02-28", "fires", "satisfied", "fires"),
    ("2026-02-27", "2008-02-28", "past_seven", "fires", "fires"),
    ("2026-02-27", "2008-02-29", "past_seven", "fires", "fires"),
    ("2026-02-28", "2019-02-28", "past_seven", "satisfied", "fires"),
    ("2026-02-28", "2019-03-01", "fires", "satisfied", "fires"),
    ("2026-02-28", "2008-02-28", "past_seven", "limit_passed", "aged_18"),
    ("2026-02-28", "2008-02-29", "past_seven", "limit_passed", "fires"),
    ("2026-02-28", "2008-03-01", "past_seven", "fires", "fires"),
    ("2026-03-01", "2008-02-29", "past_seven", "limit_passed", "aged_18"),
    ("2026-03-01", "2008-03-01", "past_seven", "limit_passed", "aged_18"),
    ("2027-02-27", "2020-02-29", "fires", "satisfied", "fires"),
    ("2027-02-28", "2020-02-29", "past_seven", "satisfied", "fires"),
    ("2028-02-28", "2021-02-28", "past_seven", "satisfied", "fires"),
    ("2028-02-28", "2010-02-28", "past_seven", "limit_passed", "aged_18"),
    ("2028-02-29", "2021-03-01", "fires", "satisfied", "fires"),
    ("2028-02-29", "2010-02-28", "past_seven", "limit_passed", "aged_18"),
    ("2028-02-29", "2010-03-01", "past_seven", "fires", "fires"),
    ("2028-03-01", "2021-03-01", "past_seven", "satisfied", "fires"),
    ("2028-03-01", "2010-03-01", "past_seven", "limit_passed", "aged_18"),
]
"""Decision 0016: what asks about a limit counts the birthday of 29 February on the 28th; who was born on it
is a minor to the end of the 28th."""


def said(
    engine: Engine,
    rules: Sequence[str],
    night: date,
    world: dict[str, list[Row]],
    calendar: Calendar,
) -> dict[str, list[str]]:
    """Rule → what became of the persons in their order: the kind, or why it is not applicable."""
    load_world(engine, world | {"source_status": verified(night)})
    limit = everywhere([("age_limit", "orphan", date.min, 18.0)])
    evaluate(
        engine, [BY_ID[rule] for rule in rules], calendar, as_of=night,
        known_at=datetime.combine(night, time(2), UTC), site_key="5a" * 32, parameters=limit,
    )  # fmt: skip
    found = engine.fetch(SAID).to_pylist()
    return {rule: [row["said"] for row in found if row["rule"] == rule] for rule in rules}


@pytest.mark.parametrize("night", sorted({row[0] for row in BIRTHDAYS}))
def test_a_limit_is_reached_on_the_birthday(engine: Engine, night: str) -> None:
    rows = [row for row in BIRTHDAYS if row[0] == night]
    world: dict[str, list[Row]] = {
        "person": [{"person_id": n, "birth_date": row[1]} for n, row in enumerate(rows)],
        "child": [{"person_id": n, "category": "201"} for n, _ in enumerate(rows)],
        "disability": [{"person_id": n, "kind": "4", "grade": "1"} for n, _ in enumerate(rows)],
    }
    rules = ("WEL-09", "WEL-07", "GRD-02")
    found = said(engine, rules, date.fromisoformat(night), world, Calendar())
    assert found == {rule: [row[at] for row in rows] for at, rule in enumerate(rules, 2)}


SCHOOL_AGE = [
    # night, entry age, what EDU-01 says of those born on 30 August, 31 August and 1 September 2020
    ("2026-10-30", 6, ["before_entry", "before_entry", "before_entry"]),
    ("2026-10-31", 6, ["fires", "fires", "before_entry"]),
    ("2027-10-30", 6, ["fires", "fires", "before_entry"]),
    ("2027-10-31", 6, ["fires", "fires", "fires"]),
    ("2027-10-30", 7, ["before_entry", "before_entry", "before_entry"]),
    ("2027-10-31", 7, ["fires", "fires", "before_entry"]),
    ("2035-08-31", 6, ["fires", "fires", "fires"]),
    ("2035-09-01", 6, ["after_compulsory", "after_compulsory", "fires"]),
    ("2036-08-31", 6, ["after_compulsory", "after_compulsory", "fires"]),
    ("2036-09-01", 6, ["after_compulsory", "after_compulsory", "after_compulsory"]),
]


@pytest.mark.parametrize(("night", "age", "told"), SCHOOL_AGE)
def test_school_age_is_cut_off_on_31_august(
    engine: Engine, night: str, age: int, told: list[str]
) -> None:
    births = ("2020-08-30", "2020-08-31", "2020-09-01")
    world = {"person": [{"person_id": n, "birth_date": born} for n, born in enumerate(births)]}
    found = said(engine, ["EDU-01"], date.fromisoformat(night), world, Calendar(entry_age=age))
    assert found == {"EDU-01": told}


def test_the_entry_year_of_the_rules_is_the_calendars(engine: Engine) -> None:
    calendar = Calendar()
    births = [date(2016, 1, 1) + timedelta(days=n) for n in range(1800)]
    people = [{"person_id": n, "birth_date": born} for n, born in enumerate(births)]
    load_world(engine, {"person": people})
    make_facts(engine, [BY_ID["EDU-01"]], calendar, calendar.parameters(NIGHT), NO_PARAMETERS)
    found = engine.fetch("SELECT birth_date, entry_year FROM subject").to_pylist()
    assert len(found) == len(births)
    assert all(row["entry_year"] == calendar.entry_year(row["birth_date"]) for row in found)
