"""Requests of children and guardians about their own data (个人信息保护法 第四十四条至第五十条)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class RightsKind(StrEnum):
    """What is asked: to see, to correct, to delete, to have a decision explained."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"
    EXPLANATION = "explanation"


class RefusalReason(StrEnum):
    """Why a request was refused; a refusal without one of these is none."""

    NOT_IDENTIFIED = "not_identified"
    NOT_THE_GUARDIAN = "not_the_guardian"
    AGAINST_THE_CHILD = "against_the_child"
    KEPT_BY_LAW = "kept_by_law"
    ALREADY_RIGHT = "already_right"


class RightsState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RightsRequest:
    """One request. `wish` and `answer` are free text and rest enveloped."""

    request_id: int
    person_id: int
    kind: RightsKind
    asked_by: str
    asked_at: datetime
    taken_by: str
    due_on: date
    state: RightsState = RightsState.OPEN
    reason: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    wish: str = field(default="", repr=False)
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of who saw what of a child, as its family may be told: no officer is named."""

    at: datetime
    who: str
    action: str
    purpose: str
    fields: tuple[str, ...] = ()
