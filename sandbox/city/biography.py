"""One child's life read from its events, in plain Python: the state of each roll on a day.

The oracle reads lives here, not in state.py: rolls and truth are two readings of the same events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sandbox.city.codes import BASIC_SCHEMES, Cover, Kind, Status
from sandbox.city.days import FAR, month_of, to_date
from sandbox.city.events import Event


@dataclass(frozen=True)
class Life:
    """A child's birth and events; `aid` holds the household's events. Events are in order.

    `shown` is the day of the newest rolls: what happened later no roll tells yet. `numbered` is the day
    of household registration, days.FAR when it never came.
    """

    birth: date
    events: tuple[Event, ...] = ()
    aid: tuple[Event, ...] = ()
    shown: int = FAR
    numbered: int = 0


@dataclass
class SchoolRow:
    """A record on the education roll; `joined` is the day on which it was opened."""

    grade: int
    status: int
    since: int
    until: int = 0
    joined: int = 0


@dataclass
class CoverRow:
    """A relation with the insurer: scheme, place (a village), years whose premium has come in."""

    basic: bool
    scheme: int = 0
    place: int = 0
    state: int = 0
    since: int = 0
    paid: set[int] = field(default_factory=set)


@dataclass
class Registration:
    """A place in the registry; `last_paid` is a month index, None when nothing was paid."""

    category: int
    entry: int
    exit: int | None = None
    last_paid: int | None = None


def told(life: Life, day: int) -> Iterable[Event]:
    """The child's events that the rolls of a day can tell."""
    return _until(life.events, min(day, life.shown))


def _until(events: Iterable[Event], day: int) -> Iterable[Event]:
    return (event for event in events if event.day <= day)


def school_rows(life: Life, day: int) -> list[SchoolRow]:
    """The child's rows on the education roll of a day."""
    rows: dict[int, SchoolRow] = {}
    for event in told(life, day):
        if event.kind == Kind.JOIN:
            rows[event.row] = SchoolRow(event.b, Status.ENROLLED, event.day, joined=event.day)
        elif event.kind == Kind.GRADE and event.row in rows:
            rows[event.row].grade = event.b
        elif event.kind == Kind.STATUS and event.row in rows:
            row = rows[event.row]
            row.status, row.since, row.until = event.a, event.day, event.b
        elif event.kind == Kind.OFF:
            rows.pop(event.row, None)
    return list(rows.values())


def cover_rows(life: Life, day: int) -> list[CoverRow]:
    """The child's basic relations with the insurer on a day; others do not count. A roll shows the
    premium of its own year only."""
    rows: dict[int, CoverRow] = {}
    year = to_date(min(day, life.shown)).year
    for event in told(life, day):
        if event.kind == Kind.OPEN:
            rows[event.row] = CoverRow(event.a in BASIC_SCHEMES, event.a, event.b)
        elif event.kind == Kind.PAID and event.a == year:
            rows[event.row].paid.add(event.a)
        elif event.kind == Kind.STATE:
            rows[event.row].state, rows[event.row].since = event.a, event.b
    return [row for row in rows.values() if row.basic]


def active(rows: list[CoverRow], day: int) -> bool:
    """Whether one of the relations covers the child on a day."""
    return any(row.state == Cover.ACTIVE and row.since <= day for row in rows)


def registration(life: Life, day: int) -> Registration | None:
    """The child's registration, exited or not; None before entry."""
    found: Registration | None = None
    for event in told(life, day):
        if event.kind == Kind.ENTRY:
            found = Registration(event.a, event.day)
        elif found and event.kind == Kind.EXIT:
            found.exit = event.day
        elif found and event.kind == Kind.BENEFIT:
            found.last_paid = max(event.a, found.last_paid or 0)
    return found


def registered(life: Life, day: int) -> bool:
    """Whether the registry holds the child on a day."""
    found = registration(life, day)
    return found is not None and found.exit is None


def aid_type(life: Life, day: int, struck_off_after: int) -> int:
    """The type of the household's assistance in force (1, 2, 3) with the child a member; else 0.

    A dead child is struck off so many days after death.
    """
    if min(day, life.shown) < (life.birth - date(1970, 1, 1)).days:
        return 0
    for event in told(life, day):
        if event.kind == Kind.DEATH and event.day + struck_off_after <= min(day, life.shown):
            return 0
    kind = 0
    for event in _until(life.aid, min(day, life.shown)):
        kind = event.a if event.kind == Kind.AID_BEGIN else 0
    return kind


def minor(life: Life, day: int) -> bool:
    """Whether the 18th birthday is still to come (29 February: minor until the end of the 28th)."""
    born = life.birth
    if (born.month, born.day) == (2, 29):
        return date(born.year + 18, 3, 1) > to_date(day)
    return date(born.year + 18, born.month, born.day) > to_date(day)


def aid_since(life: Life, day: int) -> int | None:
    """The month index of the beginning of the household's assistance in force; None without any."""
    found: int | None = None
    for event in _until(life.aid, min(day, life.shown)):
        found = month_of(event.day) if event.kind == Kind.AID_BEGIN else None
    return found


def card(life: Life, day: int) -> tuple[int, int] | None:
    """Kind and grade of the disability that is on record; None without any."""
    found = None
    for event in told(life, day):
        found = (event.a, event.b) if event.kind == Kind.CARD else found
    return found
