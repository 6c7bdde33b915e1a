"""What goes through this room: pages, signals, and the ledger of one mapped roll."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from gateway.model.exchange import VerifiedExchange


class Reason(StrEnum):
    """Why a row is quarantined, or a value not taken."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNLISTED = "unlisted"
    DIVIDED = "divided"
    MALFORMED = "malformed"
    ROUNDED = "rounded"
    FORMULA = "formula"


class SignalKind(StrEnum):
    """What a reader of the ledger should look at; none of it stops the run."""

    UNKNOWN_COLUMN = "unknown_column"
    ABSENT_COLUMN = "absent_column"
    VALUE_NOT_TAKEN = "value_not_taken"
    FACTS_DIFFER = "facts_differ"
    FORMULA = "formula"
    SET_ASIDE = "set_aside"
    RECODED = "recoded"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning about a column (or table) of the roll, and how many rows it concerns.

    `reason` is empty but for VALUE_NOT_TAKEN, and RECODED when the new codes are known.
    """

    kind: SignalKind
    subject: str
    rows: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a roll. `payload` holds the content bytes, positioned at 0.

    `row_count` is what the sender signed; None when nobody did (a trial of a plain file).
    """

    exchange_id: str
    source: str
    content_type: str
    payload: BinaryIO = field(repr=False, compare=False)
    row_count: int | None = None

    @staticmethod
    def of(exchange: VerifiedExchange) -> "Page":
        """The page that a verified exchange brought."""
        header = exchange.header
        return Page(
            header.id, header.source, header.content_type, exchange.payload, header.row_count
        )


@dataclass(frozen=True, slots=True)
class MappedRoll:
    """The ledger of one roll: received = accepted + quarantined + superseded, by row reference.

    `tables` are the canonical tables that engine tables `mapped_<table>` now hold; the last one has
    a row per accepted row of the roll, the others one per key.
    """

    source: str
    roll: str
    received: int
    accepted: int
    quarantined: int
    superseded: int
    tables: tuple[str, ...]
    signals: tuple[Signal, ...] = ()
