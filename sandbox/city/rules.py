"""The six rules judged on one life, in plain Python, as the findings catalogue and its precise
readings say. Nothing here knows rolls as tables, links, or the gateway.

Each rule takes the life, the night and the earlier verified nights (day numbers, ascending) and
gives a verdict.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from sandbox.city.biography import (
    Life,
    SchoolRow,
    active,
    aid_type,
    cover_rows,
    minor,
    registered,
    registration,
    school_rows,
)
from sandbox.city.codes import (
    BENEFIT_CATEGORIES,
    DEATH_INSURER_DAYS,
    DEATH_KNOWN_DAYS,
    Cover,
    Kind,
    Status,
)
from sandbox.city.days import last_closed_month, month_of, number, to_date

FIRES, SATISFIED, EXCUSED, HELD, NOT_APPLICABLE = (
    "fires", "satisfied", "excused", "held", "not_applicable",
)  # fmt: skip
NEWBORN_DAYS, REREGISTRATION_DAYS = 90, 31
_ENROLLED = (Status.ENROLLED, Status.RETURNED)
_LEAD = (Status.WITHDRAWN, Status.SUSPENDED, Status.DRIFTED, Status.UNFINISHED, Status.EXPELLED)
_SIMPLE: Mapping[int, tuple[str, str]] = {
    Status.TRANSFERRED: (EXCUSED, "transfer"),
    Status.ABROAD: (EXCUSED, "abroad"),
    Status.DEAD: (EXCUSED, "death"),
    Status.MISSING: (NOT_APPLICABLE, "harm"),
    Status.OTHER: (HELD, "status_unknown"),
}


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


def _pupil_rows(life: Life, day: int) -> list[SchoolRow]:
    return [row for row in school_rows(life, day) if row.grade >= 1]


def edu_01(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Never enrolled."""
    year, today = entry_year(life.birth), to_date(night)
    if not date(year, 10, 31) <= today <= date(year + 9, 8, 31):
        return Verdict(NOT_APPLICABLE, "outside_window")
    if any(_pupil_rows(life, day) for day in (*earlier, night)):
        return Verdict(SATISFIED, "seen_enrolled")
    preschool = any(row.status in _ENROLLED for row in school_rows(life, night))
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
    return _gone(max(last, key=lambda row: row.since), nights[seen[-1] + 1 :])


def _by_status(rows: list[SchoolRow], night: int) -> Verdict:
    """A child with rows: any enrolled row, else the latest one."""
    if any(row.status in _ENROLLED for row in rows):
        return Verdict(SATISFIED, "enrolled")
    row = max(rows, key=lambda row: row.since)
    if row.status in _LEAD:
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
    if len(since) > 1 and not any(_in_summer(day) for day in since[:2]):
        return Verdict(FIRES, "vanished")
    return Verdict(EXCUSED, "first_absence")


def _in_summer(day: int) -> bool:
    when = to_date(day)
    return (6, 15) <= (when.month, when.day) <= (8, 31)


def med_01(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Uninsured."""
    today = to_date(night)
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
    return Verdict(FIRES, "unpaid" if rows else "unknown_to_insurer")


def med_02(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Coverage lapsed."""
    rows = cover_rows(life, night)
    broken = [row for row in rows if row.state > Cover.ACTIVE]
    if not broken:
        return Verdict(NOT_APPLICABLE, "no_lapse")
    if active(rows, night):
        return Verdict(SATISFIED, "covered_again")
    recent = night - REREGISTRATION_DAYS
    if all(row.state == Cover.PAUSED and row.since >= recent for row in broken):
        return Verdict(EXCUSED, "re_registration")
    return Verdict(FIRES, "lapsed")


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


RULES: Mapping[str, tuple[Callable[[Life, int], bool], Rule]] = {
    "EDU-01": (in_population, edu_01),
    "EDU-02": (in_population, edu_02),
    "MED-01": (in_population, med_01),
    "MED-02": (in_population, med_02),
    "WEL-01": (lambda life, day: aided(life, day) > 0, wel_01),
    "WEL-02": (registered, wel_02),
}
"""Each rule's universe and its judgement."""


def judge(life: Life, night: int, earlier: tuple[int, ...]) -> dict[str, Verdict]:
    """The verdicts of every rule whose universe the child is in."""
    shown = death_shown(life, night)
    return {
        name: _spared(rule(life, night, earlier)) if shown else rule(life, night, earlier)
        for name, (universe, rule) in RULES.items()
        if universe(life, night)
    }


def death_shown(life: Life, night: int) -> bool:
    """Whether a roll says that the child is dead: then nobody goes to the family before that is
    checked between bureaus (findings catalogue, IDN-02)."""
    at_school = any(row.status == Status.DEAD for row in school_rows(life, night))
    return at_school or any(
        event.kind == Kind.DEATH and event.day + DEATH_INSURER_DAYS <= night
        for event in life.events
    )


def _spared(verdict: Verdict) -> Verdict:
    return Verdict(EXCUSED, "death_reported") if verdict.outcome == FIRES else verdict
