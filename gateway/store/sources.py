"""What is known of every source: its state per scope and period, and the row ledger of each run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Select, select, tuple_

from gateway.store.arrow import from_rows
from gateway.store.database import Database, insert_rows, upsert_rows
from gateway.store.runs import Run, read_run
from gateway.store.tables import ledger, run, source_status, source_status_past

STATUS = pa.schema([
    ("source", pa.string()), ("roll", pa.string()), ("table_name", pa.string()),
    ("scope", pa.string()), ("period", pa.string()), ("state", pa.string()),
    ("coverage", pa.string()), ("roll_date", pa.date32()), ("due_on", pa.date32()),
    ("expected_rows", pa.int64()), ("received", pa.int64()), ("accepted", pa.int64()),
    ("quarantined", pa.int64()), ("error_budget", pa.float64()), ("low", pa.int64()),
    ("high", pa.int64()), ("unverified_since", pa.date32()),
])  # fmt: skip
"""The shape of `source_status`, as the rules read it; scope is six digits or `*`."""

WHOLE = "*"
_KEY = ("source", "roll", "table_name", "scope", "period")


@dataclass(frozen=True, slots=True)
class RowLedger:
    """Every received row by what became of it; the three parts sum to `received`."""

    source: str
    roll: str
    period: str
    received: int
    accepted: int
    quarantined: int
    superseded: int


@dataclass(frozen=True, slots=True)
class RollCounts:
    """The state of a roll in a period (gateway.model.outcomes.SourceState) and its row sums."""

    state: str
    received: int
    accepted: int
    quarantined: int
    superseded: int


class Sources:
    """Source status and ledgers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put_status(self, run_id: int, status: pa.Table) -> None:
        """Write the status rows of a run (`STATUS`); one row per source, table, scope and period.

        What was known before is kept beside it, until when: a replay reads it.
        """
        rows = status.cast(STATUS).to_pylist()
        with self._db.write() as c:
            _keep_past(c, read_run(c, run_id), rows)
            upsert_rows(c, source_status, [row | {"run_id": run_id} for row in rows])

    def status(self, period: str = "", known_at: datetime | None = None) -> pa.Table:
        """The status rows (`STATUS`) of one period, or of all, as known at a time (default: now)."""
        with self._db.read() as c:
            if known_at is None:
                rows: Sequence[Any] = c.execute(_select(source_status, period)).all()
            else:
                rows = _as_known(c, period, known_at)
        return from_rows(STATUS, rows)

    def roll_counts(self, source: str, roll: str, period: str) -> RollCounts | None:
        """What became of a roll in a period: its state, and the rows of the newest ledger line.

        None when nothing is known of it.
        """
        state = select(source_status.c.state).where(
            source_status.c.source == source,
            source_status.c.roll == roll,
            source_status.c.period == period,
            source_status.c.scope == WHOLE,
        )
        line = select(ledger).where(
            ledger.c.source == source, ledger.c.roll == roll, ledger.c.period == period
        )
        with self._db.read() as c:
            found = c.execute(state.limit(1)).scalar_one_or_none()
            rows = c.execute(line.order_by(ledger.c.run_id.desc()).limit(1)).first()
        if found is None:
            return None
        if rows is None:
            return RollCounts(found, 0, 0, 0, 0)
        return RollCounts(found, rows.received, rows.accepted, rows.quarantined, rows.superseded)

    def put_ledger(self, run_id: int, entries: tuple[RowLedger, ...]) -> None:
        """Write the run's row ledger. Raises StoreError when a line does not add up."""
        with self._db.write() as c:
            upsert_rows(c, ledger, [asdict(entry) | {"run_id": run_id} for entry in entries])

    def ledger(self, run_id: int) -> tuple[RowLedger, ...]:
        """The run's row ledger, by source, roll and period."""
        query = select(ledger).where(ledger.c.run_id == run_id)
        query = query.order_by(ledger.c.source, ledger.c.roll, ledger.c.period)
        with self._db.read() as c:
            rows = c.execute(query).mappings().all()
        return tuple(RowLedger(**{k: v for k, v in row.items() if k != "run_id"}) for row in rows)


def _select(table: Any, period: str) -> Select[Any]:
    query = select(*(table.c[name] for name in STATUS.names))
    if period:
        query = query.where(table.c.period == period)
    return query.order_by(*(table.c[name] for name in _KEY))


def _as_known(connection: Connection, period: str, known_at: datetime) -> list[Any]:
    now = _select(source_status, period).join(run, run.c.run_id == source_status.c.run_id)
    past = _select(source_status_past, period).where(
        source_status_past.c.known_from <= known_at, source_status_past.c.known_to > known_at
    )
    rows = [*connection.execute(now.where(run.c.known_at <= known_at)), *connection.execute(past)]
    return sorted(rows, key=lambda row: tuple(getattr(row, name) for name in _KEY))


def _keep_past(connection: Connection, new: Run, rows: Sequence[dict[str, Any]]) -> None:
    keys = [tuple(row[name] for name in _KEY) for row in rows]
    query = (
        select(source_status, run.c.known_at.label("known_from"))
        .join(run, run.c.run_id == source_status.c.run_id)
        .where(tuple_(*(source_status.c[name] for name in _KEY)).in_(keys))
    )
    before = [dict(row) for row in connection.execute(query).mappings()]
    known = [row | {"known_to": new.known_at} for row in before if row["known_from"] < new.known_at]
    insert_rows(connection, source_status_past, known, keep_first=True)
