"""A look at a night without changing anything: the same world, links and outcomes, nothing written."""

from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from gateway.engine import Engine
from gateway.linkage import LinkReport, PersonIds, link
from gateway.model.outcomes import OutcomeCount
from gateway.pipeline.asking import load_not_asked
from gateway.pipeline.judged import judged_at
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.told import load_told
from gateway.pipeline.world import build_world
from gateway.policy import evaluate

STRANGERS = 10**15
"""Numbers that a look gives to persons whom no night has numbered; they are never kept."""


class Borrowed:
    """Person numbers for the length of a look."""

    def __init__(self) -> None:
        self._next = STRANGERS

    def reserve(self, count: int) -> range:
        """`count` numbers that no store has given out."""
        first, self._next = self._next, self._next + count
        return range(first, first + count)


@dataclass(frozen=True)
class Who:
    """Who is who in a look: as known at `at`, with numbers for those whom nobody had numbered."""

    at: datetime | None = None
    ids: PersonIds = field(default_factory=Borrowed)


def judge(
    house: House,
    engine: Engine,
    ask: NightAsk,
    who: Who | None = None,
    law: date | None = None,
) -> tuple[LinkReport, tuple[OutcomeCount, ...]]:
    """Make `person`, `link`, `undecided` and `outcome` as a night would, from what is frozen.

    `law`: the day whose rule versions judge. Raises LedgerUnbalanced as a night does.
    """
    who = who or Who()
    build_world(house, engine, ask, who.at)
    judged = judged_at(house, who.at or ask.known_at, engine)
    links = link(engine, as_of=ask.as_of, ids=who.ids, weights=house.weights, judged=judged)
    return links, outcomes(house, engine, ask, law)


def outcomes(
    house: House,
    engine: Engine,
    ask: NightAsk,
    law: date | None = None,
    followed: pa.Table | None = None,
) -> tuple[OutcomeCount, ...]:
    """Make `outcome` from a linked world: the site's rules and calendar on the night's day.

    `followed`: rule and person_id of those whose outcome is spelled out beside what is found; without
    it everybody's is.
    """
    load_not_asked(house, engine, ask)
    load_told(house, engine, ask)
    return evaluate(
        engine,
        house.rules,
        house.calendar,
        as_of=ask.as_of,
        known_at=ask.known_at,
        site_key=house.site_key,
        parameters=house.parameters,
        law=law,
        followed=followed,
    )
