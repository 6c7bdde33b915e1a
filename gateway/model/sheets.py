"""Rows of village visit sheets (走访核实单): paper that went out, and what came back on it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class SheetState(StrEnum):
    """Where a sheet is."""

    PRINTED = "printed"
    RETURNED = "returned"
    DESTROYED = "destroyed"


class Seen(StrEnum):
    """What a visitor ticked: what was seen, never what it means."""

    AT_HOME = "at_home"
    AT_SCHOOL = "at_school"
    AWAY = "away"
    UNKNOWN_HERE = "unknown_here"
    NOT_LET_IN = "not_let_in"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """One sheet. `serial` stands on it as text and QR and says nothing of the child."""

    serial: str
    case_id: int
    printed_by: str
    printed_at: datetime
    state: SheetState = SheetState.PRINTED
    closed_by: str | None = None
    closed_at: datetime | None = None
    seen: Seen | None = None
    needs_help: bool | None = None
    visited_on: date | None = None
    visited_by: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
