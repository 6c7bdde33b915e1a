"""A small year: nights on dangerous days, every finding held against what really happened, child by child."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from unittest import mock

import pytest
from year_kit import Book, house_of, look, made_engine, shipped

from gateway.pipeline import NightAsk
from gateway.pipeline.look import judge
from sandbox.city.lives import live
from sandbox.city.rules import MORE_RULES, RULES
from sandbox.city.rules_source import Delivery
from sandbox.city.rules_source import judge as true_of

ROLLS = (date(2026, 8, 16), date(2026, 10, 16), date(2027, 1, 16))
NIGHTS = {
    date(2026, 10, 31): {
        "EDU-01", "EDU-05", "EDU-06", "EDU-09", "GRD-01", "GRD-02", "MED-04", "MED-07",
        "REG-03", "REG-04", "REG-06", "WEL-02", "WEL-04", "WEL-09",
    },
    date(2026, 11, 10): {"MED-01", "WEL-02", "REG-01"},
    date(2027, 1, 31): {
        "EDU-02", "EDU-03", "EDU-04", "EDU-07", "EDU-08", "GRD-03", "IDN-02", "MED-03", "MED-08",
        "REG-01", "REG-02",
        "REG-05", "REG-07", "WEL-03", "WEL-04", "WEL-05", "WEL-06", "WEL-08", "WEL-10",
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


LATE = {"WEL-03", "WEL-04", "WEL-08", "WEL-10"}
PARTIAL = {"REG-01", "REG-05"}
LACKING = "419901"
ON_TIME, LONG_AGO = date(2027, 1, 15), date(2027, 1, 14)
DONE = {
    "basic_living": Delivery(ON_TIME, sent=False),
    "visit": Delivery(ON_TIME, whole=False),
    "rehabilitation": Delivery(LONG_AGO, whole=False),
    "contribution": Delivery(ON_TIME, rows=100, refused=3),
    "student_aid": Delivery(ON_TIME, rows=100, refused=2),
    "help_identity": Delivery(LONG_AGO),
    "suspected_dropout": Delivery(date(2027, 1, 29), sent=False),
    "guardian": Delivery(LONG_AGO, sent=False),
}
"""What was done to January's rolls: on the night ON_TIME is ten working days past, LONG_AGO eleven."""
SOURCES = ("SRC-01", "SRC-02", "SRC-03", "SRC-04")
SAID = """
SELECT
    rule, kind, coalesce(reason, '') AS reason, coalesce(held_by, '') AS held_by,
    left(division, 6) AS county, evidence_roll AS roll
FROM outcome
"""


def spoilt(row: dict[str, object]) -> dict[str, object]:
    """January's rolls after what was done to them; of a roll that is not whole one county is lacking."""
    one = DONE.get(str(row["roll"]))
    if row["period"] != "2027-01" or one is None:
        return row
    lacks = not one.whole and row["scope"] in ("*", LACKING)
    over = one.refused > one.budget * one.rows
    state = "late" if not one.sent else "partial" if lacks else "odd" if over else row["state"]
    counts = {"received": one.rows, "quarantined": one.refused} if one.sent else {"received": None}
    return row | counts | {"state": state, "due_on": one.due}


def test_payments_that_are_late_and_visits_that_lack_a_county_hold_their_rules(book: Book) -> None:
    """All six fire on this night when the rolls are whole: the dangerous night above."""
    night = date(2027, 1, 31)
    house = house_of(book, *shipped((*LATE, *PARTIAL, *SOURCES)))
    with (
        mock.patch.object(book, "rows", [spoilt(row) for row in book.rows]),
        made_engine() as engine,
    ):
        judge(house, engine, NightAsk(night, datetime.combine(night, time(23), UTC)))
        every = engine.fetch(SAID).to_pylist()
    found = [o for o in every if o["rule"] not in SOURCES]
    told = {(o["roll"], o["rule"]) for o in every if o["rule"] in SOURCES and o["kind"] == "fires"}
    assert told == {(roll, rule) for roll, one in DONE.items() for rule in true_of(one, night)}
    assert {rule for _, rule in told} == set(SOURCES)
    fires = {(o["rule"], o["county"]) for o in found if o["kind"] == "fires"}
    held = {(o["rule"], o["reason"], o["held_by"]) for o in found if o["kind"] == "held"}
    assert {rule for rule, _ in fires} == PARTIAL
    assert LACKING not in {county for _, county in fires}
    assert held >= {(r, "source_late", "national_welfare_system/basic_living") for r in LATE}
    assert held >= {(r, "source_partial", "national_welfare_system/visit") for r in PARTIAL}
    assert {rule for rule, _, _ in held} == LATE | PARTIAL
    of_county = {o["county"] for o in found if o["reason"] == "source_partial"}
    assert of_county == {LACKING}
