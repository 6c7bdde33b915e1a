"""What people said: which rows or persons are one child, and what excuses an absence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from gateway.model.errors import StoreError
from gateway.store.child_keys import made_salts, with_salt
from gateway.store.database import Database
from gateway.store.keys import DataKeys
from gateway.store.tables import excuse, judgement

_SEEN = "\x1f"
"""Stands between a row's reference and the mark of what it said."""


class Verdict(StrEnum):
    """What a person says of a pair."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair: `kind` row (`ref` = `source/roll/table/row key`) or person (`ref` = number).

    `seen` marks what the row said when it was judged: bureaus give one row key to another child. It
    rests sealed with the reference, and is empty where nobody noted it.
    """

    kind: str
    ref: str = field(repr=False)
    seen: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement; appended, never overwritten, at most retracted. `reason` is a code."""

    left: Side
    right: Side
    verdict: Verdict
    by: str
    at: datetime
    reason: str
    judgement_id: int = 0
    retracted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Excuse:
    """An excuse for one person, on one rule or one axis, with its evidence and its end.

    Exactly one of `rule` and `axis` (education, insurance, welfare, all) is given. `source` is
    officer, import or bureau. `evidence` rests enveloped.
    """

    person_id: int
    kind: str
    evidence: str = field(repr=False)
    valid_from: date
    valid_to: date
    source: str
    by: str
    rule: str | None = None
    axis: str | None = None
    excuse_id: int = 0


class Judgements:
    """Judgements of pairs."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, new: Judgement) -> int:
        """Append a judgement; its number."""
        left, right = sorted((new.left, new.right), key=lambda s: self._token(s))
        if left == right:
            raise StoreError("a judgement of one row against itself")
        values = self._side("left", left) | self._side("right", right)
        values |= {"verdict": new.verdict, "by": new.by, "at": new.at, "reason": new.reason}
        with self._db.write() as c:
            made = c.execute(insert(judgement).values(values).returning(judgement.c.judgement_id))
            return int(made.scalar_one())

    def retract(self, judgement_id: int, by: str, now: datetime) -> None:
        """Take a judgement back; it stays in the history. Raises StoreError when it is not there."""
        live = (judgement.c.judgement_id == judgement_id, judgement.c.retracted_by.is_(None))
        with self._db.write() as c:
            change = update(judgement).where(*live).values(retracted_by=by, retracted_at=now)
            if not c.execute(change).rowcount:
                raise StoreError(
                    "there is no such judgement, or it was taken back already",
                    where=f"judgement {judgement_id}",
                )

    def standing(self, known_at: datetime) -> tuple[Judgement, ...]:
        """The newest judgement of each pair as known at a time, retracted ones left out."""
        known = (
            judgement.c.at <= known_at,
            or_(judgement.c.retracted_at.is_(None), judgement.c.retracted_at > known_at),
        )
        query = select(judgement).where(*known).order_by(judgement.c.at, judgement.c.judgement_id)
        with self._db.read() as c:
            rows = c.execute(query).all()
        newest = {(row.left_token, row.right_token): row for row in rows}
        return tuple(self._open(row) for row in newest.values())

    def _side(self, name: str, side: Side) -> dict[str, Any]:
        token = self._token(side)
        told = f"{side.ref}{_SEEN}{side.seen}" if side.seen else side.ref
        sealed = self._keys.sealer(f"judgement.{name}_ref")(token, told)
        return {f"{name}_kind": side.kind, f"{name}_ref": sealed, f"{name}_token": token}

    def _token(self, side: Side) -> str:
        return self._keys.token(f"judgement.{side.kind}", side.ref)

    def _open(self, row: Row[Any]) -> Judgement:
        left = self._keys.opener("judgement.left_ref")(row.left_token, row.left_ref)
        right = self._keys.opener("judgement.right_ref")(row.right_token, row.right_ref)
        return Judgement(
            _side(row.left_kind, left), _side(row.right_kind, right),
            Verdict(row.verdict), row.by, row.at, row.reason, row.judgement_id, row.retracted_by,
        )  # fmt: skip


def _side(kind: str, told: str | None) -> Side:
    ref, _, seen = (told or "").partition(_SEEN)
    return Side(kind, ref, seen)


class Excuses:
    """Excuses that people brought, with evidence and end."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, new: Excuse, now: datetime) -> int:
        """Append an excuse; its number. Raises StoreError when it has no end after its start."""
        with self._db.write() as c:
            values = {
                "person_id": new.person_id,
                "rule": new.rule,
                "axis": new.axis,
                "kind": new.kind,
                "valid_from": new.valid_from,
                "valid_to": new.valid_to,
                "source": new.source,
                "by": new.by,
                "known_from": now,
            }
            made = c.execute(insert(excuse).values(values).returning(excuse.c.excuse_id))
            number = int(made.scalar_one())
            (salt,) = made_salts(c, [new.person_id])
            sealed = self._keys.sealer("excuse.evidence", salt=salt)(number, new.evidence)
            c.execute(update(excuse).where(excuse.c.excuse_id == number).values(evidence=sealed))
        return number

    def withdraw(self, excuse_id: int, now: datetime) -> None:
        """Say that an excuse is known to be void from `now` on."""
        live = (excuse.c.excuse_id == excuse_id, excuse.c.known_to.is_(None))
        with self._db.write() as c:
            c.execute(update(excuse).where(*live).values(known_to=now))

    def in_force(
        self, as_of: date, known_at: datetime, person_ids: Sequence[int] = ()
    ) -> tuple[Excuse, ...]:
        """Excuses valid on a day as known at a time; of some people, or of all."""
        where = [
            excuse.c.valid_from <= as_of,
            excuse.c.valid_to >= as_of,
            excuse.c.known_from <= known_at,
            or_(excuse.c.known_to.is_(None), excuse.c.known_to > known_at),
        ]
        if person_ids:
            where.append(excuse.c.person_id.in_(person_ids))
        with self._db.read() as c:
            query = with_salt(select(excuse).where(*where), excuse.c.person_id)
            rows = c.execute(query.order_by(excuse.c.excuse_id)).all()
        return tuple(self._open(row) for row in rows)

    def _open(self, row: Row[Any]) -> Excuse:
        opener = self._keys.opener("excuse.evidence", row.salt)
        evidence = opener(row.excuse_id, row.evidence) or ""
        return Excuse(
            row.person_id, row.kind, evidence, row.valid_from, row.valid_to,
            row.source, row.by, row.rule, row.axis, row.excuse_id,
        )  # fmt: skip
