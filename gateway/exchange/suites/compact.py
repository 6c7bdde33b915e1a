"""What both compact forms share (JOSE's and the national one): dotted parts and strict headers."""

import binascii
from collections.abc import Mapping
from typing import Any

from gateway.exchange.documents import read_json
from gateway.model.errors import ExchangeRefused, Refusal

HEADER_LENGTH = 2048
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/---")
"""The two letters of plain base64 and its padding become one that its strict reader refuses."""


def encoded(data: bytes) -> bytes:
    """base64url without padding."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL)


def decoded(part: bytes, what: str) -> bytes:
    """The bytes of a part in base64url, in its one form. Raises ExchangeRefused(malformed)."""
    try:
        raw = _raw(part)
    except ValueError:
        raise _not_base64url(what) from None
    # The strict reader takes every letter for what it is, but not the last one's unused bits.
    whole = len(part) // 4
    if encoded(raw[3 * whole :]) != part[4 * whole :]:
        raise _not_base64url(what)
    return raw


def strict_header(part: bytes, wanted: Mapping[str, str], free: frozenset[str]) -> dict[str, Any]:
    """A protected header with exactly these values and names: no `zip`, `crit`, `jwk` or `jku`."""
    header = read_header(part)
    if not isinstance(header, dict):
        raise ExchangeRefused(Refusal.MALFORMED, "A JOSE header is no JSON object")
    for name, value in wanted.items():
        if header.get(name) != value:
            reason = Refusal.BAD_ALGORITHM if name in {"alg", "enc"} else Refusal.MALFORMED
            raise ExchangeRefused(reason, f"The JOSE header's `{name}` is not {value}")
    if header.keys() != wanted.keys() | free:
        raise ExchangeRefused(
            Refusal.BAD_ALGORITHM, "A JOSE header has a parameter that it may not have"
        )
    return header


def read_header(part: bytes) -> object:
    """A header's JSON, unverified. Raises ExchangeRefused(malformed)."""
    if len(part) > HEADER_LENGTH:
        raise ExchangeRefused(Refusal.MALFORMED, "A JOSE header is too long")
    try:
        raw = _raw(part)
    except ValueError:
        raise _not_base64url("A JOSE header") from None
    return read_json(raw, depth=4)


def key_name(token: bytes) -> str:
    """The `kid` of a compact token, unverified; empty when there is none."""
    header = read_header(token.split(b".", 1)[0])
    return str(header.get("kid", "")) if isinstance(header, dict) else ""


def encrypted_parts(body: bytes) -> list[bytes]:
    """The five parts of an encrypted token. Raises ExchangeRefused(truncated, not_encrypted)."""
    parts = body.split(b".", 5)
    if len(parts) == 5:
        return parts
    cut = len(parts) == 4 or (len(parts) < 5 and _looks_encrypted(parts[0]))
    raise ExchangeRefused(
        Refusal.TRUNCATED if cut else Refusal.NOT_ENCRYPTED,
        "It breaks off" if cut else "It is not encrypted",
    )


def not_for_us() -> ExchangeRefused:
    """Refused: it is encrypted for a key that is not here."""
    return ExchangeRefused(
        Refusal.WRONG_RECIPIENT,
        "It is encrypted for a key that is not ours",
        mend="Give the sender our present encryption certificate.",
    )


def cannot_be_decrypted() -> ExchangeRefused:
    """Refused: whatever made the decryption fail, in one sentence."""
    return ExchangeRefused(
        Refusal.ALTERED,
        "It cannot be decrypted: its bytes are not those that were sealed",
        mend="Let the sender send it again.",
    )


def signature_fails() -> ExchangeRefused:
    """Refused: the signature is not one over these bytes by that key."""
    return ExchangeRefused(
        Refusal.ALTERED,
        "The signature does not hold",
        mend="Let the sender send it again; if it fails again, compare certificates.",
    )


def _not_base64url(what: str) -> ExchangeRefused:
    return ExchangeRefused(Refusal.MALFORMED, f"{what} is not base64url")


def _raw(part: bytes) -> bytes:
    padded = part.translate(_FROM_URL) + b"=" * (-len(part) % 4)
    return binascii.a2b_base64(padded, strict_mode=True)


def _looks_encrypted(part: bytes) -> bool:
    try:
        header = read_header(part)
    except ExchangeRefused:
        return False
    return isinstance(header, dict) and "enc" in header
