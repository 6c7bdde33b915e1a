"""Values of an exchange: the contract that both sides sign, and what is left after verification.

Field names are those of docs/exchange-format.md, section 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, NamedTuple


class Action(StrEnum):
    """What an exchange asks for or brings."""

    ROLL = "roll"
    ASK = "ask"
    DELIVER = "deliver"
    PROBE = "probe"
    ROLL_ANSWER = "roll.answer"
    ASK_ANSWER = "ask.answer"
    DELIVER_ANSWER = "deliver.answer"
    PROBE_ANSWER = "probe.answer"


class Grade(StrEnum):
    """How far a row can be proved (docs/glossary.md, 证据等级)."""

    OWNER_SIGNED = "owner-signed"
    GATEWAY_ATTESTED = "gateway-attested"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class ScopeCount:
    """How many rows a roll holds for one county (six digits)."""

    division: str
    rows: int


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing statement: what the bureau says the whole delivery holds.

    `pages_root` is SHA-256 over the concatenated rows_roots of the pages, as 64 hex digits.
    """

    rows: int
    pages: int
    pages_root: str
    scopes: tuple[ScopeCount, ...]
    held_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """The contract inside the signed part. `created` and `expires` are aware UTC times."""

    id: str
    sender: str
    recipient: str
    action: Action
    source: str
    roll: str
    period: str
    created: datetime
    expires: datetime
    content_type: str
    row_count: int
    content_digest: str
    rows_salt: str
    rows_root: str
    in_reply_to: str = ""
    page: int = 1
    last: bool = True
    closing: Closing | None = None
    replaces: str = ""
    version: str = "1"


@dataclass(frozen=True, slots=True)
class SealedRef:
    """One sealed exchange in the archive. `sealed_digest` is `sha-256:` + hex of the bytes received."""

    exchange_id: str
    sealed_digest: str
    size: int


@dataclass(frozen=True, slots=True)
class VerifiedExchange:
    """An exchange whose signature, recipient, age and rows were checked.

    `payload` is an unlinked temporary file, positioned at 0, holding the content bytes. Only
    gateway.exchange may construct this value (tests/architecture says so).
    """

    header: Header
    ref: SealedRef
    grade: Grade
    signer: str
    received: datetime
    payload: BinaryIO = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an adapter sees of a verified answer: control fields, never rows."""

    ref: SealedRef
    roll: str
    period: str
    page: int
    last: bool
    row_count: int
    controls: Mapping[str, str]


class GivenReceipt(NamedTuple):
    """A signed receipt as it was given to a sender, and when."""

    sender: str
    at: datetime
    receipt: str


class Waiting(NamedTuple):
    """What the manifest of a dropped file says, its signature verified, its content not yet."""

    roll: str
    period: str
    exchange_id: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The sealed exchanges of one roll and period, in page order, with the closing statement."""

    source: str
    roll: str
    period: str
    exchanges: tuple[SealedRef, ...]
    closing: Closing
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sealed document was handed to the peer."""

    exchange_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether a source answers, and what it says of itself."""

    source: str
    reachable: bool
    status: str
