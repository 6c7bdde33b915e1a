"""The rules on schooling, judged on one life."""

from collections.abc import Mapping
from datetime import date, timedelta

from sandbox.city.biography import Life, SchoolRow, cover_rows, minor, school_rows, told
from sandbox.city.codes import EMPLOYEE, EXCUSED_LEAVE, SUSPECTED, Cover, Kind, Status
from sandbox.city.days import month_of, to_date, worked
from sandbox.city.verdict import (
    EXCUSED,
    FIRES,
    HELD,
    NOT_APPLICABLE,
    SATISFIED,
    Verdict,
    entry_year,
)

ENROLLED = (Status.ENROLLED, Status.RETURNED)
LEAD = (Status.WITHDRAWN, Status.SUSPENDED, Status.DRIFTED, Status.UNFINISHED, Status.EXPELLED)
_SIMPLE: Mapping[int, tuple[str, str]] = {
    Status.TRANSFERRED: (EXCUSED, "transfer"),
    Status.ABROAD: (EXCUSED, "abroad"),
    Status.DEAD: (EXCUSED, "death"),
    Status.MISSING: (NOT_APPLICABLE, "harm"),
    Status.OTHER: (HELD, "status_unknown"),
}
TRANSIT_DAYS = 15
"""Working days that a transfer may take."""
_OUTSIDE = Verdict(NOT_APPLICABLE, "outside_window")


def _pupil_rows(life: Life, day: int) -> list[SchoolRow]:
    return [row for row in school_rows(life, day) if row.grade >= 1]


