"""Visit sheets: printed, and once more touched when they come back or are destroyed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from gateway.model.errors import StaleCase
from gateway.model.sheets import Seen, SheetState, VisitSheet
from gateway.store.child_keys import salt_of_case, with_case_salt
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
            salt = salt_of_case(c, new.case_id)
            c.execute(insert(visit_sheet).values(self._values(new, salt)))

    def get(self, serial: str) -> VisitSheet | None:
        """The sheet of that serial."""
        query = _sheets().where(visit_sheet.c.serial == serial)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else self._open(row)

    def of_case(self, case_id: int) -> tuple[VisitSheet, ...]:
        """The sheets of a case, oldest first."""
        query = _sheets().where(visit_sheet.c.case_id == case_id)
        with self._db.read() as c:
            rows = c.execute(query.order_by(visit_sheet.c.printed_at)).all()
        return tuple(self._open(row) for row in rows)

    def out(self, before: datetime) -> tuple[VisitSheet, ...]:
        """Sheets printed before a time that are still out, oldest first."""
        still = (visit_sheet.c.state == SheetState.PRINTED, visit_sheet.c.printed_at < before)
        query = _sheets().where(*still).order_by(visit_sheet.c.printed_at)
        with self._db.read() as c:
            return tuple(self._open(row) for row in c.execute(query).all())

    def close(self, sheet: VisitSheet) -> None:
        """Write what became of a sheet. Raises StaleCase when that was written already."""
        mine = (
            visit_sheet.c.serial == sheet.serial,
            visit_sheet.c.state == SheetState.PRINTED,
        )
        with self._db.write() as c:
            values = self._values(sheet, salt_of_case(c, sheet.case_id))
            if not c.execute(update(visit_sheet).where(*mine).values(values)).rowcount:
                raise StaleCase("the sheet was taken in already", where=f"sheet {sheet.serial}")

    def _values(self, sheet: VisitSheet, salt: bytes | None) -> dict[str, Any]:
        values = asdict(sheet)
        for name in _SEALED:
            seal = self._keys.sealer(f"visit_sheet.{name}", salt=salt)
            values[name] = seal(sheet.serial, values[name] or None)
        return values

    def _open(self, row: Row[Any]) -> VisitSheet:
        values = dict(row._mapping)
        salt = values.pop("salt")
        for name in _SEALED:
            opener = self._keys.opener(f"visit_sheet.{name}", salt)
            values[name] = opener(row.serial, values[name]) or ""
        values["state"] = SheetState(row.state)
        values["seen"] = Seen(row.seen) if row.seen else None
        return VisitSheet(**values)


def _sheets() -> Select[Any]:
    return with_case_salt(select(visit_sheet), visit_sheet.c.case_id)
