"""JWS nested in JWE, compact: ES256 inside ECDH-ES+A256KW with A256GCM, and nothing else.

joserfc caps what it reads at 64 KB and accepts more algorithms than we do: it is given registries of
our own, and headers are checked before it sees them.
"""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.exchange.documents import read_json
from gateway.exchange.keys import KeyPair
from gateway.exchange.suites.parts import Opening, Sealing
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal

SIGN = "ES256"
WRAP = "ECDH-ES+A256KW"
CIPHER = "A256GCM"
RECEIPT = "cwg-receipt+jws"
_HEADER_LENGTH = 2048
_FAULTS = (JoseError, ValueError, TypeError, KeyError, AssertionError, InvalidUnwrap)


class _CappedJWS(jws.JWSRegistry):
    max_header_length = _HEADER_LENGTH

    def __init__(self, payload: int) -> None:
        super().__init__(algorithms=[SIGN])
        self.max_payload_length = payload


class _CappedJWE(jwe.JWERegistry):
    max_protected_header_length = _HEADER_LENGTH

    def __init__(self, ciphertext: int) -> None:
        super().__init__(algorithms=[WRAP, CIPHER])
        self.max_ciphertext_length = ciphertext


def sign(payload: bytes, pair: KeyPair, typ: str) -> str:
    """A compact JWS."""
    header = {"alg": SIGN, "kid": pair.thumbprint, "typ": typ}
    registry = _CappedJWS(2 * len(payload))
    return jws.serialize_compact(header, payload, _ec(pair.key), registry=registry)


def seal(payload: bytes, kind: str, sealing: Sealing) -> bytes:
    """A compact JWE of a compact JWS; `kind` is `cwg` or `cwg-file`."""
    token = sign(payload, sealing.signer, f"{kind}+jws")
    header = {
        "alg": WRAP,
        "enc": CIPHER,
        "kid": sealing.recipient.thumbprint,
        "typ": f"{kind}+jwe",
        "cty": "JWS",
    }
    key = _ec(sealing.recipient.certificate.public_key())
    return jwe.encrypt_compact(header, token, key, registry=_CappedJWE(2 * len(token))).encode()


def unseal(body: bytes, kind: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Decrypt and verify: (signed payload, who signed). Raises ExchangeRefused."""
    return verify(_decrypt(body, kind, opening), f"{kind}+jws", opening)


def verify(token: bytes, typ: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Verify a compact JWS of a trusted partner: (payload, who signed). Raises ExchangeRefused."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "What was encrypted is not signed")
    header = _header(parts[0], {"alg": SIGN, "typ": typ}, frozenset({"kid"}))
    signer = opening.trust.signer(str(header["kid"]), "ec", opening.received)
    key = signer.certificate.public_key()
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "ES256 needs a key on P-256")
    return check_signature(token, key), signer


def check_signature(token: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """The payload of a compact JWS under one key. Raises ExchangeRefused(altered)."""
    registry = _CappedJWS(2 * len(token))
    try:
        return bytes(jws.deserialize_compact(token, _ec(key), registry=registry).payload)
    except _FAULTS:
        raise ExchangeRefused(
            Refusal.ALTERED,
            "The signature does not hold",
            mend="Let the sender send it again; if it fails again, compare certificates.",
        ) from None


def key_name(token: bytes) -> str:
    """The `kid` of a compact JWS of ours, unverified; empty when there is none."""
    header = _read_header(token.split(b".")[0])
    return str(header.get("kid", "")) if isinstance(header, dict) else ""


def addressee(body: bytes) -> str:
    """The `kid` of a compact JWE, unverified; empty when there is none."""
    return key_name(body)


def _decrypt(body: bytes, kind: str, opening: Opening) -> bytes:
    parts = body.split(b".")
    if len(parts) != 5:
        cut = len(parts) == 4 or _looks_encrypted(parts[0])
        raise ExchangeRefused(
            Refusal.TRUNCATED if cut else Refusal.NOT_ENCRYPTED,
            "It breaks off" if cut else "It is not encrypted",
        )
    wanted = {"alg": WRAP, "enc": CIPHER, "typ": f"{kind}+jwe", "cty": "JWS"}
    header = _header(parts[0], wanted, frozenset({"kid", "epk"}))
    pair = opening.keys.opening(str(header["kid"]), "ec")
    if pair is None:
        raise ExchangeRefused(
            Refusal.WRONG_RECIPIENT,
            "It is encrypted for a key that is not ours",
            mend="Give the sender our present encryption certificate.",
        )
    try:
        sealed = jwe.decrypt_compact(body, _ec(pair.key), registry=_CappedJWE(2 * len(body)))
    except _FAULTS:
        raise ExchangeRefused(
            Refusal.ALTERED,
            "It cannot be decrypted: its bytes are not those that were sealed",
            mend="Let the sender send it again.",
        ) from None
    plain = sealed.plaintext or b""
    # Message and recipient hold each other: without this both live until the next full collection.
    sealed.recipient = None
    return plain


def _header(part: bytes, wanted: Mapping[str, str], free: frozenset[str]) -> dict[str, Any]:
    """A protected header with exactly these values and names: no `zip`, `crit`, `jwk` or `jku`."""
    header = _read_header(part)
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


def _read_header(part: bytes) -> object:
    if len(part) > _HEADER_LENGTH:
        raise ExchangeRefused(Refusal.MALFORMED, "A JOSE header is too long")
    try:
        raw = base64.b64decode(part + b"=" * (-len(part) % 4), b"-_", validate=True)
    except ValueError:
        raise ExchangeRefused(Refusal.MALFORMED, "A JOSE header is not base64url") from None
    return read_json(raw, depth=4)


def _looks_encrypted(part: bytes) -> bool:
    try:
        header = _read_header(part)
    except ExchangeRefused:
        return False
    return isinstance(header, dict) and "enc" in header


def _ec(key: object) -> ECKey:
    return ECKey.import_key(key)  # type: ignore[arg-type]
