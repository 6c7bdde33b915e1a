"""Which keys are strong enough: RSA of 2048 bits (3072 for keys made here), P-256, P-384, SM2; no SHA-1."""

import hashlib
from functools import lru_cache
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.exchange.national import Sm2PublicKey, public_key_of
from gateway.exchange.national.keypair import SIGNED_WITH

Kind = Literal["ec", "rsa", "sm2"]
Use = Literal["sign", "encrypt"]
SuiteName = Literal["soap", "jose", "file", "sm2", "sm2-form", "sm2-file", "cms"]

KINDS: tuple[Kind, ...] = ("ec", "rsa", "sm2")
KIND_OF_SUITE: dict[SuiteName, Kind] = {
    "soap": "rsa",
    "jose": "ec",
    "file": "ec",
    "sm2": "sm2",
    "sm2-form": "sm2",
    "sm2-file": "sm2",
    "cms": "rsa",
}
FILE_SUITES: frozenset[SuiteName] = frozenset({"file", "sm2-file", "cms"})
USUAL_KINDS: tuple[Kind, ...] = ("ec", "rsa")
"""What every site has; a key of another kind is made when a partner asks for it."""

USES: tuple[Use, ...] = ("sign", "encrypt")
MIN_RSA_BITS = 2048
MADE_RSA_BITS = 3072
_CURVES = (ec.SECP256R1, ec.SECP384R1)
_HASHES = (SHA256, SHA384, SHA512)


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER form, 64 lower-case hex digits: how it is named everywhere."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


@lru_cache(maxsize=1024)
def kind_of(certificate: x509.Certificate) -> Kind | None:
    """`ec`, `rsa` or `sm2`; None for a kind of key that no suite uses."""
    key = public_key_of(certificate)
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa"
    if isinstance(key, Sm2PublicKey):
        return "sm2"
    return "ec" if isinstance(key, ec.EllipticCurvePublicKey) else None


@lru_cache(maxsize=1024)
def weakness(certificate: x509.Certificate) -> str:
    """Why a certificate is too weak, in a few words; empty when it is strong enough."""
    key = public_key_of(certificate)
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            return f"RSA of {key.key_size} bits, {MIN_RSA_BITS} are needed"
    elif not isinstance(key, Sm2PublicKey) and not (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)
    ):
        return "neither RSA nor an elliptic curve P-256, P-384 or SM2"
    if not _strong_hash(certificate):
        return "the certificate is signed with a hash weaker than SHA-256"
    return ""


@lru_cache(maxsize=1024)
def unfit(certificate: x509.Certificate, use: Use) -> str:
    """Why the certificate's own key usage forbids `use`; empty when it says nothing of it."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    allowed = {
        "sign": usage.digital_signature,
        "encrypt": usage.key_agreement or usage.key_encipherment,
    }
    return "" if allowed[use] else f"its key usage does not allow to {use}"


def _strong_hash(certificate: x509.Certificate) -> bool:
    if certificate.signature_algorithm_oid.dotted_string == SIGNED_WITH:
        return True
    try:
        return isinstance(certificate.signature_hash_algorithm, _HASHES)
    except UnsupportedAlgorithm:
        return False
