"""What the reception is given and what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header
from gateway.model.submissions import SubmissionKind, SubmissionRow
from gateway.reception.ports import Counts

Expect = Callable[[Header], None]
"""Raises ExchangeRefused when a verified contract is not what was declared."""

Admit = Callable[[str, Path, Expect], tuple[str, str]]
"""(roll, sealed file, expect) → exchange id and signed receipt. Raises ExchangeRefused."""


@dataclass(frozen=True, slots=True)
class SourceDoor:
    """One source that drops sealed files into a folder. `deltas` are the roll names of its changes."""

    folder: Path
    rolls: tuple[str, ...]
    deltas: tuple[str, ...]
    admit: Admit


@dataclass(frozen=True, slots=True)
class Rooms:
    """How much may come in, in bytes: one file, all that a client has under way, what stays free on the
    disk; and how many at once. `cut_off` is the site's time of day: what is whole by then is of that
    day's night."""

    file_bytes: int = 2**33
    client_bytes: int = 2**34
    keep_free: int = 2**30
    at_once: int = 4
    cut_off: time = time(22, 0)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a client says it will hand in: `size` in bytes and `digest` (64 hex, SHA-256) of the sealed
    file, `replaces` the exchange that a correction takes the place of."""

    source: str
    roll: str
    period: str
    kind: SubmissionKind
    size: int
    digest: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A submission as it stands. `offset` bytes are here; `night` is the day of the night that reads it
    at the latest, None before it is whole; `taken` what the night made of the delivery (`current`,
    `superseded`, `set_aside` with `reason`), empty before; `counts` are of the roll that counts for the
    period."""

    row: SubmissionRow
    offset: int
    night: date | None
    taken: str = ""
    reason: str = ""
    counts: Counts | None = None


def as_declared(row: SubmissionRow) -> Expect:
    """Refuses a contract that is another delivery than was declared."""

    def expect(header: Header) -> None:
        said = (row.source, row.roll, row.period, row.replaces)
        if said != (header.source, header.roll, header.period, header.replaces):
            raise ExchangeRefused(
                Refusal.NOT_ALLOWED,
                "It is another delivery than was declared",
                where=f"{header.source}, {header.id}",
                mend="Let the sender declare source, roll, period and replaces as they are sealed.",
            )

    return expect
