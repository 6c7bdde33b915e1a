"""A self-signed SM2 certificate (GM/T 0015, RFC 5280), written with our own DER: no library builds one."""

from datetime import datetime

from cryptography import x509
from cryptography.x509 import random_serial_number

from gateway.exchange.national import der
from gateway.exchange.national.keypair import SIGNED_WITH, Sm2PrivateKey

_COMMON_NAME, _CONSTRAINTS, _USAGE = "2.5.4.3", "2.5.29.19", "2.5.29.15"
_TRUE = der.wrap(der.BOOLEAN, b"\xff")
# Bits of KeyUsage with the count of unused bits before them: digitalSignature; keyEncipherment and
# keyAgreement, since SM2 certificates of either habit are in use.
_BITS = {"sign": b"\x07\x80", "encrypt": b"\x03\x28"}
_VERSION_3 = der.wrap(0xA0, der.integer(2))


def self_signed(
    key: Sm2PrivateKey, name: str, use: str, start: datetime, end: datetime
) -> x509.Certificate:
    """A certificate of `name` for `sign` or `encrypt`, valid from `start` to `end` (aware, UTC)."""
    algorithm = der.wrap(der.SEQUENCE, der.oid(SIGNED_WITH))
    attribute = der.wrap(
        der.SEQUENCE, der.oid(_COMMON_NAME), der.wrap(der.UTF8, name.encode("utf-8"))
    )
    subject = der.wrap(der.SEQUENCE, der.wrap(der.SET, attribute))
    extensions = (
        _extension(_CONSTRAINTS, der.wrap(der.SEQUENCE)),
        _extension(_USAGE, der.wrap(der.BIT_STRING, _BITS[use])),
    )
    body = der.wrap(
        der.SEQUENCE,
        _VERSION_3,
        der.integer(random_serial_number()),
        algorithm,
        subject,
        der.wrap(der.SEQUENCE, _time(start), _time(end)),
        subject,
        key.public_key().info(),
        der.wrap(0xA3, der.wrap(der.SEQUENCE, *extensions)),
    )
    signature = der.wrap(der.BIT_STRING, b"\0", key.sign(body))
    return x509.load_der_x509_certificate(der.wrap(der.SEQUENCE, body, algorithm, signature))


def _extension(name: str, value: bytes) -> bytes:
    return der.wrap(der.SEQUENCE, der.oid(name), _TRUE, der.wrap(der.OCTETS, value))


def _time(moment: datetime) -> bytes:
    return der.wrap(der.UTC_TIME, f"{moment:%y%m%d%H%M%S}Z".encode("ascii"))
