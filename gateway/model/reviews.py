"""Quarterly reviews of a child's file (季度复核, REG-01)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Self


class ReviewPoint(StrEnum):
    """What a review looks at."""

    LIVING = "living"
    SCHOOLING = "schooling"
    INSURANCE = "insurance"
    BENEFITS = "benefits"
    HEALTH = "health"
    GUARDIANSHIP = "guardianship"


class Standing(StrEnum):
    """What was found of a point."""

    AS_ON_FILE = "as_on_file"
    CHANGED = "changed"
    HELP_NEEDED = "help_needed"


@dataclass(frozen=True, slots=True)
class Review:
    """One review: by whom, on which day, what was found of each point. The answers rest enveloped."""

    person_id: int
    case_id: int
    made_on: date
    by: str
    at: datetime
    points: Mapping[ReviewPoint, Standing] = field(repr=False)
    note: str = field(default="", repr=False)

    @property
    def quarter(self) -> str:
        """The calendar quarter, `2026Q4`."""
        return quarter_of(self.made_on)

    def body(self) -> str:
        """What rests enveloped, as JSON."""
        return json.dumps({"points": dict(self.points), "note": self.note})

    @classmethod
    def read(
        cls, person_id: int, case_id: int, made_on: date, by: str, at: datetime, body: str
    ) -> Self:  # fmt: skip
        """A review of its row and its opened body."""
        said = json.loads(body)
        points = {ReviewPoint(name): Standing(found) for name, found in said["points"].items()}
        return cls(person_id, case_id, made_on, by, at, points, said["note"])


def quarter_of(day: date) -> str:
    """The calendar quarter of a day, `2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"
