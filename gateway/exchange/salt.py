"""The 32-byte salt of an exchange's rows, as the contract writes it."""

import base64
import os

SALT_BYTES = 32


def new_salt() -> bytes:
    """A fresh salt."""
    return os.urandom(SALT_BYTES)


def salt_text(salt: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(salt).rstrip(b"=").decode()


def salt_bytes(text: str) -> bytes:
    """The salt of a contract's `rows_salt`; zeros for an empty one, which only no rows may have."""
    return base64.urlsafe_b64decode(text + "=") if text else bytes(SALT_BYTES)
