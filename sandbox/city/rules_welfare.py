"""The rules on assistance, benefits and identity, judged on one life."""

from datetime import date

from sandbox.city.biography import Life, minor, registered, registration, told
from sandbox.city.codes import BENEFIT_CATEGORIES, LIMITED, Kind
from sandbox.city.days import last_closed_month, month_of, number
from sandbox.city.verdict import (
    EXCUSED,
    FIRES,
    NOT_APPLICABLE,
    SATISFIED,
    Verdict,
    aided,
    death_shown,
)

ADULT, SOON_DAYS = 18, 90
MENTAL = (5, 6)
"""Kinds of disability that are severe at every grade."""


def wel_01(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Missed from the registry."""
    if registered(life, night):
        return Verdict(SATISFIED, "registered")
    return Verdict(FIRES, f"type_{aided(life, night):02d}")


def wel_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Missed benefit."""
    found = registration(life, night)
    closed = last_closed_month(night)
    if found is None or found.category not in BENEFIT_CATEGORIES or not minor(life, night):
        return Verdict(NOT_APPLICABLE, "no_right")
    if month_of(found.entry) + 1 > closed:
        return Verdict(NOT_APPLICABLE, "too_early")
    if found.last_paid is not None and found.last_paid >= closed:
        return Verdict(SATISFIED, "paid")
    if aided(life, night) == 3:
        return Verdict(EXCUSED, "higher_benefit")
    return Verdict(FIRES, "never_paid" if found.last_paid is None else "stopped")


def wel_05(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Review for exit: from the first of the month after the day on which the age is reached, which is the
    day after the birthday."""
    found = registration(life, night)
    if found is None or found.category not in LIMITED:
        return Verdict(NOT_APPLICABLE, "no_limit")
    if month_of(night) <= month_of(number(_limit(life)) + 1):
        return Verdict(SATISFIED, "before_limit")
    return Verdict(FIRES, "limit_reached")


def wel_07(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Ageing out soon."""
    found, limit = registration(life, night), number(_limit(life))
    if found is None or found.category not in LIMITED or limit <= night:
        return Verdict(NOT_APPLICABLE, "no_limit")
    if limit - night > SOON_DAYS:
        return Verdict(SATISFIED, "far")
    return Verdict(FIRES, "eighteen_soon")


def _limit(life: Life) -> date:
    """The eighteenth birthday; 28 February for a child of the 29th."""
    born = life.birth
    of_month = 28 if (born.month, born.day) == (2, 29) else born.day
    return date(born.year + ADULT, born.month, of_month)


def idn_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Told dead by a roll, while the registry or the assistance roll still has the child."""
    if not death_shown(life, night):
        return Verdict(NOT_APPLICABLE, "not_reported")
    return Verdict(FIRES, "told_dead")


def wel_06(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Severe disability not registered."""
    cards = [e for e in told(life, night) if e.kind == Kind.CARD]
    if not any(e.b <= 2 or e.a in MENTAL for e in cards):
        return Verdict(NOT_APPLICABLE, "no_severe_disability")
    return Verdict(SATISFIED, "registered") if registered(life, night) else Verdict(FIRES, "severe")
