"""A PKCS#11 token: one session, and its private keys behind `cryptography`'s key classes.

The suites ask a private key to sign, to agree or to decrypt, and nothing else; here the token does that.
A device with another interface (SDF, GM/T 0018) is one more module with the same two classes.
Source: PKCS#11 v2.40 (OASIS): CKM_ECDSA, CKM_ECDH1_DERIVE, CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS_OAEP.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Literal, NoReturn, TypeVar

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric import padding as paddings
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from pkcs11 import KDF, MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from gateway.model.errors import KeyUnavailable

HardwareKind = Literal["ec", "rsa"]
RSA_BITS = 3072
T = TypeVar("T")
_PKCS1, _OAEP = paddings.PKCS1v15, paddings.OAEP


class Token:
    """One open session of a token (`open_token`). PKCS#11 sessions know one thread at a time: calls wait."""

    def __init__(self, module: str, name: str, pin: str) -> None:
        """Open the token of that label. Raises KeyUnavailable."""
        self.name, self._lock = name, threading.Lock()
        self._session: Any = self._asked(lambda: _session(module, name, pin), "cannot be opened")

    def private(self, label: str) -> Any:
        """The private key of that label. Raises KeyUnavailable."""
        return self._asked(
            lambda: self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label),
            f"has no private key `{label}`",
        )

    def sign(self, key: Any, data: bytes, mechanism: Mechanism) -> bytes:
        """A signature of the mechanism. Raises KeyUnavailable."""
        return self._asked(lambda: bytes(key.sign(data, mechanism=mechanism)), "does not sign")

    def agree(self, key: Any, point: bytes) -> bytes:
        """The shared x-coordinate with a point of P-256. Raises KeyUnavailable."""
        passing = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}

        def work() -> bytes:
            secret = key.derive_key(
                KeyType.GENERIC_SECRET,
                256,
                mechanism_param=(KDF.NULL, None, point),
                template=passing,
            )
            value = bytes(secret[Attribute.VALUE])
            with suppress(PKCS11Error):
                secret.destroy()
            return value

        return self._asked(work, "does not agree on a key (CKM_ECDH1_DERIVE)")

    def decrypt(self, key: Any, sealed: bytes) -> bytes:
        """RSA-OAEP with SHA-256. Raises ValueError, whatever the token says: no oracle."""
        oaep = (Mechanism.SHA256, MGF.SHA256, None)
        try:
            with self._lock:
                return bytes(
                    key.decrypt(sealed, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=oaep)
                )
        except PKCS11Error:
            raise ValueError("the token does not decrypt it") from None

    def make(self, kind: HardwareKind, label: str) -> "TokenEcKey | TokenRsaKey":
        """A new pair that stays in the token. Raises KeyUnavailable, also for a label in use."""
        taken = self._asked(
            lambda: list(self._session.get_objects({Attribute.LABEL: label})), "cannot be searched"
        )
        if taken:
            unavailable(f"has a key `{label}` already", self.name)
        self._asked(lambda: _new_pair(self._session, kind, label), "does not make keys")
        public = self._asked(lambda: _public(self._session, kind, label), "hides the public key")
        return token_key(self, label, public)

    def _asked(self, work: Callable[[], T], fails: str) -> T:
        try:
            with self._lock:
                return work()
        except PKCS11Error as error:
            unavailable(fails, self.name, type(error).__name__)


