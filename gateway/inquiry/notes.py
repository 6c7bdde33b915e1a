"""The audit row of a read: who, why, what, within which scope, how many."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.access import Purpose, Reader
from gateway.inquiry.values import EVERYTHING, Filters
from gateway.model.audit import AuditLog, AuditNote


@dataclass(frozen=True, slots=True)
class Read:
    """One read. `subject` is a reference: a run's number or a finding's key, never personal data."""

    action: str
    subject_kind: str
    subject: str
    count: int
    filters: Filters = EVERYTHING


class Notes:
    """Writes audit rows; `clock` gives aware times."""

    def __init__(self, audit: AuditLog, clock: Callable[[], datetime]) -> None:
        self._audit = audit
        self._clock = clock

    def write(self, reader: Reader, purpose: Purpose, read: Read) -> None:
        """Append the row. Raises StoreError, and then nothing may be given out."""
        detail = {
            "divisions": list(reader.divisions),
            "access": sorted(reader.access),
            "rules": list(read.filters.rules),
            "counties": list(read.filters.counties),
            "states": list(read.filters.states),
            "count": read.count,
        }
        self._audit.add(
            AuditNote(
                self._clock(), reader.name, reader.kind, read.action, purpose,
                read.subject_kind, read.subject, json.dumps(detail),
            )
        )  # fmt: skip
