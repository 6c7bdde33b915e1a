"""The rules, case by case: hand-made lives and the outcome each must have."""

from datetime import date

import pytest

from sandbox.city.biography import Life
from sandbox.city.codes import Kind, Status
from sandbox.city.days import FAR, number
from sandbox.city.events import Event
from sandbox.city.rules import judge

NIGHT = date(2026, 11, 16)
EARLIER = (date(2026, 9, 15), date(2026, 10, 15))
TEN = date(2016, 5, 4)  # in grade 5 of the school year 2026


def on(day: date, kind: Kind, a: int = 0, b: int = 0, row: int = 0) -> Event:
    return Event(number(day), int(kind), row, a, b)


ENTRY = on(date(2025, 1, 10), Kind.ENTRY, a=7)  # other hardship: no basic-living benefit
ORPHAN = on(date(2025, 1, 10), Kind.ENTRY, a=1)
JOIN = on(date(2022, 9, 1), Kind.JOIN, a=100, b=1)
GRADE = on(date(2026, 9, 1), Kind.GRADE, b=5)
AIDED = on(date(2024, 3, 1), Kind.AID_BEGIN, a=1, b=50000)
HARDSHIP = on(date(2024, 3, 1), Kind.AID_BEGIN, a=3, b=50000)


def status(code: Status, day: date = date(2026, 10, 1), until: date | None = None) -> Event:
    return on(day, Kind.STATUS, a=int(code), b=number(until) if until else 0)


def state(code: int, day: date, row: int = 0) -> Event:
    return on(day, Kind.STATE, a=code, b=number(day), row=row)


OPEN = on(date(2020, 1, 1), Kind.OPEN, a=390)
PAID = on(date(2025, 10, 1), Kind.PAID, a=2026)
ACTIVE = state(1, date(2026, 1, 1))
SECOND = (on(date(2026, 5, 1), Kind.OPEN, a=310, row=1), state(1, date(2026, 5, 1), row=1))


def paid(month: int, day: date) -> Event:
    return on(day, Kind.BENEFIT, a=2026 * 12 + month - 1, b=127000)


def off(day: date) -> Event:
    return on(day, Kind.OFF)


