"""What is kept of systems that call the API: rows that access reads and the store keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One registered system.

    `jwks` is the JSON text of its public keys (RFC 7517); `scopes` are codes of
    gateway.access.ApiScope, `divisions` prefixes of division codes (`""` for the whole site),
    `purposes` maps codes of gateway.access.Purpose to the legal basis that was registered for this
    client. `sources` are those whose rolls it may submit. `certificate` is the SHA-256 thumbprint
    (base64url, RFC 8705 `x5t#S256`) of the TLS certificate that its tokens are bound to; empty: none.
    `sealed`: its requests and answers are a JWS in a JWE.
    """

    client_id: str
    title: str
    jwks: str
    scopes: tuple[str, ...]
    divisions: tuple[str, ...]
    purposes: Mapping[str, str]
    created_by: str
    created_at: datetime
    sources: tuple[str, ...] = ()
    certificate: str = ""
    revoked_at: datetime | None = None
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token that was issued. `digest` is SHA-256 (64 hex) of what the client holds."""

    digest: str
    client_id: str
    scopes: tuple[str, ...]
    certificate: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """What a write was answered, so that the same write is answered the same.

    `key` is the digest of the caller's Idempotency-Key, `request` that of what was asked.
    """

    client_id: str
    key: str
    request: str
    status: int
    at: datetime
    body: str = field(repr=False)
