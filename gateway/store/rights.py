"""Requests of children and guardians, and what the audit knows of who saw their data."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update

from gateway.model.errors import StaleCase
from gateway.model.rights import RightsKind, RightsRequest, RightsState
from gateway.store.audit import AuditEntry, entry_columns
from gateway.store.database import Database
from gateway.store.interlock import disputed_people
from gateway.store.keys import DataKeys
from gateway.store.tables import audit, finding, rights_request

_SECRET = ("wish", "answer")


class Rights:
    """Requests by number."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, new: RightsRequest) -> int:
        """Keep a request; its number."""
        names = ("person_id", "kind", "asked_by", "asked_at", "taken_by", "due_on", "state")
        values = {name: getattr(new, name) for name in names}
        with self._db.write() as c:
            made = insert(rights_request).values(values).returning(rights_request.c.request_id)
            number = int(c.execute(made).scalar_one())
            self._seal(c, number, wish=new.wish)
        return number

    def find(self, request_id: int) -> RightsRequest | None:
        """One request, or None."""
        return next(iter(self._many(rights_request.c.request_id == request_id)), None)

    def of_person(self, person_id: int) -> tuple[RightsRequest, ...]:
        """A person's requests, oldest first."""
        return self._many(rights_request.c.person_id == person_id)

    def open(self) -> tuple[RightsRequest, ...]:
        """Requests that nobody has answered, oldest first."""
        return self._many(rights_request.c.state == RightsState.OPEN)

    def disputed(self, person_id: int) -> bool:
        """Whether a correction or deletion that was asked for has no answer yet."""
        with self._db.read() as c:
            return bool(disputed_people(c, [person_id]))

    def answer(self, done: RightsRequest) -> None:
        """Close a request with its answer. Raises StaleCase when it is closed already."""
        mine = (
            rights_request.c.request_id == done.request_id,
            rights_request.c.state == RightsState.OPEN,
        )
        names = ("state", "reason", "answered_by", "answered_at")
        values = {name: getattr(done, name) for name in names}
        with self._db.write() as c:
            if not c.execute(update(rights_request).where(*mine).values(values)).rowcount:
                raise StaleCase(
                    "the request is answered already", where=f"request {done.request_id}"
                )
            self._seal(c, done.request_id, answer=done.answer)

    def seen(self, person_id: int) -> tuple[AuditEntry, ...]:
        """Entries of the audit about a person's cases and findings, oldest first."""
        with self._db.read() as c:
            rows = c.execute(
                select(finding.c.case_id, finding.c.finding_key).where(
                    finding.c.person_id == person_id, finding.c.access != "protection"
                )
            ).all()
            cases = [str(row.case_id) for row in rows]
            keys = [row.finding_key for row in rows]
            about = or_(
                and_(audit.c.subject_kind == "case", audit.c.subject.in_(cases)),
                and_(audit.c.subject_kind == "finding", audit.c.subject.in_(keys)),
            )
            query = select(*entry_columns()).where(about, audit.c.purpose != "protection")
            found = c.execute(query.order_by(audit.c.entry)).mappings().all()
        return tuple(AuditEntry(**row) for row in found)

    def _many(self, *where: Any) -> tuple[RightsRequest, ...]:
        query = select(rights_request).where(*where).order_by(rights_request.c.request_id)
        with self._db.read() as c:
            return tuple(self._row(row) for row in c.execute(query))

    def _seal(self, connection: Any, number: int, **texts: str) -> None:
        sealed = {
            name: self._keys.sealer(f"rights_request.{name}")(number, text or None)
            for name, text in texts.items()
        }
        mine = rights_request.c.request_id == number
        connection.execute(update(rights_request).where(mine).values(sealed))

    def _row(self, row: Row[Any]) -> RightsRequest:
        plain: Sequence[str] = (
            "request_id", "person_id", "asked_by", "asked_at", "taken_by", "due_on", "reason",
            "answered_by", "answered_at",
        )  # fmt: skip
        texts = {
            name: self._keys.opener(f"rights_request.{name}")(row.request_id, getattr(row, name))
            for name in _SECRET
        }
        return RightsRequest(
            **{name: getattr(row, name) for name in plain},
            kind=RightsKind(row.kind),
            state=RightsState(row.state),
            wish=texts["wish"] or "",
            answer=texts["answer"] or "",
        )
