"""Rows of what officers do besides moving a case: calls, and decisions that wait for a second person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class CallResult(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    SWITCHED_OFF = "switched_off"
    CALL_BACK = "call_back"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CaseCall:
    """One call about a case. `number` and `note` rest enveloped; `next_on` is the day of the next try."""

    case_id: int
    by: str
    at: datetime
    result: CallResult
    next_on: date | None = None
    number: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


class ProposalState(StrEnum):
    """Where a proposed decision stands. `stale`: the case was changed before the second person spoke."""

    PENDING = "pending"
    AGREED = "agreed"
    DECLINED = "declined"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class CaseProposal:
    """A decision that one person made and another must agree to; `version` is the case's at that time."""

    case_id: int
    version: int
    event: str
    by: str
    at: datetime
    reason: str = ""
    until: date | None = None
    on_whom: str = ""
    note: str = field(default="", repr=False)
    state: ProposalState = ProposalState.PENDING
    answered_by: str | None = None
    proposal_id: int = 0
