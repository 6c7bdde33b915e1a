"""The calendar's edge days, one row a case."""

from datetime import date as d

import pytest

from gateway.model.errors import SpecError
from gateway.policy import Calendar, DayOff, build_calendar
from gateway.policy.calendar import MonthDay, years_before

USUAL = Calendar()
GOLDEN_WEEK = build_calendar(
    {},
    [DayOff(d(2026, 10, day), False) for day in (1, 2, 5, 6, 7, 8)]
    + [DayOff(d(2026, 10, 10), True)],
)


@pytest.mark.parametrize(
    ("born", "year"),
    [
        (d(2020, 8, 31), 2026),
        (d(2020, 9, 1), 2027),
        (d(2020, 1, 1), 2026),
        (d(2019, 12, 31), 2026),
        (d(2020, 2, 29), 2026),
        (d(2016, 2, 29), 2022),
    ],
)
def test_entry_year(born: d, year: int) -> None:
    assert USUAL.entry_year(born) == year


def test_entry_year_where_seven_is_declared() -> None:
    assert build_calendar({"entry_age": 7}).entry_year(d(2020, 8, 31)) == 2027


@pytest.mark.parametrize(
    ("as_of", "settled", "started", "oldest"),
    [
        (d(2026, 8, 31), 2025, 2025, 2017),
        (d(2026, 9, 1), 2025, 2026, 2018),
        (d(2026, 10, 30), 2025, 2026, 2018),
        (d(2026, 10, 31), 2026, 2026, 2018),
        (d(2026, 12, 31), 2026, 2026, 2018),
        (d(2027, 1, 1), 2026, 2026, 2018),
        (d(2028, 2, 29), 2027, 2027, 2019),
    ],
)
def test_which_entry_years_count(as_of: d, settled: int, started: int, oldest: int) -> None:
    found = USUAL.parameters(as_of)
    assert (found["entry_year_settled"], found["entry_year_started"], found["entry_year_oldest"]) == (
        settled, started, oldest,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "start"),
    [
        (d(2026, 8, 31), d(2025, 9, 1)),
        (d(2026, 9, 1), d(2026, 9, 1)),
        (d(2027, 1, 1), d(2026, 9, 1)),
        (d(2028, 2, 29), d(2027, 9, 1)),
    ],
)
def test_school_year(as_of: d, start: d) -> None:
    assert USUAL.school_year_start(as_of) == start


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (d(2026, 6, 14), False),
        (d(2026, 6, 15), True),
        (d(2026, 8, 31), True),
        (d(2026, 9, 1), False),
    ],
)
def test_summer(day: d, inside: bool) -> None:
    assert USUAL.in_summer(day) is inside


@pytest.mark.parametrize(
    ("as_of", "grown", "minor"),
    [
        (d(2026, 11, 16), d(2008, 11, 16), d(2008, 11, 17)),
        (d(2026, 2, 28), d(2008, 2, 28), d(2008, 2, 29)),
        (d(2026, 3, 1), d(2008, 2, 29), d(2008, 3, 2)),
        (d(2028, 2, 29), d(2010, 2, 28), d(2010, 3, 1)),
        (d(2026, 1, 1), d(2008, 1, 1), d(2008, 1, 2)),
    ],
)
def test_eighteen(as_of: d, grown: d, minor: d) -> None:
    born_by = USUAL.parameters(as_of)["adult_born_by"]
    assert isinstance(born_by, d)
    assert grown <= born_by < minor


@pytest.mark.parametrize(
    ("settings", "year", "closes", "settles"),
    [
        ({}, 2026, d(2025, 12, 31), d(2026, 1, 31)),
        ({}, 2028, d(2027, 12, 31), d(2028, 1, 31)),
        ({"insurance_window": ("09-01", "02-28")}, 2026, d(2026, 2, 28), d(2026, 3, 31)),
        ({"insurance_window": ("09-01", "02-29")}, 2028, d(2028, 2, 29), d(2028, 3, 31)),
        ({"window_extensions": {2026: d(2026, 3, 31)}}, 2026, d(2026, 3, 31), d(2026, 5, 1)),
        ({"window_extensions": {2026: d(2026, 3, 31)}}, 2027, d(2026, 12, 31), d(2027, 1, 31)),
        ({"coverage_settle_days": 0}, 2026, d(2025, 12, 31), d(2025, 12, 31)),
    ],
)
def test_insurance_year(settings: dict[str, object], year: int, closes: d, settles: d) -> None:
    calendar = build_calendar(settings)
    assert (calendar.insurance_closes(year), calendar.coverage_settle(year)) == (closes, settles)


