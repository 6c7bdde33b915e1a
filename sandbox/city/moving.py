"""Households that come, go, or change village inside the city."""

from dataclasses import dataclass

import numpy as np

from sandbox.city import days, places
from sandbox.city.chance import generator
from sandbox.city.codes import MOVED_AWAY, Kind
from sandbox.city.days import FAR, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.welfare import Plan, with_exits, with_stops

WITHIN, COMING, GOING = 0.025, 0.015, 0.010
"""Shares of households per year."""
AID_STOPS_AFTER, EXIT_AFTER = 15, 20
"""Days until assistance and the registry learn that a household has left."""


@dataclass(frozen=True)
class Moves:
    """By child: the day of arrival (−days.FAR: always here), of leaving, and of a move inside.

    Days that never come are days.FAR. `to` is the new village.
    """

    arrive: Ints
    leave: Ints
    shift: Ints
    to: Ints


def school_days(span: Span) -> Ints:
    """Days of the last year on which schools are open enough for anything to happen."""
    every = np.arange(max(span.start, span.last - 350), span.last - 4)
    _, month, of_month = days.split(every)
    stamp = month * 100 + of_month
    return every[(stamp < 601) | (stamp > 912)]


def plan_moves(children: Children, plan: Plan, busy: Flags, span: Span, seed: int) -> Moves:
    """Which households move; those with a `busy` child (one that a fate strikes) stay."""
    rng = generator(seed, "moving")
    homes, home = children.households, children.household
    known = (plan.category >= 0) | (plan.aid[home] > 0)
    latest = np.zeros(homes, np.int64)
    np.maximum.at(latest, home, np.where(plan.entry < FAR, plan.entry, 0))
    stays, welfare = _any(home, busy, homes), _any(home, known, homes)
    chance, when = rng.random(homes), rng.choice(school_days(span), homes)
    within = (chance < WITHIN) & ~stays
    coming = (chance >= WITHIN) & (chance < WITHIN + COMING) & ~stays & ~welfare
    going = (chance > 1 - GOING) & ~stays & (latest + 30 < when)
    to = places.draw_villages(rng, homes)
    return Moves(
        np.where(coming, when, -FAR)[home],
        np.where(going, when, FAR)[home],
        np.where(within, when, FAR)[home],
        to[home],
    )


def _any(home: Ints, flag: Flags, homes: int) -> Flags:
    return np.bincount(home, weights=flag, minlength=homes) > 0


def learned(plan: Plan, children: Children, moves: Moves) -> Plan:
    """The plan after welfare has learned who left the city."""
    gone = np.flatnonzero(moves.leave < FAR)
    day = moves.leave[gone]
    exits = with_exits(plan, gone, day + EXIT_AFTER, MOVED_AWAY)
    return with_stops(exits, children.household[gone], day + AID_STOPS_AFTER)


def live(log: Log, moves: Moves, away: Ints, span: Span) -> None:
    """Write the moves; the children `away` left long before the first night, unnoticed."""
    for day, to in ((moves.shift, moves.to), (moves.leave, np.full(len(moves.to), -1))):
        who = np.flatnonzero(day < FAR)
        log.add(Kind.MOVE, who, day[who], a=to[who])
    log.add(Kind.MOVE, away, span.first - 500, a=-1)
