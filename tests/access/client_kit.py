"""An invented client with a key of its own, and assertions as it signs them."""

import json
import time
import uuid
from datetime import UTC, datetime

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.access import ApiScope
from gateway.access.client_keys import read_keys
from gateway.model.clients import ClientRow

AUDIENCE = "urn:cwg:site:gateway"
KEY = ECKey.generate_key("P-256")
BASIS = "未成年人保护法 第八十一条"
Key = ECKey | OKPKey | RSAKey


def public(*keys: Key) -> bytes:
    """A JWKS of the public parts."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def client_row(client_id: str = "cases", **changes: object) -> ClientRow:
    """A client of the whole site with every scope but that of rolls."""
    given: dict[str, object] = {
        "client_id": client_id,
        "title": "安禾县 个案管理系统",
        "jwks": read_keys(public(KEY)),
        "scopes": tuple(sorted(s for s in ApiScope if s is not ApiScope.SUBMIT)),
        "divisions": ("",),
        "purposes": {"casework": BASIS},
        "created_by": "tests",
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return ClientRow(**{**given, **changes})  # type: ignore[arg-type]


def assertion(
    client_id: str = "cases",
    *,
    key: Key = KEY,
    alg: str = "ES256",
    now: float = 0,
    **claims: object,
) -> str:
    """A signed assertion (RFC 7523); `claims` replace the ordinary ones, None leaves one out."""
    now = now or time.time()
    ordinary: dict[str, object] = {
        "iss": client_id, "sub": client_id, "aud": AUDIENCE, "jti": uuid.uuid4().hex,
        "iat": int(now), "exp": int(now) + 120,
    }  # fmt: skip
    said = {name: value for name, value in (ordinary | claims).items() if value is not None}
    return jwt.encode({"alg": alg}, said, key, algorithms=[alg])
