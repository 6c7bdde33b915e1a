"""JWS nested in JWE, compact: ES256 inside ECDH-ES+A256KW with A256GCM, and nothing else.

joserfc caps what it reads at 64 KB and accepts more algorithms than we do: it is given registries of
our own, and headers are checked before it sees them.
"""

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.exchange.keys import KeyPair, PrivateKey
from gateway.exchange.suites.compact import (
    HEADER_LENGTH,
    cannot_be_decrypted,
    decoded,
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
_FAULTS = (JoseError, ValueError, TypeError, KeyError, AssertionError, InvalidUnwrap)


class _CappedJWS(jws.JWSRegistry):
    max_header_length = HEADER_LENGTH

    def __init__(self, payload: int) -> None:
        super().__init__(algorithms=[SIGN])
        self.max_payload_length = payload


class _CappedJWE(jwe.JWERegistry):
    max_protected_header_length = HEADER_LENGTH

    def __init__(self, ciphertext: int) -> None:
        super().__init__(algorithms=[WRAP, CIPHER])
        self.max_ciphertext_length = ciphertext


def sign(payload: bytes, pair: KeyPair, typ: str) -> str:
    """A compact JWS."""
    header = {"alg": SIGN, "kid": pair.thumbprint, "typ": typ}
    registry = _CappedJWS(2 * len(payload))
    return jws.serialize_compact(header, payload, _own(pair.key), registry=registry)


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
    key = _theirs(sealing.recipient.certificate)
    return jwe.encrypt_compact(header, token, key, registry=_CappedJWE(2 * len(token))).encode()


def unseal(body: bytes, kind: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Decrypt and verify: (signed payload, who signed). Raises ExchangeRefused."""
    return verify(_decrypt(body, kind, opening), f"{kind}+jws", opening)


def verify(token: bytes, typ: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Verify a compact JWS of a trusted partner: (payload, who signed). Raises ExchangeRefused."""
    parts = token.split(b".")
    if len(parts) != 3:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "What was encrypted is not signed")
    header = strict_header(parts[0], {"alg": SIGN, "typ": typ}, frozenset({"kid"}))
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
        raise signature_fails() from None


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
    parts = encrypted_parts(body)
    wanted = {"alg": WRAP, "enc": CIPHER, "typ": f"{kind}+jwe", "cty": "JWS"}
    header = strict_header(parts[0], wanted, frozenset({"kid", "epk"}))
    pair = opening.keys.opening(str(header["kid"]), "ec", opening.received)
    if pair is None:
        raise not_for_us()
    try:
        sealed = jwe.decrypt_compact(body, _own(pair.key), registry=_CappedJWE(2 * len(body)))
    except _FAULTS:
        raise cannot_be_decrypted() from None
    plain = sealed.plaintext or b""
    # Message and recipient hold each other: without this both live until the next full collection.
    sealed.recipient = None
    return plain


@lru_cache(maxsize=64)
def _own(key: PrivateKey) -> ECKey:
    return _ec(key)


@lru_cache(maxsize=256)
def _theirs(certificate: x509.Certificate) -> ECKey:
    return _ec(certificate.public_key())


def _ec(key: object) -> ECKey:
    return ECKey.import_key(key)  # type: ignore[arg-type]
