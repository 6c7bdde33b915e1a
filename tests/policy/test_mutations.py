"""No predicate of a rule is idle: without any one of them, an example of the rule comes out differently.

Each rule's SELECT and each excuse step is parsed; every operand of AND and OR, every WHERE, every branch
of a CASE is taken away in turn, and the rule is judged again over the facts of its own examples.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
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
    """A rule with one predicate less; `code` is the excuse ('' the rule's own SELECT), `change` what was
    taken away, `sql` what is left of that SELECT."""

    code: str
    change: str
    sql: str
    rule: Rule


@dataclass(frozen=True)
class Facts:
    """An example whose facts stand in a schema of their own; `own` are the parameters of its night."""

    schema: str
    example: Example
    own: Mapping[str, object]


def mutants(rule: Rule) -> Iterator[Mutant]:
    for change, sql in without_one(rule.sql):
        yield Mutant("", change, sql, rule.model_copy(update={"sql": sql}))
    for code, step in rule.excuse_sql.items():
        for change, sql in without_one(step):
            steps = {**rule.excuse_sql, code: sql}
            yield Mutant(code, change, sql, rule.model_copy(update={"excuse_sql": steps}))


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


def _judged(engine: Engine, facts: Facts, rule: Rule) -> list[str]:
    """How the outcomes of an example's facts differ from what it asks for."""
    engine.run(f"USE {facts.schema}")
    engine.run(load_step(ROOM, "outcome"))
    engine.run(load_step(ROOM, "told_nothing"))
    of_source = rule.file.universe is Universe.SOURCE
    try:
        (judge_source if of_source else judge_rule)(engine, rule, facts.own)
    except Exception as broken:  # a mutant that does not run is told apart from one that passes
        return [type(broken).__name__]
    step = "universe_source" if of_source else "universe_person"
    size = engine.value(load_step(ROOM, step), facts.own)
    rows = engine.value("SELECT coalesce(sum(subjects), 0) FROM outcome_sum")
    unbalanced = [] if rows == size else ["the ledger does not add up"]
    return [*differences(engine, facts.example), *unbalanced]


def _read(engine: Engine, facts: Facts, sql: str) -> list[str]:
    """What one SELECT gives of an example's facts, in no order."""
    engine.run(f"USE {facts.schema}")
    try:
        return sorted(map(repr, engine.fetch(sql, facts.own).to_pylist()))
    except (duckdb.Error, OverflowError) as broken:  # a date that no calendar has
        return [type(broken).__name__]


def _facts(engine: Engine, rule: Rule) -> list[Facts]:
    """The facts of each example; examples of the whole rule's state are left out."""
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
        params = calendar.parameters(example.as_of) | {"known_at": known_at, "site_key": "00" * 32}
        make_facts(engine, [rule], calendar, params, parameters_of(example))
        made.append(Facts(schema, example, {**params, **rule_parameters(rule, calendar, params)}))
    return made


class Tried:
    """The examples of one rule; the one that showed a mutant is tried first on the next."""

    def __init__(self, engine: Engine, rule: Rule) -> None:
        self.engine, self.rule = engine, rule
        self.order = _facts(engine, rule)
        self._usual: dict[tuple[str, str], list[str]] = {}
        self._clean: set[str] = set()

    def shows(self, m: Mutant) -> bool:
        """Judged anew is only where the changed SELECT gives other rows: a rule reads nothing else."""
        for n, facts in enumerate(self.order):
            if self._reads_otherwise(facts, m) and _judged(self.engine, facts, m.rule):
                self._is_clean(facts)
                self.order.insert(0, self.order.pop(n))
                return True
        return False

    def _reads_otherwise(self, facts: Facts, m: Mutant) -> bool:
        key = facts.schema, m.code
        if key not in self._usual:
            sql = self.rule.excuse_sql[m.code] if m.code else self.rule.sql
            self._usual[key] = _read(self.engine, facts, sql)
        return _read(self.engine, facts, m.sql) != self._usual[key]

    def _is_clean(self, facts: Facts) -> None:
        """An example that shows anything holds as long as nothing is taken away."""
        if facts.schema not in self._clean:
            assert _judged(self.engine, facts, self.rule) == []
            self._clean.add(facts.schema)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_predicate_matters(tmp_path: Path, rule: Rule) -> None:
    with Engine(EngineSettings(tmp_path, memory_limit="500MB", threads=1)) as engine:
        tried = Tried(engine, rule)
        idle = [f"{rule.id} {m.code}: {m.change}" for m in mutants(rule) if not tried.shows(m)]
    assert idle == []


def test_every_rule_has_six_examples() -> None:
    assert {rule.id for rule in RULES if len(rule.file.examples) < 6} == set()
