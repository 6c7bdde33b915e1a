"""SM2 keys (GB/T 32918.2 signature, 32918.4 encryption; user id of GM/T 0009) on libcrypto's EVP.

Signatures are DER or raw r‖s; ciphertexts are C1‖C3‖C2 with C1 = 04‖x‖y, or GM/T 0009's DER.
"""

import base64
import ctypes
import re
from functools import lru_cache
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.exchange.national import der
from gateway.exchange.national.libcrypto import demand, from_der, library, owned, to_der

USER_ID = b"1234567812345678"
CURVE = "1.2.156.10197.1.301"
SIGNED_WITH = "1.2.156.10197.1.501"
ROUNDS = 200_000
_SIZE = 32
_PEM = re.compile(
    rb"-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END (?:ENCRYPTED )?PRIVATE KEY-----\s*"
)
Form = Literal["der", "raw"]


class _Handle:
    """One EVP_PKEY of type SM2, freed with its owner."""

    def __init__(self, made: int | None) -> None:
        crypto = library()
        self.pointer = made
        self._free = crypto.EVP_PKEY_free
        if not made or crypto.EVP_PKEY_is_a(made, b"SM2") != 1:
            crypto.ERR_clear_error()
            raise ValueError("not an SM2 key")

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self._free(self.pointer)
            self.pointer = None


class Sm2PublicKey:
    """A public key."""

    def __init__(self, handle: _Handle) -> None:
        self._handle = handle
        self.point = _point(handle)
        """The uncompressed point, 04‖x‖y."""

    @classmethod
    def of_certificate(cls, certificate_der: bytes) -> "Sm2PublicKey":
        """The key of a certificate. Raises ValueError when it is no SM2 key."""
        with owned(from_der("d2i_X509", certificate_der), "X509_free") as made:
            return cls(_Handle(library().X509_get_pubkey(made)))

    @classmethod
    def of_point(cls, point: bytes) -> "Sm2PublicKey":
        """The key with that point (04‖x‖y). Raises ValueError when it is not on the curve."""
        kind = der.wrap(der.SEQUENCE, der.oid("1.2.840.10045.2.1"), der.oid(CURVE))
        info = der.wrap(der.SEQUENCE, kind, der.wrap(der.BIT_STRING, b"\0", point))
        return cls(_Handle(from_der("d2i_PUBKEY", info)))

    def info(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        return to_der("i2d_PUBKEY", _live(self._handle))

    def verify(
        self, signature: bytes, data: bytes, *, form: Form = "der", user_id: bytes = USER_ID
    ) -> bool:
        """Whether a signature over `data` holds. A signature of another form does not."""
        crypto = library()
        try:
            token = signature_der(signature) if form == "raw" else _strict(signature)
            with _digesting(self._handle, user_id) as context:
                demand(
                    crypto.EVP_DigestVerifyInit(
                        context, None, crypto.EVP_sm3(), None, self._handle.pointer
                    )
                )
                found = crypto.EVP_DigestVerify(context, token, len(token), data, len(data))
        except ValueError:
            return False
        crypto.ERR_clear_error()
        return bool(found == 1)

    def encrypt(self, plain: bytes, *, form: Form = "raw") -> bytes:
        """C1‖C3‖C2 (`raw`) or GM/T 0009's DER."""
        sealed = _crypt("encrypt", self._handle, plain)
        return cipher_raw(sealed) if form == "raw" else sealed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sm2PublicKey) and other.point == self.point

    def __hash__(self) -> int:
        return hash(self.point)


