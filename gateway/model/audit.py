"""The audit's entry as rooms write it, and where it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One audit entry, its fields those of the store's. `subject` is a reference (a case's number, a
    finding's key), never personal data; `detail` is JSON text."""

    at: datetime
    actor: str
    actor_kind: str
    action: str
    purpose: str
    subject_kind: str
    subject: str
    detail: str


class AuditLog(Protocol):
    """Who read or did what. Its entries are `AuditNote` by shape."""

    def add(self, new: Any) -> int: ...
