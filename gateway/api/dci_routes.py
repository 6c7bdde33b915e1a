"""The DCI registry interface over HTTP (gateway/dci; docs/api/dci.md). Its document is the published one."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import ApiScope
from gateway.api.callers import Callers, with_budget
from gateway.api.dci_rooms import DciRooms
from gateway.api.limits import Limits
from gateway.dci import Reply, detached, read_envelope, verify
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


def routes(rooms: DciRooms, callers: Callers, limits: Limits) -> APIRouter:
    """The route of this file."""
    made = APIRouter(prefix=rooms.prefix, include_in_schema=False)

    @made.post("/registry/sync/search")
    async def search(request: Request) -> Response:
        """Answer a signed search of the client whose token came with it."""
        try:
            body = await _body(request)
            return await asyncio.to_thread(answer, request, body)
        except GatewayError as error:
            return _refusal(error)

    def answer(request: Request, body: bytes) -> Response:
        client = callers.client(request, ApiScope.CHECK)
        envelope = read_envelope(body)
        if envelope.header.get("sender_id") != client.client_id:
            raise LoginRefused("sender_id is the client whose token this is")
        verify(envelope, rooms.keys_of(client.client_id))
        reply = rooms.facade.search(client, envelope)
        limits.missed(client.client_id, _misses(reply))
        return with_budget(request, _signed(rooms, reply))

    return made


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise UsageError("the message is too large", mend=f"at most {MOST_BYTES} bytes")
    return body


def _signed(rooms: DciRooms, reply: Reply) -> Response:
    parts = {"header": reply.header}
    if reply.message is not None:
        parts["message"] = reply.message
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in parts.items()}
    signature = detached(rooms.sign("".join(texts.values()).encode()))
    inner = ",".join(f'"{name}":{text}' for name, text in texts.items())
    body = f'{{"signature":{json.dumps(signature)},{inner}}}'
    return Response(body.encode(), media_type="application/json")


def _misses(reply: Reply) -> int:
    items = (reply.message or {}).get("search_response", ())
    records = (item["data"]["reg_records"] for item in items if "data" in item)
    return sum(
        isinstance(said, dict) and said["why"] == "not_in_scope"
        for record in records
        for said in record.values()
    )


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
