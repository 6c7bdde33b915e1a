"""When the turns of a school career come, and what they write on the record."""

from dataclasses import dataclass

import numpy as np

from sandbox.city import days
from sandbox.city.chance import generator
from sandbox.city.codes import Status
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.family import Span
from sandbox.city.fates import School
from sandbox.city.moving import school_days

_DROPOUTS = (
    Status.WITHDRAWN, Status.DRIFTED, Status.SUSPENDED, Status.UNFINISHED, Status.EXPELLED,
)  # fmt: skip
_STATUS = {
    School.ON_LEAVE: Status.LEAVE,
    School.OVERDUE: Status.LEAVE,
    School.RETURNED: Status.LEAVE,
    School.RESERVED: Status.RESERVED,
    School.ABROAD: Status.ABROAD,
    School.TRANSFER_LOST: Status.TRANSFERRED,
    School.DIED: Status.DEAD,
    School.MISSING: Status.MISSING,
    School.UNKNOWN: Status.OTHER,
    School.CONTRADICTORY: Status.GRADUATED,
}
_GO_ON = (School.PLAIN, School.RETURNED, School.DEFERRED)


@dataclass(frozen=True)
class Turn:
    """By child: the turn, its day, the status it writes (0 for none), the last day of a leave."""

    kind: Codes
    day: Ints
    status: Codes
    until: Ints
    ends: Ints
    """The day from which the career does not go on (days.FAR: it goes on)."""


def turns(kind: Codes, population: Flags, span: Span, seed: int) -> Turn:
    """The days and statuses of everybody's turn."""
    rng = generator(seed, "turns")
    count, open_days = len(kind), school_days(span)
    day = np.where(kind > 0, rng.choice(open_days, count), FAR)
    for where, choices in _days_of(kind, population, span, open_days):
        day[where] = rng.choice(choices, int(where.sum()))
    status = np.zeros(count, np.int8)
    for turn, code in _STATUS.items():
        status[kind == turn] = code
    dropped = np.flatnonzero(kind == School.DROPPED)
    status[dropped] = np.resize(np.array(_DROPOUTS, np.int8), len(dropped))
    until = np.zeros(count, np.int64)
    # A leave without an end ends after a school year; every other leave here states its end.
    stated = (kind == School.ON_LEAVE) & (rng.random(count) < 0.5) | (kind == School.RESERVED)
    until[stated] = span.last + rng.integers(30, 200, int(stated.sum()))
    past = np.isin(kind, (School.OVERDUE, School.RETURNED))
    until[past] = day[past] + 55
    ends = np.where(np.isin(kind, _GO_ON), FAR, day)
    ends[kind == School.LOST_BETWEEN] = days.day(days.school_year(span.last), 9, 1)
    return Turn(kind, day, status, until, ends)


def _days_of(
    kind: Codes, population: Flags, span: Span, open_days: Ints
) -> list[tuple[Flags, Ints]]:
    """The turns whose day is not just any school day of the last year."""
    fresh = open_days[open_days > span.last - 200]
    # Long enough ago that a settle date has passed since such a leave ended.
    old = open_days[open_days < span.last - 230]
    nights = span.nights
    rules = [
        (np.isin(kind, (School.ON_LEAVE, School.RESERVED)), fresh),
        (np.isin(kind, (School.OVERDUE, School.RETURNED)), old),
        ((kind == School.DIED) & population, open_days[-14:]),
        ((kind == School.TRANSFER_LOST) & population, open_days[open_days < span.last - 60]),
        (kind == School.LONG_GONE, np.arange(span.first - 600, span.first - 375)),
    ]
    if len(nights) > 1:
        rules.append((kind == School.ABSENT_ONCE, np.arange(nights[-2] + 1, nights[-1] + 1)))
    if len(nights) > 2:
        rules.append((kind == School.VANISHED, np.arange(nights[-3] + 1, nights[-2] + 1)))
    return rules
