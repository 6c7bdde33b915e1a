"""Children's files, night by night, and the reviews that people made from them. All of it enveloped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, func, insert, select, update

from gateway.model.child_files import NightFile, read_facts
from gateway.model.reviews import Review
from gateway.store.arrow import from_rows
from gateway.store.database import Database, upsert_rows
from gateway.store.keys import DataKeys, KeyClass
from gateway.store.tables import child_file, child_review

FILED = pa.schema([
    pa.field("person_id", pa.int64(), nullable=False),
    pa.field("digest", pa.string(), nullable=False),
])  # fmt: skip
"""Whose file was written when last: the digest tells whether tonight's is another."""


class ChildFiles:
    """Files by person number. What only class 3 may tell rests under its own key."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def newest(self) -> pa.Table:
        """The newest digest of every file (`FILED`)."""
        last = (
            select(child_file.c.person_id, func.max(child_file.c.run_id).label("run_id"))
            .group_by(child_file.c.person_id)
            .subquery()
        )
        query = select(child_file.c.person_id, child_file.c.digest).join(
            last,
            (last.c.person_id == child_file.c.person_id) & (last.c.run_id == child_file.c.run_id),
        )
        with self._db.read() as c:
            return from_rows(FILED, c.execute(query).all())

    def put(self, run_id: int, files: Sequence[Mapping[str, Any]]) -> int:
        """Write files of a night (`person_id`, `digest`, `facts`, `sealed_facts`); how many."""
        plain = self._keys.sealer("child_file.facts")
        closed = self._keys.sealer("child_file.sealed_facts", KeyClass.SEALED)
        rows = [
            {
                "person_id": one["person_id"],
                "run_id": run_id,
                "digest": one["digest"],
                "facts": plain(_place(one["person_id"], run_id), one["facts"]),
                "sealed_facts": closed(_place(one["person_id"], run_id), one["sealed_facts"]),
            }
            for one in files
        ]
        with self._db.write() as c:
            upsert_rows(c, child_file, rows)
        return len(rows)

    def of(self, person_id: int, *, sealed: bool) -> tuple[NightFile, ...]:
        """A child's file as each night wrote it, oldest first; class 3 only with `sealed`.

        Where it is left out, a fact of it stands as its count only (`NightFile.sealed` is empty, see
        `hidden`).
        """
        query = select(child_file).where(child_file.c.person_id == person_id)
        with self._db.read() as c:
            rows = c.execute(query.order_by(child_file.c.run_id)).all()
        return tuple(self._night(row, sealed) for row in rows)

    def hidden(self, person_id: int) -> bool:
        """Whether the newest file has facts of class 3."""
        query = select(child_file.c.sealed_facts).where(child_file.c.person_id == person_id)
        with self._db.read() as c:
            newest = c.execute(query.order_by(child_file.c.run_id.desc()).limit(1)).scalar()
        return newest is not None

    def add_review(self, new: Review) -> int:
        """Append a review; its number."""
        values = {
            "person_id": new.person_id, "case_id": new.case_id, "quarter": new.quarter,
            "made_on": new.made_on, "by": new.by, "at": new.at,
        }  # fmt: skip
        with self._db.write() as c:
            made = insert(child_review).values(values).returning(child_review.c.review_id)
            number = int(c.execute(made).scalar_one())
            body = self._keys.sealer("child_review.body")(number, new.body())
            mine = child_review.c.review_id == number
            c.execute(update(child_review).where(mine).values(body=body))
        return number

    def reviews(self, person_id: int) -> tuple[Review, ...]:
        """The reviews of a child, oldest first."""
        query = select(child_review).where(child_review.c.person_id == person_id)
        with self._db.read() as c:
            rows = c.execute(query.order_by(child_review.c.review_id)).all()
        return tuple(self._review(row) for row in rows)

    def _night(self, row: Row[Any], sealed: bool) -> NightFile:
        place = _place(row.person_id, row.run_id)
        plain = self._keys.opener("child_file.facts")(place, row.facts) or ""
        closed = ""
        if sealed:
            closed = self._keys.opener("child_file.sealed_facts")(place, row.sealed_facts) or ""
        return NightFile(row.run_id, read_facts(plain), read_facts(closed))

    def _review(self, row: Row[Any]) -> Review:
        body = self._keys.opener("child_review.body")(row.review_id, row.body) or ""
        return Review.read(row.person_id, row.case_id, row.made_on, row.by, row.at, body)


def _place(person_id: int, run_id: int) -> str:
    return f"{person_id}.{run_id}"
