"""A small year: nights on dangerous days, every finding held against what really happened, child by child."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from year_kit import Book, house_of, look, shipped

from sandbox.city.lives import live
from sandbox.city.rules import MORE_RULES, RULES

ROLLS = (date(2026, 8, 16), date(2026, 10, 16), date(2027, 1, 16))
NIGHTS = {
    date(2026, 10, 31): {"EDU-01", "EDU-05", "EDU-09", "MED-04", "WEL-02", "WEL-04"},
    date(2026, 11, 10): {"MED-01", "WEL-02", "REG-01"},
    date(2027, 1, 31): {
        "EDU-02", "EDU-03", "EDU-04", "EDU-07", "EDU-08", "IDN-02", "MED-03", "MED-08", "REG-01", "REG-02",
        "REG-05", "WEL-03", "WEL-04", "WEL-05", "WEL-06", "WEL-08", "WEL-10",
    },
    date(2027, 2, 1): {"MED-01", "MED-02"},
}  # fmt: skip
"""Dangerous days, and rules that truly find somebody then: the settle date of entries, a payment day, the
last day of the insurance settle and the day after it."""


@pytest.fixture(scope="module")
def book() -> Iterator[Book]:
    folder = Path(tempfile.mkdtemp(prefix="cwg-year-", dir="/dev/shm"))
    try:
        made = Book(folder, live(1000, 7, 0.3, date(2025, 9, 1), ROLLS), more=True)
        for day in ROLLS:
            made.collect(day, whole=day > ROLLS[0])
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_a_dangerous_night_finds_what_is_true_and_nothing_else(book: Book, night: date) -> None:
    differences, true = look(book, house_of(book, *shipped((*RULES, *MORE_RULES))), night)
    assert differences == []
    assert set(true) >= NIGHTS[night]
