"""Rows that are never changed, by digest: what the evidence log binds, and what it is compared with.

A digest is over the canonical JSON of a row's plain columns. Sealed columns are left out, since a
rotation of data keys writes them anew, and so is what may still change later (a retraction, an end).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    Row,
    String,
    Table,
    and_,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from gateway.model.digests import RowDigest
from gateway.store.database import Database, insert_rows
from gateway.store.tables import audit, case_event, exchange_seen, excuse, judgement, snapshot
from gateway.store.tables_chained import chained_row

SEP = "/"
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Kept:
    table: Table
    changing: frozenset[str] = frozenset()
    ready: ColumnElement[bool] | None = None

    @property
    def columns(self) -> list[Column[object]]:
        return [
            c
            for c in self.table.columns
            if c.name not in self.changing and not isinstance(c.type, LargeBinary)
        ]

    @property
    def ref(self) -> ColumnElement[str]:
        first, *rest = [cast(c, String) for c in self.table.primary_key]
        text: ColumnElement[str] = first
        for part in rest:
            text = text + SEP + part
        return text


KEPT = (
    _Kept(audit, frozenset({"chained"})),
    _Kept(case_event),
    _Kept(exchange_seen, ready=exchange_seen.c.receipt.is_not(None)),
    _Kept(judgement, frozenset({"retracted_by", "retracted_at"})),
    _Kept(excuse, frozenset({"known_to"})),
    _Kept(snapshot, frozenset({"known_to"})),
)
"""Tables whose rows are chained."""


class ChainedRows:
    """The rows that the evidence log is to hold, holds, and is compared with."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def waiting(self, limit: int = BATCH) -> tuple[RowDigest, ...]:
        """Up to `limit` rows that no log holds yet, oldest first within each table."""
        found: list[RowDigest] = []
        with self._db.read() as c:
            for kept in KEPT:
                if len(found) < limit:
                    known = exists().where(
                        chained_row.c.table_name == kept.table.name,
                        chained_row.c.row_ref == kept.ref,
                    )
                    query = _rows(kept).where(~known).order_by(*kept.table.primary_key)
                    rows = c.execute(query.limit(limit - len(found)))
                    found.extend(_digest(kept, row) for row in rows)
        return tuple(found)

    def count_waiting(self) -> int:
        """How many rows no log holds yet."""
        with self._db.read() as c:
            held = c.execute(select(func.count()).select_from(chained_row)).scalar_one()
            total = sum(
                c.execute(select(func.count()).select_from(_rows(kept).subquery())).scalar_one()
                for kept in KEPT
            )
        return max(int(total) - int(held), 0)

    def mark(self, rows: Sequence[RowDigest]) -> None:
        """Note that a log holds these rows; the first digest of a row stays."""
        values = [{"table_name": r.table, "row_ref": r.ref, "digest": r.digest} for r in rows]
        with self._db.write() as c:
            insert_rows(c, chained_row, values, keep_first=True)

    def present(self) -> Iterator[RowDigest]:
        """Every row as it is now, table by table."""
        with self._db.read() as c:
            for kept in KEPT:
                for row in c.execute(_rows(kept)).yield_per(BATCH):
                    yield _digest(kept, row)


def _rows(kept: _Kept) -> Any:
    query = select(kept.ref.label("_ref"), *kept.columns)
    return query if kept.ready is None else query.where(and_(kept.ready))


def _digest(kept: _Kept, row: Row[Any]) -> RowDigest:
    ref: str
    values: list[object]
    ref, *values = row
    names = (column.name for column in kept.columns)
    body = {name: _plain(value) for name, value in zip(names, values, strict=True)}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return RowDigest(kept.table.name, str(ref), hashlib.sha256(text.encode()).hexdigest())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