CASES = [
    # EDU-01
    ("EDU-01", TEN, [ENTRY], "fires", "never_enrolled"),
    ("EDU-01", TEN, [ENTRY, JOIN], "satisfied", "seen_enrolled"),
    ("EDU-01", TEN, [ENTRY, JOIN, off(date(2026, 9, 20))], "satisfied", "seen_enrolled"),
    ("EDU-01", TEN, [ENTRY, JOIN, off(date(2026, 9, 10))], "fires", "never_enrolled"),
    ("EDU-01", TEN, [ENTRY, JOIN, status(Status.WITHDRAWN)], "satisfied", "seen_enrolled"),
    ("EDU-01", date(2020, 8, 31), [ENTRY], "fires", "never_enrolled"),
    ("EDU-01", date(2020, 9, 1), [ENTRY], "not_applicable", "outside_window"),
    ("EDU-01", date(2011, 8, 31), [ENTRY], "not_applicable", "outside_window"),
    ("EDU-01", date(2011, 9, 1), [ENTRY], "fires", "never_enrolled"),
    ("EDU-01", date(2020, 3, 1), [ENTRY, on(date(2023, 9, 1), Kind.JOIN)], "excused", "preschool"),
    ("EDU-01", date(2019, 3, 1), [ENTRY, on(date(2023, 9, 1), Kind.JOIN)], "fires",
     "never_enrolled"),
    ("EDU-01", date(2020, 3, 1),
     [ENTRY, on(date(2023, 9, 1), Kind.JOIN), status(Status.GRADUATED)],
     "fires", "never_enrolled"),
    # EDU-02
    ("EDU-02", TEN, [ENTRY], "not_applicable", "never_seen"),
    ("EDU-02", TEN, [ENTRY, JOIN, GRADE], "satisfied", "enrolled"),
    ("EDU-02", date(2020, 9, 1), [ENTRY, JOIN], "not_applicable", "outside_window"),
    *(
        ("EDU-02", TEN, [ENTRY, JOIN, status(code)], "fires", "status_dropout")
        for code in (Status.WITHDRAWN, Status.SUSPENDED, Status.DRIFTED, Status.UNFINISHED,
                     Status.EXPELLED)
    ),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.LEAVE, until=NIGHT)], "excused", "leave"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.LEAVE, until=date(2026, 11, 15))],
     "not_applicable", "leave_overdue"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.LEAVE)], "excused", "leave"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.LEAVE, date(2025, 10, 1))],
     "not_applicable", "leave_overdue"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.RESERVED, until=NIGHT)], "excused", "leave"),
    ("EDU-02", TEN,
     [ENTRY, JOIN, status(Status.LEAVE, date(2026, 9, 20)), status(Status.RETURNED)],
     "satisfied", "enrolled"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.TRANSFERRED)], "excused", "transfer"),
    ("EDU-02", TEN,
     [ENTRY, JOIN, status(Status.TRANSFERRED), on(date(2026, 10, 9), Kind.JOIN, 101, 5, row=1)],
     "satisfied", "enrolled"),
    ("EDU-02", TEN,
     [ENTRY, JOIN, status(Status.TRANSFERRED, date(2026, 9, 16)),
      on(date(2026, 9, 20), Kind.JOIN, 101, 5, row=1),
      on(date(2026, 10, 20), Kind.STATUS, a=int(Status.WITHDRAWN), row=1)],
     "fires", "status_dropout"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.ABROAD)], "excused", "abroad"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.DEAD)], "excused", "death"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.MISSING)], "not_applicable", "harm"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.OTHER)], "held", "status_unknown"),
    ("EDU-02", TEN, [ENTRY, JOIN, GRADE, status(Status.GRADUATED)], "excused",
     "status_contradictory"),
    ("EDU-02", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 6), status(Status.GRADUATED)],
     "not_applicable", "between_stages"),
    ("EDU-02", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 9), status(Status.COMPLETED)],
     "satisfied", "finished"),
    ("EDU-02", TEN, [ENTRY, JOIN, off(date(2026, 9, 20))], "fires", "vanished"),
    ("EDU-02", TEN, [ENTRY, JOIN, off(date(2026, 10, 20))], "excused", "first_absence"),
    ("EDU-02", TEN, [ENTRY, JOIN, off(date(2026, 9, 10))], "not_applicable", "never_seen"),
    ("EDU-02", TEN, [ENTRY, JOIN, status(Status.WITHDRAWN, date(2026, 9, 12)), off(date(2026, 10, 20))],
     "fires", "status_dropout"),
    # EDU-03: 15 working days before 16 November is 26 October; the 23rd is a day too many.
    ("EDU-03", TEN, [ENTRY, JOIN, status(Status.TRANSFERRED, date(2026, 10, 26))], "excused", "in_transit"),
    ("EDU-03", TEN, [ENTRY, JOIN, status(Status.TRANSFERRED, date(2026, 10, 23))], "fires", "not_landed"),
    ("EDU-03", TEN, [ENTRY, JOIN, status(Status.TRANSFERRED, date(2026, 6, 20))], "fires", "not_landed"),
    ("EDU-03", TEN, [ENTRY, JOIN], "not_applicable", "no_transfer"),
    ("EDU-03", TEN,
     [ENTRY, JOIN, status(Status.TRANSFERRED), on(date(2026, 10, 9), Kind.JOIN, 101, 5, row=1)],
     "satisfied", "landed"),
    # EDU-04
    ("EDU-04", TEN, [ENTRY, JOIN, status(Status.LEAVE, until=date(2026, 9, 20))], "fires", "leave_over"),
    ("EDU-04", TEN, [ENTRY, JOIN, status(Status.LEAVE, until=date(2026, 9, 21))],
     "excused", "before_settle"),
    ("EDU-04", TEN, [ENTRY, JOIN, status(Status.LEAVE, until=NIGHT)], "satisfied", "leave_open"),
    ("EDU-04", TEN, [ENTRY, JOIN, status(Status.RETURNED)], "satisfied", "back"),
    ("EDU-04", TEN, [ENTRY, JOIN], "not_applicable", "no_leave"),
    # EDU-05 and EDU-09
    ("EDU-05", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 6),
                     status(Status.GRADUATED, date(2026, 6, 25))], "fires", "no_next_stage"),
    ("EDU-05", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 6), status(Status.GRADUATED)],
     "fires", "no_next_stage"),
    ("EDU-05", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 6),
                     status(Status.GRADUATED, date(2026, 10, 31))], "excused", "before_settle"),
    ("EDU-05", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 7)], "satisfied", "next_stage"),
    ("EDU-05", TEN, [ENTRY, JOIN], "not_applicable", "not_between_stages"),
    ("EDU-09", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 9),
                     status(Status.GRADUATED, date(2026, 6, 25))], "fires", "finished"),
    ("EDU-09", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 10)], "satisfied", "upper_secondary"),
    ("EDU-09", TEN, [ENTRY, JOIN], "not_applicable", "not_finished"),
    # IDN-02: the school's word counts the same day, the insurer's 45 days after the death.
    ("IDN-02", TEN, [ENTRY, JOIN, status(Status.DEAD)], "fires", "told_dead"),
    ("IDN-02", TEN, [ENTRY, on(date(2026, 10, 2), Kind.DEATH)], "fires", "told_dead"),
    ("IDN-02", TEN, [ENTRY, on(date(2026, 10, 3), Kind.DEATH)], "not_applicable", "not_reported"),
    ("EDU-02", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 6), off(date(2026, 9, 20))],
     "not_applicable", "terminal_grade"),
    ("EDU-02", TEN, [ENTRY, on(date(2022, 9, 1), Kind.JOIN, 100, 9), off(date(2026, 9, 20))],
     "not_applicable", "terminal_grade"),
    # MED-01 and MED-02
    ("MED-01", TEN, [ENTRY], "fires", "unknown_to_insurer"),
    ("MED-01", TEN, [ENTRY, OPEN], "fires", "unpaid"),
    ("MED-01", TEN, [ENTRY, OPEN, PAID], "excused", "paid_not_effective"),
    ("MED-01", TEN, [ENTRY, OPEN, on(date(2024, 10, 1), Kind.PAID, a=2025)], "fires", "unpaid"),
    ("MED-01", TEN, [ENTRY, OPEN, PAID, ACTIVE], "satisfied", "covered"),
    ("MED-01", TEN, [ENTRY, OPEN, on(date(2026, 1, 1), Kind.STATE, a=1, b=number(NIGHT) + 1)],
     "excused", "waiting"),
    ("MED-01", TEN, [ENTRY, on(date(2020, 1, 1), Kind.OPEN, a=392), ACTIVE], "fires",
     "unknown_to_insurer"),
    ("MED-01", date(2026, 8, 18), [on(date(2026, 9, 1), Kind.ENTRY, a=7)], "excused", "newborn"),
    ("MED-01", date(2026, 8, 17), [on(date(2026, 9, 1), Kind.ENTRY, a=7)], "fires",
     "unknown_to_insurer"),
    ("MED-01", TEN, [ENTRY, OPEN, ACTIVE, state(4, date(2026, 4, 1))], "not_applicable", "lapsed"),
    ("MED-02", TEN, [ENTRY, OPEN, PAID, ACTIVE], "not_applicable", "no_lapse"),
    *(
        ("MED-02", TEN, [ENTRY, OPEN, ACTIVE, state(code, date(2026, 4, 1))], "fires", "lapsed")
        for code in (2, 3, 4)
    ),
    ("MED-02", TEN, [ENTRY, OPEN, ACTIVE, state(2, date(2026, 10, 16))], "excused",
     "re_registration"),
    ("MED-02", TEN, [ENTRY, OPEN, ACTIVE, state(2, date(2026, 10, 15))], "fires", "lapsed"),
    ("MED-02", TEN, [ENTRY, OPEN, ACTIVE, state(3, date(2026, 10, 16))], "fires", "lapsed"),
    ("MED-02", TEN, [ENTRY, OPEN, ACTIVE, state(4, date(2026, 4, 1)), *SECOND], "satisfied",
     "covered_again"),
    # MED-04 and MED-05
    ("MED-04", TEN, [ENTRY, OPEN, ACTIVE, *SECOND], "fires", "insured_twice"),
    ("MED-04", TEN, [ENTRY, OPEN, ACTIVE], "satisfied", "insured_once"),
    ("MED-04", TEN, [ENTRY], "not_applicable", "not_insured"),
    ("MED-04", TEN,
     [ENTRY, OPEN, ACTIVE, on(date(2026, 10, 16), Kind.OPEN, a=310, row=1),
      state(1, date(2026, 10, 16), row=1)], "excused", "moving"),
    ("MED-05", date(2026, 9, 17), [on(date(2026, 9, 20), Kind.ENTRY, a=7)], "fires", "window_closes"),
    ("MED-05", date(2026, 9, 18), [on(date(2026, 9, 20), Kind.ENTRY, a=7)],
     "not_applicable", "outside_window"),
    ("MED-05", date(2026, 8, 18), [on(date(2026, 9, 20), Kind.ENTRY, a=7)], "fires", "window_closes"),
    ("MED-05", date(2026, 8, 17), [on(date(2026, 9, 20), Kind.ENTRY, a=7)],
     "not_applicable", "outside_window"),
    # WEL-05 and WEL-07
    ("WEL-05", date(2008, 10, 30), [ORPHAN], "fires", "limit_reached"),
    ("WEL-05", date(2008, 10, 31), [ORPHAN], "satisfied", "before_limit"),
    ("WEL-05", date(2008, 11, 1), [ORPHAN], "satisfied", "before_limit"),
    ("WEL-05", date(2008, 10, 31), [ENTRY], "not_applicable", "no_limit"),
    ("WEL-07", date(2008, 11, 17), [ORPHAN], "fires", "eighteen_soon"),
    ("WEL-07", date(2009, 2, 14), [ORPHAN], "fires", "eighteen_soon"),
    ("WEL-07", date(2009, 2, 15), [ORPHAN], "satisfied", "far"),
    ("WEL-07", date(2008, 11, 16), [ORPHAN], "not_applicable", "no_limit"),
    # WEL-02
    ("WEL-02", TEN, [ENTRY], "not_applicable", "no_right"),
    ("WEL-02", TEN, [ORPHAN], "fires", "never_paid"),
    ("WEL-02", TEN, [ORPHAN, paid(10, date(2026, 11, 5))], "satisfied", "paid"),
    ("WEL-02", TEN, [ORPHAN, paid(9, date(2026, 10, 5))], "fires", "stopped"),
    ("WEL-02", TEN, [on(date(2026, 9, 30), Kind.ENTRY, a=1)], "fires", "never_paid"),
    ("WEL-02", TEN, [on(date(2026, 10, 1), Kind.ENTRY, a=1)], "not_applicable", "too_early"),
]  # fmt: skip


