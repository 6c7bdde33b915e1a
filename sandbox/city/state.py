"""The state of the city on a day: events folded into columns, one row per record."""

from dataclasses import dataclass

import numpy as np

from sandbox.city import days
from sandbox.city.codes import DEATH_KNOWN_DAYS, KEPT_DAYS, Kind
from sandbox.city.days import FAR, Column, Flags, Ints
from sandbox.city.events import Events
from sandbox.city.model import City


@dataclass(frozen=True)
class Pupils:
    """Pupils' records on the education roll; days are numbers, `until` 0 when a leave has no end."""

    record: Ints
    child: Ints
    school: Ints
    grade: Ints
    status: Ints
    since: Ints
    until: Ints
    joined: Ints


@dataclass(frozen=True)
class Covers:
    """Relations known to the insurer; `paid_on` is days.FAR when the year's premium is not in."""

    relation: Ints
    child: Ints
    scheme: Ints
    place: Ints
    state: Ints
    since: Ints
    ended: Ints
    paid_on: Ints


@dataclass(frozen=True)
class Registered:
    """Children of the registry, current and exited; `last_paid` is a month index or −1."""

    child: Ints
    category: Ints
    entry: Ints
    exit: Ints
    reason: Ints
    last_paid: Ints
    amount: Ints


@dataclass(frozen=True)
class Aided:
    """Households on the assistance roll; `stop` is days.FAR while assistance is in force."""

    home: Ints
    kind: Ints
    begin: Ints
    stop: Ints
    amount: Ints


class _Fold:
    """Last values of events by row, in the order in which events come."""

    def __init__(self, events: Events, rows: Column, size: int) -> None:
        self._events, self._rows, self._size = events, rows, size

    def last(self, column: Column, kinds: tuple[Kind, ...], default: int) -> Ints:
        """The last value that events of these kinds gave each row."""
        out = np.full(self._size, default, np.int64)
        told = np.isin(self._events.kind, kinds) if len(kinds) > 1 else self._is(kinds[0])
        # With repeated indexes NumPy keeps the last assignment; events are in order of days.
        out[self._rows[told]] = column[told]
        return out

    def _is(self, kind: Kind) -> Flags:
        return np.asarray(self._events.kind == int(kind))


def _size(rows: Column) -> int:
    return int(rows.max()) + 1 if len(rows) else 0


def pupils(city: City, day: int) -> Pupils:
    """The education roll's records on a day, in the order of their numbers."""
    return pupils_of(city.school, day)


def pupils_of(school: Events, day: int) -> Pupils:
    """`pupils`, of the events of schools."""
    events = school.until(day)
    fold = _Fold(events, events.row, _size(events.row))
    joined = fold.last(events.day, (Kind.JOIN,), FAR)
    off = fold.last(events.day, (Kind.OFF,), FAR)
    here = np.flatnonzero((joined < FAR) & (off == FAR))
    told = (Kind.JOIN, Kind.STATUS)
    status = np.where(events.kind == Kind.JOIN, 1, events.a)
    until = np.where(events.kind == Kind.JOIN, 0, events.b)
    return Pupils(
        here,
        fold.last(events.subject, (Kind.JOIN,), -1)[here],
        fold.last(events.a, (Kind.JOIN,), -1)[here],
        fold.last(events.b, (Kind.JOIN, Kind.GRADE), 0)[here],
        fold.last(status, told, 0)[here],
        fold.last(events.day, told, 0)[here],
        fold.last(until, told, 0)[here],
        joined[here],
    )


def covers(city: City, day: int) -> Covers:
    """The insurer's relations with people under 18 on a day."""
    events = city.cover.until(day)
    fold = _Fold(events, events.row, _size(events.row))
    child = fold.last(events.subject, (Kind.OPEN,), -1)
    minor = days.add_years(city.children.birth, 18) > day
    here = np.flatnonzero((child >= 0) & minor[child])
    year = days.to_date(day).year
    # Premiums of the next year come in before this one is over.
    this_year = events.where((events.kind == Kind.PAID) & (events.a == year))
    paid_on = _Fold(this_year, this_year.row, _size(events.row)).last(
        this_year.day, (Kind.PAID,), FAR
    )
    state = fold.last(events.a, (Kind.STATE,), 0)[here]
    changed = fold.last(events.b, (Kind.STATE,), FAR)[here]
    running = events.where((events.kind == Kind.STATE) & (events.a == 1))
    since = _Fold(running, running.row, _size(events.row)).last(running.b, (Kind.STATE,), FAR)
    return Covers(
        here,
        child[here],
        fold.last(events.a, (Kind.OPEN,), 0)[here],
        fold.last(events.b, (Kind.OPEN,), 0)[here],
        state,
        since[here],
        np.where(state > 1, changed, FAR),
        paid_on[here],
    )


def registered(city: City, day: int) -> Registered:
    """The registry's children on a day, exited ones for twelve months."""
    events = city.welfare.until(day)
    fold = _Fold(events, events.subject, len(city))
    entry = fold.last(events.day, (Kind.ENTRY,), FAR)
    left = fold.last(events.day, (Kind.EXIT,), FAR)
    here = np.flatnonzero((entry < FAR) & ((left == FAR) | (left + KEPT_DAYS > day)))
    return Registered(
        here,
        fold.last(events.a, (Kind.ENTRY,), -1)[here],
        entry[here],
        left[here],
        fold.last(events.a, (Kind.EXIT,), 0)[here],
        fold.last(events.a, (Kind.BENEFIT,), -1)[here],
        fold.last(events.b, (Kind.BENEFIT,), 0)[here],
    )


def aided(city: City, day: int) -> Aided:
    """The assistance roll's households on a day, stopped ones for twelve months."""
    events = city.aid.until(day)
    fold = _Fold(events, events.subject, city.homes.households + city.homes.childless)
    begin = fold.last(events.day, (Kind.AID_BEGIN,), FAR)
    stop = fold.last(events.day, (Kind.AID_STOP,), FAR)
    here = np.flatnonzero((begin < FAR) & ((stop == FAR) | (stop + KEPT_DAYS > day)))
    return Aided(
        here,
        fold.last(events.a, (Kind.AID_BEGIN,), 0)[here],
        begin[here],
        stop[here],
        fold.last(events.b, (Kind.AID_BEGIN,), 0)[here],
    )


def villages(city: City, day: int) -> Ints:
    """Where each child lives or was last known in the city."""
    events = city.life.until(day)
    moved = events.where((events.kind == Kind.MOVE) & (events.a >= 0))
    out = city.children.village.copy()
    out[moved.subject] = moved.a
    return out


def deaths(city: City) -> Ints:
    """The day of death by child; days.FAR for the living."""
    events = city.life
    return _Fold(events, events.subject, len(city)).last(events.day, (Kind.DEATH,), FAR)


def household_members(city: City, day: int) -> Flags:
    """Children whom the assistance roll lists when it lists their household."""
    dead = deaths(city)
    return np.asarray((city.children.birth <= day) & (dead + DEATH_KNOWN_DAYS > day))
