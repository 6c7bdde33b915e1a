"""Answers that go to a system's own address after it asked: rows that dci reads and the store keeps."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """One answer of the DCI interface. `references` are the caller's names of its requests, `body` the
    answer's message as JSON; `encrypted`: the caller asked in the encrypted form."""

    client_id: str
    url: str
    action: str
    message_id: str
    transaction_id: str
    correlation_id: str
    references: tuple[str, ...]
    created_at: datetime
    total: int
    done: int
    encrypted: bool = False
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CallbackItem:
    """One leased answer; `lease` proves that the holder may report on it."""

    outbox_id: int
    row: CallbackRow
    attempts: int
    lease: str
