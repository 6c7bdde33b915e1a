"""On data that makes each rule fire: order, repetition and unrelated columns change nothing."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from gateway.engine import Engine
from gateway.policy import Rule, evaluate, load_rules
from gateway.policy.example import Example
from gateway.policy.examples import ROLLS, calendar_of, load_example, parameters_of

RULES = load_rules(Path(__file__).resolve().parents[2] / "mappings" / "policy")
MONEY = {"aid", "contribution"}
"""Rolls of payments: a payment that stands there twice was made twice."""
TOLD = "rule, person_id, source, scope, evidence_roll, kind, reason, episode, finding_key"


def firing(rule: Rule) -> Example:
    """The first example in which somebody fires."""
    return next(
        e for e in rule.file.examples if any(row["kind"] == "fires" for row in e.expected())
    )


def outcomes(engine: Engine, rule: Rule, example: Example) -> list[dict[str, Any]]:
    known_at = datetime.combine(example.as_of, time(2), UTC)
    (count,) = evaluate(
        engine, [rule], calendar_of(example), as_of=example.as_of, known_at=known_at,
        site_key="5a" * 32, parameters=parameters_of(example),
    )  # fmt: skip
    found = engine.fetch(f"SELECT {TOLD} FROM outcome ORDER BY ALL").to_pylist()
    assert count.balanced
    assert count.universe == len(found)
    return found


SAID: dict[str, list[dict[str, Any]]] = {}
"""What was said of each rule's example by a test of this run: kept, for judging is what takes the time."""


def first_said(engine: Engine, rule: Rule) -> list[dict[str, Any]]:
    """The outcomes of the rule's firing example as it is written; its tables are left in the engine."""
    load_example(engine, rule, firing(rule))
    SAID[rule.id] = outcomes(engine, rule, firing(rule))
    return SAID[rule.id]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_night_says_the_same_however_its_rows_lie(engine: Engine, rule: Rule) -> None:
    example = firing(rule)
    first = first_said(engine, rule)
    keys = [row["finding_key"] for row in first if row["finding_key"]]
    assert len(keys) == len(set(keys)) == sum(row["kind"] == "fires" for row in first) > 0
    for table in ROLLS:
        engine.run(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY hash(row_ref) DESC")
        engine.run(f"ALTER TABLE {table} ADD COLUMN unrelated VARCHAR DEFAULT 'noise'")
    engine.run("CREATE OR REPLACE TABLE link AS FROM link ORDER BY hash(row_ref)")
    assert outcomes(engine, rule, example) == first
    for table in sorted(set(ROLLS) - MONEY - {"child", "assistance_household"}):
        twice = "SELECT * REPLACE (row_key || '~' AS row_key, row_ref || '~' AS row_ref)"
        engine.run(f"INSERT INTO {table} {twice} FROM {table}")
        engine.run(f"INSERT INTO link {twice} FROM link WHERE table_name = '{table}' AND current")
    said = [{**row, "evidence_roll": None} for row in outcomes(engine, rule, example)]
    assert said == [{**row, "evidence_roll": None} for row in first]
    for table in ROLLS:
        engine.drop(table)


def test_keys_of_different_rules_differ(engine: Engine) -> None:
    seen: dict[str, str] = {}
    for rule in RULES:
        for row in SAID.get(rule.id) or first_said(engine, rule):
            if row["finding_key"]:
                assert seen.setdefault(row["finding_key"], rule.id) == rule.id
    assert set(seen.values()) == {rule.id for rule in RULES}
