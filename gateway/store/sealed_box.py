"""Sealing for somebody else to open: X25519, HKDF-SHA256, AES-256-GCM (as RFC 9180 puts such a box together).

The site holds only the public half, so that whoever runs it writes signs of harm and never reads them.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.model.errors import StoreError

_RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw
_PRIVATE = serialization.PrivateFormat.Raw, serialization.NoEncryption()
_LENGTH = 32
_NONCE = bytes(12)
"""Every box has a key of its own, so one nonce serves."""


def make_pair() -> tuple[bytes, bytes]:
    """A new private key and its public half, 32 bytes each."""
    key = X25519PrivateKey.generate()
    return (
        key.private_bytes(serialization.Encoding.Raw, *_PRIVATE),
        key.public_key().public_bytes(*_RAW),
    )


def seal(public: bytes, place: str, text: str) -> bytes:
    """Text for the holder of the private half; `place` (a column and row) is bound to it."""
    once = X25519PrivateKey.generate()
    lead = once.public_key().public_bytes(*_RAW)
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    return lead + AESGCM(_key(shared, lead + public)).encrypt(_NONCE, text.encode(), place.encode())


def unseal(private: bytes, place: str, box: bytes) -> str:
    """The text of a box. Raises StoreError when it is another's, was altered or moved."""
    key = X25519PrivateKey.from_private_bytes(private)
    lead, public = box[:_LENGTH], key.public_key().public_bytes(*_RAW)
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(lead))
        cipher = AESGCM(_key(shared, lead + public))
        return cipher.decrypt(_NONCE, box[_LENGTH:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise StoreError(
            "a box does not open in its place", where=place, mend="use the role's own key"
        ) from None


def _key(shared: bytes, both: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"cwg protection" + both).derive(shared)
