"""One child's life read from its events, in plain Python: the state of each roll on a day.

The oracle reads lives here, not in state.py: rolls and truth are two readings of the same events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sandbox.city.codes import BASIC_SCHEMES, Cover, Kind, Status
from sandbox.city.days import to_date
from sandbox.city.events import Event


@dataclass(frozen=True)
class Life:
    """A child's birth and events; `aid` holds the household's events. Events are in order."""

    birth: date
    events: tuple[Event, ...] = ()
    aid: tuple[Event, ...] = ()


@dataclass
class SchoolRow:
    """A record on the education roll."""

    grade: int
    status: int
    since: int
    until: int = 0


@dataclass
class CoverRow:
    """A relation with the insurer; years whose premium has come in."""

    basic: bool
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


def _until(events: Iterable[Event], day: int) -> Iterable[Event]:
    return (event for event in events if event.day <= day)


def school_rows(life: Life, day: int) -> list[SchoolRow]:
    """The child's rows on the education roll of a day."""
    rows: dict[int, SchoolRow] = {}
    for event in _until(life.events, day):
        if event.kind == Kind.JOIN:
            rows[event.row] = SchoolRow(event.b, Status.ENROLLED, event.day)
        elif event.kind == Kind.GRADE and event.row in rows:
            rows[event.row].grade = event.b
        elif event.kind == Kind.STATUS and event.row in rows:
            row = rows[event.row]
            row.status, row.since, row.until = event.a, event.day, event.b
        elif event.kind == Kind.OFF:
            rows.pop(event.row, None)
    return list(rows.values())


def cover_rows(life: Life, day: int) -> list[CoverRow]:
    """The child's basic relations with the insurer on a day; others do not count."""
    rows: dict[int, CoverRow] = {}
    for event in _until(life.events, day):
        if event.kind == Kind.OPEN:
            rows[event.row] = CoverRow(event.a in BASIC_SCHEMES)
        elif event.kind == Kind.PAID:
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
    for event in _until(life.events, day):
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
    if day < (life.birth - date(1970, 1, 1)).days:
        return 0
    for event in _until(life.events, day):
        if event.kind == Kind.DEATH and event.day + struck_off_after <= day:
            return 0
    kind = 0
    for event in _until(life.aid, day):
        kind = event.a if event.kind == Kind.AID_BEGIN else 0
    return kind


def minor(life: Life, day: int) -> bool:
    """Whether the 18th birthday is still to come (29 February: 28 February)."""
    born = life.birth
    of_month = 28 if (born.month, born.day) == (2, 29) else born.day
    return date(born.year + 18, born.month, of_month) > to_date(day)
