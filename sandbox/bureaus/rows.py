"""`rows_root` (docs/exchange-format.md, section 2), built from the page alone."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from Crypto.Cipher import AES

FANOUT = 16
EMPTY_ROOT = hashlib.sha256(b"\x02").hexdigest()


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree over the rows of one exchange: `leaves` rows as sent, its 32 byte salt, its root."""

    leaves: int
    salt: bytes
    root: str


NO_ROWS = Tree(0, b"", EMPTY_ROOT)


def grow(rows: Sequence[bytes], salt: bytes = b"") -> Tree:
    """The tree over `rows`, with a salt of 32 bytes (by default a new one)."""
    if not rows:
        return NO_ROWS
    salt = salt or os.urandom(32)
    return Tree(len(rows), salt, rows_root(salt, rows))


def row_salts(salt: bytes, count: int) -> bytes:
    """The salts of `count` rows, 16 bytes each, end to end (AES-256-CTR key stream)."""
    stream = AES.new(salt, AES.MODE_CTR, nonce=b"", initial_value=0)
    return bytes(stream.encrypt(bytes(16 * count)))


def rows_root(salt: bytes, rows: Sequence[bytes]) -> str:
    """The root over `rows` as sent, as 64 hex digits. `salt` is 32 bytes."""
    if not rows:
        return EMPTY_ROOT
    sha256, salts = hashlib.sha256, row_salts(salt, len(rows))
    level = [
        sha256(b"\x00" + salts[16 * i : 16 * i + 16] + row).digest() for i, row in enumerate(rows)
    ]
    while True:
        level = [
            sha256(b"\x01" + b"".join(level[i : i + FANOUT])).digest()
            for i in range(0, len(level), FANOUT)
        ]
        if len(level) == 1:
            return level[0].hex()


def pages_root(roots: Sequence[str]) -> str:
    """SHA-256 over the raw roots of a delivery's pages in order, as hex."""
    return hashlib.sha256(b"".join(bytes.fromhex(root) for root in roots)).hexdigest()
