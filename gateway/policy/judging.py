"""Judges one rule: its sums for everybody, and whole outcomes for those who are asked about."""

from collections.abc import Mapping

from gateway.engine import Engine, Step, load_step
from gateway.model.errors import LedgerUnbalanced
from gateway.model.outcomes import OutcomeCount
from gateway.policy.rule import Rule, Universe

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
    else:
        judge_rule(engine, rule, own, all_told=all_told)
    engine.drop("rule_row", "rule_excuse", "tally", "told")
    size = "universe_source" if of_source else "universe_person"
    universe = int(str(engine.value(load_step(ROOM, size), own)))
    sums = engine.fetch(load_step(ROOM, "counts"), own).to_pylist()[0]
    outcomes = int(sums.pop("outcomes"))
    count = OutcomeCount(rule.id, universe, **{kind: int(n) for kind, n in sums.items()})
    if not count.balanced or outcomes != universe:
        raise LedgerUnbalanced(
            f"rule {rule.id}: {universe} subjects, {outcomes} rows from its SQL",
            where=rule.where,
            mend="the rule's SQL must give exactly one decided row for each subject of its universe",
        )
    return count


def judge_rule(
    engine: Engine, rule: Rule, own: Mapping[str, object], *, all_told: bool = True
) -> None:
    """Run the SQL of a rule about children: to count everybody, then to tell of some; or of all."""
    _make(engine, "rule_excuse", rule.id, _excuses(rule), own)
    row, judged = ("rule_row", rule.sql), _text("judged")
    whole = _with(("universe", _text("universe")), row, ("judged", judged))
    if all_told:
        _add(engine, rule.id, whole + _text("compose"), own)
        engine.run(load_step(ROOM, "tally_outcome"), own)
        return
    _make(engine, "tally", rule.id, whole + _text("tally"), own)
    engine.run(load_step(ROOM, "tally_sum"), own)
    engine.run(load_step(ROOM, "told"), own)
    if not engine.count("told"):
        return
    some = _with(
        ("universe", _text("universe_told")),
        row,
        ("judged_all", judged),
        ("judged", _text("judged_told")),
    )
    _add(engine, rule.id, some + _text("compose"), own)


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


def _excuses(rule: Rule) -> str:
    """One query of all excuse steps that still hold, in the order of the file."""
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
    return _with(("excuses", told)) + _text("excuse_in_force")


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
