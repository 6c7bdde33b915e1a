"""The rules on a township's files, judged on one life: what is blank, who cares while parents are away, who
came back from the street."""

from datetime import date

from sandbox.city.biography import Life, active, cover_rows, minor, told
from sandbox.city.codes import (
    LACKS_ADDRESS,
    LACKS_ENTRY_DAY,
    LACKS_ENTRY_REASON,
    LACKS_EXIT_DAY,
    LACKS_EXIT_REASON,
    LACKS_GUARDIAN,
    LACKS_GUARDIANSHIP,
    LACKS_HEALTH,
    LACKS_NEEDS,
    LACKS_SCHOOLING,
    Kind,
)
from sandbox.city.days import to_date
from sandbox.city.rules_school import ENROLLED, last_row
from sandbox.city.verdict import FIRES, NOT_APPLICABLE, SATISFIED, Verdict, entry_year

SETTLED_DAYS = 30
_FIELDS = (
    (LACKS_ADDRESS, "no_address"), (LACKS_GUARDIAN, "no_guardian"),
    (LACKS_GUARDIANSHIP, "no_guardianship"), (LACKS_HEALTH, "no_health"),
    (LACKS_SCHOOLING, "no_schooling"), (LACKS_NEEDS, "no_needs"),
)  # fmt: skip
_DATES = (
    (LACKS_ENTRY_DAY, "entry_without_date"), (LACKS_ENTRY_REASON, "entry_without_reason"),
    (LACKS_EXIT_DAY, "exit_without_date"), (LACKS_EXIT_REASON, "exit_without_reason"),
)  # fmt: skip
_GROWN_UP = Verdict(NOT_APPLICABLE, "grown_up")


def lacks(life: Life, night: int) -> int:
    """What the child's file lacks, bits of LACKS_*."""
    return max((e.a for e in told(life, night) if e.kind == Kind.FILED), default=0)


def reg_03(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Ledger incomplete."""
    return _first(_FIELDS, lacks(life, night), "complete")


def reg_04(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Entry or exit without date or reason."""
    return _first(_DATES, lacks(life, night), "dated")


def _first(blanks: tuple[tuple[int, str], ...], found: int, else_: str) -> Verdict:
    for bit, word in blanks:
        if found & bit:
            return Verdict(FIRES, word)
    return Verdict(SATISFIED, else_)


def reg_06(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Left-behind child without entrusted-care agreement."""
    if not minor(life, night):
        return _GROWN_UP
    events = list(told(life, night))
    away = [e.a for e in events if e.kind == Kind.AWAY]
    if not away or not away[-1]:
        return Verdict(NOT_APPLICABLE, "parent_at_home")
    if any(e.kind == Kind.ENTRUSTED for e in events):
        return Verdict(SATISFIED, "agreed")
    return Verdict(FIRES, "no_agreement")


def reg_07(life: Life, night: int, earlier: tuple[int, ...]) -> Verdict:
    """Returned street child not settled: in no school, or not insured, so many days after the return."""
    if not minor(life, night):
        return _GROWN_UP
    back = [e.day for e in told(life, night) if e.kind == Kind.RETURNED]
    if not back:
        return Verdict(NOT_APPLICABLE, "not_returned")
    if night - back[-1] < SETTLED_DAYS:
        return Verdict(NOT_APPLICABLE, "recent")
    today, year = to_date(night), entry_year(life.birth)
    of_age = date(year, 9, 1) <= today <= date(year + 9, 8, 31)
    row, here = last_row(life, night, earlier)
    at_school = here and row is not None and row.status in ENROLLED
    if of_age and not at_school:
        return Verdict(FIRES, "no_school")
    if not active(cover_rows(life, night), night):
        return Verdict(FIRES, "no_coverage")
    return Verdict(SATISFIED, "settled")
