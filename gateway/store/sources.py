"""What is known of every source: its state per scope and period, and the row ledger of each run."""

from dataclasses import asdict, dataclass

import pyarrow as pa
from sqlalchemy import select

from gateway.store.arrow import from_rows
from gateway.store.database import Database, upsert_rows
from gateway.store.tables import ledger, source_status

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
        """Write the status rows of a run (`STATUS`); one row per source, table, scope and period."""
        rows = status.cast(STATUS).to_pylist()
        with self._db.write() as c:
            upsert_rows(c, source_status, [row | {"run_id": run_id} for row in rows])

    def status(self, period: str = "") -> pa.Table:
        """The status rows (`STATUS`) of one period, or of all."""
        query = select(*(source_status.c[name] for name in STATUS.names))
        if period:
            query = query.where(source_status.c.period == period)
        order = [source_status.c[n] for n in ("source", "roll", "table_name", "scope", "period")]
        with self._db.read() as c:
            return from_rows(STATUS, c.execute(query.order_by(*order)).all())

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
