"""Rows that findings cite, kept with their proofs when the sealed exchange that brought them goes."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, union_all

from gateway.store.database import Database, insert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables import cited_row, finding, finding_past


class CitedRows:
    """Each whole in one envelope (key class `personal`): the row as it was sent, and its path."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def wanted(self) -> Mapping[str, frozenset[int]]:
        """Exchange id → numbers of the rows that any finding, present or past, cites."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        query = union_all(select(finding.c.evidence), select(finding_past.c.evidence))
        with self._db.read() as c:
            for text in c.execute(query).scalars():
                for entry in json.loads(text):
                    exchange, _, number = str(entry["ref"]).partition("#")
                    if number.isdigit():
                        found[exchange].add(int(number))
        return {exchange: frozenset(numbers) for exchange, numbers in found.items()}

    def keep(self, exchange_id: str, rows: Mapping[int, Mapping[str, Any]]) -> None:
        """Keep rows of one exchange by number; what is kept already stays."""
        seal = self._keys.sealer("cited_row.row")
        made = [
            {
                "exchange_id": exchange_id,
                "number": number,
                "row": seal(_bound(exchange_id, number), json.dumps(values)),
            }
            for number, values in rows.items()
        ]
        with self._db.write() as c:
            insert_rows(c, cited_row, made, keep_first=True)

    def row(self, exchange_id: str, number: int) -> Mapping[str, Any] | None:
        """One kept row, or None."""
        query = select(cited_row.c.row).where(
            cited_row.c.exchange_id == exchange_id, cited_row.c.number == number
        )
        with self._db.read() as c:
            token = c.execute(query).scalar_one_or_none()
        text = self._keys.opener("cited_row.row")(_bound(exchange_id, number), token)
        values: dict[str, Any] | None = None if text is None else json.loads(text)
        return values

    def numbers(self, exchange_id: str) -> Sequence[int]:
        """Which rows of an exchange are kept, in order."""
        query = select(cited_row.c.number).where(cited_row.c.exchange_id == exchange_id)
        with self._db.read() as c:
            return tuple(c.execute(query.order_by(cited_row.c.number)).scalars())


def _bound(exchange_id: str, number: int) -> str:
    return f"{exchange_id}.{number}"
