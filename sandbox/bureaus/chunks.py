"""C2SP chunked encryption v1 (https://c2sp.org/chunked-encryption) with AES-256-GCM.

The page takes SHA-256. The specification's later named form (Cobblestone-256) differs only in
SHA-512, so the hash is a parameter: the public vectors of either can be run.
"""

import hmac
import os
from collections.abc import Iterator

from Crypto.Cipher import AES

from sandbox.bureaus.errors import Refused

KEY_BYTES = 32
CHUNK = 16 * 1024
TAG = 16
SALT = 24
COMMITMENT = 32
HEADER = SALT + COMMITMENT
_LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


def seal(key: bytes, context: bytes, plain: bytes, hash_name: str = "sha256") -> bytes:
    """Encrypt `plain` under the 32 byte `key`: salt, commitment, chunks."""
    salt = os.urandom(SALT)
    aead_key, base_nonce, commitment = _derive(key, salt + context, hash_name)
    parts = [salt, commitment]
    for number in range(len(plain) // CHUNK + 1):
        cipher = AES.new(aead_key, AES.MODE_GCM, nonce=_nonce(base_nonce, number))
        parts.extend(cipher.encrypt_and_digest(plain[number * CHUNK : (number + 1) * CHUNK]))
    return b"".join(parts)


def open_sealed(key: bytes, context: bytes, sealed: bytes, hash_name: str = "sha256") -> bytes:
    """Decrypt; Refused("altered") or Refused("truncated") when it is not whole."""
    if len(key) != KEY_BYTES:
        raise Refused("malformed", "content: key length")
    if len(sealed) < HEADER:
        raise Refused("truncated", "content: header")
    aead_key, base_nonce, commitment = _derive(key, sealed[:SALT] + context, hash_name)
    if not hmac.compare_digest(commitment, sealed[SALT:HEADER]):
        raise Refused("altered", "content: key commitment")
    plain = []
    for number, chunk in enumerate(_chunks(sealed)):
        cipher = AES.new(aead_key, AES.MODE_GCM, nonce=_nonce(base_nonce, number))
        try:
            plain.append(cipher.decrypt_and_verify(chunk[:-TAG], chunk[-TAG:]))
        except ValueError as error:
            raise Refused("altered", f"content: chunk {number}") from error
    return b"".join(plain)


def _chunks(sealed: bytes) -> Iterator[bytes]:
    """The encrypted chunks; the last is always shorter than a full one, so an end is seen."""
    size = CHUNK + TAG
    if (len(sealed) - HEADER) % size < TAG:
        raise Refused("truncated", "content: last chunk")
    for start in range(HEADER, len(sealed), size):
        yield sealed[start : start + size]


def _derive(key: bytes, salt_and_context: bytes, hash_name: str) -> tuple[bytes, bytes, bytes]:
    """HKDF-Expand (RFC 5869, 2.3) to AEAD key, base nonce and commitment."""
    info, output, block, length = _LABEL + salt_and_context, b"", b"", KEY_BYTES + 12 + COMMITMENT
    counter = 0
    while len(output) < length:
        counter += 1
        block = hmac.digest(key, block + info + bytes([counter]), hash_name)
        output += block
    return output[:KEY_BYTES], output[KEY_BYTES : KEY_BYTES + 12], output[KEY_BYTES + 12 : length]


def _nonce(base: bytes, number: int) -> bytes:
    return (int.from_bytes(base, "big") ^ number).to_bytes(12, "big")
