"""Where sealed files wait to be picked up, and where ours are handed over: a folder, an SFTP server, a
front-end table. What waits has a name in its place only; who it is from and what it is, its sealed
manifest says.
"""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.model.ports import Sealed

SUFFIX = ".cwgx"
HEAD_CAP = 2**20 + 64
"""Magic line and manifest of a sealed file (docs/exchange-format.md, section 5) are no longer."""
MOST_PARCELS = 5_000
"""How many of the newest are looked at: a place that nobody sweeps must not stall a night."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What was put down as one: a sealed file, or the sealed pages of a table in their order."""

    name: str
    parts: tuple[str, ...]


class Place(Protocol):
    """A pick-up place. Every method raises Unreachable or PeerRefused when the place fails."""

    @property
    def where(self) -> str:
        """The place for messages; holds no password."""

    def parcels(self) -> Iterator[Parcel]:
        """What waits and is whole, newest first."""

    def head(self, part: str) -> AbstractContextManager[Sealed]:
        """What holds at least the part's manifest. FileNotFoundError: taken back."""

    def each(self, parcel: Parcel) -> Generator[Sealed, None, None]:
        """The parcel's parts, whole and in order; each counts until the next is asked for.
        FileNotFoundError: taken back."""

    def put(self, sealed: Path) -> None:
        """Hand over a sealed file of ours. Raises PeerRefused when this place takes none."""
