"""Tokens for clients: OAuth 2 client credentials with a signed assertion (RFC 6749, 7521, 7523).

A client proves itself by a JWT that it signed with its registered key, once; it gets an opaque token
that lives for minutes, kept by its digest, and bound to a TLS certificate where the registration names
one (RFC 8705).
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

from gateway.access.client_keys import ALGORITHMS, signing_keys
from gateway.access.clients import Client, Clients, client_of
from gateway.access.scopes import ApiScope
from gateway.model.clients import ClientRow, TokenRow
from gateway.model.errors import LoginRefused, UsageError

LIFE = timedelta(minutes=10)
ASSERTION_LIFE = timedelta(minutes=5)
SKEW = timedelta(minutes=1)
MAX_ASSERTION = 8 * 1024
_NOBODY = ECKey.generate_key("P-256")


class Tokens(Protocol):
    """Where tokens and used assertions are kept; the store satisfies it by shape."""

    def use_once(self, digest: str, expires_at: datetime, now: datetime) -> bool: ...
    def add(self, row: TokenRow) -> None: ...
    def get(self, digest: str) -> TokenRow | None: ...


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as the client gets it, once. `lives` is how long it is good for."""

    token: str = field(repr=False)
    scopes: tuple[ApiScope, ...]
    lives: timedelta = LIFE


class ClientDoor:
    """Issues and knows tokens. `audience` names this site in an assertion; `clock` gives aware times."""

    def __init__(
        self, clients: Clients, tokens: Tokens, *, audience: str, clock: Callable[[], datetime]
    ) -> None:
        self._clients = clients
        self._tokens = tokens
        self._audience = audience
        self._clock = clock

    def issue(self, assertion: str, scopes: Iterable[str] = (), *, certificate: str = "") -> Issued:
        """A token for who signed the assertion, with the scopes asked for (default: all registered).

        `certificate` is the thumbprint of the TLS certificate that this connection was made with.
        Raises LoginRefused, with the same words whatever was wrong; UsageError for a scope that is
        not registered, after the client has proved itself.
        """
        now = self._clock()
        row = self._proved(assertion, now)
        if row.certificate and not hmac.compare_digest(row.certificate, certificate):
            raise _refused()
        asked = tuple(dict.fromkeys(scopes)) or row.scopes
        if not set(asked) <= set(row.scopes):
            raise UsageError("a scope is not registered for this client", where="scope")
        token = secrets.token_urlsafe(32)
        given = tuple(sorted(ApiScope(code) for code in asked))
        self._tokens.add(
            TokenRow(_digest(token), row.client_id, given, row.certificate, now, now + LIFE)
        )
        return Issued(token, given)

    def who(self, token: str, *, certificate: str = "") -> Client:
        """The client of a token. Raises LoginRefused for one that is unknown, over, revoked, or
        presented over another connection than that of its certificate."""
        kept = self._tokens.get(_digest(token))
        row = self._clients.get(kept.client_id) if kept else None
        if kept is None or row is None or row.revoked_at is not None:
            raise _refused()
        bound = kept.certificate or row.certificate
        if bound and not hmac.compare_digest(bound, certificate):
            raise _refused()
        if self._clock() >= kept.expires_at:
            raise _refused()
        return client_of(row, kept.scopes)

    def _proved(self, assertion: str, now: datetime) -> ClientRow:
        if len(assertion) > MAX_ASSERTION:
            raise _refused()
        row = self._clients.get(_issuer(assertion))
        claims = _claims(assertion, row)
        if row is None or claims is None or row.revoked_at is not None:
            raise _refused()
        until = _fits(claims, row.client_id, self._audience, now)
        if until is None:
            raise _refused()
        # Written last: an assertion that is refused for another reason uses nothing up.
        used = hashlib.sha256(f"{row.client_id}\0{claims['jti']}".encode()).hexdigest()
        if not self._tokens.use_once(used, until + SKEW, now):
            raise _refused()
        return row


def _issuer(assertion: str) -> str:
    # Read before it is verified, only to find whose keys to verify it with.
    try:
        claims = json.loads(extract_compact(assertion.encode()).payload)
        found = claims.get("iss")
    except (JoseError, ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def _claims(assertion: str, row: ClientRow | None) -> dict[str, Any] | None:
    """The verified claims. An unknown client costs the work of one with a single key.

    Every registered key is tried: a client that changes over has two, and need not name one by `kid`.
    """
    for key in (signing_keys(row.jwks) if row else ()) or (_NOBODY,):
        try:
            claims = jwt.decode(assertion, key, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError):
            continue
        return claims if isinstance(claims, dict) else None
    return None


def _fits(claims: dict[str, Any], client: str, audience: str, now: datetime) -> datetime | None:
    """When the assertion ends; None when a claim is not as RFC 7523, section 3, and we ask."""
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [named]
    until, begin = _time(claims.get("exp")), _time(claims.get("nbf", claims.get("iat", 0)))
    jti = claims.get("jti")
    whole = (
        claims.get("iss") == client
        and claims.get("sub") == client
        and audiences == [audience]
        and isinstance(jti, str)
        and 8 <= len(jti) <= 128
    )
    if not whole or until is None or begin is None:
        return None
    in_time = begin - SKEW <= now <= until + SKEW and until - now <= ASSERTION_LIFE + SKEW
    return until if in_time else None


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refused() -> LoginRefused:
    return LoginRefused(
        "the client was not recognised / 客户端未通过认证",
        mend="check key, audience, time and jti of the assertion, or ask for a new token"
        " / 请核对断言的密钥、aud、时间和 jti，或重新取得令牌",
    )
