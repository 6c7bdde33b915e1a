"""What was sent to a bureau about a case, and what it answered: shared by the rooms that send, keep, show."""

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.model.cases import ReplyCode


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral (`referral`) or request to check data (`data_check`). `fields` are the names that
    were disclosed; `document` is what was sealed, byte by byte, so that a second sending is the same."""

    referral_id: str
    outbox_id: int
    case_id: int
    person_id: int | None
    kind: str
    recipient: str
    template: str
    fields: tuple[str, ...]
    digest: str
    issued_on: date
    answer_by: date
    next_step_on: date
    document: str = field(default="", repr=False)
    state: str = "drafted"
    exchange_id: str | None = None
    sent_at: datetime | None = None
    reminders: int = 0
    answer: str | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One verified reply. `refused` is the reason why it moved nothing, or None."""

    source: str
    reply_id: str
    referral_id: str | None
    answer: ReplyCode | None
    digest: str
    exchange_id: str
    at: datetime
    refused: str | None = None
    body: str = field(default="", repr=False)
