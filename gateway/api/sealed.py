"""Sealed requests and answers of version 1, for clients whose registration says so.

The body of a request is a compact JWE to the site's key around a compact JWS of the client; so is the body of
every answer, problems too, the other way round (docs/api/README.md). What is not sealed by such a client
is refused. Pieces of a roll are sealed files already and stay as they are.
"""

from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access import Client
from gateway.access.client_keys import ALGORITHMS, encryption_key, key_set
from gateway.api.callers import KNOWN_CLIENT, Callers
from gateway.api.jose_keys import JoseKeys
from gateway.api.problems import of_error, problem
from gateway.api.rooms import V1
from gateway.dci import OwnKey, Sign
from gateway.exchange.suites import nested
from gateway.exchange.suites.compact import encrypted_parts, strict_header
from gateway.model.errors import ExchangeRefused, GatewayError, KeyUnavailable, UsageError

JOSE = "application/jose"
MOST_BYTES = 32 * 1024 * 1024
_HEAD = {"alg": nested.WRAP, "enc": nested.CIPHER, "cty": "JWS"}
_HIDDEN = (b"content-length", b"content-type")


class SealedClients:
    """Opens what such a client sends, and seals what it is answered."""

    def __init__(self, app: ASGIApp, callers: Callers, keys: JoseKeys | None) -> None:
        self._app = app
        self._callers = callers
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = self._client(scope, receive)
        if client is None:
            await self._app(scope, receive, send)
            return
        if self._keys is None or encryption_key(self._keys.keys_of(client.client_id)) is None:
            error = KeyUnavailable("there is no key to seal the answer with")
            await of_error(error)(scope, receive, send)
            return
        inner = _Sent()
        try:
            again = await self._opened(scope, receive, client)
            await self._app(scope, again, inner)
        except (ExchangeRefused, UsageError):
            inner = _Sent()
            await problem(400, "usage", "the body is sealed: a JWS in a JWE")(scope, receive, inner)
        await self._answer(scope, receive, send, inner, client)

    def _client(self, scope: Scope, receive: Receive) -> Client | None:
        """The client of a request that is to be sealed; whoever else it is, the routes say."""
        under = scope["type"] == "http" and str(scope["path"]).startswith(f"{V1}/")
        if not under or scope["path"] == f"{V1}/token" or KNOWN_CLIENT in scope:
            return None
        try:
            found = self._callers.known(Request(scope, receive))
        except GatewayError:
            return None
        scope[KNOWN_CLIENT] = found
        return found if found.sealed else None

    async def _opened(self, scope: Scope, receive: Receive, client: Client) -> Receive:
        if scope["method"] in ("GET", "HEAD", "DELETE", "PATCH"):
            return receive
        request = Request(scope, receive)
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        body = await _whole(request)
        if kind != JOSE or self._keys is None:
            raise UsageError("the body is not sealed")
        plain = open_body(body, self._keys.own_key, self._keys.keys_of(client.client_id))
        kept = [(n, v) for n, v in scope["headers"] if n not in _HIDDEN]
        scope["headers"] = [*kept, (b"content-type", b"application/json")]

        async def again() -> Message:
            return {"type": "http.request", "body": plain, "more_body": False}

        return again

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, inner: "_Sent", client: Client
    ) -> None:
        found = encryption_key(self._keys.keys_of(client.client_id)) if self._keys else None
        if self._keys is None or found is None:
            return
        if inner.too_large:
            await problem(400, "usage", "too much to be sealed: ask page by page")(
                scope, receive, send
            )
            return
        body = seal_body(bytes(inner.body), self._keys.sign, *found) if inner.body else b""
        kept = [(n, v) for n, v in inner.start["headers"] if n != b"content-length"]
        kept = [(n, v) for n, v in kept if n != b"content-type" or not body]
        if body:
            kept.append((b"content-type", JOSE.encode()))
        kept.append((b"content-length", str(len(body)).encode()))
        await send({**inner.start, "headers": kept})
        await send({"type": "http.response.body", "body": body})


class _Sent:
    """An answer, held until it is whole."""

    def __init__(self) -> None:
        self.start: Any = {}
        self.body = bytearray()
        self.too_large = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif len(self.body) + len(message.get("body", b"")) > MOST_BYTES:
            self.too_large = True
        else:
            self.body += message.get("body", b"")


def open_body(body: bytes, own_key: OwnKey, jwks: str) -> bytes:
    """What a client sealed for us. Raises ExchangeRefused, UsageError."""
    head, *parts = encrypted_parts(body)
    header = strict_header(head, _HEAD, frozenset({"kid", "epk"}))
    own = own_key(str(header["kid"]))
    if own is None:
        raise UsageError("it is sealed to a key that is not ours")
    token = nested.opened(head, header["epk"], parts, own)
    # The library ends at 128 kB: what may be sent sealed may be signed too.
    taken = jws.JWSRegistry(algorithms=list(ALGORITHMS))
    taken.max_payload_length = MOST_BYTES
    try:
        signed = jws.deserialize_compact(token, key_set(jwks), registry=taken)
    except (JoseError, ValueError):
        raise UsageError("the signature does not hold") from None
    return signed.payload


def seal_body(body: bytes, sign: Sign, kid: str, key: Any) -> bytes:
    """A JWS of ours in a JWE to a client."""
    token = sign(body).encode("ascii")
    return b".".join(nested.encrypt(token, {"cty": "JWS", "kid": kid}, key))


async def _whole(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise UsageError("the body is too large")
    return body