class Sm2PrivateKey:
    """A private key; it never shows in a repr."""

    def __init__(self, handle: _Handle) -> None:
        self._handle = handle

    @classmethod
    def generate(cls) -> "Sm2PrivateKey":
        """A new key."""
        crypto, made = library(), ctypes.c_void_p()
        context = crypto.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        with owned(context, "EVP_PKEY_CTX_free") as maker:
            demand(crypto.EVP_PKEY_keygen_init(maker))
            demand(crypto.EVP_PKEY_generate(maker, ctypes.byref(made)))
        return cls(_Handle(made.value))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes | None = None) -> "Sm2PrivateKey":
        """A PKCS#8 key. Raises ValueError: no SM2 key, or its passphrase is wrong or missing."""
        match = _PEM.fullmatch(pem.strip() + b"\n")
        if match is None or bool(match[1]) != (passphrase is not None):
            raise ValueError("no PKCS#8 key, or its passphrase does not belong to it")
        data = base64.b64decode(match[2])
        if passphrase is None:
            return cls(_Handle(from_der("d2i_AutoPrivateKey", data)))
        crypto = library()
        with owned(crypto.BIO_new_mem_buf(data, len(data)), "BIO_free") as bio:
            # Without a callback libcrypto takes the last argument as the passphrase.
            return cls(_Handle(crypto.d2i_PKCS8PrivateKey_bio(bio, None, None, passphrase)))

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS#8, under PBES2 with AES-256 when there is a passphrase."""
        crypto = library()
        with owned(crypto.EVP_PKEY2PKCS8(_live(self._handle)), "PKCS8_PRIV_KEY_INFO_free") as plain:
            if passphrase is None:
                return _pem("PRIVATE KEY", to_der("i2d_PKCS8_PRIV_KEY_INFO", plain))
            cipher = crypto.EVP_aes_256_cbc()
            made = crypto.PKCS8_encrypt(
                -1, cipher, passphrase, len(passphrase), None, 0, ROUNDS, plain
            )
            with owned(made, "X509_SIG_free") as locked:
                return _pem("ENCRYPTED PRIVATE KEY", to_der("i2d_X509_SIG", locked))

    def public_key(self) -> Sm2PublicKey:
        """Its public key."""
        return Sm2PublicKey.of_point(_point(self._handle))

    def sign(self, data: bytes, *, form: Form = "der", user_id: bytes = USER_ID) -> bytes:
        """An SM2 signature with SM3."""
        crypto = library()
        with _digesting(self._handle, user_id) as context:
            demand(
                crypto.EVP_DigestSignInit(
                    context, None, crypto.EVP_sm3(), None, self._handle.pointer
                )
            )
            size = ctypes.c_size_t(128)
            out = ctypes.create_string_buffer(size.value)
            demand(crypto.EVP_DigestSign(context, out, ctypes.byref(size), data, len(data)))
        token = out.raw[: size.value]
        return signature_raw(token) if form == "raw" else token

    def decrypt(self, sealed: bytes, *, form: Form = "raw") -> bytes:
        """The plaintext. Raises ValueError, with one text for every reason."""
        try:
            return _crypt("decrypt", self._handle, cipher_der(sealed) if form == "raw" else sealed)
        except ValueError:
            raise ValueError("SM2 decryption failed") from None

    def __repr__(self) -> str:
        return "Sm2PrivateKey(…)"


PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | Sm2PublicKey


@lru_cache(maxsize=1024)
def public_key_of(certificate: x509.Certificate) -> PublicKey | None:
    """The public key of a certificate; None for a kind that no suite uses."""
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        try:
            return Sm2PublicKey.of_certificate(certificate.public_bytes(Encoding.DER))
        except ValueError:
            return None
    except ValueError:
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) else None


def signature_raw(token: bytes) -> bytes:
    """DER → r‖s, 64 bytes. Raises ValueError."""
    numbers = [der.number(part) for part in der.sequence(token, der.INTEGER, der.INTEGER)]
    try:
        return b"".join(value.to_bytes(_SIZE, "big") for value in numbers)
    except OverflowError:
        raise ValueError("a number of the signature is too large") from None


def signature_der(raw: bytes) -> bytes:
    """r‖s → DER. Raises ValueError unless it is 64 bytes."""
    if len(raw) != 2 * _SIZE:
        raise ValueError("a raw signature is 64 bytes")
    halves = (raw[:_SIZE], raw[_SIZE:])
    return der.wrap(der.SEQUENCE, *(der.integer(int.from_bytes(half, "big")) for half in halves))