def edu_01(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Never enrolled."""
    year, today = entry_year(life.birth), to_date(night)
    if not date(year, 10, 31) <= today <= date(year + 9, 8, 31):
        return Verdict(NOT_APPLICABLE, "outside_window")
    if any(_pupil_rows(life, day) for day in (*earlier, night)):
        return Verdict(SATISFIED, "seen_enrolled")
    preschool = any(row.status in ENROLLED for row in school_rows(life, night))
    if preschool and today <= date(year + 1, 8, 31):
        return Verdict(EXCUSED, "preschool")
    return Verdict(FIRES, "never_enrolled")


def edu_02(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Dropout."""
    year, today = entry_year(life.birth), to_date(night)
    if not date(year, 9, 1) <= today <= date(year + 9, 8, 31):
        return Verdict(NOT_APPLICABLE, "outside_window")
    nights = (*earlier, night)
    seen = [at for at, day in enumerate(nights) if _pupil_rows(life, day)]
    if not seen:
        return Verdict(NOT_APPLICABLE, "never_seen")
    last = _pupil_rows(life, nights[seen[-1]])
    if seen[-1] == len(nights) - 1:
        return _by_status(last, night)
    row, _ = last_row(life, night, earlier)
    if row is not None and _speaks_on(row, night):
        return _by_status([row], night)
    return _gone(max(last, key=lambda row: row.since), nights[seen[-1] + 1 :])


def _speaks_on(row: SchoolRow, night: int) -> bool:
    """Whether a row that left the roll still tells why: all but being there, and a leave that is over."""
    if row.status in (Status.LEAVE, Status.RESERVED):
        return _leave_end(row) >= to_date(night)
    return row.status not in (*ENROLLED, Status.OTHER)


def _by_status(rows: list[SchoolRow], night: int) -> Verdict:
    """A child with rows: any enrolled row, else the latest one."""
    if any(row.status in ENROLLED for row in rows):
        return Verdict(SATISFIED, "enrolled")
    row = max(rows, key=lambda row: row.since)
    if row.status in LEAD:
        return Verdict(FIRES, "status_dropout")
    if row.status in (Status.LEAVE, Status.RESERVED):
        if _leave_end(row) >= to_date(night):
            return Verdict(EXCUSED, "leave")
        return Verdict(NOT_APPLICABLE, "leave_overdue")
    if row.status in (Status.GRADUATED, Status.COMPLETED):
        if row.grade >= 9:
            return Verdict(SATISFIED, "finished")
        if row.grade == 6:
            return Verdict(NOT_APPLICABLE, "between_stages")
        return Verdict(EXCUSED, "status_contradictory")
    return Verdict(*_SIMPLE[row.status])


def _leave_end(row: SchoolRow) -> date:
    if row.until:
        return to_date(row.until)
    start = to_date(row.since)
    return date(start.year + 1, start.month, min(start.day, 28))


def _gone(row: SchoolRow, since: tuple[int, ...]) -> Verdict:
    """A child gone from the roll since so many nights."""
    if row.grade in (6, 9):
        return Verdict(NOT_APPLICABLE, "terminal_grade")
    # A roll of the summer proves nothing; two of the other months do, whatever lies between them.
    if sum(not _in_summer(day) for day in since) > 1:
        return Verdict(FIRES, "vanished")
    return Verdict(EXCUSED, "first_absence")


def _in_summer(day: int) -> bool:
    when = to_date(day)
    return (6, 15) <= (when.month, when.day) <= (8, 31)


def _started(life: Life, today: date) -> bool:
    """Whether the compulsory years have begun and are not over."""
    year = entry_year(life.birth)
    return date(year, 9, 1) <= today <= date(year + 9, 8, 31)


def last_row(life: Life, night: int, earlier: tuple[int, ...]) -> tuple[SchoolRow | None, bool]:
    """The row that speaks, of the newest roll that has one, and whether that roll is tonight's."""
    for day in (night, *reversed(earlier)):
        rows = _pupil_rows(life, day)
        if rows:
            best = [row for row in rows if row.status in ENROLLED] or rows
            return max(best, key=lambda row: row.since), day == night
    return None, False


def edu_03(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Transfer not landed."""
    today = to_date(night)
    if not _started(life, today):
        return _OUTSIDE
    row, _ = last_row(life, night, earlier)
    ever = [r for day in (*earlier, night) for r in _pupil_rows(life, day)]
    if row is None or Status.TRANSFERRED not in [r.status for r in ever]:
        return Verdict(NOT_APPLICABLE, "no_transfer")
    if row.status in ENROLLED:
        return Verdict(SATISFIED, "landed")
    if row.status != Status.TRANSFERRED:
        return Verdict(NOT_APPLICABLE, "no_transfer")
    left = to_date(row.since)
    if _working_days(left, today) <= TRANSIT_DAYS:
        return Verdict(EXCUSED, "in_transit")
    if (left.month, left.day) >= (6, 15) and today <= date(left.year, 9, 20):
        return Verdict(EXCUSED, "summer_transfer")
    return Verdict(FIRES, "not_landed")


def _working_days(after: date, until: date) -> int:
    days = (after + timedelta(days=n + 1) for n in range((until - after).days))
    return sum(map(worked, days))


def edu_04(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Leave or deferral overdue."""
    today = to_date(night)
    if not _started(life, today):
        return _OUTSIDE
    row, _here = last_row(life, night, ())
    if row is None:
        return Verdict(NOT_APPLICABLE, "no_leave")
    if row.status == Status.RETURNED:
        return Verdict(SATISFIED, "back")
    if row.status not in (Status.LEAVE, Status.RESERVED):
        return Verdict(NOT_APPLICABLE, "no_leave")
    end = _leave_end(row)
    if end >= today:
        return Verdict(SATISFIED, "leave_open")
    if today <= _settled_after(end):
        return Verdict(EXCUSED, "before_settle")
    return Verdict(FIRES, "leave_over")


def _settled_after(end: date) -> date:
    """The next settle date: 31 March or 20 September."""
    if (end.month, end.day) <= (3, 31):
        return date(end.year, 3, 31)
    if (end.month, end.day) <= (9, 20):
        return date(end.year, 9, 20)
    return date(end.year + 1, 3, 31)


def edu_05(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Lost between primary and lower secondary school."""
    today = to_date(night)
    if not _started(life, today):
        return _OUTSIDE
    row, here = last_row(life, night, earlier)
    if row is not None and row.status in ENROLLED and here:
        return Verdict(*((SATISFIED, "next_stage") if row.grade > 6 else _NOT_BETWEEN))
    finished = _finished_on(row, here, life, night, earlier, 6)
    if finished is None:
        return Verdict(*_NOT_BETWEEN)
    return (
        Verdict(EXCUSED, "before_settle") if today < finished else Verdict(FIRES, "no_next_stage")
    )


_NOT_BETWEEN = (NOT_APPLICABLE, "not_between_stages")


def _finished_on(
    row: SchoolRow | None, here: bool, life: Life, night: int, earlier: tuple[int, ...], grade: int
) -> date | None:
    """The settle date of entries after the child finished a grade, or left the roll from it."""
    if row is None or row.grade != grade:
        return None
    if row.status in (Status.GRADUATED, Status.COMPLETED):
        day = to_date(row.since)
    elif not here and row.status in (*ENROLLED, Status.OTHER):
        seen = max(d for d in earlier if _pupil_rows(life, d))
        day = to_date(seen).replace(day=1)
    else:
        return None
    late = (day.month, day.day) >= (10, 31)
    return date(day.year + late, 10, 31)


def edu_09(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """No way on after grade 9."""
    today = to_date(night)
    if not minor(life, night):
        return Verdict(NOT_APPLICABLE, "grown_up")
    row, here = last_row(life, night, earlier)
    if row is not None and row.status in ENROLLED and here:
        return Verdict(*((SATISFIED, "upper_secondary") if row.grade > 9 else _NOT_FINISHED))
    finished = _finished_on(row, here, life, night, earlier, 9)
    if finished is None:
        # Who finished upper secondary school went on after grade 9.
        done = row is not None and row.grade > 9 and row.status in _DONE
        return Verdict(SATISFIED, "all_finished") if done else Verdict(*_NOT_FINISHED)
    if today < finished:
        return Verdict(EXCUSED, "before_settle")
    rows = cover_rows(life, night)
    if any(r.scheme == EMPLOYEE and r.state == Cover.ACTIVE and r.since <= night for r in rows):
        return Verdict(EXCUSED, "at_work")
    return Verdict(FIRES, "finished")


_NOT_FINISHED = (NOT_APPLICABLE, "not_finished")
_DONE = (Status.GRADUATED, Status.COMPLETED)


LONG_ABSENCE = 10
"""School days of absence in a month from which on it is asked about."""


def edu_08(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """On the roll, not at school."""
    if not _started(life, to_date(night)):
        return _OUTSIDE
    if not any(row.status in ENROLLED for row in _pupil_rows(life, night)):
        return Verdict(NOT_APPLICABLE, "not_on_roll")
    reports = [
        e
        for e in told(life, night)
        if e.kind == Kind.ABSENT and month_of(e.day) >= month_of(night) - 1
    ]
    if not reports:
        return Verdict(NOT_APPLICABLE, "not_reported")
    newest = max(reports, key=lambda e: e.day)
    if newest.b != SUSPECTED and newest.a < LONG_ABSENCE:
        return Verdict(SATISFIED, "attending")
    if any(e.b == EXCUSED_LEAVE for e in reports):
        return Verdict(EXCUSED, "leave_of_absence")
    return Verdict(FIRES, "suspected" if newest.b == SUSPECTED else "absent_long")