def report(days_missed: int, reason: int, day: date = date(2026, 10, 5)) -> Event:
    return on(day, Kind.ABSENT, a=days_missed, b=reason)


CARD = on(date(2016, 5, 4), Kind.CARD, a=4, b=2)
MILD = on(date(2016, 5, 4), Kind.CARD, a=4, b=3)
IN_CARE = on(date(2025, 1, 10), Kind.ENTRY, a=2)
LATE_ORPHAN = on(date(2026, 3, 1), Kind.ENTRY, a=1)
HARD = on(date(2025, 1, 10), Kind.ENTRY, a=3)


def ledger(month: int, amount: int, row: int = -1, day: date = date(2026, 11, 5)) -> Event:
    """A payment of a month of 2026: of basic living, or (`row`) of another kind."""
    kind = Kind.BENEFIT if row < 0 else Kind.PAYMENT
    return on(day, kind, a=2026 * 12 + month - 1, b=amount * 100, row=max(row, 0))


def seen(day: date, kind: int) -> Event:
    return on(day, Kind.VISIT, a=kind)


def helped(yuan: int) -> Event:
    return on(date(2025, 10, 1), Kind.HELPED, a=2026, b=yuan * 100)


MORE_CASES = [
    ("EDU-08", [ENTRY, JOIN, report(16, 0)], "fires", "suspected"),
    ("EDU-08", [ENTRY, JOIN, report(10, 2)], "fires", "absent_long"),
    ("EDU-08", [ENTRY, JOIN, report(9, 2)], "satisfied", "attending"),
    ("EDU-08", [ENTRY, JOIN, report(16, 1)], "excused", "leave_of_absence"),
    ("EDU-08", [ENTRY, JOIN, report(16, 0, date(2026, 9, 30))], "not_applicable", "not_reported"),
    ("EDU-08", [ENTRY, report(16, 0)], "not_applicable", "not_on_roll"),
    ("MED-06", [ENTRY, OPEN], "fires", "not_paid_for_next"),
    ("MED-06", [ENTRY, OPEN, on(date(2026, 11, 2), Kind.PAID, a=2027)], "satisfied", "paid_for_next"),
    ("WEL-06", [on(date(2016, 5, 4), Kind.CARD, a=4, b=2)], "fires", "severe"),
    ("WEL-06", [on(date(2016, 5, 4), Kind.CARD, a=5, b=4)], "fires", "severe"),
    ("WEL-06", [on(date(2016, 5, 4), Kind.CARD, a=4, b=3)], "not_applicable", "no_severe_disability"),
    ("WEL-06", [ENTRY, on(date(2016, 5, 4), Kind.CARD, a=4, b=2)], "satisfied", "registered"),
    ("EDU-07", [ENTRY, JOIN, on(TEN, Kind.FLAG, a=1)], "fires", "orphan"),
    ("EDU-07", [ORPHAN, JOIN, on(TEN, Kind.FLAG, a=1)], "satisfied", "known"),
    ("EDU-07", [ENTRY, JOIN, on(TEN, Kind.FLAG, b=1)], "fires", "left_behind"),
    ("EDU-07", [ENTRY, JOIN, on(TEN, Kind.FLAG, a=2)], "satisfied", "known"),
    ("EDU-07", [ENTRY, JOIN], "not_applicable", "no_mark"),
    ("EDU-07", [ENTRY, on(TEN, Kind.FLAG, a=1)], "not_applicable", "not_on_roll"),
    ("MED-03", [LATE_ORPHAN, OPEN], "not_applicable", "nothing_paid"),
    ("MED-03", [ENTRY, OPEN, PAID, helped(200)], "satisfied", "share_kept"),
    ("MED-03", [ENTRY, OPEN, PAID, helped(199)], "fires", "paid_above_share"),
    ("MED-03", [LATE_ORPHAN, OPEN, PAID, helped(200)], "excused", "recognised_later"),
    ("MED-03", [LATE_ORPHAN, OPEN, PAID, helped(199)], "fires", "paid_above_share"),
    ("MED-03", [on(date(2024, 1, 10), Kind.ENTRY, a=1), OPEN, PAID, helped(200)], "fires",
     "paid_above_share"),
    ("MED-03", [on(date(2024, 1, 10), Kind.ENTRY, a=1), OPEN, PAID, ledger(3, 400, row=5)],
     "excused", "help_on_file"),
    ("MED-08", [ENTRY, OPEN, ACTIVE], "satisfied", "effective"),
    ("MED-08", [ENTRY, OPEN], "not_applicable", "not_covered"),
    ("MED-08", [ENTRY, OPEN, on(NIGHT, Kind.STATE, a=1, b=number(NIGHT) + 1)], "excused",
     "exempt_group"),
    ("REG-01", [ENTRY, seen(date(2026, 10, 1), 1)], "satisfied", "reviewed"),
    ("REG-01", [ENTRY, seen(date(2026, 9, 30), 1)], "not_applicable", "not_yet_due"),
    ("REG-01", [ENTRY, seen(date(2026, 6, 30), 1)], "fires", "review_overdue"),
    ("REG-01", [ENTRY, seen(date(2026, 10, 1), 0)], "fires", "review_overdue"),
    ("REG-05", [ENTRY, MILD, seen(date(2026, 8, 18), 0)], "satisfied", "visited"),
    ("REG-05", [ENTRY, MILD, seen(date(2026, 8, 17), 0)], "fires", "no_visit"),
    ("REG-05", [ENTRY, JOIN, status(Status.DRIFTED)], "fires", "no_visit"),
    ("REG-05", [on(date(2025, 1, 10), Kind.ENTRY, a=4)], "fires", "no_visit"),
    ("REG-05", [ENTRY, JOIN], "not_applicable", "not_priority"),
    ("WEL-03", [ENTRY], "not_applicable", "no_payment"),
    ("WEL-03", [HARD, ledger(10, 1350)], "fires", "recognised_twice"),
    ("WEL-03", [ORPHAN, ledger(10, 1351)], "fires", "above_highest"),
    ("WEL-04", [ENTRY], "not_applicable", "no_right"),
    ("WEL-04", [ORPHAN], "not_applicable", "nothing_paid"),
    ("WEL-04", [ORPHAN, ledger(10, 1350)], "satisfied", "standard_paid"),
    ("WEL-04", [ORPHAN, ledger(10, 1349)], "fires", "below_standard"),
    ("WEL-04", [ORPHAN, ledger(7, 1270), ledger(10, 1350)], "fires", "below_standard"),
    ("WEL-04", [ORPHAN, ledger(7, 1270), ledger(7, 80, row=0)], "satisfied", "standard_paid"),
    ("WEL-08", [ENTRY], "not_applicable", "no_right"),
    ("WEL-08", [ENTRY, CARD, ledger(10, 80, row=4)], "fires", "allowance_missing"),
    ("WEL-08", [ENTRY, CARD, ledger(10, 80, row=4), ledger(10, 80, row=3)], "satisfied",
     "allowance_paid"),
    ("WEL-08", [ENTRY, MILD], "fires", "allowance_missing"),
    ("WEL-08", [ENTRY, MILD, ledger(10, 80, row=3)], "satisfied", "allowance_paid"),
    ("WEL-10", [ORPHAN], "not_applicable", "not_in_care"),
    ("WEL-10", [IN_CARE, ledger(10, 1800)], "satisfied", "standard_paid"),
    ("WEL-10", [IN_CARE, ledger(10, 1799)], "fires", "below_institutional"),
    ("WEL-10", [on(date(2026, 10, 1), Kind.ENTRY, a=2)], "not_applicable", "not_yet_due"),
]  # fmt: skip


