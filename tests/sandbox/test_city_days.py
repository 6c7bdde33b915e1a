"""Day numbers: the calendar in columns, case by case."""

from datetime import date

import numpy as np
import pytest

from sandbox.city import days, numbers, text


def _column(*values: date) -> np.ndarray:
    return np.array([days.number(value) for value in values])


@pytest.mark.parametrize(("birth", "year"), [
    (date(2020, 8, 31), 2026), (date(2020, 9, 1), 2027), (date(2020, 1, 1), 2026),
    (date(2019, 12, 31), 2026),
])  # fmt: skip
def test_entry_year(birth: date, year: int) -> None:
    assert days.entry_years(_column(birth)).tolist() == [year]


@pytest.mark.parametrize(("day", "year"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026)])
def test_school_year(day: date, year: int) -> None:
    assert days.school_year(days.number(day)) == year
    assert days.school_years(_column(day)).tolist() == [year]


@pytest.mark.parametrize(("day", "month"), [
    (date(2026, 11, 16), (2026, 10)), (date(2026, 11, 11), (2026, 10)),
    (date(2026, 11, 10), (2026, 9)), (date(2026, 1, 9), (2025, 11)),
    # The 10th is a Saturday.
    (date(2026, 10, 12), (2026, 8)), (date(2026, 10, 13), (2026, 9)),
])  # fmt: skip
def test_last_closed_month(day: date, month: tuple[int, int]) -> None:
    assert days.last_closed_month(days.number(day)) == month[0] * 12 + month[1] - 1


@pytest.mark.parametrize(("day", "years", "later"), [
    (date(2008, 2, 29), 18, date(2026, 2, 28)), (date(2008, 2, 29), 4, date(2012, 2, 29)),
    (date(2008, 11, 17), 18, date(2026, 11, 17)), (date(2012, 3, 31), -1, date(2011, 3, 31)),
])  # fmt: skip
def test_birthdays(day: date, years: int, later: date) -> None:
    assert days.to_date(int(days.add_years(_column(day), years)[0])) == later


def test_split_agrees_with_the_calendar() -> None:
    column = np.arange(-14000, 25000)
    told = list(zip(*(part.tolist() for part in days.split(column)), strict=True))
    real = [days.to_date(value) for value in column.tolist()]
    assert told == [(day.year, day.month, day.day) for day in real]


@pytest.mark.parametrize(("shape", "shown"), [
    (text.SHAPES[0], "20120903"), (text.SHAPES[1], "2012-09-03"), (text.SHAPES[2], "2012.9.3"),
    (text.SHAPES[3], "2012/9/3"), (text.SHAPES[4], "2012年9月3日"),
])  # fmt: skip
def test_date_shapes(shape: str, shown: str) -> None:
    column = np.append(_column(date(2012, 9, 3)), days.FAR)
    assert text.dates(column, shape).to_pylist() == [shown, ""]


def _crowd(count: int) -> np.ndarray:
    born = np.full(count, days.day(2015, 5, 4))
    area, male = np.full(count, 419903), np.arange(count) % 2 == 0
    return numbers.assign(area, born, male, np.zeros(count, np.bool_))


def test_a_crowded_birthday_still_gives_everybody_a_number() -> None:
    given = _crowd(250)
    assert len(set(given.tolist())) == 250
    assert {str(number)[:14] for number in given} == {"41990320150504"}


def test_an_overcrowded_birthday_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than"):
        _crowd(251)
