"""The nightly plan: outcomes × cases → transitions, as SQL over the one table of moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from gateway.casework.transitions import TRANSITIONS, Who
from gateway.engine import Engine, load_step
from gateway.model.cases import CASE_PERSON, OPEN_CASE, TRANSITION
from gateway.model.errors import LedgerUnbalanced

ROOM = "gateway.casework"


def weekdays_after(day: date, count: int) -> date:
    """The `count`-th weekday after a day: the stand-in for a site's calendar."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


@dataclass(frozen=True)
class Settings:
    """What a site decides about cases.

    `reverify_days`: how long a confirmed education case waits before an officer may sign it closed.
    `due`: (day, working days) → due date, usually the calendar's `add_working_days`.
    `baseline_rules`: rules whose first verified night this is, though it is not the site's first.
    """

    reverify_days: int = 30
    due: Callable[[date, int], date] = weekdays_after
    baseline_rules: frozenset[str] = frozenset()


def plan(
    engine: Engine,
    open_cases: pa.Table,
    *,
    as_of: date,
    baseline: bool,
    settings: Settings | None = None,
) -> pa.Table:
    """What the night does to cases: `gateway.model.cases.TRANSITION`, one row per case that changes.

    Reads engine tables `outcome` and `person`; `open_cases` is `OPEN_CASE`, closed cases too. Leaves
    table `planned` behind, from which `people` is read. On a baseline new findings wait for an
    officer and nobody is told. Raises LedgerUnbalanced when an outcome stands twice or has no key.
    """
    settings = settings or Settings()
    engine.load("open_case", open_cases.cast(OPEN_CASE))
    engine.load("transition", _moves())
    engine.load("baseline_rule", pa.table({"rule": pa.array(settings.baseline_rules, pa.string())}))
    engine.load("due_date", _due_dates(engine, as_of, settings))
    params = {
        "as_of": as_of,
        "baseline": baseline,
        "reverify_on": as_of + timedelta(days=settings.reverify_days),
    }
    for step in ("case_tonight", "case_happening", "planned"):
        engine.run(load_step(ROOM, step), params)
    _check(engine)
    planned = engine.fetch("SELECT * FROM planned ORDER BY finding_key")
    engine.drop(
        "open_case", "transition", "baseline_rule", "due_date", "case_tonight", "case_happening"
    )
    return planned.select(TRANSITION.names).cast(TRANSITION)


def people(engine: Engine) -> pa.Table:
    """The persons of the planned transitions (`CASE_PERSON`); to be asked after `plan`."""
    return engine.fetch(load_step(ROOM, "people")).select(CASE_PERSON.names).cast(CASE_PERSON)


def _moves() -> pa.Table:
    rows = [
        {
            "from_state": move.from_state or "",
            "event": move.event,
            "to_state": move.to_state,
            "notice": move.notice,
            "recorded": move.recorded,
        }
        for move in TRANSITIONS
        if move.who is Who.NIGHT
    ]
    text = pa.string()
    columns = [("from_state", text), ("event", text), ("to_state", text), ("notice", text)]
    return pa.Table.from_pylist(rows, schema=pa.schema([*columns, ("recorded", pa.bool_())]))


def _due_dates(engine: Engine, as_of: date, settings: Settings) -> pa.Table:
    asked = engine.fetch("SELECT DISTINCT due_days FROM outcome WHERE due_days IS NOT NULL")
    days = asked.column("due_days").to_pylist()
    due = [settings.due(as_of, n) for n in days]
    return pa.table({"due_days": pa.array(days, pa.int32()), "due_on": pa.array(due, pa.date32())})


def _check(engine: Engine) -> None:
    for row in engine.fetch(load_step(ROOM, "plan_check")).to_pylist():
        if row["wrong"]:
            raise LedgerUnbalanced(
                f"{row['wrong']} × {row['what']}",
                where="table outcome",
                mend="a rule gave a child no outcome, two, or none with a key: see `cwg rule test`",
            )
