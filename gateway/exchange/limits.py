"""Caps and spans of time that bound every exchange (docs/exchange-format.md)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. `document_bytes` caps JSON and XML, which are parsed whole, inside a file."""

    skew: timedelta = timedelta(minutes=5)
    message_life: timedelta = timedelta(minutes=5)
    file_life: timedelta = timedelta(days=7)
    message_bytes: int = 4 << 20
    file_bytes: int = 8 << 30
    manifest_bytes: int = 1 << 20
    document_bytes: int = 64 << 20
    line_bytes: int = 1 << 20
    depth: int = 64
    strangers: int = 1000


DEFAULT_LIMITS = Limits()
