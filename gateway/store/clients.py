"""Registered clients, their tokens, budgets, and the replies they were given."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from gateway.model.clients import ClientRow, ReplyRow, TokenRow
from gateway.store.database import Database, insert_rows, upsert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables_clients import (
    client,
    client_assertion,
    client_budget,
    client_reply,
    client_token,
)

_LISTS = ("scopes", "divisions", "sources")
KEPT = timedelta(days=1)
"""How long a reply answers a repeated write, and a budget's window is kept."""


class Clients:
    """Registrations by id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, client_id: str) -> ClientRow | None:
        """The client of that id."""
        query = select(client).where(client.c.client_id == client_id)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else _client(row)

    def put(self, new: ClientRow) -> None:
        """Write a registration, new or changed."""
        values = {c.name: getattr(new, c.name) for c in client.c}
        values |= {name: json.dumps(sorted(getattr(new, name))) for name in _LISTS}
        values["purposes"] = json.dumps(dict(new.purposes), ensure_ascii=False, sort_keys=True)
        with self._db.write() as c:
            upsert_rows(c, client, [values])

    def all(self) -> tuple[ClientRow, ...]:
        """Every registration, by id."""
        with self._db.read() as c:
            rows = c.execute(select(client).order_by(client.c.client_id)).all()
        return tuple(_client(row) for row in rows)

    def revoke(self, client_id: str, at: datetime) -> None:
        """Refuse the client from now on, and end its tokens."""
        mine = client.c.client_id == client_id
        with self._db.write() as c:
            c.execute(update(client).where(mine).values(revoked_at=at))
            c.execute(delete(client_token).where(client_token.c.client_id == client_id))


class ClientTokens:
    """Tokens by the digest of what the client holds, and assertions that were used."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def use_once(self, digest: str, expires_at: datetime, now: datetime) -> bool:
        """Note an assertion as used; False when it was used before, by any node.

        What has ended is swept: an assertion that is over is refused for that.
        """
        with self._db.write() as c:
            c.execute(delete(client_assertion).where(client_assertion.c.expires_at < now))
            c.execute(delete(client_token).where(client_token.c.expires_at < now))
            row = {"digest": digest, "expires_at": expires_at}
            return insert_rows(c, client_assertion, [row], keep_first=True) == 1

    def add(self, row: TokenRow) -> None:
        """Keep a new token."""
        values = {c.name: getattr(row, c.name) for c in client_token.c}
        values["scopes"] = json.dumps(row.scopes)
        with self._db.write() as c:
            c.execute(insert(client_token).values(values))

    def get(self, digest: str) -> TokenRow | None:
        """The token of that digest."""
        query = select(client_token).where(client_token.c.digest == digest)
        with self._db.read() as c:
            row = c.execute(query).mappings().first()
        if row is None:
            return None
        return TokenRow(**{**row, "scopes": tuple(json.loads(row["scopes"]))})


class ClientBudgets:
    """How many calls (and misses) each client had in each window of time, over all nodes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, client_id: str, kind: str, starts_at: datetime, count: int, most: int) -> int:
        """Take up to `count` of what the window still holds of `most`; how many were given."""
        mine = {"client_id": client_id, "kind": kind, "starts_at": starts_at}
        where = tuple(client_budget.c[name] == value for name, value in mine.items())
        with self._db.write() as c:
            new = insert_rows(c, client_budget, [mine | {"taken": 0}], keep_first=True)
            if new:
                old = client_budget.c.starts_at < starts_at - KEPT
                c.execute(delete(client_budget).where(old))
            query = select(client_budget.c.taken).where(*where).with_for_update()
            taken = int(c.execute(query).scalar_one())
            given = max(0, min(count, most - taken))
            c.execute(update(client_budget).where(*where).values(taken=taken + given))
        return given


class ClientReplies:
    """What writes were answered, by client and the digest of their key."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def get(self, client_id: str, key: str) -> ReplyRow | None:
        """The reply that was given, if there was one."""
        mine = (client_reply.c.client_id == client_id, client_reply.c.key == key)
        with self._db.read() as c:
            row = c.execute(select(client_reply).where(*mine)).mappings().first()
        if row is None:
            return None
        body = self._keys.opener("client_reply.body")(f"{client_id}.{key}", row["body"])
        return ReplyRow(**{**row, "body": body or ""})

    def add(self, row: ReplyRow) -> None:
        """Keep a reply, in the transaction of the write that it answers; old ones are swept.

        Raises StoreError when another request with the same key was answered meanwhile.
        """
        values = {c.name: getattr(row, c.name) for c in client_reply.c}
        place = f"{row.client_id}.{row.key}"
        values["body"] = self._keys.sealer("client_reply.body")(place, row.body)
        with self._db.write() as c:
            c.execute(delete(client_reply).where(client_reply.c.at < row.at - KEPT))
            c.execute(insert(client_reply).values(values))


def _client(row: Row[Any]) -> ClientRow:
    values = dict(row._mapping)
    values |= {name: tuple(json.loads(values[name])) for name in _LISTS}
    values["purposes"] = json.loads(row.purposes)
    return ClientRow(**values)
