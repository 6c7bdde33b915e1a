"""No predicate of a rule is idle: without any one of them, an example of the rule comes out differently.

Each rule's SELECT and each excuse step is parsed; every operand of AND and OR, every WHERE, every branch
of a CASE is taken away in turn, and the rule is judged again over the facts of its own examples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from gateway.engine import Engine, EngineSettings, load_step
from gateway.policy import Rule, load_rules
from gateway.policy.evaluation import make_facts, phase, rule_parameters
from gateway.policy.example import Example
from gateway.policy.examples import calendar_of, differences, load_example, parameters_of
from gateway.policy.judging import ROOM, judge_rule, judge_source
from gateway.policy.rule_file import Universe

ELSEWHERE = {"IDN-01"}
"""Rules whose predicates are shown by the worlds of tests/linkage, where doubts are made."""
SHIPPED = load_rules(Path(__file__).resolve().parents[2] / "mappings" / "policy")
RULES = tuple(rule for rule in SHIPPED if rule.id not in ELSEWHERE)


@dataclass(frozen=True)
class Mutant:
    """A rule with one predicate less; `place` is the step, `change` what was taken away."""

    place: str
    change: str
    rule: Rule


def mutants(rule: Rule) -> Iterator[Mutant]:
    for change, sql in without_one(rule.sql):
        yield Mutant(rule.id, change, rule.model_copy(update={"sql": sql}))
    for code, step in rule.excuse_sql.items():
        for change, sql in without_one(step):
            steps = {**rule.excuse_sql, code: sql}
            yield Mutant(f"{rule.id} {code}", change, rule.model_copy(update={"excuse_sql": steps}))


def without_one(sql: str) -> Iterator[tuple[str, str]]:
    """The SQL with one predicate less, each in turn, and what was taken away."""
    count = len(list(_predicates(sqlglot.parse_one(sql, read="duckdb"))))
    for n in range(count):
        tree = sqlglot.parse_one(sql, read="duckdb")
        node, operand = list(_predicates(tree))[n]
        said = f"drop {(operand or node).sql(dialect='duckdb')}"
        _remove(node, operand)
        yield said, tree.sql(dialect="duckdb")


def _predicates(tree: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr | None]]:
    for node in tree.walk():
        if isinstance(node, exp.And | exp.Or):
            yield from ((node, s) for s in (node.left, node.right) if _is_leaf(node, s))
        elif isinstance(node, exp.Where | exp.Having):
            yield node, None
        elif isinstance(node, exp.Case):
            yield from ((node, branch) for branch in node.args["ifs"])


def _is_leaf(node: exp.Expr, side: exp.Expr) -> bool:
    """Parts of a join's key say which row is whose, and judge nothing."""
    if type(side) is type(node):
        return False
    columns = isinstance(side, exp.EQ) and all(
        isinstance(s, exp.Column) for s in (side.left, side.right)
    )
    join = node.find_ancestor(exp.Join, exp.Where)
    return not (columns and isinstance(join, exp.Join))


def _remove(node: exp.Expr, operand: exp.Expr | None) -> None:
    if isinstance(node, exp.And | exp.Or):
        node.replace(node.right if operand is node.left else node.left)
    elif isinstance(node, exp.Case):
        branches = [branch for branch in node.args["ifs"] if branch is not operand]
        if branches:
            node.set("ifs", branches)
        else:
            node.replace(node.args.get("default") or exp.null())
    elif isinstance(node.parent, exp.Filter):
        node.parent.replace(node.parent.this)
    else:
        node.pop()


def _judged(engine: Engine, schema: str, rule: Rule, example: Example) -> list[str]:
    """How the outcomes of the facts in a schema differ from what the example asks for."""
    calendar = calendar_of(example)
    params = calendar.parameters(example.as_of) | {"site_key": "00" * 32}
    own = {**params, **rule_parameters(rule, calendar, params)}
    engine.run(f"USE {schema}")
    engine.run(load_step(ROOM, "outcome"))
    engine.run(load_step(ROOM, "told_nothing"))
    of_source = rule.file.universe is Universe.SOURCE
    try:
        (judge_source if of_source else judge_rule)(engine, rule, own)
    except Exception as broken:  # a mutant that does not run is told apart from one that passes
        return [type(broken).__name__]
    size = engine.value(load_step(ROOM, "universe_source" if of_source else "universe_person"), own)
    rows = engine.value("SELECT coalesce(sum(subjects), 0) FROM outcome_sum")
    unbalanced = [] if rows == size else ["the ledger does not add up"]
    return [*differences(engine, example), *unbalanced]


def _schemas(engine: Engine, rule: Rule) -> list[tuple[str, Example]]:
    """The facts of each example, in a schema of its own; examples of the whole rule's state are left out."""
    made = []
    for n, example in enumerate(rule.file.examples):
        calendar = calendar_of(example)
        asleep = phase(rule, calendar, example.as_of) == "sleeps"
        if asleep or "none" in example.rolls.values():
            continue
        schema = f"{rule.id.replace('-', '_')}_{n}"
        engine.run(f"CREATE SCHEMA {schema}")
        engine.run(f"USE {schema}")
        load_example(engine, rule, example)
        known_at = datetime.combine(example.as_of, time(2), UTC)
        params = calendar.parameters(example.as_of) | {"known_at": known_at}
        make_facts(engine, [rule], calendar, params, parameters_of(example))
        made.append((schema, example))
    return made


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_predicate_matters(tmp_path: Path, rule: Rule) -> None:
    with Engine(EngineSettings(tmp_path, memory_limit="500MB", threads=1)) as engine:
        schemas = _schemas(engine, rule)
        assert not any(_judged(engine, schema, rule, example) for schema, example in schemas)
        idle = [
            f"{m.place}: {m.change}"
            for m in mutants(rule)
            if not any(_judged(engine, schema, m.rule, example) for schema, example in schemas)
        ]
    assert idle == []


def test_every_rule_has_six_examples() -> None:
    assert {rule.id for rule in RULES if len(rule.file.examples) < 6} == set()
