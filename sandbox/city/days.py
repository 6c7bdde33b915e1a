"""Day numbers (days since 1970-01-01), in scalars and in columns."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]

EPOCH = date(1970, 1, 1)
DAYS_OFF = frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7))
"""Weekdays on which no bureau of the city works."""
FAR = 1 << 20
"""A day that never comes."""


def number(day: date) -> int:
    """The day number of a date."""
    return (day - EPOCH).days


def day(year: int, month: int, of_month: int) -> int:
    """The day number of a calendar day."""
    return number(date(year, month, of_month))


def to_date(value: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(value))


def months(values: Column) -> Ints:
    """Month indexes (year × 12 + month − 1) of a column of day numbers."""
    stamps = values.astype("int64").astype("M8[D]").astype("M8[M]")
    return np.asarray(stamps.astype(np.int64) + 1970 * 12)


def month_of(value: int) -> int:
    """The month index of one day number."""
    when = to_date(value)
    return when.year * 12 + when.month - 1


def first_of_month(values: Column) -> Ints:
    """Day numbers of the first days of a column of month indexes."""
    stamps = (values.astype("int64") - 1970 * 12).astype("M8[M]").astype("M8[D]")
    return np.asarray(stamps.astype(np.int64))


def split(values: Column) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month of a column of day numbers."""
    index = months(values)
    return index // 12, index % 12 + 1, values.astype("int64") - first_of_month(index) + 1


def add_years(values: Column, years: int) -> Ints:
    """The same calendar day so many years later; 29 February becomes the 28th."""
    index = months(values)
    of_month = values - first_of_month(index)
    later = first_of_month(index + 12 * years)
    length = first_of_month(index + 12 * years + 1) - later
    return np.asarray(later + np.minimum(of_month, length - 1))


def entry_years(births: Column) -> Ints:
    """The year in which each child is six on or before 31 August."""
    index = months(births)
    return index // 12 + np.where(index % 12 < 8, 6, 7)


def school_year(value: int) -> int:
    """The year in which the school year of a day began (1 September)."""
    when = to_date(value)
    return when.year if when.month >= 9 else when.year - 1


def school_years(values: Column) -> Ints:
    """`school_year` of a column."""
    index = months(values)
    return index // 12 - (index % 12 < 8)


def worked(when: date) -> bool:
    """Whether bureaus work on a day."""
    return when.weekday() < 5 and when not in DAYS_OFF


def last_closed_month(value: int) -> int:
    """Month index of the last month whose payments are due: the month before, from the day after the
    10th, or after the next working day when nobody works on the 10th."""
    when = to_date(value)
    due = when.replace(day=10)
    while not worked(due):
        due += timedelta(days=1)
    return month_of(value) - (1 if when > due else 2)
