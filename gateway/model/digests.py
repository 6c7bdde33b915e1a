"""A row of the store by digest: what the evidence log binds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowDigest:
    """One row of one table: its key as text, parts joined by `/`, and its digest (64 hex digits)."""

    table: str
    ref: str
    digest: str
