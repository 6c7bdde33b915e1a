"""No predicate of a shared fact is idle: without any one of them some example comes out differently.

Long (minutes a fact), so it is no part of `make test`: `make mutate` runs it and names what no example shows;
`make mutate FACTS="rights payment" [FROM=10 COUNT=20]` runs some facts, and of each only so many mutants
from a number on.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from itertools import islice
from unittest import mock

import pytest
import sqlglot
from test_mutations import RULES, _without_one
from year_kit import made_engine

from gateway.engine import Engine, Step, load_step
from gateway.policy import Rule
from gateway.policy import evaluation as policy
from gateway.policy.evaluation import ALWAYS, FACTS, ROOM, evaluate, facts_for
from gateway.policy.example import Example
from gateway.policy.examples import (
    EXAMPLE_KEY,
    calendar_of,
    differences,
    load_example,
    parameters_of,
)

SKIPPED = {"doubt", "rule_county", "source_now"}
"""Steps whose every line the tests of evaluation and of worlds show."""
ASKED = os.environ.get("FACTS", "").split()
SHARED = [name for name in FACTS if name not in SKIPPED and (not ASKED or name in ASKED)]
FROM = int(os.environ.get("FROM") or 0)
COUNT = int(os.environ.get("COUNT") or 10_000)


def mutants(name: str) -> Iterator[tuple[str, str]]:
    """The step with one predicate less, and what was taken away."""
    text = load_step(ROOM, name).sql
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    statements = sqlglot.parse(text, read="duckdb")
    whole = [s.sql(dialect="duckdb") for s in statements if s]
    for n, statement in enumerate(whole):
        for said, changed in _without_one(statement):
            yield said, f"{head}\n" + ";\n".join([*whole[:n], changed, *whole[n + 1 :]])


def readers(name: str) -> list[tuple[Rule, Example]]:
    """Examples that could show it: of rules that read the fact, one rule after the other."""
    found = [r for r in RULES if name in ALWAYS or name in facts_for([r])]
    longest = max((len(r.file.examples) for r in found), default=0)
    return [
        (rule, rule.file.examples[n])
        for n in range(longest)
        for rule in found
        if n < len(rule.file.examples)
    ]


def shows(engine: Engine, rule: Rule, example: Example) -> bool:
    """Whether the example comes out differently."""
    load_example(engine, rule, example)
    known_at = datetime.combine(example.as_of, time(2), UTC)
    try:
        evaluate(
            engine, [rule], calendar_of(example), as_of=example.as_of, known_at=known_at,
            site_key=EXAMPLE_KEY, parameters=parameters_of(example),
        )  # fmt: skip
    except Exception:
        return True
    return any(True for _ in differences(engine, example))


def replacing(name: str, sql: str) -> Callable[[str, str], Step]:
    """How steps are loaded while one of them is another text."""
    return lambda room, step: Step(room, step, sql) if step == name else load_step(room, step)


@pytest.mark.parametrize("name", SHARED)
def test_every_predicate_of_a_fact_matters(name: str) -> None:
    idle, order, tried = [], readers(name), 0
    with made_engine() as engine:
        for said, sql in islice(mutants(name), FROM, FROM + COUNT):
            with mock.patch.object(policy, "load_step", replacing(name, sql)):
                hit = next((n for n, one in enumerate(order) if shows(engine, *one)), None)
            tried += 1
            if hit is None:
                idle.append(said)
                print(name, "idle:", said, flush=True)
            else:
                order.insert(0, order.pop(hit))
    print(name, tried, "mutants,", len(idle), "idle", flush=True)
    assert idle == []
