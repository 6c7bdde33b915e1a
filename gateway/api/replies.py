"""A write that is sent twice is done once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from gateway.access import Client
from gateway.api.problems import problem
from gateway.model.clients import ReplyRow
from gateway.model.errors import StoreError

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=128,
        description="The same key and request within a day: the first answer again.",
    ),
]


class Kept(Protocol):
    """Replies that were given."""

    def get(self, client_id: str, key: str) -> ReplyRow | None: ...
    def add(self, row: ReplyRow) -> None: ...


class ReplyStore(Protocol):
    """The store as far as replies need it."""

    @property
    def client_replies(self) -> Kept: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Replies:
    """Does a write once for each key. `clock` gives aware times."""

    def __init__(self, store: ReplyStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def once(
        self,
        request: Request,
        client: Client,
        key: str,
        asked: BaseModel,
        act: Callable[[], Mapping[str, Any]],
        *,
        status: int = 201,
    ) -> Response:
        """What `act` answers (`status`), or what it answered when the key came first; with no key, as often
        as it is sent. 409 when the key came with another request."""
        if not key:
            return JSONResponse(act(), status)
        mine = _digest(key)
        text = f"{request.method} {request.url.path} {asked.model_dump_json()}"
        row = self._first(client, mine, _digest(text), act)
        if row.request != _digest(text):
            return problem(409, "key-reused")
        return Response(row.body, status, media_type="application/json")

    def _first(
        self, client: Client, key: str, request: str, act: Callable[[], Mapping[str, Any]]
    ) -> ReplyRow:
        known = self._store.client_replies.get(client.client_id, key)
        if known is not None:
            return known
        try:
            with self._store.transaction():
                body = json.dumps(act(), ensure_ascii=False)
                row = ReplyRow(client.client_id, key, request, 201, self._clock(), body)
                self._store.client_replies.add(row)
                return row
        except StoreError:
            # Another node was first with this key: ours is undone, its answer holds.
            known = self._store.client_replies.get(client.client_id, key)
            if known is None:
                raise
            return known


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
