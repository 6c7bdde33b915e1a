"""Ports that two rooms share. Rooms satisfy them by shape; nobody inherits.

An adapter knows *how a bureau is reached*; a line knows *how an exchange is sealed and opened*.
The adapter hands documents to the line and carries opaque bytes for it.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from gateway.model.exchange import Action, Answer, Delivery, Probe, Sent, Waiting

Carry = Callable[[bytes], bytes]
"""Takes sealed request bytes to the peer and brings sealed answer bytes back."""

Controls = Mapping[str, str]
"""Control name → path in the answer's content: dotted for JSON (`output.cursor`), local element
names with slashes for XML (`nextCursor`). Values are read after verification, capped at 256 characters."""


Watch = Callable[[int, int | None], None]
"""Told of every page that came: its rows, and the total when the bureau says one."""


Sealed = Path | BinaryIO
"""A sealed file: its path, or a stream of its bytes that can be read again from the start."""


class Line(Protocol):
    """One source's side of an exchange, made by gateway.exchange for one night."""

    def call(
        self, action: Action, document: bytes, carry: Carry, controls: Controls, *, period: str
    ) -> Answer:
        """Seal `document`, let `carry` bring the answer, file and open it.

        Raises ExchangeRefused when the answer does not verify or does not belong to the request;
        lets TransportError from `carry` pass.
        """

    def accept(self, sealed: Sealed, controls: Controls) -> Answer:
        """File and open a sealed file that the peer has dropped. Raises ExchangeRefused."""

    def peek(self, sealed: Sealed) -> Waiting | None:
        """What a dropped file's verified manifest says, without its content; None when it is not
        addressed to us by this source."""

    def drop(
        self, action: Action, document: bytes, folder: Path, *, roll: str, period: str
    ) -> Sent:
        """Seal a document as a file into a folder (written whole, then renamed)."""

    def close(self, roll: str, period: str, answers: Sequence[Answer]) -> Delivery:
        """Check that the answers are one whole delivery. Raises DeliveryIncomplete."""


class Adapter(Protocol):
    """How one bureau is reached. Explicit list in gateway/wiring_sources.py."""

    def collect(self, roll: str, period: str, line: Line) -> Delivery:
        """Bring the whole roll of a period. Raises TransportError, Busy when it is not ready yet."""

    def waiting(self, roll: str, period: str, line: Line) -> tuple[str, ...]:
        """The first exchange ids of the deliveries that lie ready to be picked up; none for a bureau
        that is called. Raises TransportError."""

    def subject(self, number: str) -> Mapping[str, str]:
        """How this bureau is told of a person by a resident identity number."""

    def ask(self, subjects: Sequence[Mapping[str, str]], line: Line, *, period: str) -> Delivery:
        """Send identifiers, get the statuses of those people back. Raises Busy when not ready."""

    def deliver(self, document: bytes, line: Line, *, roll: str, period: str) -> Sent:
        """Hand a document (a referral, a receipt) to the bureau."""

    def probe(self, line: Line) -> Probe:
        """Whether the bureau answers; never raises for an unreachable one."""
