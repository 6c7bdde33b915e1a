"""The rules on rolls themselves: what is true of one delivery on a night, by what was done to it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.city.days import worked

MAX_HOLD = 10
"""Working days that a roll may hold its rules before leaders hear of it."""


@dataclass(frozen=True)
class Delivery:
    """What became of the roll of a period: due on a day; not sent, not whole, or with rows refused
    (`refused` of `rows`, `budget` is the share that is borne)."""

    due: date
    sent: bool = True
    whole: bool = True
    rows: int = 1
    refused: int = 0
    budget: float = 0.02


def judge(one: Delivery, night: date) -> set[str]:
    """The rules that find something: late, partial or odd, rows refused, withheld too long."""
    late = working_days(one.due, night)
    over = one.sent and one.refused > one.budget * one.rows
    found = {
        "SRC-01": not one.sent and late > 0,
        "SRC-02": one.sent and not one.whole,
        "SRC-03": over,
        "SRC-04": late > MAX_HOLD and not (one.sent and one.whole and not over),
    }
    return {rule for rule, fires in found.items() if fires}


def working_days(after: date, until: date) -> int:
    """Days on which bureaus worked, after a day and until another."""
    days = (after + timedelta(days=n + 1) for n in range((until - after).days))
    return sum(map(worked, days))
