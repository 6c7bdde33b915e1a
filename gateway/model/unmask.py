"""Rows of break-glass: somebody looked at a child's name and number without having the case."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GlassReason(StrEnum):
    """Why the glass was broken: a closed list, so that it can be counted."""

    URGENT_CONTACT = "urgent_contact"
    FAMILY_AT_THE_DESK = "family_at_the_desk"
    STANDING_IN = "standing_in"
    CHECK_OF_IDENTITY = "check_of_identity"


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """One look outside one's own cases; a supervisor approves it afterwards, or does not."""

    case_id: int
    by: str
    at: datetime
    reason: GlassReason
    glass_id: int = 0
    answered_by: str | None = None
    approved: bool | None = None
