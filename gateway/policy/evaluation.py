"""Runs every rule over tonight's world: set by set, in SQL; no Python object per child."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa

from gateway.engine import Engine, Step, load_step
from gateway.model.errors import LedgerUnbalanced, SpecError
from gateway.model.outcomes import OutcomeCount
from gateway.policy.calendar import Calendar
from gateway.policy.loading import in_force
from gateway.policy.rule import ROLL_TABLES, Rule, Universe
from gateway.policy.texts import COMMON_REASONS

ROOM = "gateway.policy"
FACTS = (
    "assistance_state",
    "subject",
    "registry_state",
    "enrolment_state",
    "coverage_state",
    "doubt",
    "source_now",
    "rule_county",
)
"""Fact steps in order: each is shared by the rules and reads only what stands before it."""


def evaluate(
    engine: Engine,
    rules: Sequence[Rule],
    calendar: Calendar,
    *,
    as_of: date,
    known_at: datetime,
    site_key: str,
) -> tuple[OutcomeCount, ...]:
    """Make the engine table `outcome` and return the five sums of each rule in force.

    Reads the engine tables of the world (docs/rules.md, "What a rule may read"). `site_key` is the
    hex key of finding keys. Raises LedgerUnbalanced when a rule's outcomes are not exactly one for
    each subject of its universe, SpecError when an outcome carries a reason without words.
    """
    chosen = in_force(rules, as_of)
    params = calendar.parameters(as_of) | {"known_at": known_at, "site_key": site_key}
    make_facts(engine, chosen, calendar, params)
    engine.run(load_step(ROOM, "outcome"))
    counts = tuple(_judge(engine, rule, calendar, params) for rule in chosen)
    _check_reasons(engine)
    engine.run(load_step(ROOM, "forget"))
    return counts


def make_facts(
    engine: Engine, rules: Sequence[Rule], calendar: Calendar, params: Mapping[str, object]
) -> None:
    """Make the fact tables that the rules share, for the night of `params["as_of"]`."""
    _load_specs(engine, rules)
    engine.load("working_day", _working_days(calendar, _day(params)))
    for name in FACTS:
        engine.run(load_step(ROOM, name), params)


def _judge(
    engine: Engine, rule: Rule, calendar: Calendar, params: Mapping[str, object]
) -> OutcomeCount:
    own = {**params, **_rule_parameters(rule, calendar, params)}
    of_source = rule.file.universe is Universe.SOURCE
    engine.run(
        Step("mappings.policy", rule.id, f"CREATE OR REPLACE TABLE rule_row AS\n{rule.sql}"), own
    )
    engine.run(load_step(ROOM, "compose_source" if of_source else "compose"), own)
    size = engine.fetch(load_step(ROOM, "universe_source" if of_source else "universe_person"), own)
    universe, rows = (int(size.column(name)[0].as_py()) for name in ("universe", "rows"))
    sums = engine.fetch(load_step(ROOM, "counts"), own).to_pylist()[0]
    outcomes = sums.pop("outcomes")
    count = OutcomeCount(rule=rule.id, universe=universe, **sums)
    if not count.balanced or outcomes != universe or rows != universe:
        raise LedgerUnbalanced(
            f"rule {rule.id}: {universe} subjects, {rows} rows from its SQL, {outcomes} outcomes",
            where=rule.where,
            mend="the rule's SQL must give exactly one decided row for each subject of its universe",
        )
    return count


def _day(params: Mapping[str, object]) -> date:
    as_of = params["as_of"]
    assert isinstance(as_of, date)  # noqa: S101 (narrows the type; the calendar gave a date)
    return as_of


def _rule_parameters(
    rule: Rule, calendar: Calendar, params: Mapping[str, object]
) -> dict[str, object]:
    as_of = _day(params)
    file = rule.file
    local = file.not_found_locally
    return {
        **rule.parameters(as_of),
        "rule": file.id,
        "rule_version": file.version,
        "universe": file.universe.value,
        "phase": phase(rule, calendar, as_of),
        "severity": file.severity.default,
        "due_days": file.due_days,
        "local_due_days": local.due_days if local else file.due_days,
        "owner": file.owner,
        "access": file.access.value,
    }


def phase(rule: Rule, calendar: Calendar, as_of: date) -> str:
    """`fires`, `collects` or `sleeps`: what a rule does on a day. The first phase that holds wins."""
    for span in rule.file.phases:
        if calendar.named(span.first, as_of) <= as_of <= calendar.named(span.last, as_of):
            return span.phase
    return "fires"


def _load_specs(engine: Engine, rules: Sequence[Rule]) -> None:
    needs = [
        (r.id, n.roll.value, n.coverage.rank, n.reads_absence) for r in rules for n in r.file.needs
    ]
    tables = [(roll.value, table) for roll, names in ROLL_TABLES.items() for table in names]
    prefixes = [(r.id, prefix) for r in rules for prefix in r.file.divisions]
    severities = [(r.id, c, s) for r in rules for c, s in r.file.severity.by_reason.items()]
    reasons = [
        (rule.id, kind.value, code)
        for rule in rules
        for kind, code in (*rule.reasons(), *COMMON_REASONS)
    ]
    text, number = pa.string(), pa.int32()
    _load(engine, "rule_need", needs, rule=text, need=text, reach=number, reads_absence=pa.bool_())
    _load(engine, "need_table", tables, need=text, table_name=text)
    _load(engine, "rule_division", prefixes, rule=text, prefix=text)
    _load(engine, "rule_severity", severities, rule=text, reason=text, severity=number)
    _load(engine, "rule_reason", reasons, rule=text, kind=text, reason=text)


def _load(
    engine: Engine, name: str, rows: Sequence[tuple[object, ...]], **columns: pa.DataType
) -> None:
    arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(columns.values())]
    engine.load(name, pa.table(dict(zip(columns, arrays, strict=True))))


def _working_days(calendar: Calendar, as_of: date, reach: int = 400) -> pa.Table:
    """Per day: how many working days are done by then, and which one a due date on it falls on."""
    days = [as_of + timedelta(days=n) for n in range(-reach, reach + 1)]
    done, due, worked = [], [], 0
    for day in days:
        due.append(worked + 1)
        worked += calendar.is_working(day)
        done.append(worked)
    return pa.table({"day": pa.array(days, pa.date32()), "done": done, "due": due})


def _check_reasons(engine: Engine) -> None:
    unknown = engine.fetch(load_step(ROOM, "undeclared")).to_pylist()
    if unknown:
        named = "; ".join(f"{r['rule']} {r['kind']} {r['reason']}" for r in unknown)
        raise SpecError(
            f"outcomes carry reasons without words: {named}",
            where="mappings/policy",
            mend="declare them under `reasons` or `excuses` of the rule",
        )
