"""C2SP chunked encryption v1 (https://c2sp.org/chunked-encryption) with AES-256-GCM, streaming.

    salt (24) ‖ commitment (32) ‖ chunks of 16 KiB, each with its tag; the last one is shorter

Version 1 of the exchange format takes SHA-256 in the key derivation. The page's later named form
(Cobblestone-256) takes SHA-512, so the hash is a parameter: the public vectors can be run. The
national suite runs the same construction over SM4-GCM with SM3; C2SP names no such form.
"""

import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from gateway.exchange.national import Sm4Gcm
from gateway.model.errors import ExchangeRefused, Refusal

KEY_BYTES = 32
_CHUNK = 16 * 1024
_TAG = 16
_SEALED = _CHUNK + _TAG
_SALT = 24
_COMMITMENT = 32
_NONCE = 12
_AT_ONCE = 32
"""Chunks: what is read, hashed, encrypted and written then stays in a core's own cache."""
_MOST_CHUNKS = 2**38
Aead = AESGCM | Sm4Gcm


@dataclass(frozen=True, slots=True)
class Scheme:
    """The AEAD with its name and key length in bytes, and the hash of the key derivation."""

    name: str
    key_bytes: int
    aead: Callable[[bytes], Aead]
    hash: HashAlgorithm

    @property
    def label(self) -> bytes:
        """What the derivation begins with."""
        return b"c2sp.org/chunked-encryption@v1+" + self.name.encode("ascii") + b"\x00"


AES = Scheme("AEAD_AES_256_GCM", 32, AESGCM, SHA256())
SM4 = Scheme("AEAD_SM4_GCM", 16, Sm4Gcm, SM3())


def seal(
    source: BinaryIO, target: BinaryIO, key: bytes, context: bytes, scheme: Scheme = AES
) -> None:
    """Encrypt all of `source` into `target` under a 32-byte key and a context."""
    salt = os.urandom(_SALT)
    aead, base, commitment = _derive(key, salt + context, scheme)
    target.write(salt + commitment)
    number, sealed = 0, memoryview(bytearray(_AT_ONCE * _SEALED))
    while True:
        block = memoryview(source.read(_AT_ONCE * _CHUNK))
        ended = len(block) < _AT_ONCE * _CHUNK
        # At the end one chunk more, shorter than the others and perhaps empty, marks the end.
        last = len(block) + 1 if ended else len(block)
        written = 0
        for at in range(0, last, _CHUNK):
            chunk = block[at : at + _CHUNK]
            place = sealed[written : written + len(chunk) + _TAG]
            written += aead.encrypt_into(_nonce(base, number), chunk, None, place)
            number += 1
        target.write(sealed[:written])
        if ended:
            return


def unseal(
    source: BinaryIO, key: bytes, context: bytes, scheme: Scheme = AES
) -> Iterator[bytes | bytearray]:
    """Decrypt up to the end of `source`, giving about half a MiB at a time.

    Every piece is authentic when given; that the whole is complete is known only when the iterator
    ends without raising. Raises ExchangeRefused(truncated, altered, malformed).
    """
    if len(key) != KEY_BYTES:
        raise ExchangeRefused(Refusal.MALFORMED, "The content key has not 32 bytes")
    head = source.read(_SALT + _COMMITMENT)
    if len(head) < _SALT + _COMMITMENT:
        raise _truncated()
    aead, base, commitment = _derive(key, head[:_SALT] + context, scheme)
    if not hmac.compare_digest(commitment, head[_SALT:]):
        raise _altered("its key commitment does not hold")
    number = 0
    while True:
        block = memoryview(source.read(_AT_ONCE * _SEALED))
        plain, opened = bytearray(len(block)), 0
        with memoryview(plain) as place:
            for at in range(0, len(block), _SEALED):
                chunk = block[at : at + _SEALED]
                opened += _open_chunk(aead, _nonce(base, number), chunk, place[opened:])
                number += 1
        del plain[opened:]
        yield plain
        if len(block) % _SEALED:
            return
        if len(block) < _AT_ONCE * _SEALED:
            raise _truncated()


def _open_chunk(aead: Aead, nonce: bytes, chunk: memoryview, place: memoryview) -> int:
    size = len(chunk) - _TAG
    if size < 0:
        raise _truncated()
    try:
        return aead.decrypt_into(nonce, chunk, None, place[:size])
    except InvalidTag:
        raise _altered("a chunk of it does not hold, or it breaks off") from None


def _derive(key: bytes, salt_and_context: bytes, scheme: Scheme) -> tuple[Aead, int, bytes]:
    size = scheme.key_bytes
    info = scheme.label + salt_and_context
    made = HKDFExpand(scheme.hash, size + _NONCE + _COMMITMENT, info).derive(key)
    base = int.from_bytes(made[size : size + _NONCE], "big")
    return scheme.aead(made[:size]), base, made[size + _NONCE :]


def _nonce(base: int, number: int) -> bytes:
    if number >= _MOST_CHUNKS:
        raise ExchangeRefused(
            Refusal.TOO_LARGE, "The content has more chunks than the scheme allows"
        )
    return (base ^ number).to_bytes(_NONCE, "big")


def _truncated() -> ExchangeRefused:
    return ExchangeRefused(
        Refusal.TRUNCATED, "The file breaks off", mend="Let the sender send it again."
    )


def _altered(how: str) -> ExchangeRefused:
    return ExchangeRefused(
        Refusal.ALTERED, f"The file was changed: {how}", mend="Let the sender send it again."
    )
