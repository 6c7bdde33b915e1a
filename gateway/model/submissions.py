"""Rolls that are handed in over the API: what was declared, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubmissionKind(StrEnum):
    """A whole roll, a list of changes, or what replaces a delivery."""

    FULL = "full"
    DELTA = "delta"
    CORRECTION = "correction"


class SubmissionState(StrEnum):
    """Where a submission stands; what the night made of an accepted one, the deliveries say."""

    UPLOADING = "uploading"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One submission. `size` in bytes and `digest` (64 hex, SHA-256) are of the sealed file as declared;
    `receipt` is the signed receipt of the exchange (docs/exchange-format.md, section 6)."""

    submission_id: str
    client_id: str
    source: str
    roll: str
    period: str
    kind: SubmissionKind
    size: int
    digest: str
    replaces: str
    created_at: datetime
    state: SubmissionState = SubmissionState.UPLOADING
    exchange_id: str = ""
    receipt: str = ""
    ended_at: datetime | None = None
