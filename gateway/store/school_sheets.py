"""School sheets: made, and once more touched when they come back or are destroyed.

The store keeps no name of a pupil: a line is told again by the blind index of its name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from gateway.model.errors import StaleCase
from gateway.model.names import name_key
from gateway.model.school_sheets import SchoolAnswer, SchoolLine, SchoolSheet
from gateway.store.database import Database, insert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables import school_sheet, school_sheet_line


class SchoolSheets:
    """Sheets by serial."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, sheet: SchoolSheet, lines: Iterable[SchoolLine]) -> None:
        """Write a sheet that was made."""
        school = self._keys.sealer("school_sheet.school")(sheet.serial, sheet.school)
        rows = [
            {
                "serial": sheet.serial, "line": line.line, "case_id": line.case_id,
                "name_token": self._token(line.name),
            }
            for line in lines
        ]  # fmt: skip
        values = {
            "serial": sheet.serial, "school": school, "made_by": sheet.made_by,
            "made_at": sheet.made_at, "state": sheet.state,
        }  # fmt: skip
        with self._db.write() as c:
            c.execute(insert(school_sheet).values(values))
            insert_rows(c, school_sheet_line, rows)

    def get(self, serial: str) -> SchoolSheet | None:
        """The sheet of that serial."""
        with self._db.read() as c:
            row = c.execute(select(school_sheet).where(school_sheet.c.serial == serial)).first()
        return None if row is None else self._open(row)

    def out(self, made_by: str) -> tuple[SchoolSheet, ...]:
        """Sheets that somebody made and that are not back."""
        mine = (school_sheet.c.made_by == made_by, school_sheet.c.state == "made")
        with self._db.read() as c:
            rows = c.execute(select(school_sheet).where(*mine).order_by(school_sheet.c.made_at))
            return tuple(self._open(row) for row in rows.all())

    def told(self, serial: str, names: Mapping[int, str]) -> dict[int, int | None]:
        """The lines that stand as they went out (number and name): line → its case, or None."""
        mine = school_sheet_line.c.serial == serial
        with self._db.read() as c:
            rows = c.execute(select(school_sheet_line).where(mine)).all()
        return {
            row.line: row.case_id
            for row in rows
            if row.line in names and row.name_token == self._token(names[row.line])
        }

    def close(
        self, serial: str, state: str, by: str, at: datetime,
        answers: Mapping[int, SchoolAnswer] | None = None,
    ) -> None:  # fmt: skip
        """Write what became of a sheet. Raises StaleCase when that was written already."""
        mine = (school_sheet.c.serial == serial, school_sheet.c.state == "made")
        values = {"state": state, "closed_by": by, "closed_at": at}
        with self._db.write() as c:
            if not c.execute(update(school_sheet).where(*mine).values(values)).rowcount:
                raise StaleCase("the sheet was taken in already", where=f"sheet {serial}")
            for line, answer in (answers or {}).items():
                one = (school_sheet_line.c.serial == serial, school_sheet_line.c.line == line)
                c.execute(update(school_sheet_line).where(*one).values(answer=answer))

    def _token(self, name: str) -> str:
        return self._keys.token("name", name_key(name) or "")

    def _open(self, row: Row[Any]) -> SchoolSheet:
        values = dict(row._mapping)
        school = self._keys.opener("school_sheet.school")(row.serial, row.school)
        return SchoolSheet(**(values | {"school": school or ""}))
