"""The rules on student aid, the insurer's marks and rehabilitation, judged on one life."""

from datetime import date

from sandbox.city.biography import (
    Life,
    SchoolRow,
    aid_since,
    card,
    minor,
    registration,
    school_rows,
    told,
)
from sandbox.city.codes import BENEFIT_CATEGORIES, HARDSHIP, LOW_INCOME, Kind
from sandbox.city.days import number, to_date
from sandbox.city.rules_money import severe
from sandbox.city.rules_school import ENROLLED
from sandbox.city.verdict import FIRES, NOT_APPLICABLE, SATISFIED, Verdict, aided

RECOGNISED_DAYS, SMALL = 30, 7
HALF_YEAR = {"preschool": 50000, "primary": 50000, "junior": 62500, "senior": 100000}
"""Student aid of a term, in fen."""
BOARDING_FROM = 7
_GROWN_UP = Verdict(NOT_APPLICABLE, "grown_up")
_NO_RIGHT = Verdict(NOT_APPLICABLE, "no_right")


def _first_day(month: int) -> int:
    return number(date(month // 12, month % 12 + 1, 1))


def _term(night: int) -> tuple[int, int]:
    """The first and the last month of the last term whose payments are over (31 December, 30 June)."""
    today = to_date(night)
    if today.month > 6:
        return today.year * 12, today.year * 12 + 5
    return (today.year - 1) * 12 + 8, (today.year - 1) * 12 + 11


def _aid_right(life: Life, night: int, by: int) -> bool:
    """A category that gives a right to student aid tonight, and gave it by a day."""
    found = registration(life, night)
    own = found is not None and found.category in (*BENEFIT_CATEGORIES, LOW_INCOME)
    if own and found is not None and found.entry <= by:
        return True
    since = aid_since(life, night)
    return bool(aided(life, night)) and since is not None and _first_day(since) <= by


def edu_06(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Student aid missed."""
    if not minor(life, night):
        return _GROWN_UP
    first, last = _term(night)
    over = _first_day(last + 1) - 1
    if not _aid_right(life, night, over):
        return _NO_RIGHT
    now = [row for row in school_rows(life, night) if row.status in ENROLLED and _tells(row, over)]
    then = _in_school(life, first, last)
    if not now or not then:
        return Verdict(NOT_APPLICABLE, "not_in_school")
    due = HALF_YEAR[_stage(max(row.grade for row in then))]
    given = [e for e in told(life, night) if e.kind == Kind.STUDENT_AID and first <= e.a <= last]
    paid = sum(e.b for e in given)
    if not paid:
        return Verdict(FIRES, "nothing")
    # How much is due to a pupil who does not board no rule of the city says.
    boards = any(e.kind == Kind.BOARDS for e in life.events)
    if boards and max(row.grade for row in now) >= BOARDING_FROM and paid < due:
        return Verdict(FIRES, "too_little")
    return Verdict(SATISFIED, "paid")


def _tells(row: SchoolRow, over: int) -> bool:
    """Whether a record of tonight tells of a term that is over: of what was before grade 1 it does not."""
    return row.grade != 1 or row.joined <= over


def _in_school(life: Life, first: int, last: int) -> list[SchoolRow]:
    """The rows of the last month of a term at whose end the child was in school."""
    for month in range(last, first - 1, -1):
        rows = [r for r in school_rows(life, _first_day(month + 1) - 1) if r.status in ENROLLED]
        if rows:
            return rows
    return []


def _stage(grade: int) -> str:
    if grade < 1:
        return "preschool"
    return "primary" if grade <= 6 else "junior" if grade <= 9 else "senior"


def med_07(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Help identity missing, thirty days after the right began (for who was born into it: after birth)."""
    if not minor(life, night):
        return _GROWN_UP
    found, begun = registration(life, night), []
    if found is not None and found.exit is None and found.category in (HARDSHIP, LOW_INCOME):
        begun.append(found.entry)
    since = aid_since(life, night)
    if aided(life, night) and since is not None:
        begun.append(_first_day(since))
    if severe(life, night):
        begun.append(number(life.birth))
    if not begun:
        return _NO_RIGHT
    if night - max(min(begun), number(life.birth)) < RECOGNISED_DAYS:
        return Verdict(NOT_APPLICABLE, "recent")
    today = to_date(night)
    if (today.month, today.day) == (1, 1):
        return Verdict(NOT_APPLICABLE, "renewed_today")
    marks = [e for e in told(life, night) if e.kind == Kind.MARKED]
    if any(e.a <= night and (not e.b or e.b >= night) for e in marks):
        return Verdict(SATISFIED, "marked")
    return Verdict(FIRES, "run_out" if marks else "not_marked")


def wel_09(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Rehabilitation missed: younger than seven, disabled, no record."""
    born, today = life.birth, to_date(night)
    if (today.year - born.year, (today.month, today.day)) >= (SMALL, (born.month, born.day)):
        return Verdict(NOT_APPLICABLE, "too_old")
    if card(life, night) is None:
        return Verdict(NOT_APPLICABLE, "no_disability")
    if any(e.kind == Kind.REHABILITATED for e in told(life, night)):
        return Verdict(SATISFIED, "rehabilitated")
    return Verdict(FIRES, "no_record")
