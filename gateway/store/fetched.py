"""Pages that a night has fetched and verified, until their roll is registered: what a resumed night
need not fetch again."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import ColumnElement, delete, select

from gateway.model.exchange import Answer, SealedRef
from gateway.store.database import Database, upsert_rows
from gateway.store.tables import fetched_page


class Fetched:
    """Verified answers by the mark under which they were asked; references, never rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, source: str, roll: str, period: str, mark: str, answer: Answer) -> None:
        """Keep one answer under its mark."""
        text = json.dumps(asdict(answer), ensure_ascii=False)
        row = {"source": source, "roll": roll, "period": period, "mark": mark, "answer": text}
        with self._db.write() as c:
            upsert_rows(c, fetched_page, [row])

    def of(self, source: str, roll: str, period: str) -> Mapping[str, Answer]:
        """The kept answers of a roll and period, by mark."""
        query = select(fetched_page.c.mark, fetched_page.c.answer).where(
            *_where(source, roll, period)
        )
        with self._db.read() as c:
            return {row.mark: _answer(row.answer) for row in c.execute(query)}

    def forget(self, source: str, roll: str, period: str) -> None:
        """The roll is registered, or begins anew."""
        with self._db.write() as c:
            c.execute(delete(fetched_page).where(*_where(source, roll, period)))


def _where(source: str, roll: str, period: str) -> tuple[ColumnElement[bool], ...]:
    of = fetched_page.c
    return of.source == source, of.roll == roll, of.period == period


def _answer(text: str) -> Answer:
    values = json.loads(text)
    return Answer(**{**values, "ref": SealedRef(**values["ref"])})
