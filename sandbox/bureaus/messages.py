"""JOSE messages: a JWS nested in a JWE (docs/exchange-format.md, section 3), with jwcrypto."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from jwcrypto import jwe, jwk, jws
from jwcrypto.common import JWException

from sandbox.bureaus.contract import (
    Content,
    Exchange,
    Terms,
    base64url,
    check_rows,
    complete,
    from_base64url,
    parse,
)
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.keys import KeyRing, Partner
from sandbox.bureaus.rows import NO_ROWS, Tree

MAX_BYTES = 4 * 1024 * 1024
MESSAGE_TYPE = "cwg"
FILE_TYPE = "cwg-file"
STATEMENT_TYPE = "cwg-statement"
RECEIPT_TYPE = "cwg-receipt+jws"
SIGN_ALG = "ES256"
KEY_ALG = "ECDH-ES+A256KW"
CONTENT_ALG = "A256GCM"


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified message: its contract, its content bytes, and the digest of the signed part."""

    exchange: Exchange
    content: bytes
    signed_digest: str


def seal(ring: KeyRing, terms: Terms, content: bytes, tree: Tree = NO_ROWS) -> bytes:
    """Seal a JSON document whose rows `tree` covers."""
    digest = hashlib.sha256(content).hexdigest()
    facts = Content("application/json", digest, tree.leaves, tree)
    exchange = complete(terms, facts)
    values = {"exchange": exchange.as_json(), "content": content.decode()}
    if terms.action == "roll.answer":
        values["statement"] = sign(ring, statement(exchange), STATEMENT_TYPE)
    signed = orjson.dumps(values)
    return encrypt(ring.partner(terms.recipient), sign(ring, signed, MESSAGE_TYPE), MESSAGE_TYPE)


def statement(exchange: Exchange) -> bytes:
    """What is signed by itself, so that one row can be shown alone: the contract without its salt."""
    values = exchange.as_json()
    del values["rows_salt"]
    return orjson.dumps(values)


def open_message(ring: KeyRing, body: bytes) -> Opened:
    """Decrypt, verify and check a message; Refused when anything does not hold.

    Freshness and replay are the caller's (guard.py).
    """
    if len(body) > MAX_BYTES:
        raise Refused("too_large", "message")
    signed, sender = open_nested(ring, body, MESSAGE_TYPE)
    values = json_object(signed, {"exchange", "content"}, {"statement"})
    exchange = parse(values["exchange"])
    check_parties(ring, exchange, sender)
    content = str(values["content"]).encode()
    if exchange.content_digest != f"sha-256:{hashlib.sha256(content).hexdigest()}":
        raise Refused("altered", "message: content_digest")
    rows = message_rows(exchange.action, json_object(content))
    check_rows(exchange, [canonical(row) for row in rows], len(rows))
    return Opened(exchange, content, hashlib.sha256(signed).hexdigest())


def sign(ring: KeyRing, payload: bytes, kind: str) -> str:
    """A compact JWS with the ring's signing key; `kind` is the first part of `typ`."""
    token = jws.JWS(payload)
    header = {"alg": SIGN_ALG, "kid": ring.me.sign_thumbprint, "typ": f"{kind}+jws"}
    token.add_signature(_key(ring.sign_key), protected=json.dumps(header))
    return str(token.serialize(compact=True))


def encrypt(recipient: Partner, token: str, kind: str) -> bytes:
    """A compact JWE of a JWS, for the recipient's encryption certificate."""
    header = {
        "alg": KEY_ALG,
        "enc": CONTENT_ALG,
        "kid": recipient.encrypt_thumbprint,
        "typ": f"{kind}+jwe",
        "cty": "JWS",
    }
    sealed = jwe.JWE(token.encode(), protected=json.dumps(header))
    sealed.add_recipient(_key(recipient.encrypt_cert))
    return str(sealed.serialize(compact=True)).encode()


