"""A client's public keys: read from PEM, a certificate or a JWKS, and strong enough or refused."""

import base64
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from gateway.model.errors import UsageError

ALGORITHMS = ("ES256", "ES384", "EdDSA", "Ed25519", "PS256")
"""What a client may sign with: no RS256 (PKCS#1 v1.5), no shared secret, no `none`."""

SM2 = "SM2"
"""`crv` of a key of the form profile (docs/api/form.md)."""

# GB/T 32918.5: the field and b of the curve; a is −3.
_SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
MIN_RSA_BITS = 2048
ENCRYPTION = "enc"
"""`use` of a key (RFC 7517, section 4.2) that answers are encrypted to: EC P-256 only."""
MOST_KEYS = 5
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
Key = ECKey | OKPKey | RSAKey


def read_keys(data: bytes) -> str:
    """The JWKS text of a PEM public key, a PEM certificate, a JWK or a JWKS.

    Each key gets its RFC 7638 thumbprint as `kid` where it names none. Raises UsageError for a
    private key, a weak one, more than five, or anything else.
    """
    keys = [_checked(one) for one in _parts(data)]
    if not 1 <= len(keys) <= MOST_KEYS:
        raise UsageError("a client has one to five public keys", where="--key")
    return json.dumps({"keys": keys}, sort_keys=True)


def key_set(jwks: str) -> KeySet:
    """The keys of a kept JWKS text that signatures are verified with. Raises JoseError when it has none."""
    return KeySet.import_key_set({"keys": _signing(jwks)})


def signing_keys(jwks: str) -> tuple[Any, ...]:
    """The same one by one; none for a client of the form profile alone."""
    return tuple(key_set(jwks).keys) if _signing(jwks) else ()


def _signing(jwks: str) -> list[dict[str, Any]]:
    kept = json.loads(jwks)["keys"]
    return [one for one in kept if one.get("use") != ENCRYPTION and one.get("crv") != SM2]


def sm2_points(jwks: str, use: str) -> tuple[tuple[str, bytes], ...]:
    """(`kid`, point 04‖x‖y) of the client's SM2 keys of a use (`sig`, `enc`)."""
    kept = json.loads(jwks)["keys"]
    mine = [one for one in kept if one.get("crv") == SM2 and one.get("use") == use]
    return tuple((str(o["kid"]), b"\x04" + _number(o["x"]) + _number(o["y"])) for o in mine)


def encryption_key(jwks: str) -> tuple[str, ec.EllipticCurvePublicKey] | None:
    """The `kid` and the key that answers to the client are encrypted to; None when it gave none."""
    for one in json.loads(jwks)["keys"]:
        if one.get("use") == ENCRYPTION and one.get("crv") != SM2:
            key = ECKey.import_key(one).public_key
            return str(one["kid"]), key
    return None


def certificate_thumbprint(der: bytes) -> str:
    """`x5t#S256` of a certificate (RFC 8705, section 3.1): base64url of SHA-256 of its DER form."""
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def read_certificate(data: bytes) -> str:
    """The thumbprint of a PEM certificate. Raises UsageError when it is none."""
    try:
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError:
        raise UsageError("that is not a PEM certificate", where="--certificate") from None
    return certificate_thumbprint(certificate.public_bytes(Encoding.DER))


def _parts(data: bytes) -> list[dict[str, Any]]:
    if b"PRIVATE KEY" in data:
        raise _private()
    if data.lstrip().startswith(b"-----BEGIN"):
        return [_of_pem(data)]
    try:
        given = json.loads(data)
    except ValueError:
        raise _no_key() from None
    found = given.get("keys", [given]) if isinstance(given, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _no_key()
    return found


def _of_pem(data: bytes) -> dict[str, Any]:
    try:
        if b"CERTIFICATE" in data:
            public = x509.load_pem_x509_certificate(data).public_key()
            data = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        loaded = load_pem_public_key(data)
    except ValueError:
        raise _no_key() from None
    for kind, wanted in (
        (rsa.RSAPublicKey, RSAKey),
        (ec.EllipticCurvePublicKey, ECKey),
        (ed25519.Ed25519PublicKey, OKPKey),
    ):
        if isinstance(loaded, kind):
            made: dict[str, Any] = wanted.import_key(data).as_dict(private=False)
            return made
    raise _no_key()


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    if _PRIVATE & set(given):
        raise _private()
    if given.get("crv") == SM2:
        return _checked_sm2(given)
    try:
        found = KeySet.import_key_set({"keys": [given]}).keys[0]
        _check_strength(found)
        made: dict[str, Any] = found.as_dict(private=False)
    except (JoseError, ValueError, TypeError, KeyError):
        raise _no_key() from None
    kid = given.get("kid") or found.thumbprint()
    kept = {name: made[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in made}
    use = ENCRYPTION if given.get("use") == ENCRYPTION else "sig"
    if use == ENCRYPTION and kept.get("crv") != "P-256":
        raise UsageError("answers are encrypted to a key on P-256", where="--key")
    return kept | {"kid": str(kid)[:64], "use": use}


def _checked_sm2(given: dict[str, Any]) -> dict[str, Any]:
    try:
        x, y = (int.from_bytes(_number(given[name])) for name in ("x", "y"))
    except (KeyError, ValueError):
        raise _no_key() from None
    if not (0 <= x < _SM2_P and 0 <= y < _SM2_P and (y * y - x**3 + 3 * x - _SM2_B) % _SM2_P == 0):
        raise _no_key()
    kept = {"kty": "EC", "crv": SM2, "x": given["x"], "y": given["y"]}
    # RFC 7638 for a curve that it does not name: the same members in the same order.
    members = json.dumps(dict(sorted(kept.items())), separators=(",", ":"))
    print_ = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).decode()
    use = ENCRYPTION if given.get("use") == ENCRYPTION else "sig"
    return kept | {"kid": str(given.get("kid") or print_.rstrip("="))[:64], "use": use}


def _number(text: object) -> bytes:
    """The 32 bytes of a coordinate in base64url. Raises ValueError."""
    if not isinstance(text, str) or len(text) != 43:
        raise ValueError("a coordinate is 43 letters of base64url")
    return base64.urlsafe_b64decode(text + "=")


def _check_strength(key: object) -> None:
    weak = (
        (isinstance(key, RSAKey) and key.public_key.key_size < MIN_RSA_BITS)
        or (isinstance(key, ECKey) and key.curve_name not in ("P-256", "P-384"))
        or (isinstance(key, OKPKey) and key.curve_name != "Ed25519")
        or not isinstance(key, Key)
    )
    if weak:
        raise UsageError(
            "that key is too weak or of a kind that is not used",
            where="--key",
            mend=f"EC P-256 or P-384, Ed25519, or RSA of {MIN_RSA_BITS} bits",
        )


def _private() -> UsageError:
    return UsageError(
        "that holds a private key / 文件含有私钥",
        where="--key",
        mend="a private key never leaves its owner: make a new pair and give the public part",
    )


def _no_key() -> UsageError:
    return UsageError(
        "that is no public key", where="--key", mend="a PEM public key, a certificate or a JWKS"
    )
