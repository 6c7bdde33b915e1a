"""How often a client may call: budgets of the store, leased to this node a block at a time."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import Busy

MINUTE, HOUR = 60, 3600
_log = logging.getLogger("gateway.api")


@dataclass(frozen=True, slots=True)
class Allowed:
    """`calls` a minute and client over all nodes, leased in blocks of `block`; `misses` an hour (answers
    about nobody in the client's scope) before an alarm, told to the store in blocks of `tell`."""

    calls: int = 60_000
    block: int = 1_000
    misses: int = 2_000
    tell: int = 50


class Budgets(Protocol):
    """Windows of time in the store."""

    def take(
        self, client_id: str, kind: str, starts_at: datetime, count: int, most: int
    ) -> int: ...


@dataclass
class _Lease:
    starts_at: datetime
    left: int = 0
    empty: bool = False


class Limits:
    """Budgets of this node. `clock` gives aware times; safe to use from several threads."""

    def __init__(
        self,
        budgets: Budgets,
        audit: AuditLog,
        clock: Callable[[], datetime],
        allowed: Allowed | None = None,
    ) -> None:
        self._budgets = budgets
        self._audit = audit
        self._clock = clock
        self.allowed = allowed or Allowed()
        self._calls: dict[str, _Lease] = {}
        self._misses: dict[str, _Lease] = {}
        self._lock = threading.Lock()

    def spend(self, client_id: str, count: int = 1) -> dict[str, str]:
        """Use up so many calls; the headers that say what is left (draft-ietf-httpapi-ratelimit-headers).

        `r` is what this node has leased: there may be more in the store. Raises Busy, with the
        seconds to wait, when the minute's budget is used up.
        """
        with self._lock:
            lease, left = self._lease(self._calls, client_id, MINUTE)
            while lease.left < count and not lease.empty:
                wanted = max(self.allowed.block, count - lease.left)
                most = self.allowed.calls
                given = self._budgets.take(client_id, "calls", lease.starts_at, wanted, most)
                lease.left += given
                lease.empty = given < wanted
            if lease.left < count:
                busy = Busy("the minute's calls are used up", mend="come back later")
                busy.after_seconds = left
                raise busy
            lease.left -= count
            return self.headers(lease.left, left)

    def headers(self, left: int, seconds: int) -> dict[str, str]:
        """The two headers."""
        return {
            "ratelimit-policy": f'"minute";q={self.allowed.calls};w={MINUTE}',
            "ratelimit": f'"minute";r={left};t={seconds}',
        }

    def missed(self, client_id: str, count: int) -> None:
        """Note answers about nobody in the client's scope; too many of them are an alarm, once an hour."""
        if not count:
            return
        with self._lock:
            lease, _ = self._lease(self._misses, client_id, HOUR)
            lease.left += count
            if lease.empty or lease.left < self.allowed.tell:
                return
            told, lease.left = lease.left, 0
            most = self.allowed.misses
            given = self._budgets.take(client_id, "misses", lease.starts_at, told, most)
            lease.empty = given < told
            if lease.empty:
                self._alarm(client_id)

    def _alarm(self, client_id: str) -> None:
        _log.error("a client asks about many who are not in its scope: %s", client_id)
        detail = json.dumps({"misses_an_hour": self.allowed.misses})
        self._audit.add(
            AuditNote(
                self._clock(), client_id, "client", "client.alarm", "administration", "client",
                client_id, detail,
            )
        )  # fmt: skip

    def _lease(self, leases: dict[str, _Lease], client_id: str, length: int) -> tuple[_Lease, int]:
        now = int(self._clock().timestamp())
        start = datetime.fromtimestamp(now - now % length, UTC)
        lease = leases.get(client_id)
        if lease is None or lease.starts_at != start:
            lease = leases[client_id] = _Lease(start)
        return lease, length - now % length
