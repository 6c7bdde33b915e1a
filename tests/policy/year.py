"""Two school years and two insurance years of an invented city, every dangerous night of them.

Long, so it is no part of `make test`: `make year [CHILDREN=2000 FROM=2026-09-01 UNTIL=2027-02-01]`. It
fails at any finding that the truth does not hold by a child whose rows tell who it is, and at any true one
that is missing that night.
"""

import os
import shutil
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from year_kit import Book, Difference, house_of, look, shipped

from sandbox.city.lives import live
from sandbox.city.rules import MORE_RULES, RULES

CHILDREN = int(os.environ.get("CHILDREN", "2000"))
FROM = date.fromisoformat(os.environ.get("FROM", "2025-09-16"))
UNTIL = date.fromisoformat(os.environ.get("UNTIL", "2027-12-31"))
ROLL_DAY = 16
ROLLS = [
    date(y, m, ROLL_DAY)
    for y in (2025, 2026, 2027)
    for m in range(1, 13)
    if (y, m) >= (2025, 9)
]  # fmt: skip
YEARLY = (
    (1, 1), (1, 2), (1, 31), (2, 1), (2, 28), (3, 1), (3, 10), (3, 11), (3, 31), (4, 1), (6, 14),
    (6, 15), (6, 25), (7, 1), (7, 16), (8, 15), (8, 31), (9, 1), (9, 15), (9, 16), (9, 20), (9, 21),
    (10, 10), (10, 15), (10, 16), (10, 30), (10, 31), (11, 1), (11, 10), (11, 11), (11, 12), (12, 1),
    (12, 16), (12, 31),
)  # fmt: skip
"""First nights of school years, settle dates, summer's edges, payment days, the insurance settle."""
MOVING = (date(2026, 2, 17), date(2027, 2, 6), date(2026, 10, 8), date(2027, 10, 8))
"""Spring Festival, and the first working day after the October holidays."""


def nights() -> list[date]:
    """Every dangerous night on which a roll has come."""
    fixed = {date(y, m, d) for y in (2025, 2026, 2027) for m, d in YEARLY}
    return sorted(d for d in fixed | set(MOVING) if FROM <= d <= UNTIL)


def test_two_years_of_nights() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cwg-year-", dir="/dev/shm"))
    found: list[Difference] = []
    sums: Counter[str] = Counter()
    try:
        book = Book(folder, live(CHILDREN, 7, 0.3, date(2024, 9, 1), ROLLS), more=True)
        house, waiting = house_of(book, *shipped((*RULES, *MORE_RULES))), list(ROLLS)
        for night in nights():
            while waiting and waiting[0] <= night:
                book.collect(waiting.pop(0))
            differences, true = look(book, house, night)
            found += differences
            sums.update(true)
            print(night, len(differences), dict(sorted(true.items())), flush=True)
            for (rule, said, was), n in Counter(
                (d.rule, d.truth, d.found) for d in differences
            ).items():
                print(f"    {rule}: truth {said}, found {was}: {n}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        len(nights()), "nights,", sum(sums.values()), "true findings:", dict(sorted(sums.items()))
    )
    assert found == []
    if ROLLS[0] >= FROM and date(2027, 12, 31) <= UNTIL:
        assert set(sums) == {*RULES, *MORE_RULES}