def cipher_raw(sealed: bytes) -> bytes:
    """GM/T 0009's DER → C1‖C3‖C2. Raises ValueError."""
    x, y, c3, c2 = der.sequence(sealed, der.INTEGER, der.INTEGER, der.OCTETS, der.OCTETS)
    try:
        point = b"".join(der.number(part).to_bytes(_SIZE, "big") for part in (x, y))
    except OverflowError:
        raise ValueError("a coordinate is too large") from None
    return b"\x04" + point + c3 + c2


def cipher_der(raw: bytes) -> bytes:
    """C1‖C3‖C2 → GM/T 0009's DER. Raises ValueError."""
    start = 1 + 2 * _SIZE
    if len(raw) <= start + _SIZE or raw[0] != 4:
        raise ValueError("not C1C3C2")
    x, y = (int.from_bytes(raw[at : at + _SIZE], "big") for at in (1, 1 + _SIZE))
    return der.wrap(
        der.SEQUENCE,
        der.integer(x),
        der.integer(y),
        der.wrap(der.OCTETS, raw[start : start + _SIZE]),
        der.wrap(der.OCTETS, raw[start + _SIZE :]),
    )


def _strict(token: bytes) -> bytes:
    # libcrypto may read what is not DER: one signature would have two forms.
    return signature_der(signature_raw(token))


def _digesting(handle: _Handle, user_id: bytes) -> "_Digesting":
    return _Digesting(handle, user_id)


class _Digesting:
    """A digest context that signs or verifies under a user id; both contexts are freed at the end."""

    def __init__(self, handle: _Handle, user_id: bytes) -> None:
        crypto = library()
        self._inner = crypto.EVP_PKEY_CTX_new_from_pkey(None, _live(handle), None)
        self._outer = crypto.EVP_MD_CTX_new()
        try:
            demand(crypto.EVP_PKEY_CTX_set1_id(self._inner, user_id, len(user_id)))
        except ValueError:
            self.__exit__()
            raise
        crypto.EVP_MD_CTX_set_pkey_ctx(self._outer, self._inner)

    def __enter__(self) -> int:
        made: int = self._outer
        return made

    def __exit__(self, *exc: object) -> None:
        crypto = library()
        # The outer one does not own the inner one that it was given.
        crypto.EVP_MD_CTX_free(self._outer)
        crypto.EVP_PKEY_CTX_free(self._inner)


def _crypt(what: Literal["encrypt", "decrypt"], handle: _Handle, data: bytes) -> bytes:
    crypto = library()
    context = crypto.EVP_PKEY_CTX_new_from_pkey(None, _live(handle), None)
    with owned(context, "EVP_PKEY_CTX_free") as using:
        demand(getattr(crypto, f"EVP_PKEY_{what}_init")(using))
        size = ctypes.c_size_t(len(data) + 256)
        out = ctypes.create_string_buffer(size.value)
        run = getattr(crypto, f"EVP_PKEY_{what}")
        demand(run(using, out, ctypes.byref(size), data, len(data)))
    return out.raw[: size.value]


def _point(handle: _Handle) -> bytes:
    crypto, size = library(), ctypes.c_size_t()
    out = ctypes.create_string_buffer(1 + 2 * _SIZE)
    name = b"encoded-pub-key"
    demand(
        crypto.EVP_PKEY_get_octet_string_param(
            _live(handle), name, out, len(out), ctypes.byref(size)
        )
    )
    if size.value != len(out) or out.raw[0] != 4:
        raise ValueError("the public key is not an uncompressed point")
    return out.raw


def _live(handle: _Handle) -> int:
    if not handle.pointer:
        raise ValueError("the key was freed")
    return handle.pointer


def _pem(name: str, data: bytes) -> bytes:
    text = base64.encodebytes(data).decode().replace("\n", "")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {name}-----", *lines, f"-----END {name}-----", "")).encode()
