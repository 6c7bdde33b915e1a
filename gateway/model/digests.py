"""Digests of texts, and a row of the store by digest: what the evidence log binds."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowDigest:
    """One row of one table: its key as text, parts joined by `/`, and its digest (64 hex digits)."""

    table: str
    ref: str
    digest: str


def text_digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