LAST_DAYS = [
    ("REG-01", date(2026, 12, 15), [seen(date(2026, 9, 30), 1)], "not_applicable", "not_yet_due"),
    ("REG-01", date(2026, 12, 16), [seen(date(2026, 9, 30), 1)], "fires", "review_due"),
    ("REG-01", date(2026, 12, 31), [seen(date(2026, 9, 30), 1)], "fires", "review_due"),
    ("REG-01", date(2027, 1, 1), [seen(date(2026, 9, 30), 1)], "fires", "review_overdue"),
    ("WEL-04", date(2026, 9, 30), [ledger(8, 1270, day=date(2026, 9, 5))], "excused", "recent_rise"),
    ("WEL-04", date(2026, 10, 1), [ledger(8, 1270, day=date(2026, 9, 5))], "fires", "below_standard"),
    ("WEL-04", date(2026, 9, 30), [ledger(8, 1269, day=date(2026, 9, 5))], "fires", "below_standard"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "night", "events", "outcome", "detail"), LAST_DAYS)
def test_the_day_on_which_a_term_ends(
    rule: str, night: date, events: list[Event], outcome: str, detail: str
) -> None:
    found = judge(Life(TEN, (ORPHAN, *events)), number(night), (), more=True)
    assert tuple(found[rule]) == (outcome, detail)


