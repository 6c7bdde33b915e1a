"""Webhooks: subscriptions, the feed of case events, and what has still to go out, in order of each case."""

import hmac
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, or_, select, update

from gateway.model.errors import StoreError
from gateway.model.hooks import HookItem, HookRow
from gateway.store.database import Database, insert_rows
from gateway.store.interlock import HANDLED_AGAIN
from gateway.store.keys import DataKeys
from gateway.store.persons import Persons
from gateway.store.tables import case_event, finding
from gateway.store.tables_clients import client
from gateway.store.tables_hooks import case_feed, hook_item, webhook

_SOME = 500


class Hooks:
    """Subscriptions and deliveries."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys
        self._persons = Persons(db, keys)

    def add(self, new: HookRow) -> int:
        """Keep a subscription; its number. Raises StoreError when there is no such client."""
        values = {
            "client_id": new.client_id,
            "url": new.url,
            "rules": json.dumps(new.rules),
            "events": json.dumps(new.events),
            "created_at": new.created_at,
            "dci": new.dci,
        }
        with self._db.write() as c:
            made = insert(webhook).values(values).returning(webhook.c.webhook_id)
            number = int(c.execute(made).scalar_one())
            secret = self._keys.sealer("webhook.secret")(number, new.secret)
            mine = webhook.c.webhook_id == number
            c.execute(update(webhook).where(mine).values(secret=secret))
        return number

    def all(self, client_id: str = "") -> tuple[HookRow, ...]:
        """Subscriptions, of one client or of all, ended ones too."""
        query = select(webhook).order_by(webhook.c.webhook_id)
        if client_id:
            query = query.where(webhook.c.client_id == client_id)
        with self._db.read() as c:
            return tuple(self._hook(row) for row in c.execute(query))

    def end(self, webhook_id: int, at: datetime) -> None:
        """End a subscription, and what was still to go to it. Raises StoreError when it is not live."""
        mine = (webhook.c.webhook_id == webhook_id, webhook.c.ended_at.is_(None))
        with self._db.write() as c:
            if not c.execute(update(webhook).where(*mine).values(ended_at=at)).rowcount:
                raise StoreError("there is no such webhook", where=f"webhook {webhook_id}")
            left = (hook_item.c.webhook_id == webhook_id, hook_item.c.state != "sent")
            c.execute(delete(hook_item).where(*left))

    def fan_out(self, now: datetime, limit: int = _SOME) -> int:
        """Turn fed events into items of the subscriptions that they concern; how many events."""
        query = select(case_feed).order_by(case_feed.c.feed_id).limit(limit)
        with self._db.write() as c:
            fed = c.execute(query.with_for_update(skip_locked=True)).all()
            for hook in self._live(c):
                rows = _concerned(c, hook, [(row.case_id, row.version) for row in fed])
                insert_rows(c, hook_item, [_item(hook, r, now) for r in rows], keep_first=True)
            c.execute(delete(case_feed).where(case_feed.c.feed_id.in_([r.feed_id for r in fed])))
        return len(fed)

    def replay(self, webhook_id: int, since: datetime, now: datetime) -> int:
        """Send the events since a time again, under their old ids; how many."""
        with self._db.write() as c:
            hook = next((h for h in self._live(c) if h.webhook_id == webhook_id), None)
            if hook is None:
                raise StoreError("there is no such webhook", where=f"webhook {webhook_id}")
            query = select(case_event.c.case_id, case_event.c.version)
            again = c.execute(query.where(case_event.c.at >= since)).all()
            pairs = [(row.case_id, row.version) for row in again]
            rows = [
                _item(hook, r, now)
                for start in range(0, len(pairs), _SOME)
                for r in _concerned(c, hook, pairs[start : start + _SOME])
            ]
            keys = {(row["case_id"], row["version"]) for row in rows}
            for case_id, version in keys:
                same = (hook_item.c.case_id == case_id, hook_item.c.version == version)
                c.execute(delete(hook_item).where(hook_item.c.webhook_id == webhook_id, *same))
            insert_rows(c, hook_item, sorted(rows, key=lambda r: (r["case_id"], r["version"])))
        return len(rows)

    def lease(self, now: datetime, ttl: timedelta, limit: int) -> tuple[HookItem, ...]:
        """Take due items, of one case and subscription one at a time in the case's order. What is of a
        child whose items are 专人办理 waits."""
        token = str(uuid.uuid4())
        with self._db.write() as c:
            ids = self._open_to_all(c, _due(c, now, limit), now)
            mine = hook_item.c.item_id.in_(ids)
            change = {"state": "leased", "lease": token, "lease_until": now + ttl}
            attempts = {"attempts": hook_item.c.attempts + 1}
            c.execute(update(hook_item).where(mine).values(change | attempts))
            query = (
                select(hook_item, finding.c.finding_key, case_event.c.at.label("happened_at"))
                .join(finding, finding.c.case_id == hook_item.c.case_id)
                .join(
                    case_event,
                    and_(
                        case_event.c.case_id == hook_item.c.case_id,
                        case_event.c.version == hook_item.c.version,
                    ),
                )
            )
            rows = c.execute(query.where(mine).order_by(hook_item.c.item_id)).all()
            hooks = {hook.webhook_id: hook for hook in self._live(c)}
        return tuple(self._leased(row, hooks[row.webhook_id], token) for row in rows)

    def sent(self, item: HookItem, now: datetime) -> bool:
        """The receiver took it; False when the lease was lost."""
        return self._end(item, {"state": "sent", "sent_at": now, "error": None})

    def again(self, item: HookItem, next_at: datetime, error: str) -> bool:
        """To be tried at `next_at`; False when the lease was lost."""
        return self._end(item, {"state": "pending", "next_at": next_at, "error": error[:128]})

    def dead(self, item: HookItem, error: str) -> bool:
        """Given up until an operator replays; the later events of the case go on."""
        return self._end(item, {"state": "dead", "error": error[:128]})

    def backlog(self) -> dict[tuple[int, str], int]:
        """Counts by subscription and state."""
        columns = (hook_item.c.webhook_id, hook_item.c.state)
        with self._db.read() as c:
            rows = c.execute(select(*columns, func.count()).group_by(*columns)).all()
        return {(int(number), str(state)): int(count) for number, state, count in rows}

    def _end(self, item: HookItem, change: dict[str, Any]) -> bool:
        held = (hook_item.c.item_id == item.item_id, hook_item.c.lease == item.lease)
        values = change | {"lease": None, "lease_until": None}
        with self._db.write() as c:
            return bool(c.execute(update(hook_item).where(*held).values(values)).rowcount)

    def _open_to_all(self, connection: Connection, ids: Sequence[int], now: datetime) -> list[int]:
        query = (
            select(hook_item.c.item_id, finding.c.person_id)
            .join(finding, finding.c.case_id == hook_item.c.case_id)
            .where(hook_item.c.item_id.in_(ids), finding.c.person_id.is_not(None))
        )
        owner = {row.item_id: row.person_id for row in connection.execute(query)}
        closed = self._persons.closed(sorted(set(owner.values())))
        waiting = {number for number in ids if owner.get(number) in closed}
        later = {
            "state": "pending",
            "lease": None,
            "lease_until": None,
            "next_at": now + HANDLED_AGAIN,
        }
        connection.execute(update(hook_item).where(hook_item.c.item_id.in_(waiting)).values(later))
        return [number for number in ids if number not in waiting]

    def _live(self, connection: Connection) -> list[HookRow]:
        query = (
            select(webhook)
            .join(client, client.c.client_id == webhook.c.client_id)
            .where(webhook.c.ended_at.is_(None), client.c.revoked_at.is_(None))
        )
        return [self._hook(row) for row in connection.execute(query)]

    def _hook(self, row: Row[Any]) -> HookRow:
        secret = self._keys.opener("webhook.secret")(row.webhook_id, row.secret)
        return HookRow(
            row.webhook_id, row.client_id, row.url, tuple(json.loads(row.rules)),
            tuple(json.loads(row.events)), row.created_at, secret or "", row.ended_at,
            row.dci,
        )  # fmt: skip

    def _leased(self, row: Row[Any], hook: HookRow, token: str) -> HookItem:
        key = bytes.fromhex(self._keys.site_key())
        name = f"event|{row.case_id}|{row.version}".encode()
        return HookItem(
            row.item_id, hook, f"evt_{hmac.digest(key, name, 'sha256').hex()[:32]}", row.case_id,
            row.finding_key, row.version, row.happened_at, row.attempts, token,
        )  # fmt: skip


def _concerned(
    connection: Connection, hook: HookRow, pairs: Sequence[tuple[int, int]]
) -> list[Any]:
    """Those events of ordinary cases that lie within the client's divisions and the filter."""
    wanted = set(pairs)
    query = (
        select(case_event.c.case_id, case_event.c.version, finding.c.division, client.c.divisions)
        .join(finding, finding.c.case_id == case_event.c.case_id)
        .join(client, client.c.client_id == hook.client_id)
        .where(
            case_event.c.case_id.in_({case_id for case_id, _ in wanted}),
            finding.c.access == "ordinary",
        )
    )
    if hook.rules:
        query = query.where(finding.c.rule.in_(hook.rules))
    if hook.events:
        query = query.where(case_event.c.event.in_(hook.events))
    order = (case_event.c.case_id, case_event.c.version)
    return [
        row
        for row in connection.execute(query.order_by(*order))
        if (row.case_id, row.version) in wanted
        and any((row.division or "").startswith(d) for d in json.loads(row.divisions))
    ]


def _item(hook: HookRow, row: Any, now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": hook.webhook_id,
        "case_id": row.case_id,
        "version": row.version,
        "state": "pending",
        "attempts": 0,
        "next_at": now,
    }


def _due(connection: Connection, now: datetime, limit: int) -> Sequence[int]:
    earlier = hook_item.alias("earlier")
    waits = exists().where(
        earlier.c.webhook_id == hook_item.c.webhook_id,
        earlier.c.case_id == hook_item.c.case_id,
        earlier.c.version < hook_item.c.version,
        earlier.c.state.in_(("pending", "leased")),
    )
    live = exists().where(
        webhook.c.webhook_id == hook_item.c.webhook_id,
        webhook.c.ended_at.is_(None),
        client.c.client_id == webhook.c.client_id,
        client.c.revoked_at.is_(None),
    )
    ready = or_(
        and_(hook_item.c.state == "pending", hook_item.c.next_at <= now),
        and_(hook_item.c.state == "leased", hook_item.c.lease_until <= now),
    )
    query = (
        select(hook_item.c.item_id)
        .where(ready, ~waits, live)
        .order_by(hook_item.c.item_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=hook_item)
    )
    return connection.execute(query).scalars().all()
