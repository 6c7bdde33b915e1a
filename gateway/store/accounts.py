"""Accounts of people and their sessions. The one-time-code secret rests enveloped."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from gateway.model.accounts import AccountRow, SessionRow
from gateway.store.database import Database, upsert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables import account, session


class Accounts:
    """Accounts by name."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def get(self, name: str) -> AccountRow | None:
        """The account of that name."""
        with self._db.read() as c:
            row = c.execute(select(account).where(account.c.name == name)).first()
        return None if row is None else self._open(row)

    def put(self, new: AccountRow) -> None:
        """Write an account, new or changed."""
        values = {c.name: getattr(new, c.name) for c in account.c}
        values["roles"] = json.dumps(sorted(new.roles))
        values["divisions"] = json.dumps(sorted(new.divisions))
        values["secret"] = self._keys.sealer("account.secret")(new.name, new.secret or None)
        with self._db.write() as c:
            upsert_rows(c, account, [values])

    def all(self) -> tuple[AccountRow, ...]:
        """Every account, by name."""
        with self._db.read() as c:
            rows = c.execute(select(account).order_by(account.c.name)).all()
        return tuple(self._open(row) for row in rows)

    def _open(self, row: Row[Any]) -> AccountRow:
        values = dict(row._mapping)
        values["roles"] = tuple(json.loads(row.roles))
        values["divisions"] = tuple(json.loads(row.divisions))
        values["secret"] = self._keys.opener("account.secret")(row.name, row.secret) or ""
        return AccountRow(**values)


class Sessions:
    """Open sessions, by the digest of their token."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, row: SessionRow) -> None:
        """Begin a session."""
        values = {c.name: getattr(row, c.name) for c in session.c}
        with self._db.write() as c:
            c.execute(insert(session).values(values))

    def get(self, digest: str) -> SessionRow | None:
        """The session of that digest."""
        with self._db.read() as c:
            row = c.execute(select(session).where(session.c.digest == digest)).mappings().first()
        return None if row is None else SessionRow(**row)

    def seen(self, digest: str, at: datetime) -> None:
        """Note that a session was used."""
        with self._db.write() as c:
            c.execute(update(session).where(session.c.digest == digest).values(seen_at=at))

    def close(self, digest: str) -> None:
        """End a session."""
        with self._db.write() as c:
            c.execute(delete(session).where(session.c.digest == digest))

    def close_all(self, name: str) -> None:
        """End every session of an account."""
        with self._db.write() as c:
            c.execute(delete(session).where(session.c.account == name))
