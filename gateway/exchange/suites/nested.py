"""JWS nested in JWE, compact: ES256 inside ECDH-ES+A256KW with A256GCM, and nothing else.

Written on the primitives of `cryptography` and not on a JOSE library: one algorithm of each kind needs
no negotiation, and nothing that a header says can choose another (docs/decisions/0021).
Sources: RFC 7515 §3.1 and §5 (JWS), RFC 7516 §5 (JWE), RFC 7518 §3.4, §4.6, §5.3 (algorithms).
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.exchange.keys import KeyPair
from gateway.exchange.suites.compact import (
    cannot_be_decrypted,
    decoded,
    encoded,
    encrypted_parts,
    key_name,
    not_for_us,
    signature_fails,
    strict_header,
)
from gateway.exchange.suites.parts import Opening, Sealing
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal

SIGN = "ES256"
WRAP = "ECDH-ES+A256KW"
CIPHER = "A256GCM"
RECEIPT = "cwg-receipt+jws"
KEY_BYTES, NONCE, TAG, HALF = 32, 12, 16, 32
_ECDSA = ec.ECDSA(SHA256())
_P256 = ec.SECP256R1()
_DERIVED_FOR = b"".join(
    (len(WRAP).to_bytes(4, "big"), WRAP.encode(), bytes(4), bytes(4), (256).to_bytes(4, "big"))
)
"""RFC 7518 §4.6.2: algorithm, no party names, 256 bits."""


def sign(payload: bytes, pair: KeyPair, typ: str) -> str:
    """A compact JWS."""
    header = {"alg": SIGN, "kid": pair.thumbprint, "typ": typ}
    body = _part(header) + b"." + encoded(payload)
    r, s = decode_dss_signature(_private(pair).sign(body, _ECDSA))
    signature = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    return (body + b"." + encoded(signature)).decode("ascii")


def seal(payload: bytes, kind: str, sealing: Sealing) -> bytes:
    """A compact JWE of a compact JWS; `kind` is `cwg` or `cwg-file`."""
    token = sign(payload, sealing.signer, f"{kind}+jws").encode("ascii")
    header = {"typ": f"{kind}+jwe", "cty": "JWS", "kid": sealing.recipient.thumbprint}
    return b".".join(encrypt(token, header, _public(sealing.recipient)))


def encrypt(
    data: bytes, header: Mapping[str, str], recipient: ec.EllipticCurvePublicKey
) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """The five parts of a compact JWE, each in base64url: protected header, key, nonce, ciphertext, tag.
    `header` has what stands there besides the algorithms and the fresh key."""
    fresh = ec.generate_private_key(_P256)
    head = _part({"alg": WRAP, "enc": CIPHER, **header, "epk": _jwk(fresh.public_key())})
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE)
    wrapped = aes_key_wrap(_shared(fresh, recipient), key)
    sealed = AESGCM(key).encrypt(nonce, data, head)
    return head, encoded(wrapped), encoded(nonce), encoded(sealed[:-TAG]), encoded(sealed[-TAG:])


def unseal(body: bytes, kind: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Decrypt and verify: (signed payload, who signed). Raises ExchangeRefused."""
    return verify(_decrypt(body, kind, opening), f"{kind}+jws", opening)


def verify(token: bytes, typ: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Verify a compact JWS of a trusted partner: (payload, who signed). Raises ExchangeRefused."""
    parts = token.split(b".", 3)
    if len(parts) != 3:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "What was encrypted is not signed")
    header = strict_header(parts[0], {"alg": SIGN, "typ": typ}, frozenset({"kid"}))
    signer = opening.trust.signer(str(header["kid"]), "ec", opening.received)
    return check_signature(token, _public(signer)), signer


def check_signature(token: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """The payload of a compact JWS under one key. Raises ExchangeRefused(altered, malformed)."""
    body, _, last = token.rpartition(b".")
    raw = decoded(last, "The signature")
    # RFC 7518 §3.4: exactly two halves, never DER.
    if len(raw) != 2 * HALF or body.count(b".") != 1:
        raise signature_fails()
    r, s = int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), body, _ECDSA)
    except InvalidSignature:
        raise signature_fails() from None
    return decoded(body.partition(b".")[2], "The payload")


def unverified_payload(token: bytes) -> bytes:
    """The payload of a compact JWS, not verified. Raises ExchangeRefused."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise signature_fails()
    return decoded(parts[1], "The payload")


def addressee(body: bytes) -> str:
    """The `kid` of a compact JWE, unverified; empty when there is none."""
    return key_name(body)


def _decrypt(body: bytes, kind: str, opening: Opening) -> bytes:
    head, *parts = encrypted_parts(body)
    wanted = {"alg": WRAP, "enc": CIPHER, "typ": f"{kind}+jwe", "cty": "JWS"}
    header = strict_header(head, wanted, frozenset({"kid", "epk"}))
    pair = opening.keys.opening(str(header["kid"]), "ec", opening.received)
    if pair is None:
        raise not_for_us()
    return opened(head, header["epk"], parts, _private(pair))


def opened(
    head: bytes, fresh: object, parts: Sequence[bytes], own: ec.EllipticCurvePrivateKey
) -> bytes:
    """The plaintext of a JWE's four further parts (key, nonce, ciphertext, tag) under its protected header
    and the sender's fresh key in it. Raises ExchangeRefused(altered, malformed, bad_algorithm)."""
    public = _fresh_key(fresh)
    wrapped, nonce, sealed, tag = (decoded(part, "A part") for part in parts)
    if (len(nonce), len(tag)) != (NONCE, TAG):
        raise ExchangeRefused(Refusal.MALFORMED, "The nonce or the tag has another length")
    try:
        key = aes_key_unwrap(_shared(own, public), wrapped)
        return AESGCM(key).decrypt(nonce, sealed + tag, head)
    except (InvalidUnwrap, InvalidTag, ValueError):
        raise cannot_be_decrypted() from None


def _shared(private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> bytes:
    secret = private.exchange(ec.ECDH(), public)
    return ConcatKDFHash(SHA256(), KEY_BYTES, _DERIVED_FOR).derive(secret)


def _jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    x, y = encoded(point[1 : 1 + HALF]), encoded(point[1 + HALF :])
    return {"kty": "EC", "crv": "P-256", "x": x.decode("ascii"), "y": y.decode("ascii")}


def _fresh_key(jwk: object) -> ec.EllipticCurvePublicKey:
    """The sender's fresh public key, a point of P-256. Raises ExchangeRefused."""
    if not isinstance(jwk, dict) or jwk.keys() != {"kty", "crv", "x", "y"}:
        raise ExchangeRefused(Refusal.MALFORMED, "The fresh key is not four members of a JWK")
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "The fresh key is not on P-256")
    halves = [decoded(str(jwk[name]).encode("utf-8"), "The fresh key") for name in ("x", "y")]
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_P256, b"\x04" + b"".join(halves))
    except ValueError:
        raise cannot_be_decrypted() from None


def _private(pair: KeyPair) -> ec.EllipticCurvePrivateKey:
    if not isinstance(pair.key, ec.EllipticCurvePrivateKey):
        raise TypeError("this suite is given keys on P-256 only")
    return pair.key


def _public(key: TrustedKey) -> ec.EllipticCurvePublicKey:
    """The key of a partner's certificate. Raises ExchangeRefused(bad_algorithm)."""
    public = key.certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(
        public.curve, ec.SECP256R1
    ):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "This suite needs a key on P-256")
    return public


def _part(header: Mapping[str, Any]) -> bytes:
    return encoded(orjson.dumps(header))
