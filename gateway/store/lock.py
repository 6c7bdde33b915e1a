"""The night's lock: one node at a time, and a crashed one does not keep the others out.

A lease in `run_lock` is respected until it expires, or until its process is known to be dead because it
lived on this very host. On PostgreSQL an advisory lock held by an open connection stands beside it.
"""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from gateway.model.errors import RunLocked
from gateway.store.database import Database
from gateway.store.tables import run_lock

# Any fixed number: it names this lock among a PostgreSQL database's advisory locks.
_ADVISORY = 7_320_211_946
_NAME = "night"


@dataclass(frozen=True, slots=True)
class NightLock:
    """A held lock. Call `renew` between steps, well within the time to live."""

    _db: Database
    token: str
    ttl: timedelta

    def renew(self, now: datetime) -> None:
        """Push the lease's end to `now` + ttl. Raises RunLocked when another node has taken over."""
        mine = update(run_lock).where(run_lock.c.token == self.token)
        with self._db.write() as c:
            kept = c.execute(mine.values(taken_at=now, expires_at=now + self.ttl)).rowcount
        if not kept:
            raise RunLocked(
                "this node has lost the night's lock",
                where="run_lock",
                mend="the lease ran out and another node took over: stop this run, give a longer ttl",
            )


@contextmanager
def hold_lock(db: Database, node: str, now: datetime, ttl: timedelta) -> Iterator[NightLock]:
    """Hold the night's lock for the length of the block.

    Raises RunLocked when a living node holds it.
    """
    with _advisory(db):
        lock = NightLock(db, str(uuid.uuid4()), ttl)
        _take(db, lock, node, now)
        try:
            yield lock
        finally:
            with db.write() as c:
                c.execute(delete(run_lock).where(run_lock.c.token == lock.token))


def held_since(db: Database, now: datetime) -> datetime | None:
    """Since when, or renewed when, somebody holds the night's lock; None when nobody does."""
    query = select(run_lock.c.taken_at).where(run_lock.c.expires_at > now)
    with db.read() as c:
        found: datetime | None = c.execute(query).scalar()
    return found


def _take(db: Database, lock: NightLock, node: str, now: datetime) -> None:
    values = {
        "name": _NAME,
        "node": node,
        "host": _host(),
        "pid": os.getpid(),
        "token": lock.token,
        "taken_at": now,
        "expires_at": now + lock.ttl,
    }
    with db.write() as c:
        if not db.is_sqlite:
            # Two nodes may both find no row to lock; the table lock makes them queue.
            c.execute(text("LOCK TABLE run_lock IN SHARE ROW EXCLUSIVE MODE"))
        holder = c.execute(select(run_lock)).first()
        if holder is not None and _alive(holder, now):
            raise _locked(holder)
        c.execute(delete(run_lock))
        c.execute(insert(run_lock).values(values))


@contextmanager
def _advisory(db: Database) -> Iterator[None]:
    if db.is_sqlite:
        yield
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not _ask(connection, "SELECT pg_try_advisory_lock(:key)"):
            with db.read() as c:
                raise _locked(c.execute(select(run_lock)).first())
        try:
            yield
        finally:
            # A connection that broke has let go of its lock already.
            with suppress(DBAPIError):
                _ask(connection, "SELECT pg_advisory_unlock(:key)")


def _ask(connection: Connection, sql: str) -> bool:
    return bool(connection.execute(text(sql), {"key": _ADVISORY}).scalar_one())


def _alive(holder: Row[Any], now: datetime) -> bool:
    if holder.expires_at <= now:
        return False
    return holder.host != _host() or _runs(holder.pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    # Two containers may share a host name; process numbers mean something only within one namespace.
    space = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()}/{space.readlink() if space.is_symlink() else ''}"


def _locked(holder: Row[Any] | None) -> RunLocked:
    where = (
        "run_lock" if holder is None else f"node {holder.node}, until {holder.expires_at:%H:%M} UTC"
    )
    return RunLocked(
        "another run holds the night",
        where=where,
        mend="wait until it ends; a crashed run's lock ends by itself at that time",
    )
