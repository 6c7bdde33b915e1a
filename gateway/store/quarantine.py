"""Refused rows: what they were, why they were refused, and the identity hints that hold rules."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, RowMapping, select, update

from gateway.store.database import Database, insert_rows
from gateway.store.keys import DataKeys
from gateway.store.runs import read_run
from gateway.store.tables import delivery, quarantine

QUARANTINE = pa.schema([
    ("source", pa.string()), ("roll", pa.string()), ("table_name", pa.string()),
    ("row_ref", pa.string()), ("row_key", pa.string()), ("column_name", pa.string()),
    ("reason", pa.string()), ("original_json", pa.string()), ("name_key", pa.string()),
    ("id_number", pa.string()), ("id_given", pa.string()), ("birth_date", pa.date32()),
    ("sex", pa.string()), ("division", pa.string()),
])  # fmt: skip
"""The shape of quarantined rows as mapping makes them."""

_SEALED = ("row_key", "original_json", "name_key", "id_number", "id_given", "birth_date", "sex")
_PLAIN = tuple(name for name in QUARANTINE.names if name not in _SEALED)


class Quarantine:
    """Quarantined rows, whole in one envelope each (key class `personal`)."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def put(self, run_id: int, source: str, roll: str, period: str, rows: pa.Table) -> None:
        """Keep the refused rows (`QUARANTINE`, maybe none) of the roll that now counts for a period.

        What was refused in other deliveries of this roll counts no more. The run's `known_at` is the
        time of the change.
        """
        with self._db.write() as c:
            now = read_run(c, run_id).known_at
            refs = {row["row_ref"] for row in rows.select(["row_ref"]).to_pylist()}
            _supersede(c, source, roll, refs, now)
            self._insert(c, run_id, period, rows)

    def add(self, run_id: int, source: str, roll: str, period: str, rows: pa.Table) -> None:
        """Keep the refused rows of changes to a roll: what was refused before still counts."""
        with self._db.write() as c:
            self._insert(c, run_id, period, rows)

    def _insert(self, c: Connection, run_id: int, period: str, rows: pa.Table) -> None:
        now = read_run(c, run_id).known_at
        lead = {"run_id": run_id, "period": period, "state": "current", "known_from": now}
        made = [self._row(row) | lead for row in rows.to_pylist()]
        insert_rows(c, quarantine, made, keep_first=True)

    def current(self) -> pa.Table:
        """Every quarantined row that counts (`QUARANTINE`), opened."""
        query = select(quarantine).where(quarantine.c.state == "current")
        with self._db.read() as c:
            rows = c.execute(query.order_by(quarantine.c.quarantine_id)).mappings().all()
        unseal = self._keys.opener("quarantine.row")
        opened = [_opened(row, unseal(row["row_ref"], row["row"]) or "{}") for row in rows]
        return pa.Table.from_pylist(opened, schema=QUARANTINE)

    def listed(
        self, sources: Sequence[str], after: int, limit: int, exchange: str = ""
    ) -> list[dict[str, Any]]:
        """Rows of those sources that count, numbered above `after`: references and reasons, unopened;
        with `exchange` only those that came in it."""
        query = (
            select(
                quarantine.c.quarantine_id.label("number"), quarantine.c.source, quarantine.c.roll,
                quarantine.c.period, quarantine.c.row_ref, quarantine.c.column_name.label("column"),
                quarantine.c.reason, quarantine.c.division,
            )
            .where(quarantine.c.state == "current", quarantine.c.source.in_(sources))
            .where(quarantine.c.quarantine_id > after)
            .order_by(quarantine.c.quarantine_id)
            .limit(limit)
        )  # fmt: skip
        if exchange:
            query = query.where(quarantine.c.row_ref.startswith(f"{exchange}#", autoescape=True))
        with self._db.read() as c:
            return [dict(row) for row in c.execute(query).mappings()]

    def as_known(self, period: str, known_at: datetime) -> pa.Table:
        """The rows (`QUARANTINE`) that counted in a period, as known at a time, opened.

        Of each roll they are those of the delivery that counted: the newest one of that period, or
        of the last period before it, that was known then.
        """
        with self._db.read() as c:
            counting = _counting(c, period, known_at)
            query = select(quarantine).where(
                quarantine.c.known_from <= known_at, quarantine.c.period <= period
            )
            found = c.execute(query.order_by(quarantine.c.quarantine_id)).mappings().all()
        rows = [row for row in found if _counts(row, counting, known_at)]
        unseal = self._keys.opener("quarantine.row")
        opened = [_opened(row, unseal(row["row_ref"], row["row"]) or "{}") for row in rows]
        return pa.Table.from_pylist(opened, schema=QUARANTINE)

    def replayed(self, row_refs: tuple[str, ...], now: datetime) -> int:
        """Say that rows were read after all; how many there were."""
        where = (quarantine.c.row_ref.in_(row_refs), quarantine.c.state == "current")
        with self._db.write() as c:
            done = c.execute(
                update(quarantine).where(*where).values(state="replayed", known_to=now)
            )
        return done.rowcount

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        hidden = {name: row[name] for name in _SEALED if row[name] is not None}
        text = json.dumps(hidden, ensure_ascii=False, default=date.isoformat)
        plain = {name: row[name] for name in _PLAIN}
        return plain | {"row": self._keys.sealer("quarantine.row")(row["row_ref"], text)}


def _supersede(
    connection: Connection, source: str, roll: str, refs: set[str], now: datetime
) -> None:
    of_roll = (
        quarantine.c.source == source,
        quarantine.c.roll == roll,
        quarantine.c.state == "current",
    )
    known = connection.execute(select(quarantine.c.row_ref).where(*of_roll)).scalars()
    gone = [ref for ref in known if ref not in refs]
    change = update(quarantine).values(state="superseded", known_to=now)
    for start in range(0, len(gone), 500):
        some = gone[start : start + 500]
        connection.execute(change.where(*of_roll, quarantine.c.row_ref.in_(some)))


def _counting(
    connection: Connection, period: str, known_at: datetime
) -> dict[tuple[str, str], frozenset[str]]:
    """Per source and roll the exchanges of the delivery that counted."""
    query = select(delivery).where(
        delivery.c.period <= period,
        delivery.c.known_from <= known_at,
        delivery.c.state.in_(("current", "superseded")),
    )
    order = (delivery.c.period, delivery.c.known_from, delivery.c.delivery_id)
    newest = {(row.source, row.roll): row for row in connection.execute(query.order_by(*order))}
    return {
        key: frozenset(ref["exchange_id"] for ref in json.loads(row.exchanges))
        for key, row in newest.items()
    }


def _counts(
    row: RowMapping, counting: dict[tuple[str, str], frozenset[str]], known_at: datetime
) -> bool:
    exchanges = counting.get((row["source"], row["roll"]), frozenset())
    read_after_all = row["state"] == "replayed" and row["known_to"] <= known_at
    return row["row_ref"].partition("#")[0] in exchanges and not read_after_all


def _opened(row: RowMapping, text: str) -> dict[str, Any]:
    hidden: dict[str, Any] = json.loads(text)
    if "birth_date" in hidden:
        hidden["birth_date"] = date.fromisoformat(hidden["birth_date"])
    return {name: row[name] for name in _PLAIN} | hidden
