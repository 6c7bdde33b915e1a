"""A client's own webhooks, as it makes, lists, replays and ends them itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from gateway.access import ApiScope, Client
from gateway.dispatch.hooks import new_secret, told_secret
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import UsageError
from gateway.model.hooks import HookRow
from gateway.transport import split_hook

MOST = 20
"""Living webhooks of one client."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is told: only cases of these rules and only these events; empty is all."""

    rules: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientHook:
    """One webhook of a client, with how many events wait and how many were given up."""

    hook: HookRow
    waiting: int
    given_up: int


class HookRows(Protocol):
    """Subscriptions (the store's)."""

    def add(self, new: HookRow) -> int: ...
    def all(self, client_id: str = "") -> Sequence[HookRow]: ...
    def end(self, webhook_id: int, at: datetime) -> None: ...
    def replay(self, webhook_id: int, since: datetime, now: datetime) -> int: ...
    def backlog(self) -> Mapping[tuple[int, str], int]: ...


class HookStore(Protocol):
    """The store as far as this needs it."""

    @property
    def hooks(self) -> HookRows: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class ClientHooks:
    """Raises NotAllowed for a client without the scope `events`. `clock` gives aware times."""

    def __init__(self, store: HookStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def add(
        self, client: Client, url: str, narrowed: Narrowed, *, own_key: bool = False, dci: str = ""
    ) -> tuple[HookRow, str]:
        """Make one; the row and what the receiver verifies with, which is told this once. With `dci`
        events go out in the words of that interface.

        Where a name leads is judged at every post, not here. Raises UsageError for an address that
        is none, or one webhook too many.
        """
        client.needs(ApiScope.EVENTS)
        split_hook(url)
        secret = new_secret(own_key=own_key)
        row = HookRow(
            0, client.client_id, url, narrowed.rules, narrowed.events, self._clock(), secret,
            dci=dci,
        )  # fmt: skip
        with self._store.transaction():
            living = [h for h in self._store.hooks.all(client.client_id) if h.ended_at is None]
            if len(living) >= MOST:
                raise UsageError(f"a client has at most {MOST} webhooks", mend="end one of them")
            number = self._store.hooks.add(row)
            self._note(client, "webhook.add", number)
        return replace(row, webhook_id=number, secret=""), told_secret(secret)

    def all(self, client: Client) -> tuple[ClientHook, ...]:
        """The client's webhooks, ended ones too, without their secrets."""
        client.needs(ApiScope.EVENTS)
        left = self._store.hooks.backlog()
        return tuple(
            ClientHook(
                hook, left.get((hook.webhook_id, "pending"), 0),
                left.get((hook.webhook_id, "dead"), 0),
            )
            for hook in self._store.hooks.all(client.client_id)
        )  # fmt: skip

    def replay(self, client: Client, number: int, since: datetime) -> int | None:
        """Send what happened since a time again, under its old ids; how many, None when it is not there."""
        if not self._mine(client, number):
            return None
        with self._store.transaction():
            count = self._store.hooks.replay(number, since, self._clock())
            self._note(client, "webhook.replay", number)
        return count

    def end(self, client: Client, number: int) -> bool:
        """Tell nothing more; False when there is no such webhook of the client."""
        if not self._mine(client, number):
            return False
        with self._store.transaction():
            self._store.hooks.end(number, self._clock())
            self._note(client, "webhook.end", number)
        return True

    def _mine(self, client: Client, number: int) -> bool:
        client.needs(ApiScope.EVENTS)
        mine = self._store.hooks.all(client.client_id)
        return any(h.webhook_id == number and h.ended_at is None for h in mine)

    def _note(self, client: Client, action: str, number: int) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), client.client_id, "client", action, "administration", "webhook",
                str(number), json.dumps({"client": client.client_id}),
            )
        )  # fmt: skip
