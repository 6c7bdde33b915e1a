"""The rules on parents and guardians, judged on one life."""

from datetime import date, timedelta
from typing import NamedTuple

from sandbox.city.biography import Life, minor, registration, told
from sandbox.city.codes import (
    DE_FACTO,
    DEAD_KIN,
    DETOX,
    DISABLED_KIN,
    ILL,
    INSTITUTION,
    LACKS_GUARDIAN,
    MISSING_KIN,
    ORPHAN,
    OUT_OF_REACH,
    PRISON,
    THE_FATHER,
    THE_GUARDIAN,
    THE_MOTHER,
    YOUNG,
    Kind,
)
from sandbox.city.days import to_date
from sandbox.city.rules_file import lacks
from sandbox.city.verdict import FIRES, NOT_APPLICABLE, SATISFIED, Verdict

SOON_DAYS, TERM_MONTHS = 30, 6
GONE, HELD_BY_LAW = (DEAD_KIN, MISSING_KIN), (PRISON, DETOX)
_GROWN_UP = Verdict(NOT_APPLICABLE, "grown_up")


class Kin(NamedTuple):
    """What is recorded of a parent or guardian; `until` is the last day, None when none is stated."""

    state: int
    since: date
    until: date | None
    born: date | None


def kin(life: Life, night: int) -> dict[int, Kin]:
    """What holds tonight, by role."""
    found: dict[int, Kin] = {}
    for event in told(life, night):
        if event.kind == Kind.KIN:
            day = to_date(event.b) if event.b else None
            young = event.a == YOUNG
            found[event.row] = Kin(
                event.a, to_date(event.day), None if young else day, day if young else None
            )
    today = to_date(night)
    return {role: one for role, one in found.items() if one.until is None or one.until >= today}


def unable(one: Kin, today: date) -> bool:
    """Whether a parent cannot care: gravely ill or disabled, or away by force or out of reach half a year."""
    if one.state in (ILL, DISABLED_KIN):
        return True
    return one.state in (*HELD_BY_LAW, OUT_OF_REACH) and (one.until or today) >= _months_later(
        one.since, TERM_MONTHS
    )


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def grd_01(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Likely orphan or de-facto unattended, not recognised."""
    if not minor(life, night):
        return _GROWN_UP
    today, found, of = to_date(night), kin(life, night), registration(life, night)
    parents = [found[role] for role in (THE_FATHER, THE_MOTHER) if role in found]
    if len(parents) < 2 or not all(p.state in GONE or unable(p, today) for p in parents):
        return Verdict(NOT_APPLICABLE, "a_parent_is_there")
    orphan = all(p.state in GONE for p in parents)
    category = of.category if of is not None else -1
    if category in (ORPHAN, INSTITUTION) or (category == DE_FACTO and not orphan):
        return Verdict(SATISFIED, "recognised")
    return Verdict(FIRES, "likely_orphan" if orphan else "likely_unattended")


def grd_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Guardian cannot guard."""
    if not minor(life, night):
        return _GROWN_UP
    one = kin(life, night).get(THE_GUARDIAN)
    if one is None:
        blank = lacks(life, night) & LACKS_GUARDIAN
        return Verdict(FIRES, "blank") if blank else Verdict(SATISFIED, "named_in_the_file")
    if one.state in GONE:
        return Verdict(FIRES, "dead")
    if one.state in HELD_BY_LAW:
        return Verdict(FIRES, "in_custody")
    if one.born is not None and minor(Life(one.born), night):
        return Verdict(FIRES, "under_age")
    return Verdict(SATISFIED, "there")


def grd_03(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Parent's term ends soon."""
    found = kin(life, night)
    ends = [
        one.until
        for role, one in found.items()
        if role != THE_GUARDIAN and one.state in HELD_BY_LAW and one.until is not None
    ]
    if not ends:
        return Verdict(NOT_APPLICABLE, "no_term")
    if (min(ends) - to_date(night)).days > SOON_DAYS:
        return Verdict(SATISFIED, "far")
    return Verdict(FIRES, "ends_soon")
