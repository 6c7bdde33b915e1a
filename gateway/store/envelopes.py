"""What an envelope looks like: form, key class, version, nonce, ciphertext; bound to its column and row."""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.errors import StoreError

SITES, CHILDS = b"\x01", b"\x02"
"""First byte: under the site's key, or under one child's."""
NONCE = 12
LEAD = len(SITES) + 1 + 2
HEAD = LEAD + NONCE


def lead(form: bytes, key_class: int, version: int) -> bytes:
    """The first bytes of an envelope; `key_class` is a place in `ENVELOPES`."""
    return form + bytes([key_class]) + version.to_bytes(2, "big")


def is_childs(token: bytes) -> bool:
    """Whether an envelope is under a child's own key."""
    return token[:1] == CHILDS


def childs_key(master: bytes, salt: bytes) -> bytes:
    """A child's own key: one block of HKDF-Expand (RFC 5869), the master being uniform already."""
    return hmac.digest(master, b"cwg child" + salt + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class ChildCiphers:
    """One cipher a child, in the order of their salts."""

    _lead: bytes
    _ciphers: list[AESGCM]

    def seal_column(
        self, place: str, rows: Sequence[object], texts: Sequence[str | None]
    ) -> list[bytes | None]:
        """Envelopes of one column, child by child: what the `sealer` of that place and salt gives."""
        bound = self._lead + place.encode() + b":"
        nonces = os.urandom(NONCE * len(rows))
        sealed: list[bytes | None] = []
        for start, cipher, row, text in zip(
            count(0, NONCE), self._ciphers, rows, texts, strict=False
        ):
            if text is None:
                sealed.append(None)
                continue
            nonce = nonces[start : start + NONCE]
            sealed.append(
                self._lead + nonce + cipher.encrypt(nonce, text.encode(), bound + str(row).encode())
            )
        return sealed


def destroyed(place: str) -> StoreError:
    """The error of an envelope whose child was erased."""
    return StoreError(
        "an envelope is under a child's key that is not there",
        where=place,
        mend="it was erased; a backup of before the erasure still opens it, until it ends",
    )


def altered(place: str) -> StoreError:
    """The error of an envelope that was changed, or moved to another row or column."""
    return StoreError(
        "an envelope does not open in its place",
        where=place,
        mend="restore the row from the backup",
    )
