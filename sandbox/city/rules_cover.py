"""The rules on medical insurance, judged on one life."""

from datetime import date

from sandbox.city.biography import CoverRow, Life, active, cover_rows, minor, told
from sandbox.city.codes import EMPLOYEE, Cover, Kind
from sandbox.city.days import number, to_date
from sandbox.city.places import PER_COUNTY
from sandbox.city.verdict import EXCUSED, FIRES, HELD, NOT_APPLICABLE, SATISFIED, Verdict

NEWBORN_DAYS, REREGISTRATION_DAYS, CLOSING_DAYS, MOVING_DAYS = 90, 31, 30, 31
LAST_DAYS = 45
"""Days before the end of the window (31 December) from which on a village gets its list."""


def med_01(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Uninsured. The insurer's roll lists children only."""
    today = to_date(night)
    if not minor(life, night):
        return Verdict(NOT_APPLICABLE, "grown_up")
    if today.month == 1:
        return Verdict(NOT_APPLICABLE, "asleep")
    rows = cover_rows(life, night)
    if active(rows, night):
        return Verdict(SATISFIED, "covered")
    if night - number(life.birth) <= NEWBORN_DAYS:
        return Verdict(EXCUSED, "newborn")
    if any(row.state == Cover.NONE and today.year in row.paid for row in rows):
        return Verdict(EXCUSED, "paid_not_effective")
    if any(row.state > Cover.ACTIVE for row in rows):
        return Verdict(NOT_APPLICABLE, "lapsed")
    if any(row.state == Cover.ACTIVE for row in rows):
        return Verdict(EXCUSED, "waiting")
    return Verdict(FIRES, "unpaid" if rows else "unknown_to_insurer")


def med_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Coverage lapsed."""
    if not minor(life, night):
        return Verdict(NOT_APPLICABLE, "grown_up")
    rows = cover_rows(life, night)
    broken = [row for row in rows if row.state > Cover.ACTIVE]
    if not broken:
        return Verdict(NOT_APPLICABLE, "no_lapse")
    if active(rows, night):
        return Verdict(SATISFIED, "covered_again")
    recent = night - REREGISTRATION_DAYS
    if all(row.state == Cover.PAUSED and row.since >= recent for row in broken):
        return Verdict(EXCUSED, "re_registration")
    if to_date(night).month == 1:
        return Verdict(HELD, "collecting")
    return Verdict(FIRES, "lapsed")


def med_04(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Insured twice."""
    if not minor(life, night):
        return Verdict(NOT_APPLICABLE, "grown_up")
    rows = _running(life, night)
    if not rows:
        return Verdict(NOT_APPLICABLE, "not_insured")
    schemes, places = {row.scheme for row in rows}, {row.place // PER_COUNTY for row in rows}
    if len(schemes) == 1 and len(places) == 1:
        return Verdict(SATISFIED, "insured_once")
    if max(row.since for row in rows) + MOVING_DAYS >= night:
        return Verdict(EXCUSED, "moving")
    return Verdict(FIRES, "insured_twice")


def _running(life: Life, night: int) -> list[CoverRow]:
    rows = cover_rows(life, night)
    return [row for row in rows if row.state == Cover.ACTIVE and row.since <= night]


def med_05(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """A newborn's window closes."""
    age = night - number(life.birth)
    if not NEWBORN_DAYS - CLOSING_DAYS <= age <= NEWBORN_DAYS:
        return Verdict(NOT_APPLICABLE, "outside_window")
    rows = cover_rows(life, night)
    if active(rows, night):
        return Verdict(SATISFIED, "insured")
    year = to_date(night).year
    if any(row.state <= Cover.ACTIVE and (row.state or year in row.paid) for row in rows):
        return Verdict(EXCUSED, "paid_not_effective")
    return Verdict(FIRES, "window_closes")


def med_06(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Not yet enrolled for next year."""
    year = to_date(night).year + 1
    if not minor(life, night):
        return Verdict(NOT_APPLICABLE, "grown_up")
    if number(date(year - 1, 12, 31)) - night > LAST_DAYS:
        return Verdict(NOT_APPLICABLE, "window_far")
    if any(row.scheme == EMPLOYEE for row in _running(life, night)):
        return Verdict(SATISFIED, "employee")
    if any(e.kind == Kind.PAID and e.a == year for e in told(life, night)):
        return Verdict(SATISFIED, "paid_for_next")
    return Verdict(FIRES, "not_paid_for_next")
