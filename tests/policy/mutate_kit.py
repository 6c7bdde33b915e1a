"""Examples whose facts stand ready, so that a changed step is tried on them without making all of them anew.

A rule has an engine, an example a schema of it. A changed step writes to a schema of its own that is read
before the example's: what it makes is held against what the true step made, and only where that differs the
facts behind it and the rule are made again. What no fact shows, no outcome can.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot
from test_mutations import SHIPPED, without_one
from year_kit import made_engine

from gateway.engine import Engine, Step, load_step
from gateway.model.errors import LedgerUnbalanced
from gateway.policy import Rule, judging
from gateway.policy.evaluation import (
    ENTITLEMENT_MONTHS,
    ROOM,
    _tables,
    facts_for,
    make_facts,
    rule_parameters,
)
from gateway.policy.example import Example
from gateway.policy.examples import (
    EXAMPLE_KEY,
    calendar_of,
    differences,
    load_example,
    parameters_of,
)

Rows = tuple[tuple[str, ...], ...]
PARAMETER = re.compile(r"\$(\w+)")
SQL = Path(judging.__file__).parent / "sql"
FOLLOWED = pa.table({"rule": ["EDU-01"], "person_id": [1]})
READ = set().union(
    *(_tables(rule.sql, "reads") for rule in SHIPPED),
    *(_tables(load_step(ROOM, path.stem).sql, "reads") for path in SQL.glob("*.sql")),
)
"""Tables that some other step or a rule reads."""


@dataclass(frozen=True)
class Made:
    """An example whose facts stand in a schema of its rule's engine; `night` are the steps' parameters."""

    engine: Engine
    schema: str
    rule: Rule
    example: Example
    night: Mapping[str, object]


class Shelf:
    """The examples of all rules, each loaded when it is first asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._made: dict[str, list[Made]] = {}
        self._true: dict[tuple[str, str], dict[str, Rows]] = {}

    def close(self) -> None:
        """Forget every engine."""
        self._stack.close()

    def reading(self, name: str) -> list[list[Made]]:
        """Examples of the rules that read a fact, those together of which the step reads the same rows."""
        text = load_step(ROOM, name).sql
        tables = sorted(_tables(text, "reads"))
        groups: dict[object, list[Made]] = {}
        for made in self._examples(name):
            made.engine.run(f"USE {made.schema}")
            rows = tuple(_rows(made.engine, f"SELECT * FROM {table}") for table in tables)
            named = tuple(str(made.night.get(word)) for word in PARAMETER.findall(text))
            groups.setdefault((rows, named), []).append(made)
        return list(groups.values())

    def _examples(self, name: str) -> list[Made]:
        """One of each rule, then a second one of each."""
        of_rule = [self._of(rule) for rule in SHIPPED if name in facts_for([rule])]
        longest = max((len(made) for made in of_rule), default=0)
        return [made[n] for n in range(longest) for made in of_rule if n < len(made)]

    def _of(self, rule: Rule) -> list[Made]:
        if rule.id not in self._made:
            engine = self._stack.enter_context(made_engine("300MB"))
            examples = enumerate(rule.file.examples)
            self._made[rule.id] = [_make(engine, rule, n, one) for n, one in examples]
        return self._made[rule.id]

    def shows(self, group: Sequence[Made], name: str, sql: str) -> bool:
        """Whether one of the examples comes out differently when the fact is made by other SQL."""
        return self._differs(group[0], name, sql) and any(_told(made, name, sql) for made in group)

    def _differs(self, made: Made, name: str, sql: str) -> bool:
        before = self._wrote(made, name)
        with scratch(made):
            return _runs(made, name, sql) is False or _written(made.engine, name) != before

    def _wrote(self, made: Made, name: str) -> dict[str, Rows]:
        """What the true step made of the example."""
        key = made.schema, name
        if key not in self._true:
            made.engine.run(f"USE {made.schema}")
            self._true[key] = _written(made.engine, name)
        return self._true[key]


def _runs(made: Made, name: str, sql: str) -> bool:
    """Run the changed step; whether it ran to its end."""
    try:
        made.engine.run(Step(ROOM, name, sql), made.night)
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException):
        raise AssertionError(f"what was left of {name} is no SQL: {sql}") from None
    except duckdb.Error:
        return False
    return True


def _told(made: Made, name: str, sql: str) -> bool:
    with scratch(made):
        if not _runs(made, name, sql):
            return True
        facts = facts_for([made.rule])
        for later in facts[facts.index(name) + 1 :]:
            made.engine.run(load_step(ROOM, later), made.night)
        try:
            if said(made):
                return True
            of_few(made)
        except LedgerUnbalanced:
            return True
        return False


def _make(engine: Engine, rule: Rule, n: int, example: Example) -> Made:
    schema = f"{rule.id.replace('-', '_')}_{n}"
    engine.run(f"CREATE SCHEMA {schema}")
    engine.run(f"USE {schema}")
    load_example(engine, rule, example)
    calendar = calendar_of(example)
    known_at = datetime.combine(example.as_of, time(2), UTC)
    params = calendar.parameters(example.as_of) | {"known_at": known_at, "site_key": EXAMPLE_KEY}
    make_facts(engine, [rule], calendar, params, parameters_of(example))
    own = rule_parameters(rule, calendar, params)
    night = {**params, **own, "entitlement_months": ENTITLEMENT_MONTHS}
    made = Made(engine, schema, rule, example, night)
    with scratch(made):
        assert said(made) == []
    return made


@contextmanager
def scratch(made: Made) -> Iterator[None]:
    """Tables that are made stand before the example's, and are gone afterwards."""
    made.engine.run("CREATE SCHEMA scratch")
    made.engine.run(f"SET search_path = 'tables.scratch,tables.{made.schema}'")
    try:
        yield
    finally:
        made.engine.run(f"USE {made.schema}")
        made.engine.run("DROP SCHEMA scratch CASCADE")


def said(made: Made) -> list[str]:
    """How the outcomes of the facts that are there differ from what the example asks for."""
    made.engine.run(load_step(ROOM, "told_nothing"))
    made.engine.run(load_step(ROOM, "outcome"))
    judging.judge(made.engine, made.rule, made.night, all_told=True)
    return list(differences(made.engine, made.example))


def of_few(made: Made) -> None:
    """Judge as a night does that tells only of findings and cases. Raises LedgerUnbalanced."""
    made.engine.run(load_step(ROOM, "outcome"))
    made.engine.load("followed", FOLLOWED)
    judging.judge(made.engine, made.rule, made.night, all_told=False)


def _written(engine: Engine, name: str) -> dict[str, Rows]:
    """What a step made, of that which others read."""
    tables = sorted(_tables(load_step(ROOM, name).sql, "writes") & READ)
    return {t: _rows(engine, f"SELECT * FROM {t}") for t in tables}


def _rows(engine: Engine, sql: str) -> Rows:
    found = engine.fetch(sql).to_pydict()
    return tuple(sorted(zip(*([str(v) for v in column] for column in found.values()), strict=True)))


def mutants(name: str) -> Iterator[tuple[str, str]]:
    """The step with one predicate less, and what was taken away; the first is the step as it is."""
    text = load_step(ROOM, name).sql
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    whole = [s.sql(dialect="duckdb") for s in sqlglot.parse(text, read="duckdb") if s]
    yield "nothing", f"{head}\n" + ";\n".join(whole)
    for n, statement in enumerate(whole):
        for change, sql in without_one(statement):
            yield change, f"{head}\n" + ";\n".join([*whole[:n], sql, *whole[n + 1 :]])
