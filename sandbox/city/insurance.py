"""Insurance careers: registration, the yearly premium, lapse, change of village, other places.

A relation is one person in one scheme at one place. A child's first relation has the child's own
index; further ones are numbered after all children.
"""

from dataclasses import dataclass

import numpy as np

from sandbox.city import days, places
from sandbox.city.chance import generator
from sandbox.city.codes import (
    DEATH_INSURER_DAYS,
    EMPLOYEE,
    RESIDENT,
    SUPPLEMENT,
    Cover,
    Kind,
)
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.fates import Insured
from sandbox.city.moving import Moves

_LAPSE = {
    Insured.PAUSED: Cover.PAUSED,
    Insured.VOID: Cover.VOID,
    Insured.ENDED: Cover.ENDED,
    Insured.CHANGING: Cover.PAUSED,
    Insured.MOVED: Cover.PAUSED,
    Insured.EMPLOYED: Cover.ENDED,
}
_SOON = 85
"""Newborns are registered by this day of their life, unless their turn is to be late."""


@dataclass(frozen=True)
class Policy:
    """By child: registration day, scheme, place, and the day and state of a lapse."""

    opened: Ints
    scheme: Ints
    place: Ints
    lapse: Ints
    lapse_state: Ints


def policies(children: Children, kind: Codes, moves: Moves, span: Span, seed: int) -> Policy:
    """What each child's first relation is, and when it breaks off."""
    rng = generator(seed, "insurance")
    count, arrived = len(children), np.maximum(children.birth, moves.arrive)
    wait = np.minimum(3 + rng.geometric(0.05, count), _SOON)
    wait = np.where(kind == Insured.NEWBORN, 88, wait)
    opened = np.where(arrived < moves.leave, arrived + wait, FAR)
    opened[kind == Insured.UNKNOWN] = FAR
    scheme = np.where(kind == Insured.SUPPLEMENT_ONLY, SUPPLEMENT, RESIDENT)
    newcomer = (moves.arrive > 0) & (children.birth < moves.arrive)
    outside = newcomer | (kind == Insured.ELSEWHERE)
    place = np.where(outside, places.OUTSIDE, children.village)
    lapse, state = np.full(count, FAR), np.zeros(count, np.int64)
    for turn, code in _LAPSE.items():
        state[kind == turn] = code
    long_ago = rng.integers(span.last - 150, span.last - 39, count)
    recent = rng.integers(span.last - 25, span.last - 1, count)
    lapse = np.where(state > 0, np.where(kind == Insured.CHANGING, recent, long_ago), lapse)
    return Policy(opened, scheme, place, lapse, state)


def live(log: Log, policy: Policy, kind: Codes, span: Span, seed: int) -> None:
    """Write registrations, yearly premiums and renewals, and lapses."""
    later = np.flatnonzero(kind == Insured.STARTS_LATER)
    waiting = np.isin(kind, (Insured.WAITING, Insured.STARTS_LATER))
    opened = np.where(waiting, span.last - 20, policy.opened)
    known = np.flatnonzero(opened < FAR)
    log.add(Kind.OPEN, known, opened[known], known, policy.scheme[known], policy.place[known])
    late = np.flatnonzero(waiting)
    log.add(Kind.PAID, late, span.last - 15, late, days.to_date(span.last).year)
    log.add(Kind.STATE, later, span.last - 15, later, Cover.ACTIVE, span.last + 30)
    goes_on = (opened < FAR) & ~waiting & (kind != Insured.UNPAID)
    # The window of the next year may be open on the last night.
    for year in range(days.to_date(span.first).year, days.to_date(span.last).year + 2):
        _insure(log, np.where(goes_on, opened, FAR), policy, year, seed)
    broken = np.flatnonzero((policy.lapse < FAR) & goes_on)
    day = policy.lapse[broken]
    log.add(Kind.STATE, broken, day, broken, policy.lapse_state[broken], day)
    unpaid = np.flatnonzero(kind == Insured.UNPAID)
    new_year = days.day(days.to_date(span.last).year, 1, 1)
    log.add(Kind.STATE, unpaid, new_year, unpaid, Cover.NONE, new_year)


def _insure(log: Log, opened: Ints, policy: Policy, year: int, seed: int) -> None:
    """One insurance year: premiums in the window before it; newcomers from their registration."""
    begins, ends = days.day(year, 1, 1), days.day(year + 1, 1, 1)
    window = days.day(year - 1, 9, 1)
    going_on = (policy.lapse > begins) & (opened < begins)
    who = np.flatnonzero(going_on)
    paid = window + generator(seed, f"premium/{year}").integers(3, 115, len(who))
    log.add(Kind.PAID, who, np.maximum(paid, opened[who]), who, year)
    log.add(Kind.STATE, who, begins, who, Cover.ACTIVE, begins)
    new = np.flatnonzero((opened >= begins) & (opened < ends))
    log.add(Kind.PAID, new, opened[new], new, year)
    log.add(Kind.STATE, new, opened[new], new, Cover.ACTIVE, opened[new])


def second_relations(log: Log, children: Children, policy: Policy, kind: Codes, span: Span) -> None:
    """Children insured again under another scheme or at another place, after the first ended; some
    while it goes on."""
    who = np.flatnonzero(np.isin(kind, (Insured.MOVED, Insured.EMPLOYED, Insured.TWICE)))
    row = len(children) + np.arange(len(who))
    day = np.where(kind[who] == Insured.TWICE, span.last - 50 - who % 90, policy.lapse[who] + 3)
    scheme = np.where(kind[who] == Insured.EMPLOYED, EMPLOYEE, RESIDENT)
    near = (children.village[who] + 160) % places.VILLAGES
    place = np.where(who % 2 == 0, places.OUTSIDE, near)
    log.add(Kind.OPEN, who, day, row, scheme, np.where(scheme == EMPLOYEE, near, place))
    log.add(Kind.PAID, who, day, row, days.to_date(span.last).year)
    log.add(Kind.STATE, who, day, row, Cover.ACTIVE, day)


def changes_of_village(log: Log, moves: Moves, policy: Policy, busy: Flags) -> None:
    """A move inside the city: clerks pause the relation and add it again at the new village."""
    who = np.flatnonzero((moves.shift < FAR) & (policy.opened < moves.shift) & ~busy)
    day, again = moves.shift[who] + 3, moves.shift[who] + 10 + who % 15
    log.add(Kind.STATE, who, day, who, Cover.PAUSED, day)
    log.add(Kind.STATE, who, again, who, Cover.ACTIVE, again)


def deaths(log: Log, who: Ints, day: Ints) -> None:
    """The insurer ends a dead child's relation some weeks later."""
    ended = day + DEATH_INSURER_DAYS
    log.add(Kind.STATE, who, ended, who, Cover.ENDED, ended)
