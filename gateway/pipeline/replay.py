"""A replay: what would have been said for a day, with what was known at a time. It changes nothing.

Both axes of time are asked: rolls of the day's month as known then, source states, quarantine and who
is who as known then, and the rules that stood in the files then. Its findings and sums are kept as a
run of their own kind; the online view, cases and notices do not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.model.errors import UsageError
from gateway.model.outcomes import OutcomeCount
from gateway.pipeline.look import Borrowed, Who, judge
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM
from gateway.policy import load_rulebook
from gateway.store import REPLAY_FINDING, Run

Rules = Literal["then", "current"]


@dataclass(frozen=True)
class ReplayAsk:
    """The day to speak for, when it is known (aware), and by which rules.

    `rules` then: those of the night that had spoken last at `known_at`; current: today's files.
    `law` names a day instead: the rulebook of that day's night, in the versions and with the
    parameters in force on it.
    """

    as_of: date
    known_at: datetime
    rules: Rules = "then"
    law: date | None = None


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay said. `night` is the run that had spoken for the same day with the same knowledge,
    when there is one; `same` whether its sums were the same (None: nothing to compare)."""

    run: Run
    outcomes: tuple[OutcomeCount, ...]
    findings: int
    night: Run | None
    same: bool | None


@dataclass(frozen=True)
class _Then:
    """What stood then: the house with its rules, the night that had spoken, who was who."""

    house: House
    night: Run | None
    who: Who


class _SameNumbers:
    """The numbers that a night gave to new persons, given again; nobody is numbered anew."""

    def __init__(self, house: House, run_id: int) -> None:
        self._store, self._run_id, self._call = house.store, run_id, 0
        self._borrowed = Borrowed()

    def reserve(self, count: int) -> range:
        """The block of the night's same wish, else borrowed numbers."""
        block = self._store.persons.block(self._run_id, count, call=self._call)
        self._call += 1
        return block or self._borrowed.reserve(count)


def replay(house: House, ask: ReplayAsk) -> ReplayReport:
    """Judge a day as it was known at a time, and keep what was found as a run of kind `replay`.

    Raises UsageError when nothing was known then or when no rules are known of then, SpecError when
    the rules of then cannot be read any more, LedgerUnbalanced as a night does.
    """
    began = house.clock()
    then = _then(house, ask)
    wanted = NightAsk(ask.as_of, ask.known_at)
    with house.engine() as engine:
        _, counts = judge(then.house, engine, wanted, then.who, ask.law)
        found = _findings(engine)
        digest = str(engine.value(load_step(ROOM, "outcome_root")))
        held = bool(engine.value(load_step(ROOM, "held_by_source")))
    state = "held" if held else "done"
    run = Run(
        0, ask.as_of, ask.known_at, "replay", False, digest, state, began, house.clock()
    )  # fmt: skip
    kept = house.store.replays.add(run, found, counts, digest)
    return ReplayReport(kept, counts, found.num_rows, then.night, _same(house, then.night, counts))


def _then(house: House, ask: ReplayAsk) -> _Then:
    spoken = house.store.runs.spoken(ask.known_at)
    if spoken is None:
        raise UsageError(
            "nothing was known yet at that time",
            where="--known-at",
            mend="name a time after the first night",
        )
    then = _by_rules(house, ask, spoken)
    if spoken.as_of != ask.as_of:
        return _Then(then, None, Who())
    # The night of that very day is done again: from what was known before it, with its own numbers.
    before = spoken.known_at - timedelta(microseconds=1)
    return _Then(then, spoken, Who(before, _SameNumbers(house, spoken.run_id)))


def _by_rules(house: House, ask: ReplayAsk, spoken: Run) -> House:
    if ask.law is None and ask.rules == "current":
        return house
    books = house.store.rulebooks
    body = books.of_run(spoken.run_id) if ask.law is None else books.of_day(ask.law)
    if body is None and ask.law is not None:
        return house  # No night was judged then: the files' own versions for that day decide.
    if body is None:
        raise UsageError(
            "the rules of that night were not kept",
            where=f"run {spoken.run_id}",
            mend="judge by today's: --rules current",
        )
    book = load_rulebook(body, f"rules of {ask.law or spoken.as_of}")
    judged = replace(house, rules=book.rules, parameters=book.parameters)
    return judged if ask.law else replace(judged, calendar=book.calendar)


def _findings(engine: Engine) -> pa.Table:
    rows = engine.fetch(load_step(ROOM, "replay_findings"))
    return rows.select(REPLAY_FINDING.names).cast(REPLAY_FINDING)


def _same(house: House, night: Run | None, counts: Sequence[OutcomeCount]) -> bool | None:
    if night is None:
        return None
    said = {count.rule: count for count in house.store.night.outcome_counts(night.run_id)}
    return said == {count.rule: count for count in counts}