def open_nested(ring: KeyRing, body: bytes, kind: str) -> tuple[bytes, Partner]:
    """Decrypt the JWE and verify the JWS within: (signed bytes, who signed)."""
    text = _compact(body, 5, "not_encrypted")
    wanted = {"alg": KEY_ALG, "enc": CONTENT_ALG, "typ": f"{kind}+jwe", "cty": "JWS"}
    header = _header(text, wanted, {"kid", "epk"})
    if header["kid"] != ring.me.encrypt_thumbprint:
        raise Refused("wrong_recipient", "message: JWE kid")
    token = jwe.JWE(algs=[KEY_ALG, CONTENT_ALG])
    try:
        token.deserialize(text, _key(ring.encrypt_key))
    except (JWException, ValueError, TypeError) as error:
        raise Refused("altered", "message: JWE") from error
    return verify(ring, bytes(token.payload), f"{kind}+jws")


def verify(ring: KeyRing, raw: bytes, typ: str) -> tuple[bytes, Partner]:
    """Verify a compact JWS of a trusted partner: (payload, who signed)."""
    text = _compact(raw, 3, "not_signed")
    header = _header(text, {"alg": SIGN_ALG, "typ": typ}, {"kid"})
    signer = ring.signer(str(header["kid"]))
    token = jws.JWS()
    token.allowed_algs = [SIGN_ALG]
    try:
        token.deserialize(text, _key(signer.sign_cert))
    except (JWException, ValueError, TypeError) as error:
        raise Refused("altered", "message: JWS") from error
    return bytes(token.payload), signer


def open_receipt(ring: KeyRing, receipt: bytes) -> dict[str, Any]:
    """A receipt (section 6) that a trusted partner signed, as its fields."""
    payload, _ = verify(ring, receipt, RECEIPT_TYPE)
    return dict(json_object(payload, {"receipt"})["receipt"])


def check_parties(ring: KeyRing, exchange: Exchange, signer: Partner) -> None:
    """The contract names the one who signed and the one who reads."""
    if exchange.sender != signer.name:
        raise Refused("unknown_sender", "contract: sender is not the signer")
    if exchange.recipient != ring.me.name:
        raise Refused("wrong_recipient", "contract: recipient")


def message_rows(action: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a medical-insurance message (section 3, last paragraph)."""
    if action == "ask":
        rows = (content.get("input") or {}).get("data")
    elif action in ("roll.answer", "ask.answer"):
        output = content.get("output") or {}
        rows = output.get("psninsuinfo") or output.get("referral_reply", [])
    else:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused("malformed", "message: rows")
    return rows


def canonical(row: Mapping[str, Any]) -> bytes:
    """A row as it is hashed: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def json_object(
    raw: bytes, keys: set[str] | None = None, optional: set[str] | None = None
) -> dict[str, Any]:
    """A JSON object, with exactly `keys` when given, and perhaps the optional ones; else Refused."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("malformed", "message: JSON") from error
    if not isinstance(value, dict) or (
        keys is not None and set(value) - (optional or set()) != keys
    ):
        raise Refused("malformed", "message: JSON object")
    return value


def _header(text: str, wanted: Mapping[str, str], free: set[str]) -> dict[str, Any]:
    """The protected header: exactly the wanted values and the free names, so no `zip`, no `crit`."""
    header = json_object(from_base64url(text.split(".", 1)[0]))
    if set(header) != set(wanted) | free or any(header[k] != v for k, v in wanted.items()):
        raise Refused("bad_algorithm", "message: header")
    return header


def _compact(raw: bytes, parts: int, reason: str) -> str:
    """A compact form of that many parts, each in the one spelling that base64url allows.

    Without this a changed last character could decode to the same bytes and pass.
    """
    try:
        text = raw.decode("ascii")
        segments = text.split(".")
        exact = all(base64url(from_base64url(part)) == part for part in segments)
    except ValueError as error:
        raise Refused(reason, "message: no compact form") from error
    if len(segments) != parts or not exact:
        raise Refused(reason, "message: no compact form")
    return text


@lru_cache(maxsize=32)
def _key(pem: bytes) -> jwk.JWK:
    return jwk.JWK.from_pem(pem)
