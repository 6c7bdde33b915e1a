"""On data that makes each rule fire: order, repetition and unrelated columns change nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from gateway.engine import Engine
from gateway.policy import Rule, evaluate, load_rules
from gateway.policy.example import Example
from gateway.policy.examples import ROLLS, calendar_of, load_example, parameters_of

Row = dict[str, Any]
World = dict[str, list[Row]]

RULES = load_rules(Path(__file__).resolve().parents[2] / "mappings" / "policy")
NO_TWINS = {"child", "assistance_household"}
PAID_ONCE = {"aid": ", 0 AS amount", "contribution": ", 0 AS paid_by_person"}
"""Rolls of payments: a payment that stands there twice was made twice, unless nothing was paid."""
TOLD = "rule, person_id, source, scope, kind, reason, episode, finding_key, excused_until"
CITED = f"{TOLD}, evidence_roll, evidence_row_key, evidence_ref, held_by"


def firing(rule: Rule) -> Example:
    """The first example in which somebody fires."""
    return next(
        e for e in rule.file.examples if any(row["kind"] == "fires" for row in e.expected())
    )


def outcomes(engine: Engine, rule: Rule, example: Example, told: str = TOLD) -> list[Row]:
    known_at = datetime.combine(example.as_of, time(2), UTC)
    (count,) = evaluate(
        engine, [rule], calendar_of(example), as_of=example.as_of, known_at=known_at,
        site_key="5a" * 32, parameters=parameters_of(example),
    )  # fmt: skip
    found = engine.fetch(f"SELECT {told} FROM outcome ORDER BY ALL").to_pylist()
    assert count.balanced
    assert count.universe == len(found)
    return found


@pytest.fixture(autouse=True)
def rolls_of_one_test(engine: Engine) -> Iterator[None]:
    """The next world is made anew: its tables have other rows and no other columns."""
    yield
    for table in ROLLS:
        engine.drop(table)


SAID: dict[str, list[Row]] = {}
"""What was said of each rule's example by a test of this run: kept, for judging is what takes the time."""


def first_said(engine: Engine, rule: Rule) -> list[Row]:
    """The outcomes of the rule's firing example as it is written; its tables are left in the engine."""
    load_example(engine, rule, firing(rule))
    SAID[rule.id] = outcomes(engine, rule, firing(rule))
    return SAID[rule.id]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_night_says_and_cites_the_same_however_its_rows_lie(engine: Engine, rule: Rule) -> None:
    """With a twin of each row beside it, of the same line of the file, and then in another order."""
    example = firing(rule)
    first = first_said(engine, rule)
    keys = [row["finding_key"] for row in first if row["finding_key"]]
    assert len(keys) == len(set(keys)) == sum(row["kind"] == "fires" for row in first) > 0
    for table in sorted(set(ROLLS) - NO_TWINS):
        twin = f"SELECT * REPLACE (row_key || '~' AS row_key{PAID_ONCE.get(table, '')})"
        linked = "SELECT * REPLACE (row_key || '~' AS row_key) FROM link"
        engine.run(f"INSERT INTO {table} {twin} FROM {table}")
        engine.run(f"INSERT INTO link {linked} WHERE table_name = '{table}' AND current")
    cited = outcomes(engine, rule, example, CITED)
    assert [{name: row[name] for name in TOLD.split(", ")} for row in cited] == first
    turn(engine, *ROLLS, "link")
    for table in ROLLS:
        engine.run(f"ALTER TABLE {table} ADD COLUMN unrelated VARCHAR DEFAULT 'noise'")
    assert outcomes(engine, rule, example, CITED) == cited


def turn(engine: Engine, *tables: str) -> None:
    for table in tables:
        engine.run(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY rowid DESC")


PUPIL = {"person": [{"person_id": 1}], "enrolment": [{"person_id": 1, "grade": 5, "status": "01"}]}
SAID_TWICE = [{"table_name": "child", "state": "late"}, {"table_name": "enrolment", "state": "odd"}]
ONE_ROLL = {"source": "bureau", "roll": "both", "scope": "*", "period": "2026-11"}
REPORT = {"person_id": 1, "month": "2026-11"}
TIES: dict[str, tuple[str, str, World, Row]] = {
    "two reports of one month": (
        "EDU-08", "attendance",
        {"attendance": [REPORT | {"absent_days": 30}, REPORT | {"suspected": True}]},
        {"reason": "suspected", "evidence_row_key": "attendance-2"},
    ),
    "one roll for two needs, in two states": (
        "EDU-07", "source_status", {"source_status": [row | ONE_ROLL for row in SAID_TWICE]},
        {"reason": "source_late", "held_by": "bureau/both"},
    ),
}  # fmt: skip
"""Two rows between which nothing but their order decides: the rule, their table, the world, what is said."""


@pytest.mark.parametrize("named", sorted(TIES))
def test_of_two_rows_that_are_alike_none_is_taken_by_chance(
    engine: Engine, rule_of: dict[str, Rule], named: str
) -> None:
    rule, table, world, told = TIES[named]
    example = Example.model_validate({"name": named, "as_of": "2026-11-16", "world": PUPIL | world})
    load_example(engine, rule_of[rule], example)
    for _ in range(2):
        (found,) = outcomes(engine, rule_of[rule], example, CITED)
        assert {name: found[name] for name in told} == told
        turn(engine, table)


def test_keys_of_different_rules_differ(engine: Engine) -> None:
    seen: dict[str, str] = {}
    for rule in RULES:
        for row in SAID.get(rule.id) or first_said(engine, rule):
            if row["finding_key"]:
                assert seen.setdefault(row["finding_key"], rule.id) == rule.id
    assert set(seen.values()) == {rule.id for rule in RULES}
