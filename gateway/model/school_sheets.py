"""Rows of school check sheets (学校核查表): a workbook that went to a school, and what came back in it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class SchoolAnswer(StrEnum):
    """What a school says of a pupil on the list."""

    HERE = "here"
    ON_LEAVE = "on_leave"
    MOVED = "moved"
    NOT_SEEN = "not_seen"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as a school's own roll has one."""

    name: str = field(repr=False)
    grade: int
    id_number: str | None = field(repr=False)
    name_key: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One line of a sheet. `case_id` is None for a pupil of the class whom no case is about."""

    line: int
    name: str = field(repr=False)
    grade: int
    case_id: int | None = None
    answer: SchoolAnswer | None = None


@dataclass(frozen=True, slots=True)
class SchoolSheet:
    """One sheet. `state` is made, returned or destroyed; `serial` says nothing of anybody."""

    serial: str
    school: str = field(repr=False)
    made_by: str
    made_at: datetime
    state: str = "made"
    closed_by: str | None = None
    closed_at: datetime | None = None
