"""The DCI registry interface over HTTP (gateway/dci; docs/api/dci.md)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Client
from gateway.api.callers import Callers, with_budget
from gateway.api.dci_document import dci_document
from gateway.api.dci_rooms import DciRooms
from gateway.api.limits import Limits
from gateway.dci import Envelope, Reply, opened, read_envelope, verify
from gateway.dci.envelope import MOST_BYTES
from gateway.model.errors import Busy, GatewayError, LoginRefused, NotAllowed, UsageError

ERRORS: tuple[tuple[type[GatewayError], int, str], ...] = (
    (UsageError, 400, "err.request.bad"),
    (LoginRefused, 401, "err.request.unauthorized"),
    (NotAllowed, 403, "err.request.forbidden"),
    (Busy, 429, "err.request.too_many_requests"),
    (GatewayError, 503, "err.service.unavailable"),
)
"""The first line that fits decides."""


Ask = Callable[[Client, Envelope], Reply]


def routes(rooms: DciRooms, callers: Callers, limits: Limits) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=rooms.prefix, include_in_schema=False)
    facade, subscriptions, later = rooms.facade, rooms.subscriptions, rooms.later
    at_once: Mapping[str, Ask] = {
        "/registry/sync/search": facade.search,
        "/registry/sync/enrolled": facade.enrolled,
        "/registry/sync/txn/status": later.status,
    }
    to_follow: Mapping[str, Ask] = {
        "/registry/search": facade.search,
        "/registry/subscribe": subscriptions.subscribe,
        "/registry/unsubscribe": subscriptions.unsubscribe,
        "/registry/txn/status": later.status,
    }

    def known(request: Request, body: bytes) -> tuple[Client, Envelope]:
        client = callers.client(request)
        envelope = read_envelope(body)
        if envelope.header.get("sender_id") != client.client_id:
            raise LoginRefused("sender_id is the client whose token this is")
        verify(envelope, rooms.keys_of(client.client_id))
        envelope = opened(envelope, rooms.own_key)
        if envelope.encrypted:
            rooms.outgoing.check_key(client.client_id)
        return client, envelope

    def answered(ask: Ask, request: Request, body: bytes) -> Response:
        client, envelope = known(request, body)
        reply = ask(client, envelope)
        limits.missed(client.client_id, reply.misses)
        said = rooms.outgoing.reply(client.client_id, reply, encrypted=envelope.encrypted)
        return with_budget(request, Response(said, media_type="application/json"))

    def taken(ask: Ask, request: Request, body: bytes) -> Response:
        client, envelope = known(request, body)

        def watched(asking: Client, asked: Envelope) -> Reply:
            reply = ask(asking, asked)
            limits.missed(asking.client_id, reply.misses)
            return reply

        said = json.dumps(later.take(client, envelope, watched))
        return with_budget(request, Response(said, media_type="application/json"))

    said = dci_document(rooms.prefix, rooms.words, "1.0.0")

    @made.get("/openapi.json")
    def document() -> dict[str, Any]:
        """What may be sent here, for whoever writes a client."""
        return said

    for path, ask in at_once.items():
        made.post(path)(_route(partial(answered, ask)))
    for path, ask in to_follow.items():
        made.post(path)(_route(partial(taken, ask)))
    return made


def _route(act: Callable[[Request, bytes], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        """Answer a signed message of the client whose token came with it."""
        try:
            body = await _body(request)
            return await asyncio.to_thread(act, request, body)
        except GatewayError as error:
            return _refusal(error)

    return answer


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise UsageError("the message is too large", mend=f"at most {MOST_BYTES} bytes")
    return body


def _refusal(error: GatewayError) -> Response:
    status, code = next((s, c) for kind, s, c in ERRORS if isinstance(error, kind))
    body: dict[str, Any] = {
        "errors": [{"code": code, "message": error.what if status < 500 else ""}]
    }
    if status not in (401, 403, 500):
        # What the document calls `default` has a header.
        body["header"] = {
            "message_id": "", "message_ts": "1970-01-01T00:00:00Z", "action": "on-search",
            "status": "rjct",
        }  # fmt: skip
    answer = Response(json.dumps(body), status, media_type="application/json")
    if isinstance(error, Busy):
        answer.headers["retry-after"] = str(max(1, int(error.after_seconds)))
    return answer
