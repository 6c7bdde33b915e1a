"""The form profile: one POST address for each operation, SM2 and SM4, HTTP 200 with a code inside
(docs/api/form.md). Each call becomes the call of the first profile, so that what is allowed, audited and
answered is decided in one place."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message

from gateway.access import Client
from gateway.api.callers import KNOWN_CLIENT, TLS_CERTIFICATE
from gateway.api.form_document import form_document
from gateway.api.form_rooms import FormClient, FormRooms
from gateway.api.form_table import OPERATIONS, Operation
from gateway.api.problems import CODES, STATUS
from gateway.exchange.suites.sm2_call import (
    MOST_BYTES,
    Ends,
    form_text,
    open_call,
    read_form,
    seal_call,
)
from gateway.model.errors import ExchangeRefused, GatewayError, LoginRefused, UsageError

PREFIX = "/api/form/v1"
VERSION = "1"
SKEW = timedelta(minutes=5)
BEIJING = timedelta(hours=8)
_PART = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NAMES = frozenset({"operation", "nonce", "input"})


@dataclass(frozen=True, slots=True)
class _Asked:
    who: FormClient
    nonce: str
    given: dict[str, Any]


def routes(rooms: FormRooms) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=PREFIX, include_in_schema=False)
    said = form_document(PREFIX, VERSION)

    @made.get("/openapi.json")
    def document() -> dict[str, Any]:
        """What a form is, for whoever writes a client."""
        return said

    for name, operation in OPERATIONS.items():
        made.post(f"/{name}")(_route(rooms, name, operation))
    return made


def _route(rooms: FormRooms, name: str, operation: Operation) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        """Answer one form."""
        try:
            body = await _body(request)
            shown = request.scope.get(TLS_CERTIFICATE, "")
            asked = await asyncio.to_thread(_opened, rooms, name, body, shown)
        except ExchangeRefused:
            return _refusal(LoginRefused("that form is of nobody known"))
        except GatewayError as error:
            return _refusal(error)
        try:
            sent = _sent(operation, asked.given)
            status, said = await _inner(request.app, asked.who.client, operation.method, sent)
        except UsageError:
            status, said = 400, {"code": "usage", "title": CODES["usage"][1]}
        return await asyncio.to_thread(_sealed, rooms, name, asked, status, said)

    return answer


def _opened(rooms: FormRooms, name: str, body: bytes, certificate: str) -> _Asked:
    """Who asks what. Raises ExchangeRefused, UsageError."""
    try:
        form = read_form(body)
    except ExchangeRefused:
        raise UsageError("that is no form of this profile") from None
    who = rooms.client(form["appId"])
    if who is None or who.certificate not in ("", certificate):
        raise LoginRefused("that form is of nobody known")
    data = open_call(form, rooms.own_key, who.signers)
    nonce = data.get("nonce")
    if data.keys() != _NAMES or data["operation"] != name or not isinstance(data["input"], dict):
        raise UsageError("the data is operation, nonce and input")
    if not isinstance(nonce, str) or not 16 <= len(nonce) <= 64:
        raise UsageError("a nonce is 16 to 64 characters")
    now = rooms.clock()
    if abs(_moment(form["timestamp"]) - now) > SKEW:
        raise UsageError("timestamp is within five minutes of our clock")
    if not rooms.once(f"form|{who.client.client_id}|{nonce}", now + 3 * SKEW):
        raise UsageError("that nonce came before")
    return _Asked(who, nonce, data["input"])


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC) - BEIJING
    except ValueError:
        raise UsageError("timestamp is yyyyMMddHHmmss of Beijing") from None


def _sealed(rooms: FormRooms, name: str, asked: _Asked, status: int, said: object) -> Response:
    """The answer: its code outside for who looks there, and signed inside."""
    data = {"operation": name, "nonce": asked.nonce, "status": status, "output": said}
    key_name, key = asked.who.reader
    ends = Ends(rooms.signer(), key, key_name)
    form = seal_call(data, asked.who.client.client_id, rooms.clock().astimezone(UTC), ends)
    return _given(_code(status), "成功" if status < 300 else _words(said), form)


def _words(said: object) -> str:
    code = said.get("code") if isinstance(said, dict) else None
    return CODES.get(str(code), CODES["failed"])[0]


def _code(status: int) -> int:
    return 0 if status < 300 else status


def _refusal(error: GatewayError) -> Response:
    status, code = next(
        ((s, c) for kind, s, c in STATUS if isinstance(error, kind)), (503, "store-unavailable")
    )
    return _given(status, CODES[code][0], {})


def _given(code: int, message: str, form: Mapping[str, Any]) -> Response:
    text = {"code": code, "message": message, **form}
    body = json.dumps(text, ensure_ascii=False) if not form else form_text(text).decode()
    return Response(body.encode(), media_type="application/json")


def _sent(operation: Operation, given: Mapping[str, Any]) -> tuple[str, dict[str, str], bytes]:
    """(path with its query, headers, body) of the first profile. Raises UsageError."""
    rest, path = dict(given), f"/api/v1{operation.path}"
    headers = {"host": "127.0.0.1", "content-type": "application/json"}
    for name, header in (("ifMatch", "if-match"), ("idempotencyKey", "idempotency-key")):
        value = rest.pop(name, None)
        if isinstance(value, str) and value.isascii() and value.isprintable() and value:
            headers[header] = value
        elif value is not None:
            raise UsageError(f"{name} is a printable text")
    for part in [p[1:-1] for p in path.split("/") if p.startswith("{")]:
        value = rest.pop(part, None)
        if isinstance(value, bool) or not _PART.fullmatch(str(value)):
            raise UsageError(f"{part} is missing, or has letters that none has")
        path = path.replace(f"{{{part}}}", str(value))
    if operation.method == "POST":
        return path, headers, json.dumps(rest, ensure_ascii=False).encode()
    query = urlencode({n: v for n, v in rest.items() if v is not None}, doseq=True)
    return f"{path}?{query}" if query else path, headers, b""


async def _inner(
    app: ASGIApp, client: Client, method: str, sent: tuple[str, dict[str, str], bytes]
) -> tuple[int, object]:
    """Status and content of the first profile's answer to a client that is known."""
    target, headers, body = sent
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": None, "server": ("127.0.0.1", 80), KNOWN_CLIENT: client,
    }  # fmt: skip
    parts: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        parts.append(message)

    await app(scope, receive, send)
    whole = b"".join(part.get("body", b"") for part in parts[1:])
    return int(parts[0]["status"]), _value(whole)


def _value(whole: bytes) -> object:
    if not whole:
        return None
    try:
        return json.loads(whole)
    except ValueError:
        return whole.decode("utf-8", "replace")


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise UsageError("the form is too large", mend=f"at most {MOST_BYTES} bytes")
    return body
