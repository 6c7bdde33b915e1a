"""What has to go out: leased, sent, tried again, given up; in order within a case.

Rows are written in the transaction of what caused them (gateway/store/night.py, cases.py).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select, update

from gateway.model.errors import StoreError
from gateway.store.database import Database
from gateway.store.interlock import HANDLED_AGAIN, kept_inside
from gateway.store.keys import DataKeys
from gateway.store.persons import Persons
from gateway.store.tables import finding, outbox

LEAVES = ("referral", "data_check", "reminder")
"""Kinds that leave the house for a bureau."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One leased item. `lease` proves to the store that the holder may still report on it."""

    outbox_id: int
    case_id: int
    finding_key: str
    kind: str
    period: str
    recipient: str
    attempts: int
    created_at: datetime
    lease: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many items are in which state."""

    pending: int
    leased: int
    sent: int
    dead: int
    skipped: int


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One item as an operator sees it. `error` is a code."""

    outbox_id: int
    case_id: int
    kind: str
    recipient: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    error: str | None


_SHOWN = tuple(outbox.c[name] for name in WaitingItem.__dataclass_fields__)


class Outbox:
    """Satisfies the dispatch room's port."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._persons = Persons(db, keys)

    def lease(self, now: datetime, ttl: timedelta, limit: int) -> Sequence[OutboxItem]:
        """Take up to `limit` due items for `ttl`, oldest first, at most one of a case.

        An item waits for every earlier one of its case to be sent or skipped (a request to check data
        overtakes what is not due). Leases that ran out
        are taken again. What is of a child whose items are 专人办理 is not handed out, nor what would
        leave the house though it must not (`kept_inside`): it is looked at again after `HANDLED_AGAIN`.
        """
        token = str(uuid.uuid4())
        with self._db.write() as c:
            ids = self._open_to_all(c, _due(c, now, limit), now)
            change = {"state": "leased", "lease": token, "lease_until": now + ttl}
            mine = outbox.c.outbox_id.in_(ids)
            c.execute(update(outbox).where(mine).values(attempts=outbox.c.attempts + 1, **change))
            rows = c.execute(select(outbox).where(mine).order_by(outbox.c.outbox_id)).all()
        return tuple(
            OutboxItem(
                r.outbox_id, r.case_id, r.finding_key, r.kind, r.period,
                r.recipient, r.attempts, r.created_at, token,
            )
            for r in rows
        )  # fmt: skip

    def _open_to_all(self, connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
        query = (
            select(outbox.c.outbox_id, outbox.c.kind, finding.c.person_id, finding.c.access)
            .join(finding, finding.c.finding_key == outbox.c.finding_key)
            .where(outbox.c.outbox_id.in_(ids), finding.c.person_id.is_not(None))
        )
        rows = connection.execute(query).all()
        owner = {row.outbox_id: row.person_id for row in rows}
        closed = self._persons.closed(sorted(set(owner.values())))
        inside = kept_inside(connection, [row for row in rows if row.kind in LEAVES])
        waiting = [number for number in ids if owner.get(number) in closed or number in inside]
        later = {
            "state": "pending",
            "lease": None,
            "lease_until": None,
            "next_at": now + HANDLED_AGAIN,
        }
        connection.execute(update(outbox).where(outbox.c.outbox_id.in_(waiting)).values(later))
        return [number for number in ids if number not in set(waiting)]

    def sent(self, item: OutboxItem, exchange_id: str, now: datetime) -> bool:
        """Report an item as sent; False when the lease was lost (somebody else sends it too)."""
        return self._end(item, {"state": "sent", "exchange_id": exchange_id, "sent_at": now})

    def again(self, item: OutboxItem, next_at: datetime, error: str) -> bool:
        """Give an item back to be tried at `next_at`; `error` is a code. False: the lease was lost."""
        return self._end(item, {"state": "pending", "next_at": next_at, "error": error[:128]})

    def dead(self, item: OutboxItem, error: str) -> bool:
        """Give an item up until an operator looks at it. False when the lease was lost."""
        return self._end(item, {"state": "dead", "error": error[:128]})

    def revive(self, outbox_id: int, now: datetime, recipient: str = "") -> None:
        """Try a dead item again, from its first attempt, perhaps to another recipient (a name that was
        mistyped). Raises StoreError when it is not dead."""
        change: dict[str, Any] = {"state": "pending", "attempts": 0, "next_at": now}
        self._operator(outbox_id, change | ({"recipient": recipient} if recipient else {}))

    def skip(self, outbox_id: int) -> None:
        """Never send a dead item; the later ones of its case may go. Raises StoreError."""
        self._operator(outbox_id, {"state": "skipped"})

    def backlog(self) -> Backlog:
        """Counts by state."""
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        with self._db.read() as c:
            counts = {str(state): int(count) for state, count in c.execute(query)}
        states = ("pending", "leased", "sent", "dead", "skipped")
        return Backlog(*(counts.get(state, 0) for state in states))

    def find(self, outbox_id: int) -> WaitingItem | None:
        """One item, whatever became of it."""
        query = select(*_SHOWN).where(outbox.c.outbox_id == outbox_id)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else WaitingItem(*row)

    def listed(self, states: Sequence[str], limit: int = 200) -> tuple[WaitingItem, ...]:
        """Items in those states, oldest first: references and codes, nothing of a child."""
        query = select(*_SHOWN).where(outbox.c.state.in_(states))
        with self._db.read() as c:
            rows = c.execute(query.order_by(outbox.c.outbox_id).limit(limit)).all()
        return tuple(WaitingItem(*row) for row in rows)

    def _end(self, item: OutboxItem, change: dict[str, Any]) -> bool:
        held = (outbox.c.outbox_id == item.outbox_id, outbox.c.lease == item.lease)
        values = change | {"lease": None, "lease_until": None}
        with self._db.write() as c:
            return bool(c.execute(update(outbox).where(*held).values(values)).rowcount)

    def _operator(self, outbox_id: int, change: dict[str, Any]) -> None:
        dead = (outbox.c.outbox_id == outbox_id, outbox.c.state == "dead")
        with self._db.write() as c:
            if not c.execute(update(outbox).where(*dead).values(change)).rowcount:
                raise StoreError(
                    "there is no such dead item",
                    where=f"outbox {outbox_id}",
                    mend="see `cwg work list`",
                )


def _due(connection: Connection, now: datetime, limit: int) -> Sequence[int]:
    earlier = outbox.alias("earlier")
    waits = exists().where(
        earlier.c.case_id == outbox.c.case_id,
        earlier.c.outbox_id < outbox.c.outbox_id,
        earlier.c.state.not_in(("sent", "skipped")),
        # What waits for its time does not keep a bureau from being asked to check what is disputed.
        or_(
            outbox.c.kind != "data_check",
            earlier.c.state != "pending",
            earlier.c.next_at <= now,
        ),
    )
    ready = or_(
        and_(outbox.c.state == "pending", outbox.c.next_at <= now),
        and_(outbox.c.state == "leased", outbox.c.lease_until <= now),
    )
    query = (
        select(outbox.c.outbox_id).where(ready, ~waits).order_by(outbox.c.outbox_id).limit(limit)
    )
    # PostgreSQL: two workers take different rows; SQLite ignores the clause, its writers queue anyway.
    return connection.execute(query.with_for_update(skip_locked=True, of=outbox)).scalars().all()