@pytest.mark.parametrize(("birth", "numbered", "expected"), [
    (date(2026, 9, 17), FAR, ("excused", "newborn")),
    (date(2026, 9, 16), FAR, ("fires", "no_number")),
    (date(2026, 9, 16), number(NIGHT), ("satisfied", "number")),
    (date(2026, 9, 16), number(NIGHT) + 1, ("fires", "no_number")),
])  # fmt: skip
def test_a_child_whom_no_register_holds(
    birth: date, numbered: int, expected: tuple[str, str]
) -> None:
    entry = on(date(2026, 9, 20), Kind.ENTRY, a=7)
    life = Life(birth, (entry,), numbered=numbered)
    assert tuple(judge(life, number(NIGHT), (), more=True)["REG-02"]) == expected


@pytest.mark.parametrize(("rule", "events", "outcome", "detail"), MORE_CASES)
def test_rules_that_need_other_rolls(
    rule: str, events: list[Event], outcome: str, detail: str
) -> None:
    life = Life(TEN, tuple(sorted(events, key=lambda e: e.day)), (AIDED,))
    found = judge(life, number(NIGHT), tuple(map(number, EARLIER)), more=True)
    assert tuple(found[rule]) == (outcome, detail)


def test_nothing_is_told_that_came_after_the_newest_rolls() -> None:
    life = Life(TEN, (ENTRY, JOIN, status(Status.WITHDRAWN)), shown=number(date(2026, 9, 30)))
    assert judge(life, number(NIGHT), ())["EDU-02"].outcome == "satisfied"


