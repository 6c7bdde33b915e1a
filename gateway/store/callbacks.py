"""Answers that go to a system's own address after it asked: kept sealed, leased, sent, given up."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, insert, or_, select, update

from gateway.model.callbacks import CallbackItem, CallbackRow
from gateway.model.errors import StoreError
from gateway.store.database import Database
from gateway.store.keys import DataKeys
from gateway.store.tables_callbacks import dci_callback
from gateway.store.tables_clients import client

KEPT = timedelta(days=7)
"""For how long an answer can be asked for again (`txn/status`)."""

_PLAIN = tuple(
    name for name in CallbackRow.__dataclass_fields__ if name not in ("references", "body")
)


@dataclass(frozen=True, slots=True)
class WaitingCallback:
    """One answer as an operator sees it. `error` is a code."""

    callback_id: int
    client_id: str
    action: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    error: str | None


class Callbacks:
    """Satisfies the dispatch room's Outbox port over CallbackItem."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add(self, new: CallbackRow) -> int:
        """Keep an answer until it is sent; its number. What is older than `KEPT` and ended is swept."""
        values: dict[str, Any] = {name: getattr(new, name) for name in _PLAIN}
        values |= {
            "references": json.dumps(new.references), "state": "pending", "attempts": 0,
            "next_at": new.created_at,
        }  # fmt: skip
        with self._db.write() as c:
            old = (
                dci_callback.c.created_at < new.created_at - KEPT,
                dci_callback.c.state.in_(("sent", "dead")),
            )
            c.execute(delete(dci_callback).where(*old))
            made = insert(dci_callback).values(values).returning(dci_callback.c.callback_id)
            number = int(c.execute(made).scalar_one())
            body = self._keys.sealer("dci_callback.body")(number, new.body)
            mine = dci_callback.c.callback_id == number
            c.execute(update(dci_callback).where(mine).values(body=body))
        return number

    def of_client(self, client_id: str, action: str, limit: int = 500) -> tuple[CallbackRow, ...]:
        """The newest answers of one kind to a client, the newest first."""
        query = select(dci_callback).where(
            dci_callback.c.client_id == client_id, dci_callback.c.action == action
        )
        with self._db.read() as c:
            rows = c.execute(query.order_by(dci_callback.c.callback_id.desc()).limit(limit)).all()
        return tuple(self._row(row) for row in rows)

    def waiting(self) -> tuple[WaitingCallback, ...]:
        """What is not sent yet, or was given up, as an operator sees it; the oldest first."""
        columns = [dci_callback.c[name] for name in WaitingCallback.__dataclass_fields__]
        query = select(*columns).where(dci_callback.c.state != "sent")
        with self._db.read() as c:
            rows = c.execute(query.order_by(dci_callback.c.callback_id)).all()
        return tuple(WaitingCallback(*row) for row in rows)

    def lease(self, now: datetime, ttl: timedelta, limit: int) -> Sequence[CallbackItem]:
        """Take due answers to clients that are not revoked, the oldest first."""
        token = str(uuid.uuid4())
        with self._db.write() as c:
            mine = dci_callback.c.callback_id.in_(_due(c, now, limit))
            change = {"state": "leased", "lease": token, "lease_until": now + ttl}
            more = {"attempts": dci_callback.c.attempts + 1}
            c.execute(update(dci_callback).where(mine).values(change | more))
            query = select(dci_callback).where(mine).order_by(dci_callback.c.callback_id)
            rows = c.execute(query).all()
        return tuple(CallbackItem(r.callback_id, self._row(r), r.attempts, token) for r in rows)

    def sent(self, item: CallbackItem, exchange_id: str, now: datetime) -> bool:
        """The receiver took it; False when the lease was lost."""
        return self._end(item, {"state": "sent", "sent_at": now, "error": None})

    def again(self, item: CallbackItem, next_at: datetime, error: str) -> bool:
        """To be tried at `next_at`; False when the lease was lost."""
        return self._end(item, {"state": "pending", "next_at": next_at, "error": error[:128]})

    def dead(self, item: CallbackItem, error: str) -> bool:
        """Given up until an operator revives it; False when the lease was lost."""
        return self._end(item, {"state": "dead", "error": error[:128]})

    def revive(self, callback_id: int, now: datetime) -> None:
        """Try one that was given up again, from its first attempt. Raises StoreError when it was not."""
        change = {"state": "pending", "attempts": 0, "next_at": now}
        mine = (dci_callback.c.callback_id == callback_id, dci_callback.c.state == "dead")
        with self._db.write() as c:
            if not c.execute(update(dci_callback).where(*mine).values(change)).rowcount:
                raise StoreError("that was not given up", where=f"callback {callback_id}")

    def _end(self, item: CallbackItem, change: dict[str, Any]) -> bool:
        held = (dci_callback.c.callback_id == item.outbox_id, dci_callback.c.lease == item.lease)
        values = change | {"lease": None, "lease_until": None}
        with self._db.write() as c:
            return bool(c.execute(update(dci_callback).where(*held).values(values)).rowcount)

    def _row(self, row: Row[Any]) -> CallbackRow:
        body = self._keys.opener("dci_callback.body")(row.callback_id, row.body)
        plain = {name: getattr(row, name) for name in _PLAIN}
        references = tuple(json.loads(row._mapping[dci_callback.c.references]))
        return CallbackRow(**plain, references=references, body=body or "")


def _due(connection: Connection, now: datetime, limit: int) -> Sequence[int]:
    live = exists().where(
        client.c.client_id == dci_callback.c.client_id, client.c.revoked_at.is_(None)
    )
    ready = or_(
        and_(dci_callback.c.state == "pending", dci_callback.c.next_at <= now),
        and_(dci_callback.c.state == "leased", dci_callback.c.lease_until <= now),
    )
    query = (
        select(dci_callback.c.callback_id)
        .where(ready, live)
        .order_by(dci_callback.c.callback_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=dci_callback)
    )
    return connection.execute(query).scalars().all()
