"""Children's files, night by night, and the reviews that people made from them. All of it enveloped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, func, insert, select, update

from gateway.model.child_files import NightFile, read_facts
from gateway.model.reviews import Review
from gateway.store.arrow import from_rows
from gateway.store.child_keys import made_salts, with_salt
from gateway.store.database import Database, upsert_columns
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
        people = [one["person_id"] for one in files]
        places = [_place(person_id, run_id) for person_id in people]
        with self._db.write() as c:
            salts = made_salts(c, people)
            ciphers = self._keys.child_ciphers(salts)
            rows = {
                "person_id": people,
                "run_id": [run_id] * len(people),
                "digest": [one["digest"] for one in files],
                "facts": ciphers.seal_column(
                    "child_file.facts", places, [one["facts"] for one in files]
                ),
                "sealed_facts": [
                    self._seal_closed(place, salt, one["sealed_facts"])
                    for place, salt, one in zip(places, salts, files, strict=True)
                ],
            }
            upsert_columns(c, child_file, rows)
        return len(people)

    def _seal_closed(self, place: str, salt: bytes, text: str | None) -> bytes | None:
        if text is None:
            return None
        return self._keys.sealer("child_file.sealed_facts", KeyClass.SEALED, salt)(place, text)

    def of(self, person_id: int, *, sealed: bool) -> tuple[NightFile, ...]:
        """A child's file as each night wrote it, oldest first; class 3 only with `sealed`.

        Where it is left out, a fact of it stands as its count only (`NightFile.sealed` is empty, see
        `hidden`).
        """
        mine = select(child_file).where(child_file.c.person_id == person_id)
        query = with_salt(mine, child_file.c.person_id)
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
            (salt,) = made_salts(c, [new.person_id])
            body = self._keys.sealer("child_review.body", salt=salt)(number, new.body())
            mine = child_review.c.review_id == number
            c.execute(update(child_review).where(mine).values(body=body))
        return number

    def reviews(self, person_id: int) -> tuple[Review, ...]:
        """The reviews of a child, oldest first."""
        mine = select(child_review).where(child_review.c.person_id == person_id)
        query = with_salt(mine, child_review.c.person_id)
        with self._db.read() as c:
            rows = c.execute(query.order_by(child_review.c.review_id)).all()
        return tuple(self._review(row) for row in rows)

    def _night(self, row: Row[Any], sealed: bool) -> NightFile:
        place = _place(row.person_id, row.run_id)
        plain = self._keys.opener("child_file.facts", row.salt)(place, row.facts) or ""
        closed = ""
        if sealed:
            opener = self._keys.opener("child_file.sealed_facts", row.salt)
            closed = opener(place, row.sealed_facts) or ""
        return NightFile(row.run_id, read_facts(plain), read_facts(closed))

    def _review(self, row: Row[Any]) -> Review:
        body = self._keys.opener("child_review.body", row.salt)(row.review_id, row.body) or ""
        return Review.read(row.person_id, row.case_id, row.made_on, row.by, row.at, body)


def _place(person_id: int, run_id: int) -> str:
    return f"{person_id}.{run_id}"
