"""Who calls: a client by its token, an officer by their session; with the scope and within the budget."""

import hashlib
import threading
import time
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer

from gateway.access import ApiScope, Client
from gateway.api.rooms import ApiRooms
from gateway.model.errors import LoginRefused

REMEMBERED = 2.0
"""Seconds for which a token that was found good is not looked up again: a revoked one ends by then."""

_MOST = 10_000
TLS_CERTIFICATE = "cwg.client_certificate"
"""Where the thumbprint of the client's certificate stands in a request's scope. Only proxy.py writes it: a
header of whoever else reaches us counts for nothing."""

KNOWN_CLIENT = "cwg.client"
"""Where a client stands in a request's scope who is known already: by a form's signature (forms.py), or by
the token that came with this very request (sealed.py). Nobody else writes it."""

_bearer = HTTPBearer(
    auto_error=False, scheme_name="client", description="A token of POST /api/v1/token."
)
SCHEME = Depends(_bearer)
"""Only for the OpenAPI document; `Callers` reads the header itself."""


class Callers:
    """Knows the caller of a request."""

    def __init__(self, rooms: ApiRooms) -> None:
        self._rooms = rooms
        self._known: dict[str, tuple[Client, float]] = {}
        self._lock = threading.Lock()

    def client(self, request: Request, scope: ApiScope | None = None, cost: int = 1) -> Client:
        """The client that calls. Raises LoginRefused, NotAllowed, Busy."""
        found = self.known(request)
        request.state.headers = self._rooms.limits.spend(found.client_id, cost)
        if scope is not None:
            found.needs(scope)
        return found

    def known(self, request: Request) -> Client:
        """Who sends a request; nothing is spent. Raises LoginRefused."""
        known = request.scope.get(KNOWN_CLIENT)
        if isinstance(known, Client):
            return known
        return self._client(_token(request), request.scope.get(TLS_CERTIFICATE, ""))

    def _client(self, token: str, certificate: str) -> Client:
        key = hashlib.sha256(f"{certificate}\0{token}".encode()).hexdigest()
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and known[1] > now:
            return known[0]
        found = self._rooms.door.who(token, certificate=certificate)
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = (found, now + REMEMBERED)
        return found


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token or len(token) > 256:
        raise LoginRefused("a client's token is needed / 需要客户端令牌", mend="POST /api/v1/token")
    return token


def with_budget(request: Request, response: Response) -> Response:
    """The answer with the headers that say what is left of the caller's budget."""
    response.headers.update(getattr(request.state, "headers", {}))
    return response


Bearer = Annotated[Any, SCHEME]
