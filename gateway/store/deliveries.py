"""Deliveries: which sealed exchanges make up a roll and period, and which one counts."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from gateway.model.errors import StoreError
from gateway.model.exchange import Closing, Delivery, ScopeCount, SealedRef
from gateway.store.database import Database
from gateway.store.tables import delivery


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """A delivery as kept; `state` is current, set_aside or superseded."""

    delivery_id: int
    delivery: Delivery
    state: str
    reason: str | None
    known_from: datetime
    known_to: datetime | None


class Deliveries:
    """At most one current delivery per source, roll and period."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Delivery, now: datetime) -> int:
        """Keep a whole delivery as the current one; its number.

        The same delivery again gives the same number. A second one for a period supersedes only when
        `replaces` names the first exchange of the current one; StoreError otherwise.
        """
        with self._db.write() as c:
            known = c.execute(_where(new.source, new.roll, first=_first(new))).first()
            if known is not None:
                return int(known.delivery_id)
            current = c.execute(
                _where(new.source, new.roll, period=new.period, current=True)
            ).first()
            if current is None:
                return _insert(c, new, now, "current")
            if new.replaces != current.first_exchange:
                raise StoreError(
                    "a second delivery for a period that does not name the one it replaces",
                    where=f"{new.source}/{new.roll} {new.period}",
                    mend="ask the bureau to set `replaces`, or leave the first one",
                )
            return _supersede(c, new, now, current.delivery_id)

    def set_aside(self, new: Delivery, reason: str, now: datetime) -> int:
        """Keep a delivery that does not count, with the code of the reason; its number."""
        with self._db.write() as c:
            known = c.execute(_where(new.source, new.roll, first=_first(new))).first()
            if known is not None:
                return int(known.delivery_id)
            return _insert(c, new, now, "set_aside", reason)

    def current(self, source: str, roll: str, period: str) -> KeptDelivery | None:
        """The delivery that counts for a period, or None."""
        with self._db.read() as c:
            row = c.execute(_where(source, roll, period=period, current=True)).first()
        return None if row is None else _kept(row)

    def history(self, source: str, roll: str) -> tuple[KeptDelivery, ...]:
        """Every delivery of a roll, oldest first."""
        with self._db.read() as c:
            rows = c.execute(_where(source, roll).order_by(delivery.c.delivery_id)).all()
        return tuple(_kept(row) for row in rows)


def _where(
    source: str, roll: str, *, period: str = "", first: str = "", current: bool = False
) -> Any:
    conditions: list[ColumnElement[bool]] = [delivery.c.source == source, delivery.c.roll == roll]
    if period:
        conditions.append(delivery.c.period == period)
    if first:
        conditions.append(delivery.c.first_exchange == first)
    if current:
        conditions.append(delivery.c.state == "current")
    return select(delivery).where(*conditions)


def _insert(
    connection: Connection, new: Delivery, now: datetime, state: str, reason: str | None = None
) -> int:
    values = {
        "source": new.source,
        "roll": new.roll,
        "period": new.period,
        "first_exchange": _first(new),
        "exchanges": json.dumps([asdict(ref) for ref in new.exchanges]),
        "closing": json.dumps(asdict(new.closing)),
        "state": state,
        "reason": reason,
        "known_from": now,
        "known_to": None if state == "current" else now,
    }
    made = connection.execute(insert(delivery).values(values).returning(delivery.c.delivery_id))
    return int(made.scalar_one())


def _supersede(connection: Connection, new: Delivery, now: datetime, old_id: int) -> int:
    # Only one may be current at any moment, so the new one is aside until the old one has gone.
    new_id = _insert(connection, new, now, "set_aside")
    of = update(delivery)
    connection.execute(
        of.where(delivery.c.delivery_id == old_id).values(
            state="superseded", superseded_by=new_id, known_to=now
        )
    )
    connection.execute(
        of.where(delivery.c.delivery_id == new_id).values(state="current", known_to=None)
    )
    return new_id


def _first(new: Delivery) -> str:
    if not new.exchanges:
        raise StoreError(
            "a delivery without exchanges", where=f"{new.source}/{new.roll} {new.period}"
        )
    return new.exchanges[0].exchange_id


def _kept(row: Row[Any]) -> KeptDelivery:
    closing = json.loads(row.closing)
    scopes = tuple(ScopeCount(**scope) for scope in closing["scopes"])
    closing |= {"scopes": scopes, "held_scopes": tuple(closing["held_scopes"])}
    exchanges = tuple(SealedRef(**ref) for ref in json.loads(row.exchanges))
    found = Delivery(row.source, row.roll, row.period, exchanges, Closing(**closing))
    return KeptDelivery(row.delivery_id, found, row.state, row.reason, row.known_from, row.known_to)
