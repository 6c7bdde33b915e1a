"""What the room works with: made once by wiring, shared by every source."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange.keys import KeyRing
from gateway.exchange.limits import DEFAULT_LIMITS, Limits
from gateway.exchange.policy import SuiteName
from gateway.exchange.receipts import ReceiptBook
from gateway.exchange.replay import SeenIds
from gateway.exchange.rows import RowProfile
from gateway.exchange.trust import TrustBook

Clock = Callable[[], datetime]
"""Gives the present time, aware. Only wiring knows a real one."""


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """How one source exchanges. `partner` is the party that signs; `roll` is what `call` asks for
    (message sources have one roll each); `endpoint` is its URL, signed as WS-Addressing `To`."""

    source: str
    partner: str
    suite: SuiteName
    rows: RowProfile
    roll: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Keys, trust, evidence and time of one site. `party` is its own name as a sender."""

    party: str
    keys: KeyRing
    trust: TrustBook
    archive: Archive
    log: ChainedLog
    sent: Shelf
    seen: SeenIds
    clock: Clock
    spill_dir: Path
    limits: Limits = DEFAULT_LIMITS
    receipts: ReceiptBook = field(init=False)

    def __post_init__(self) -> None:
        book = ReceiptBook(self.party, self.keys, self.log, self.limits.strangers)
        object.__setattr__(self, "receipts", book)