@pytest.mark.parametrize(("rule", "birth", "events", "outcome", "detail"), CASES)
def test_registered_child(
    rule: str, birth: date, events: list[Event], outcome: str, detail: str
) -> None:
    assert _judged(rule, Life(birth, tuple(events))) == (outcome, detail)


AID_CASES = [
    ("WEL-01", [], [AIDED], ("fires", "type_01")),
    ("WEL-01", [], [HARDSHIP], ("fires", "type_03")),
    ("WEL-01", [ENTRY], [AIDED], ("satisfied", "registered")),
    ("WEL-01", [ENTRY, on(date(2026, 6, 1), Kind.EXIT, a=1)], [AIDED], ("fires", "type_01")),
    ("WEL-01", [], [AIDED, on(date(2026, 6, 1), Kind.AID_STOP)], None),
    ("WEL-01", [], [], None),
    ("WEL-01", [on(date(2026, 10, 17), Kind.DEATH)], [AIDED], None),
    ("WEL-01", [on(date(2026, 10, 18), Kind.DEATH)], [AIDED], ("fires", "type_01")),
    ("WEL-02", [ORPHAN], [HARDSHIP], ("excused", "higher_benefit")),
    ("WEL-02", [ORPHAN], [AIDED], ("fires", "never_paid")),
    ("WEL-02", [ORPHAN], [HARDSHIP, on(date(2026, 6, 1), Kind.AID_STOP)], ("fires", "never_paid")),
    ("WEL-02", [ORPHAN, on(date(2026, 11, 16), Kind.EXIT)], [], None),
    ("EDU-01", [], [AIDED], ("fires", "never_enrolled")),
    ("EDU-01", [], [AIDED, on(date(2026, 11, 16), Kind.AID_STOP)], None),
    ("MED-01", [ENTRY, on(date(2026, 11, 15), Kind.EXIT)], [], None),
]


