"""The register of snapshots: which files make up a table of a roll as known at some time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, insert, select, update

from gateway.model.errors import StoreError
from gateway.store.database import Database
from gateway.store.tables import snapshot


class SnapshotShape(Protocol):
    """What a snapshot says of itself (gateway.engine.Snapshot has this shape)."""

    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def roll(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def known_from(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def present(self) -> int: ...
    @property
    def root(self) -> str: ...
    @property
    def previous(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A registered snapshot: the fields of the engine's, in its order."""

    id: str
    source: str
    roll: str
    table: str
    period: str
    known_from: datetime
    kind: str
    path: str
    present: int
    root: str
    previous: str


class Snapshots:
    """Snapshots and their chains."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: SnapshotShape) -> None:
        """Register a snapshot; the same id again changes nothing."""
        values = {
            "id": new.id,
            "source": new.source,
            "roll": new.roll,
            "table_name": new.table,
            "period": new.period,
            "kind": new.kind,
            "path": new.path,
            "rows": new.present,
            "root": new.root,
            "known_from": new.known_from,
            "previous": new.previous or None,
        }
        with self._db.write() as c:
            if c.execute(select(snapshot.c.id).where(snapshot.c.id == new.id)).first() is None:
                c.execute(insert(snapshot).values(values))

    def withdraw(self, snapshot_id: str, now: datetime) -> None:
        """Say that a snapshot does not count any more from `now` on (its delivery was superseded)."""
        still = (snapshot.c.id == snapshot_id, snapshot.c.known_to.is_(None))
        with self._db.write() as c:
            c.execute(update(snapshot).where(*still).values(known_to=now))

    def chain(
        self, source: str, roll: str, table: str, known_at: datetime, period: str = ""
    ) -> tuple[SnapshotRow, ...]:
        """The snapshots that make up a table as known at a time: a base, then its changes, oldest first.

        With `period`, the state of that month or the last one before it (the other axis of time).
        Empty when nothing was known then.
        """
        rows = self._of_roll(source, roll, table)
        in_time = (r for r in rows.values() if not period or r.period <= period)
        known = [r for r in in_time if _known(r, known_at)]
        if not known:
            return ()
        link: Row[Any] | None = max(known, key=lambda r: (r.period, r.known_from))
        links: list[Row[Any]] = []
        while link is not None:
            links.append(link)
            link = None if link.previous is None else rows[link.previous]
        start = next(i for i, r in enumerate(links) if r.kind == "base")
        return tuple(_row(r) for r in reversed(links[: start + 1]))

    def all(self, source: str, roll: str, table: str) -> tuple[SnapshotRow, ...]:
        """Every snapshot of a table, withdrawn ones too, oldest first."""
        rows = sorted(self._of_roll(source, roll, table).values(), key=lambda r: r.known_from)
        return tuple(_row(r) for r in rows)

    def paths(self) -> frozenset[str]:
        """The files that snapshots name, withdrawn ones too."""
        with self._db.read() as c:
            return frozenset(c.execute(select(snapshot.c.path)).scalars())

    def get(self, snapshot_id: str) -> SnapshotRow:
        """The snapshot of that id. Raises StoreError."""
        with self._db.read() as c:
            row = c.execute(select(snapshot).where(snapshot.c.id == snapshot_id)).first()
        if row is None:
            raise StoreError("there is no such snapshot", where=snapshot_id)
        return _row(row)

    def _of_roll(self, source: str, roll: str, table: str) -> dict[str, Row[Any]]:
        where = (
            snapshot.c.source == source,
            snapshot.c.roll == roll,
            snapshot.c.table_name == table,
        )
        with self._db.read() as c:
            return {r.id: r for r in c.execute(select(snapshot).where(*where))}


def _known(row: Row[Any], at: datetime) -> bool:
    return row.known_from <= at and (row.known_to is None or row.known_to > at)


def _row(row: Row[Any]) -> SnapshotRow:
    return SnapshotRow(
        row.id, row.source, row.roll, row.table_name, row.period, row.known_from,
        row.kind, row.path, row.rows, row.root, row.previous or "",
    )  # fmt: skip
