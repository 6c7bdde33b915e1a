"""The rules on student aid, the insurer's marks and rehabilitation: hand-made lives and their outcomes."""

from datetime import date

import pytest
from test_oracle_cases import AIDED, ENTRY, GRADE, JOIN, ORPHAN, TEN, on

from sandbox.city.biography import Life
from sandbox.city.codes import Kind
from sandbox.city.days import number
from sandbox.city.events import Event
from sandbox.city.rules import judge

NIGHT = date(2026, 11, 16)
FOURTH = on(date(2025, 9, 1), Kind.GRADE, b=4)
BOARDS = on(TEN, Kind.BOARDS, a=1)
CARD = on(date(2025, 1, 1), Kind.CARD, a=4, b=2)


def aid(month: int, fen: int, year: int = 2026) -> Event:
    return on(date(year, month, 20), Kind.STUDENT_AID, a=year * 12 + month - 1, b=fen)


def mark(since: date, until: date | None = None) -> Event:
    return on(since, Kind.MARKED, a=number(since), b=number(until) if until else 0)


SEVENTH = (on(date(2025, 9, 1), Kind.GRADE, b=6), on(date(2026, 9, 1), Kind.GRADE, b=7))
EIGHTH = (on(date(2025, 9, 1), Kind.GRADE, b=7), on(date(2026, 9, 1), Kind.GRADE, b=8))
FIRST = on(date(2026, 9, 1), Kind.JOIN, a=100, b=1)
KINDERGARTEN = on(date(2024, 9, 1), Kind.JOIN, a=100, b=0)
BACK = on(date(2026, 9, 1), Kind.JOIN, a=100, b=5)
CASES = [
    ("EDU-06", TEN, [ENTRY, JOIN], "not_applicable", "no_right"),
    ("EDU-06", TEN, [ORPHAN], "not_applicable", "not_in_school"),
    ("EDU-06", TEN, [ORPHAN, JOIN, FOURTH, GRADE], "fires", "nothing"),
    ("EDU-06", TEN, [ORPHAN, FIRST], "not_applicable", "not_in_school"),
    ("EDU-06", TEN, [ORPHAN, KINDERGARTEN, FIRST], "not_applicable", "not_in_school"),
    ("EDU-06", TEN, [ORPHAN, JOIN, FOURTH, GRADE, aid(5, 100)], "satisfied", "paid"),
    ("EDU-06", TEN, [ORPHAN, JOIN, FOURTH, GRADE, aid(11, 100, 2025)], "fires", "nothing"),
    ("EDU-06", TEN, [ORPHAN, BOARDS, JOIN, *SEVENTH, aid(5, 50000)], "satisfied", "paid"),
    ("EDU-06", TEN, [ORPHAN, BOARDS, JOIN, *EIGHTH, aid(5, 50000)], "fires", "too_little"),
    ("EDU-06", TEN, [ORPHAN, BOARDS, JOIN, *EIGHTH, aid(5, 62500)], "satisfied", "paid"),
    ("EDU-06", TEN, [ORPHAN, JOIN, FOURTH, on(date(2026, 6, 1), Kind.OFF), BACK], "fires", "nothing"),
    ("EDU-06", TEN, [ORPHAN, JOIN, FOURTH, on(date(2026, 1, 10), Kind.OFF), BACK],
     "not_applicable", "not_in_school"),
    ("EDU-06", TEN, [on(date(2026, 6, 30), Kind.ENTRY, a=1), JOIN], "fires", "nothing"),
    ("EDU-06", TEN, [on(date(2026, 7, 1), Kind.ENTRY, a=1), JOIN], "not_applicable", "no_right"),
    ("MED-07", TEN, [ENTRY], "not_applicable", "no_right"),
    ("MED-07", TEN, [on(date(2026, 10, 17), Kind.ENTRY, a=3)], "fires", "not_marked"),
    ("MED-07", TEN, [on(date(2026, 10, 18), Kind.ENTRY, a=5)], "not_applicable", "recent"),
    ("MED-07", TEN, [ENTRY, CARD, mark(date(2026, 1, 1))], "satisfied", "marked"),
    ("MED-07", TEN, [ENTRY, CARD, mark(date(2025, 1, 1), NIGHT)], "satisfied", "marked"),
    ("MED-07", TEN, [ENTRY, CARD, mark(date(2025, 1, 1), date(2026, 11, 15))], "fires", "run_out"),
    ("WEL-09", TEN, [ENTRY, CARD], "not_applicable", "too_old"),
    ("WEL-09", date(2019, 11, 16), [ENTRY, CARD], "not_applicable", "too_old"),
    ("WEL-09", date(2019, 11, 17), [ENTRY, CARD], "fires", "no_record"),
    ("WEL-09", date(2020, 1, 1), [ENTRY], "not_applicable", "no_disability"),
    ("WEL-09", date(2020, 1, 1), [ENTRY, CARD, on(NIGHT, Kind.REHABILITATED)],
     "satisfied", "rehabilitated"),
    ("WEL-04", TEN, [on(date(2025, 1, 10), Kind.ENTRY, a=2)], "not_applicable", "institutional"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "birth", "events", "outcome", "detail"), CASES)
def test_what_a_child_is_given(
    rule: str, birth: date, events: list[Event], outcome: str, detail: str
) -> None:
    life = Life(birth, tuple(sorted(events, key=lambda e: (e.day, e.kind))))
    assert tuple(judge(life, number(NIGHT), (), more=True)[rule]) == (outcome, detail)


@pytest.mark.parametrize(("born", "outcome"), [
    (date(2026, 10, 18), "not_applicable"), (date(2026, 10, 17), "fires"),
])  # fmt: skip
def test_who_is_born_into_a_helped_household_is_asked_about_after_thirty_days(
    born: date, outcome: str
) -> None:
    life = Life(born, (), (AIDED,))
    assert judge(life, number(NIGHT), (), more=True)["MED-07"].outcome == outcome
