"""What the oracle says of one child and one rule, and whom the rules are about."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sandbox.city.biography import Life, aid_type, minor, registered, school_rows
from sandbox.city.codes import DEATH_INSURER_DAYS, DEATH_KNOWN_DAYS, Kind, Status

FIRES, SATISFIED, EXCUSED, HELD, NOT_APPLICABLE = (
    "fires", "satisfied", "excused", "held", "not_applicable",
)  # fmt: skip


class Verdict(NamedTuple):
    """One outcome and, in a word, why."""

    outcome: str
    detail: str


Rule = Callable[[Life, int, tuple[int, ...]], Verdict]


def entry_year(birth: date) -> int:
    """The year in which the child is six on or before 31 August."""
    return birth.year + (6 if (birth.month, birth.day) <= (8, 31) else 7)


def in_population(life: Life, day: int) -> bool:
    """Registered, or a minor of a household with assistance in force."""
    return registered(life, day) or aided(life, day) > 0


def aided(life: Life, day: int) -> int:
    """Type of assistance of a minor's household in force on a day; 0 for none."""
    return aid_type(life, day, DEATH_KNOWN_DAYS) if minor(life, day) else 0


def death_shown(life: Life, night: int) -> bool:
    """Whether a roll says that the child is dead: then nobody goes to the family before that is
    checked between bureaus (findings catalogue, IDN-02)."""
    at_school = any(row.status == Status.DEAD for row in school_rows(life, night))
    return at_school or any(
        event.kind == Kind.DEATH and event.day + DEATH_INSURER_DAYS <= min(night, life.shown)
        for event in life.events
    )
