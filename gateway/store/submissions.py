"""Rolls that are handed in over the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from gateway.model.errors import StoreError
from gateway.model.submissions import SubmissionKind, SubmissionRow, SubmissionState
from gateway.store.database import Database
from gateway.store.tables_submissions import roll_submission


class Submissions:
    """Submissions by id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: SubmissionRow) -> None:
        """Keep a declaration."""
        values = {c.name: getattr(new, c.name) for c in roll_submission.c}
        with self._db.write() as c:
            c.execute(insert(roll_submission).values(values))

    def get(self, submission_id: str) -> SubmissionRow | None:
        """One submission, or None."""
        query = select(roll_submission).where(roll_submission.c.submission_id == submission_id)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else _row(row)

    def of_client(self, client_id: str, limit: int = 200) -> tuple[SubmissionRow, ...]:
        """The newest of a client, the newest first."""
        query = select(roll_submission).where(roll_submission.c.client_id == client_id)
        order = (roll_submission.c.created_at.desc(), roll_submission.c.submission_id)
        with self._db.read() as c:
            return tuple(_row(row) for row in c.execute(query.order_by(*order).limit(limit)))

    def open(self, before: datetime | None = None) -> tuple[SubmissionRow, ...]:
        """Those that are not whole yet, of every client; with `before` declared before that time."""
        where = [roll_submission.c.state == SubmissionState.UPLOADING]
        if before is not None:
            where.append(roll_submission.c.created_at < before)
        with self._db.read() as c:
            return tuple(_row(row) for row in c.execute(select(roll_submission).where(*where)))

    def waiting(self, source: str, rolls: Sequence[str], period: str) -> tuple[SubmissionRow, ...]:
        """What was accepted of those rolls for a period, oldest first."""
        of = roll_submission.c
        query = select(roll_submission).where(
            of.source == source, of.roll.in_(rolls), of.period == period,
            of.state == SubmissionState.ACCEPTED,
        )  # fmt: skip
        with self._db.read() as c:
            return tuple(_row(row) for row in c.execute(query.order_by(of.ended_at)))

    def end(self, done: SubmissionRow) -> None:
        """Write how one ended. Raises StoreError when it had ended already."""
        names = ("state", "exchange_id", "receipt", "ended_at")
        mine = (
            roll_submission.c.submission_id == done.submission_id,
            roll_submission.c.state == SubmissionState.UPLOADING,
        )
        change = update(roll_submission).values({name: getattr(done, name) for name in names})
        with self._db.write() as c:
            if not c.execute(change.where(*mine)).rowcount:
                raise StoreError("the submission has ended", where=done.submission_id)


def _row(row: Row[Any]) -> SubmissionRow:
    values = dict(row._mapping)
    values |= {"kind": SubmissionKind(row.kind), "state": SubmissionState(row.state)}
    return SubmissionRow(**values)