@pytest.mark.parametrize(
    ("calendar", "as_of", "month"),
    [
        (USUAL, d(2026, 11, 16), d(2026, 10, 1)),
        (USUAL, d(2026, 11, 11), d(2026, 10, 1)),
        (USUAL, d(2026, 11, 10), d(2026, 9, 1)),
        (USUAL, d(2026, 1, 31), d(2025, 12, 1)),
        (USUAL, d(2026, 1, 10), d(2025, 11, 1)),
        (USUAL, d(2026, 10, 12), d(2026, 8, 1)),  # the 10th is a Saturday: paid on Monday
        (USUAL, d(2026, 10, 13), d(2026, 9, 1)),
        (GOLDEN_WEEK, d(2026, 10, 10), d(2026, 8, 1)),  # that Saturday is worked
        (GOLDEN_WEEK, d(2026, 10, 11), d(2026, 9, 1)),
        (build_calendar({"payment_day": 28}), d(2026, 2, 28), d(2025, 12, 1)),
    ],
)
def test_last_closed_month(calendar: Calendar, as_of: d, month: d) -> None:
    assert calendar.last_closed_month(as_of) == month


@pytest.mark.parametrize(
    ("calendar", "day", "count", "then"),
    [
        (USUAL, d(2026, 11, 13), 1, d(2026, 11, 16)),
        (USUAL, d(2026, 11, 14), 1, d(2026, 11, 16)),
        (USUAL, d(2026, 11, 16), 0, d(2026, 11, 16)),
        (USUAL, d(2026, 11, 16), 10, d(2026, 11, 30)),
        (GOLDEN_WEEK, d(2026, 9, 30), 1, d(2026, 10, 9)),
        (GOLDEN_WEEK, d(2026, 9, 30), 2, d(2026, 10, 10)),
        (GOLDEN_WEEK, d(2026, 9, 30), 3, d(2026, 10, 12)),
    ],
)
def test_adding_working_days(calendar: Calendar, day: d, count: int, then: d) -> None:
    assert calendar.add_working_days(day, count) == then


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        (d(2026, 11, 13), d(2026, 11, 15), 0),
        (d(2026, 11, 13), d(2026, 11, 16), 1),
        (d(2026, 11, 16), d(2026, 11, 13), 0),
        (d(2026, 9, 30), d(2026, 10, 10), 2),
    ],
)
def test_counting_working_days(after: d, until: d, count: int) -> None:
    assert GOLDEN_WEEK.working_days(after, until) == count


@pytest.mark.parametrize(
    ("day", "before"), [(d(2028, 2, 29), d(2027, 2, 28)), (d(2025, 2, 28), d(2024, 2, 28))]
)
def test_a_year_before(day: d, before: d) -> None:
    assert years_before(day, 1) == before


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"settle_entry": "31-10"}, "not a day of the year"),
        ({"settle_entry": "10"}, "not a day of the year"),
        ({"stages": "8-4"}, "not known"),
        ({"bank_holiday": 1}, "has no"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        build_calendar(settings)


def test_a_day_that_is_not_named_is_refused() -> None:
    with pytest.raises(SpecError, match="no day called"):
        USUAL.named("easter", d(2026, 1, 1))


@pytest.mark.parametrize(("stages", "primary"), [("6-3", 6), ("5-4", 5), ("9", 9)])
def test_the_last_grade_of_primary_school(stages: str, primary: int) -> None:
    assert (
        build_calendar({"stages": stages}).parameters(d(2026, 1, 1))["terminal_primary"] == primary
    )


def test_every_field_can_be_set_from_a_site() -> None:
    made = build_calendar(
        {
            "stages": "5-4",
            "summer": ("07-01", "08-25"),
            "settle_entry": "09-30",
            "settle_other": "09-25",
            "settle_spring": "03-15",
            "insurance_window": ("10-01", "12-20"),
            "coverage_settle_days": 20,
            "newborn_days": 180,
            "payment_day": 15,
        }
    )
    assert made.summer == (MonthDay(7, 1), MonthDay(8, 25))
    assert (made.settle_entry, made.settle_other, made.settle_spring) == (
        MonthDay(9, 30), MonthDay(9, 25), MonthDay(3, 15),
    )  # fmt: skip
    assert (made.newborn_days, made.payment_day, made.coverage_settle_days) == (180, 15, 20)
    assert made.named("settle_entry", d(2026, 1, 1)) == d(2026, 9, 30)
