"""What every answer obeys: a known host, security headers, and no failure that shows its inside."""

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # With `no-referrer` a browser would send our own forms from the origin "null".
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_log = logging.getLogger("gateway.api")
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """The outermost application.

    A host name that is not ours is refused: without a login, a page elsewhere could otherwise point
    its own name at this address and read with the officer's browser. A failure is logged by its type
    and answered without its text, which could quote a record.
    """

    def __init__(self, app: App, hosts: tuple[str, ...] = LOOPBACK_NAMES) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        if _host(scope) not in self._hosts:
            await answer.problem(421, "host-not-served", "this name is not served here")
            return
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            _log.error("request failed: %s", type(error).__name__)
            if not answer.started:
                await answer.problem(500, "failed", "the request could not be answered")


class _Answer:
    """Sends an answer with our headers, once."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            ours = {name for name, _ in _RAW}
            kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours]
            message["headers"] = [*kept, *_RAW]
        await self._send(message)

    async def problem(self, status: int, code: str, title: str) -> None:
        urn = f"urn:cwg:problem:{code}"
        body = json.dumps({"type": urn, "title": title, "status": status, "code": code})
        kind = [(b"content-type", b"application/problem+json")]
        await self.send({"type": "http.response.start", "status": status, "headers": kind})
        await self.send({"type": "http.response.body", "body": body.encode()})


def _host(scope: Scope) -> str:
    raw = next((v for k, v in scope["headers"] if k == b"host"), b"").decode("latin-1").lower()
    name, _, port = raw.rpartition(":")
    return name if port.isdigit() and name else raw