@pytest.mark.parametrize(("rule", "events", "aid", "expected"), AID_CASES)
def test_child_of_a_helped_household(
    rule: str, events: list[Event], aid: list[Event], expected: tuple[str, str] | None
) -> None:
    assert _judged(rule, Life(TEN, tuple(events), tuple(aid))) == expected


@pytest.mark.parametrize(("birth", "expected"), [
    (date(2008, 11, 17), ("fires", "type_01")), (date(2008, 11, 16), None),
])  # fmt: skip
def test_grown_up_members_are_in_no_universe(birth: date, expected: tuple[str, str] | None) -> None:
    assert _judged("WEL-01", Life(birth, (), (AIDED,))) == expected


def test_uninsured_sleeps_in_january() -> None:
    life = Life(TEN, (ENTRY,))
    assert judge(life, number(date(2026, 1, 31)), ())["MED-01"].detail == "asleep"
    assert judge(life, number(date(2026, 2, 1)), ())["MED-01"].outcome == "fires"


def test_summer_nights_do_not_make_a_dropout() -> None:
    life = Life(TEN, (ENTRY, JOIN, off(date(2026, 6, 20))))
    earlier = tuple(map(number, (date(2026, 6, 14), date(2026, 7, 15))))
    assert judge(life, number(date(2026, 9, 15)), earlier)["EDU-02"].detail == "first_absence"


def _judged(rule: str, life: Life) -> tuple[str, str] | None:
    found = judge(life, number(NIGHT), tuple(map(number, EARLIER)))
    return tuple(found[rule]) if rule in found else None  # type: ignore[return-value]