class TokenEcKey(ec.EllipticCurvePrivateKey):
    """A P-256 key in the token: signs with ECDSA over SHA-256 and agrees by ECDH."""

    def __init__(self, token: Token, key: Any, public: ec.EllipticCurvePublicKey) -> None:
        self._token, self._key, self._public = token, key, public

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """256."""
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half, as the certificate has it."""
        return self._public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """A DER signature over SHA-256 of the data. Raises KeyUnavailable."""
        if not isinstance(signature_algorithm.algorithm, SHA256):
            raise TypeError("a key of the token signs over SHA-256")
        raw = self._token.sign(self._key, hashlib.sha256(data).digest(), Mechanism.ECDSA)
        half = len(raw) // 2
        return encode_dss_signature(*(int.from_bytes(p, "big") for p in (raw[:half], raw[half:])))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> bytes:
        """The shared secret of 32 bytes. Raises KeyUnavailable."""
        point = peer_public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return self._token.agree(self._key, point)

    def private_numbers(self) -> NoReturn:
        """Never: raises KeyUnavailable."""
        _stays()

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        """Never: raises KeyUnavailable."""
        _stays()

    def __copy__(self) -> "TokenEcKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenEcKey":
        return self


class TokenRsaKey(rsa.RSAPrivateKey):
    """An RSA key in the token: PKCS#1 v1.5 signatures over SHA-256, decryption by OAEP with SHA-256."""

    def __init__(self, token: Token, key: Any, public: rsa.RSAPublicKey) -> None:
        self._token, self._key, self._public = token, key, public

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """The public half, as the certificate has it."""
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """A signature. Raises KeyUnavailable."""
        if not isinstance(padding, _PKCS1) or not isinstance(algorithm, SHA256):
            raise TypeError("a key of the token signs with PKCS#1 v1.5 over SHA-256")
        return self._token.sign(self._key, bytes(data), Mechanism.SHA256_RSA_PKCS)

    def decrypt(self, ciphertext: bytes, padding: Any) -> bytes:
        """The plaintext of RSA-OAEP with SHA-256. Raises ValueError."""
        if not isinstance(padding, _OAEP):
            raise TypeError("a key of the token decrypts OAEP")
        return self._token.decrypt(self._key, ciphertext)

    def private_numbers(self) -> NoReturn:
        """Never: raises KeyUnavailable."""
        _stays()

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        """Never: raises KeyUnavailable."""
        _stays()

    def __copy__(self) -> "TokenRsaKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenRsaKey":
        return self


@lru_cache(maxsize=8)
def open_token(module: str, name: str, pin: str) -> Token:
    """The token of that label: one for a process, since a log-in holds for all its sessions.

    Raises KeyUnavailable.
    """
    return Token(module, name, pin)


def token_key(token: Token, label: str, public: object) -> TokenEcKey | TokenRsaKey:
    """The token's private key behind the class of its public half. Raises KeyUnavailable."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        return TokenEcKey(token, token.private(label), public)
    if isinstance(public, rsa.RSAPublicKey):
        return TokenRsaKey(token, token.private(label), public)
    return unavailable(f"has a key `{label}` of a kind that no suite uses", token.name)


def unavailable(fails: str, where: str, reason: str = "") -> NoReturn:
    """Raises KeyUnavailable about a token."""
    raise KeyUnavailable(
        f"The hardware token {fails}.",
        where=where,
        mend="Look at keys/pkcs11.yaml, the PIN and the device"
        + (f" ({reason})." if reason else "."),
    )


def _stays() -> NoReturn:
    raise KeyUnavailable(
        "A key of the hardware token does not leave it.",
        mend="Use a suite that signs with the token, or a key in a file (CMS needs one).",
    )


def _session(module: str, name: str, pin: str) -> Any:
    try:
        library = pkcs11.lib(module)
    except (RuntimeError, OSError):
        unavailable("has no module of that name", module)
    return library.get_token(token_label=name).open(user_pin=pin, rw=True)


def _new_pair(session: Any, kind: HardwareKind, label: str) -> None:
    if kind == "rsa":
        session.generate_keypair(KeyType.RSA, RSA_BITS, store=True, label=label)
        return
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(
        store=True, label=label
    )


def _public(session: Any, kind: HardwareKind, label: str) -> Any:
    key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
    if kind == "rsa":
        exponent, modulus = (
            int.from_bytes(key[name], "big")
            for name in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)
        )
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return load_der_public_key(encode_ec_public_key(key))
