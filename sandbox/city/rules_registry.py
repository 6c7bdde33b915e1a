"""The rules on the registry itself, judged on one life: numbers, reviews, visits, what schools know."""

from datetime import date

from sandbox.city.biography import Life, card, registered, registration, school_rows, told
from sandbox.city.codes import (
    DE_FACTO,
    FLAG_ORPHAN,
    FLAG_POOR,
    HARDSHIP,
    INSTITUTION,
    LEFT_BEHIND,
    LOW_INCOME,
    ORPHAN,
    SEVERE,
    Kind,
)
from sandbox.city.days import number, to_date
from sandbox.city.rules_school import ENROLLED, LEAD, last_row
from sandbox.city.verdict import EXCUSED, FIRES, NOT_APPLICABLE, SATISFIED, Verdict, aided

GRACE_DAYS, VISIT_DAYS, REMINDER_DAYS = 60, 90, 15


def reg_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """No household registration or usable number."""
    if life.numbered <= min(night, life.shown):
        return Verdict(SATISFIED, "number")
    if night - number(life.birth) <= GRACE_DAYS:
        return Verdict(EXCUSED, "newborn")
    return Verdict(FIRES, "no_number")


def _quarter(day: date, back: int = 0) -> date:
    """The first day of the calendar quarter, or of one so many quarters before."""
    index = day.year * 4 + (day.month - 1) // 3 - back
    return date(index // 4, index % 4 * 3 + 1, 1)


def reg_01(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Quarterly review overdue."""
    today, found = to_date(night), registration(life, night)
    seen = [to_date(e.day) for e in told(life, night) if e.kind == Kind.VISIT and e.a == 1]
    if seen and seen[-1] >= _quarter(today):
        return Verdict(SATISFIED, "reviewed")
    looked_at = seen[-1:] + ([to_date(found.entry)] if found else [])
    if max(looked_at) < _quarter(today, 1):
        return Verdict(FIRES, "review_overdue")
    ends = _quarter(today, -1)
    if (ends - today).days - 1 > REMINDER_DAYS:
        return Verdict(NOT_APPLICABLE, "not_yet_due")
    return Verdict(FIRES, "review_due")


def reg_05(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Visit overdue, of a child out of school, without a number, disabled or gravely ill."""
    row, _here = last_row(life, night, earlier)
    found = registration(life, night)
    dropped = row is not None and row.status in LEAD
    ill = card(life, night) is not None or (found is not None and found.category == SEVERE)
    if not (dropped or ill or life.numbered > min(night, life.shown)):
        return Verdict(NOT_APPLICABLE, "not_priority")
    seen = [e.day for e in told(life, night) if e.kind == Kind.VISIT and e.a == 0]
    if seen and night - seen[-1] <= VISIT_DAYS:
        return Verdict(SATISFIED, "visited")
    return Verdict(FIRES, "no_visit")


def edu_07(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """The school marks what the registry does not know."""
    if not any(row.status in ENROLLED for row in school_rows(life, night)):
        return Verdict(NOT_APPLICABLE, "not_on_roll")
    flags = [e for e in told(life, night) if e.kind == Kind.FLAG]
    marks, away = (flags[-1].a, flags[-1].b) if flags else (0, 0)
    disabled = card(life, night) is not None
    if not (marks or away or disabled):
        return Verdict(NOT_APPLICABLE, "no_mark")
    found = registration(life, night)
    category = found.category if found is not None and registered(life, night) else -1
    if marks & FLAG_ORPHAN and category not in (DE_FACTO, ORPHAN, INSTITUTION):
        return Verdict(FIRES, "orphan")
    if marks & FLAG_POOR and category not in (HARDSHIP, LOW_INCOME) and not aided(life, night):
        return Verdict(FIRES, "low_income")
    if away and category != LEFT_BEHIND:
        return Verdict(FIRES, "left_behind")
    return Verdict(SATISFIED, "known")
