"""OpenID Connect, authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1; RFC 7636; RFC 9207)."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.access.outside import OIDC, STRONG, Attempt, Known, refused

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]
"""Signatures that an ID token may have; never `none`, never a shared secret."""

SKEW = timedelta(minutes=2)
MAX_ANSWER = 256 * 1024


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`issuer` as the provider names itself; `redirect` our own address of `/login/oidc/back`."""

    issuer: str
    client_id: str
    redirect: str
    secret: str = field(default="", repr=False)


class Oidc:
    """One provider. `client` speaks TLS strictly; `clock` gives aware times."""

    def __init__(
        self, settings: OidcSettings, client: httpx.Client, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock

    def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what it keeps. Raises LoginRefused."""
        place = self._discover()["authorization_endpoint"]
        attempt = Attempt(OIDC, *(secrets.token_urlsafe(32) for _ in range(3)))
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code", "client_id": self._settings.client_id, "scope": "openid",
            "redirect_uri": self._settings.redirect, "state": attempt.state,
            "nonce": attempt.nonce, "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}", attempt

    def finish(self, attempt: Attempt, answer: dict[str, str]) -> Known:
        """Who came back. Raises LoginRefused."""
        same = secrets.compare_digest(attempt.state.encode(), answer.get("state", "").encode())
        issuer = answer.get("iss", self._settings.issuer)
        if not same or attempt.provider != OIDC or issuer != self._settings.issuer:
            raise refused()
        if not answer.get("code"):
            raise refused()
        found = self._discover()
        token = self._token(found["token_endpoint"], answer["code"], attempt.verifier)
        claims = self._verified(token, self._fetch(found["jwks_uri"]))
        self._check(claims, attempt.nonce)
        strong = bool(STRONG & set(claims.get("amr") or ()))
        return Known(OIDC, str(claims["sub"]), strong)

    def _discover(self) -> Mapping[str, Any]:
        base = self._settings.issuer.rstrip("/")
        found = self._fetch(f"{base}/.well-known/openid-configuration")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self._settings.issuer or not all(found.get(n) for n in names):
            raise refused()
        # A provider that is reached over TLS must not send us anywhere without it.
        if base.startswith("https:") and any(not found[n].startswith("https:") for n in names):
            raise refused()
        return found

    def _token(self, place: str, code: str, verifier: str) -> str:
        s = self._settings
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": s.redirect,
            "code_verifier": verifier, "client_id": s.client_id,
        }  # fmt: skip
        auth = httpx.BasicAuth(s.client_id, s.secret) if s.secret else None
        try:
            answer = self._client.post(place, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
            token = answer.json()["id_token"] if answer.status_code == 200 else ""
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            raise refused() from None
        if not isinstance(token, str) or not token:
            raise refused()
        return token

    def _fetch(self, place: str) -> Mapping[str, Any]:
        try:
            answer = self._client.get(place)
            if answer.status_code != 200 or len(answer.content) > MAX_ANSWER:
                raise refused()
            found = answer.json()
        except (httpx.HTTPError, ValueError):
            raise refused() from None
        if not isinstance(found, dict):
            raise refused()
        return found

    def _verified(self, token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            known = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            claims: Mapping[str, Any] = jwt.decode(token, known, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError, TypeError):
            raise refused() from None
        return claims

    def _check(self, claims: Mapping[str, Any], nonce: str) -> None:
        us, now = self._settings.client_id, self._clock()
        audience = claims.get("aud")
        several = audience if isinstance(audience, list) else [audience]
        good = (
            claims.get("iss") == self._settings.issuer,
            us in several,
            len(several) == 1 or claims.get("azp") == us,
            claims.get("azp", us) == us,
            _time(claims, "exp") > (now - SKEW).timestamp(),
            _time(claims, "iat") < (now + SKEW).timestamp(),
            secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            bool(claims.get("sub")),
        )
        if not all(good):
            raise refused()


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused()
    return float(value)
