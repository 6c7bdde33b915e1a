"""Who read or did what, and why. The evidence room chains the entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from gateway.store.database import Database
from gateway.store.tables import audit


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. `subject` is a reference (case number, finding key, source), never personal data.

    `actor_kind` is person, client, night or worker; `detail` is JSON text.
    """

    at: datetime
    actor: str
    actor_kind: str
    action: str
    purpose: str
    subject_kind: str
    subject: str
    detail: str = "{}"
    entry: int = 0
    chained: str | None = None


_FIELDS = (
    audit.c.at, audit.c.actor, audit.c.actor_kind, audit.c.action, audit.c.purpose,
    audit.c.subject_kind, audit.c.subject, audit.c.detail, audit.c.entry, audit.c.chained,
)  # fmt: skip


def entry_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of an entry, for other readers of the audit."""
    return _FIELDS


class Audit:
    """Appends and reads entries; nothing is ever changed but the chain's mark."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: AuditEntry) -> int:
        """Append an entry; its number."""
        values = {
            c.name: getattr(new, c.name) for c in _FIELDS if c.name not in ("entry", "chained")
        }
        with self._db.write() as c:
            return int(
                c.execute(insert(audit).values(values).returning(audit.c.entry)).scalar_one()
            )

    def add_all(self, new: Sequence[AuditEntry]) -> None:
        """Append several entries, in their order."""
        names = [c.name for c in _FIELDS if c.name not in ("entry", "chained")]
        rows = [{name: getattr(one, name) for name in names} for one in new]
        if rows:
            # SQLAlchemy keeps the text of this statement; insert_rows would make it at every question.
            with self._db.write() as c:
                c.execute(insert(audit), rows)

    def unchained(self, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """The oldest entries that the evidence log does not hold yet."""
        query = select(*_FIELDS).where(audit.c.chained.is_(None))
        with self._db.read() as c:
            rows = c.execute(query.order_by(audit.c.entry).limit(limit)).mappings().all()
        return tuple(AuditEntry(**row) for row in rows)

    def chain(self, entry: int, link: str) -> None:
        """Note under which link of the evidence log an entry stands; the first one stays."""
        mine = update(audit).where(audit.c.entry == entry, audit.c.chained.is_(None))
        with self._db.write() as c:
            c.execute(mine.values(chained=link))

    def entries(
        self, since: datetime, until: datetime, limit: int = 1000
    ) -> tuple[AuditEntry, ...]:
        """Entries of a span of time, oldest first."""
        query = select(*_FIELDS).where(audit.c.at >= since, audit.c.at < until)
        with self._db.read() as c:
            rows = c.execute(query.order_by(audit.c.entry).limit(limit)).mappings().all()
        return tuple(AuditEntry(**row) for row in rows)
