"""Runs every rule over tonight's world: set by set, in SQL; no Python object per child."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.model.errors import SpecError
from gateway.model.outcomes import OutcomeCount
from gateway.policy.calendar import Calendar
from gateway.policy.judging import ROOM, judge
from gateway.policy.loading import in_force
from gateway.policy.parameters import NO_PARAMETERS, Parameters
from gateway.policy.rule import Rule
from gateway.policy.rule_file import ROLL_TABLES
from gateway.policy.texts import COMMON_REASONS
from gateway.policy.world import complete_world

FACTS = (
    "assistance_state",
    "subject",
    "registry_state",
    "enrolment_state",
    "coverage_state",
    "category_fact",
    "payment",
    "entitlement",
    "regular_payment",
    "rights",
    "parent_state",
    "visit_state",
    "death_state",
    "identity_doubt",
    "doubt",
    "source_now",
    "rule_county",
    "universe_size",
)
"""Fact steps in order: each is shared by the rules and reads only what stands before it."""

ALWAYS = ("subject", "doubt", "source_now", "rule_county", "universe_size")
"""What composition itself reads."""

_HEADER = re.compile(r"-- reads: (?P<reads>.*?);[\s-]*writes: (?P<writes>.*)", re.DOTALL)

ENTITLEMENT_MONTHS = 6
"""How many closed months, the last one among them, an entitlement is reviewed for."""


def evaluate(
    engine: Engine,
    rules: Sequence[Rule],
    calendar: Calendar,
    *,
    as_of: date,
    known_at: datetime,
    site_key: str,
    parameters: Parameters = NO_PARAMETERS,
    law: date | None = None,
    followed: pa.Table | None = None,
) -> tuple[OutcomeCount, ...]:
    """Make the engine tables `outcome` and `outcome_sum`; the five sums of each rule in force.

    Every child × rule is counted in `outcome_sum`. Spelled out in `outcome` are, with `followed` (rule
    and person_id: who has a case of which rule), what is found and the outcomes of those; without,
    everybody's. Reads the engine tables of the world (docs/rules.md, "What a rule may read").
    `site_key` is the hex key of finding keys; a rule that needs `parameters` is held without; `law`
    (default: `as_of`) is the day whose rule versions and parameters judge. Raises LedgerUnbalanced
    when a rule's outcomes are not exactly one for each subject of its universe, SpecError when an
    outcome carries a reason without words.
    """
    chosen = tuple(rule.on(law) if law else rule for rule in in_force(rules, law or as_of))
    params = calendar.parameters(as_of) | {"known_at": known_at, "site_key": site_key}
    make_facts(engine, chosen, calendar, params, parameters.on(law) if law else parameters)
    engine.run(load_step(ROOM, "told_nothing"))
    engine.run(load_step(ROOM, "outcome"))
    if followed is not None:
        engine.load("followed", followed.select(["rule", "person_id"]))
    counts = tuple(
        judge(
            engine,
            rule,
            {**params, **rule_parameters(rule, calendar, params)},
            all_told=followed is None,
        )
        for rule in chosen
    )
    _check_reasons(engine)
    engine.run(load_step(ROOM, "forget"))
    return counts


def make_facts(
    engine: Engine,
    rules: Sequence[Rule],
    calendar: Calendar,
    params: Mapping[str, object],
    parameters: Parameters,
) -> None:
    """Make the fact tables that the rules share, for the night of `params["as_of"]`."""
    complete_world(engine)
    _load_specs(engine, rules)
    engine.load("working_day", _working_days(calendar, _day(params)))
    own = {**params, "entitlement_months": ENTITLEMENT_MONTHS}
    for name in facts_for(rules):
        engine.run(load_step(ROOM, name), own)
        if name == "subject":
            counties = engine.fetch("SELECT DISTINCT county FROM subject").column(0).to_pylist()
            engine.load("parameter_at", parameters.table(counties))


def facts_for(rules: Sequence[Rule]) -> list[str]:
    """The fact steps that the rules read, by the first lines of their SQL, in order."""
    needed = {table for rule in rules for table in _tables(rule.sql, "reads")}
    kept: list[str] = []
    for name in reversed(FACTS):
        sql = load_step(ROOM, name).sql
        if name in ALWAYS or _tables(sql, "writes") & needed:
            kept.append(name)
            needed |= _tables(sql, "reads")
    return kept[::-1]


def _tables(sql: str, part: str) -> set[str]:
    """The tables that a step's first lines say it reads or writes."""
    comment = "\n".join(line for line in sql.splitlines() if line.startswith("--"))
    found = _HEADER.match(comment.split("\n-- why:")[0])
    return set(re.findall(r"[a-z_]+", found[part])) if found else set()


def _day(params: Mapping[str, object]) -> date:
    as_of = params["as_of"]
    assert isinstance(as_of, date)  # noqa: S101 (narrows the type; the calendar gave a date)
    return as_of


def rule_parameters(
    rule: Rule, calendar: Calendar, params: Mapping[str, object]
) -> dict[str, object]:
    """The named SQL parameters of one rule on one night, beside the calendar's."""
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
        "matter": rule.matter,
        "suspended_by_death": file.suspended_by_death,
    }


def phase(rule: Rule, calendar: Calendar, as_of: date) -> str:
    """`fires`, `collects` or `sleeps`: what a rule does on a day. The first phase that holds wins."""
    for span in rule.file.phases:
        if calendar.named(span.first, as_of) <= as_of <= calendar.named(span.last, as_of):
            return span.phase
    return "fires"


def _load_specs(engine: Engine, rules: Sequence[Rule]) -> None:
    needs = [
        (r.id, n.roll.value, n.coverage.rank, n.reads_absence, n.optional)
        for r in rules
        for n in r.file.needs
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
    flag = pa.bool_()
    _load(
        engine, "rule_need", needs,
        rule=text, need=text, reach=number, reads_absence=flag, optional=flag,
    )  # fmt: skip
    _load(engine, "need_table", tables, need=text, table_name=text)
    engine.run(load_step(ROOM, "optional_need"))
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
