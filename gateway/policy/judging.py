"""Judges one rule: its sums for everybody, and whole outcomes for those who are asked about."""

from collections.abc import Mapping

from gateway.engine import Engine, Step, load_step
from gateway.model.errors import LedgerUnbalanced
from gateway.model.outcomes import OutcomeCount
from gateway.policy.rule import Rule
from gateway.policy.rule_file import Universe

ROOM = "gateway.policy"


def judge(engine: Engine, rule: Rule, own: Mapping[str, object], *, all_told: bool) -> OutcomeCount:
    """Add a rule's sums to `outcome_sum`, its spelled-out outcomes to `outcome`; the five sums.

    `own` are its named SQL parameters. Spelled out are the children of whom it finds something and
    those whom table `followed` names; with `all_told`, everybody. Raises LedgerUnbalanced when its SQL
    does not give exactly one decided row for each subject.
    """
    of_source = rule.file.universe is Universe.SOURCE
    if of_source:
        judge_source(engine, rule, own)
    elif _idle(engine, own):
        _judge_idle(engine, rule, own, all_told)
    elif all_told:
        judge_rule(engine, rule, own)
    else:
        _judge_some(engine, rule, own)
    engine.drop("rule_row", "rule_excuse", "judged_row", "tally", "told")
    size = "universe_source" if of_source else "universe_person"
    universe = int(str(engine.value(load_step(ROOM, size), own)))
    sums = engine.fetch(load_step(ROOM, "counts"), own).to_pylist()[0]
    outcomes = int(sums.pop("outcomes"))
    count = OutcomeCount(rule.id, universe, **{kind: int(n) for kind, n in sums.items()})
    if not count.balanced or outcomes != universe:
        raise _unbalanced(rule, f"{universe} subjects, {outcomes} rows from its SQL")
    return count


def judge_rule(engine: Engine, rule: Rule, own: Mapping[str, object]) -> None:
    """Run the SQL of a rule about children and spell out everybody's outcome."""
    _make(engine, "rule_excuse", rule.id, _excuses(rule), own)
    begun = (("universe", _text("universe")), ("rule_row", rule.sql), ("begun", _text("begun")))
    whole = _with(*begun, ("judged", _text("judged")))
    _add(engine, rule.id, whole + _text("compose"), own)
    engine.run(load_step(ROOM, "tally_outcome"), own)


def _judge_some(engine: Engine, rule: Rule, own: Mapping[str, object]) -> None:
    """The same, first of everybody as far as no excuse is looked for, then of those who are left.

    Of those who are left, and of whom somebody follows, only those are spelled out whom `judge` names.
    """
    first = _with(
        ("universe", _text("universe")), ("rule_row", rule.sql), ("begun", _text("begun"))
    )
    _make(engine, "tally", rule.id, first + _text("tally"), own)
    if engine.value(load_step(ROOM, "astray"), own):
        raise _unbalanced(rule, "its SQL loses a subject, or gives one that is none of its own")
    engine.run(load_step(ROOM, "told"), own)
    if engine.count("told"):
        _judge_told(engine, rule, own)
    engine.run(load_step(ROOM, "tally_sum"), own)


def _judge_told(engine: Engine, rule: Rule, own: Mapping[str, object]) -> None:
    # The rule sees nobody else now: its joins begin with the few, not with everybody.
    few = f"WITH subject AS (SELECT * FROM universe)\nSELECT * FROM (\n{_bare(rule.sql)}\n) AS r"
    _make(engine, "rule_excuse", rule.id, _excuses(rule, "excuse_told"), own)
    rest = _with(
        ("universe", _text("universe_told")), ("rule_row", few), ("begun", _text("begun")),
        ("judged", _text("judged")),
    )  # fmt: skip
    _make(engine, "judged_row", rule.id, rest + "FROM judged", own)
    engine.run(load_step(ROOM, "tally_told"), own)
    told = _with(("judged", _text("judged_told")))
    _add(engine, rule.id, told + _text("compose"), own)


def _unbalanced(rule: Rule, what: str) -> LedgerUnbalanced:
    return LedgerUnbalanced(
        f"rule {rule.id}: {what}",
        where=rule.where,
        mend="the rule's SQL must give exactly one decided row for each subject of its universe",
    )


def judge_source(engine: Engine, rule: Rule, own: Mapping[str, object]) -> None:
    """The same for a rule about rolls, whose outcomes are all spelled out."""
    _make(engine, "rule_row", rule.id, rule.sql, own)
    _make(engine, "rule_excuse", rule.id, _excuses(rule), own)
    engine.run(load_step(ROOM, "compose_source"), own)
    engine.run(load_step(ROOM, "tally_outcome"), own)


def _judge_idle(engine: Engine, rule: Rule, own: Mapping[str, object], all_told: bool) -> None:
    _make(engine, "tally", rule.id, _text("tally_idle"), own)
    engine.run(load_step(ROOM, "tally_sum"), own)
    universe = "universe"
    if not all_told:
        engine.run(load_step(ROOM, "told_idle"), own)
        if not engine.count("told"):
            return
        universe = "universe_told"
    _add(engine, rule.id, _with(("universe", _text(universe))) + _text("compose_idle"), own)


def _idle(engine: Engine, own: Mapping[str, object]) -> bool:
    return own["phase"] == "sleeps" or bool(engine.value(load_step(ROOM, "not_available"), own))


def _excuses(rule: Rule, kept: str = "excuse_in_force") -> str:
    """One query of all excuse steps that still hold, in the order of the file; step `kept` says whose."""
    of_source = rule.file.universe is Universe.SOURCE
    steps = [
        f"SELECT '{excuse.code}' AS code, {place} AS place, x.* FROM (\n"
        f"{_bare(rule.excuse_sql[excuse.code])}\n) AS x"
        for place, excuse in enumerate(rule.excuses_sought)
    ]
    if rule.matter:
        steps.append(f"SELECT {len(steps)} AS place, x.* FROM (\n{_text('told_excuse')}\n) AS x")
    told = "\nUNION ALL BY NAME\n".join([
        _text("no_excuse_source" if of_source else "no_excuse"),
        *steps,
    ])  # fmt: skip
    return _with(("excuses", told)) + _text(kept)


def _with(*parts: tuple[str, str]) -> str:
    """Name pieces of SQL for the one that follows them."""
    named = (f"{name} AS (\n{_bare(sql)}\n)" for name, sql in parts)
    return f"WITH {', '.join(named)}\n"


def _text(name: str) -> str:
    return _bare(load_step(ROOM, name).sql)


def _bare(sql: str) -> str:
    return sql.rstrip().removesuffix(";")


def _make(engine: Engine, table: str, rule: str, sql: str, own: Mapping[str, object]) -> None:
    made = f"CREATE OR REPLACE TABLE {table} AS\n{sql}"
    engine.run(Step("mappings.policy", f"{rule} {table}", made), own)


def _add(engine: Engine, rule: str, sql: str, own: Mapping[str, object]) -> None:
    engine.run(Step(ROOM, f"{rule} outcome", f"INSERT INTO outcome BY NAME\n{sql}"), own)
