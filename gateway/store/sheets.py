"""Visit sheets: printed, and once more touched when they come back or are destroyed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from gateway.model.errors import StaleCase
from gateway.model.sheets import Seen, SheetState, VisitSheet
from gateway.store.database import Database
from gateway.store.keys import DataKeys
from gateway.store.tables import visit_sheet

_SEALED = ("visited_by", "note")


class Sheets:
    """Sheets by serial. Who visited and what was written rest enveloped."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, new: VisitSheet) -> None:
        """Write a printed sheet."""
        with self._db.write() as c:
            c.execute(insert(visit_sheet).values(self._values(new)))

    def get(self, serial: str) -> VisitSheet | None:
        """The sheet of that serial."""
        with self._db.read() as c:
            row = c.execute(select(visit_sheet).where(visit_sheet.c.serial == serial)).first()
        return None if row is None else self._open(row)

    def of_case(self, case_id: int) -> tuple[VisitSheet, ...]:
        """The sheets of a case, oldest first."""
        query = select(visit_sheet).where(visit_sheet.c.case_id == case_id)
        with self._db.read() as c:
            rows = c.execute(query.order_by(visit_sheet.c.printed_at)).all()
        return tuple(self._open(row) for row in rows)

    def out(self, before: datetime) -> tuple[VisitSheet, ...]:
        """Sheets printed before a time that are still out, oldest first."""
        still = (visit_sheet.c.state == SheetState.PRINTED, visit_sheet.c.printed_at < before)
        query = select(visit_sheet).where(*still).order_by(visit_sheet.c.printed_at)
        with self._db.read() as c:
            return tuple(self._open(row) for row in c.execute(query).all())

    def close(self, sheet: VisitSheet) -> None:
        """Write what became of a sheet. Raises StaleCase when that was written already."""
        mine = (
            visit_sheet.c.serial == sheet.serial,
            visit_sheet.c.state == SheetState.PRINTED,
        )
        with self._db.write() as c:
            if not c.execute(update(visit_sheet).where(*mine).values(self._values(sheet))).rowcount:
                raise StaleCase("the sheet was taken in already", where=f"sheet {sheet.serial}")

    def _values(self, sheet: VisitSheet) -> dict[str, Any]:
        values = asdict(sheet)
        for name in _SEALED:
            seal = self._keys.sealer(f"visit_sheet.{name}")
            values[name] = seal(sheet.serial, values[name] or None)
        return values

    def _open(self, row: Row[Any]) -> VisitSheet:
        values = dict(row._mapping)
        for name in _SEALED:
            values[name] = self._keys.opener(f"visit_sheet.{name}")(row.serial, values[name]) or ""
        values["state"] = SheetState(row.state)
        values["seen"] = Seen(row.seen) if row.seen else None
        return VisitSheet(**values)
