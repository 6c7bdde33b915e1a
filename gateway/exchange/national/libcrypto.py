"""The few functions of the system's libcrypto (OpenSSL 3 EVP) that SM2 needs, by ctypes.

Nothing here is deprecated in OpenSSL 3. Every object made is freed in the same function, but for a
key, which its owner frees. Error texts of libcrypto are dropped: a peer learns nothing from them.
"""

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from gateway.model.errors import KeyUnavailable

Pointer = ctypes.c_void_p
_SIZE_OUT = ctypes.POINTER(ctypes.c_size_t)
_LEAST = 0x30000000
_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "EVP_sm3": (Pointer, ()),
    "EVP_aes_256_cbc": (Pointer, ()),
    "EVP_PKEY_CTX_new_from_name": (Pointer, (Pointer, ctypes.c_char_p, ctypes.c_char_p)),
    "EVP_PKEY_CTX_new_from_pkey": (Pointer, (Pointer, Pointer, ctypes.c_char_p)),
    "EVP_PKEY_CTX_free": (None, (Pointer,)),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, (Pointer, ctypes.c_char_p, ctypes.c_size_t)),
    "EVP_PKEY_keygen_init": (ctypes.c_int, (Pointer,)),
    "EVP_PKEY_generate": (ctypes.c_int, (Pointer, ctypes.POINTER(Pointer))),
    "EVP_PKEY_free": (None, (Pointer,)),
    "EVP_PKEY_is_a": (ctypes.c_int, (Pointer, ctypes.c_char_p)),
    "EVP_PKEY_get_octet_string_param": (
        ctypes.c_int,
        (Pointer, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, _SIZE_OUT),
    ),
    "EVP_MD_CTX_new": (Pointer, ()),
    "EVP_MD_CTX_free": (None, (Pointer,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (Pointer, Pointer)),
    "EVP_DigestSignInit": (ctypes.c_int, (Pointer, Pointer, Pointer, Pointer, Pointer)),
    "EVP_DigestSign": (
        ctypes.c_int,
        (Pointer, ctypes.c_char_p, _SIZE_OUT, ctypes.c_char_p, ctypes.c_size_t),
    ),
    "EVP_DigestVerifyInit": (ctypes.c_int, (Pointer, Pointer, Pointer, Pointer, Pointer)),
    "EVP_DigestVerify": (
        ctypes.c_int,
        (Pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t),
    ),
    "EVP_PKEY_encrypt_init": (ctypes.c_int, (Pointer,)),
    "EVP_PKEY_encrypt": (
        ctypes.c_int,
        (Pointer, ctypes.c_char_p, _SIZE_OUT, ctypes.c_char_p, ctypes.c_size_t),
    ),
    "EVP_PKEY_decrypt_init": (ctypes.c_int, (Pointer,)),
    "EVP_PKEY_decrypt": (
        ctypes.c_int,
        (Pointer, ctypes.c_char_p, _SIZE_OUT, ctypes.c_char_p, ctypes.c_size_t),
    ),
    "d2i_X509": (Pointer, (Pointer, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)),
    "X509_get_pubkey": (Pointer, (Pointer,)),
    "X509_free": (None, (Pointer,)),
    "d2i_PUBKEY": (Pointer, (Pointer, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)),
    "i2d_PUBKEY": (ctypes.c_int, (Pointer, ctypes.POINTER(Pointer))),
    "d2i_AutoPrivateKey": (Pointer, (Pointer, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)),
    "d2i_PKCS8PrivateKey_bio": (Pointer, (Pointer, Pointer, Pointer, ctypes.c_char_p)),
    "EVP_PKEY2PKCS8": (Pointer, (Pointer,)),
    "PKCS8_PRIV_KEY_INFO_free": (None, (Pointer,)),
    "i2d_PKCS8_PRIV_KEY_INFO": (ctypes.c_int, (Pointer, ctypes.POINTER(Pointer))),
    "PKCS8_encrypt": (
        Pointer,
        (
            ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int,
            ctypes.c_int, Pointer,
        ),
    ),
    "X509_SIG_free": (None, (Pointer,)),
    "i2d_X509_SIG": (ctypes.c_int, (Pointer, ctypes.POINTER(Pointer))),
    "BIO_new_mem_buf": (Pointer, (ctypes.c_char_p, ctypes.c_int)),
    "BIO_free": (ctypes.c_int, (Pointer,)),
    "CRYPTO_free": (None, (Pointer, ctypes.c_char_p, ctypes.c_int)),
}  # fmt: skip


class SystemLibrary(ctypes.CDLL):
    """libcrypto with the functions above declared."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        for function, (result, arguments) in _SIGNATURES.items():
            declared = getattr(self, function)
            declared.restype, declared.argtypes = result, arguments


@lru_cache(maxsize=1)
def library() -> SystemLibrary:
    """The system's libcrypto. Raises KeyUnavailable when it is missing, too old, or lacks SM2."""
    trouble, found = _load()
    if found is None:
        raise KeyUnavailable(
            f"National cryptography cannot be used: {trouble}.",
            where="libcrypto",
            mend="Install OpenSSL 3 with SM2 (Debian: libssl3), or choose another suite.",
        )
    return found


def sm2_trouble() -> str:
    """Why SM2 cannot be used on this machine, in a few words; empty when it can."""
    return _load()[0]


@contextmanager
def owned(made: int | None, free: str) -> Iterator[int]:
    """A libcrypto object that is freed at the end. Raises ValueError when it was not made."""
    crypto = library()
    if not made:
        crypto.ERR_clear_error()
        raise ValueError("libcrypto refused")
    try:
        yield made
    finally:
        getattr(crypto, free)(made)


def demand(result: int) -> None:
    """Raises ValueError unless a call of libcrypto said 1."""
    if result != 1:
        library().ERR_clear_error()
        raise ValueError("libcrypto refused")


def to_der(write: str, thing: int) -> bytes:
    """What an `i2d_…` function writes of an object. Raises ValueError."""
    crypto, out = library(), Pointer()
    size = getattr(crypto, write)(thing, ctypes.byref(out))
    if size <= 0:
        crypto.ERR_clear_error()
        raise ValueError("libcrypto refused")
    try:
        return ctypes.string_at(out, size)
    finally:
        crypto.CRYPTO_free(out, None, 0)


def from_der(read: str, data: bytes) -> int | None:
    """The object that a `d2i_…` function reads; None when it cannot, or does not read all."""
    place = ctypes.c_char_p(data)
    start = ctypes.cast(place, Pointer).value or 0
    made: int | None = getattr(library(), read)(None, ctypes.byref(place), len(data))
    if made and (ctypes.cast(place, Pointer).value or 0) - start != len(data):
        raise ValueError("something stands behind the DER")
    return made


@lru_cache(maxsize=1)
def _load() -> tuple[str, SystemLibrary | None]:
    name = ctypes.util.find_library("crypto")
    if name is None:
        return "the system has no libcrypto", None
    try:
        found = SystemLibrary(name)
    except (OSError, AttributeError):
        return "the system's libcrypto is older than OpenSSL 3", None
    if found.OpenSSL_version_num() < _LEAST:
        return "the system's libcrypto is older than OpenSSL 3", None
    context = found.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    if not context:
        found.ERR_clear_error()
        return "the system's libcrypto was built without SM2", None
    found.EVP_PKEY_CTX_free(context)
    return "", found
