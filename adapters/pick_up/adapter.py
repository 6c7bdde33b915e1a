"""Sealed files in a place: of those whose manifest names the roll and the period, the one that stands.

A delivery stands unless another one that waits names it as replaced. When two stand, each is opened:
one that does not verify is no delivery; two that do are refused, for nobody but the bureau can say
which one counts.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.model.errors import (
    Busy,
    ExchangeRefused,
    GatewayError,
    PeerRefused,
    Refusal,
    Unreachable,
)
from gateway.model.exchange import Action, Answer, Delivery, Probe, Sent, Waiting
from gateway.model.ports import Line
from gateway.transport import Gate, Parcel, Place


@dataclass(frozen=True, slots=True)
class _Found:
    """A parcel with what its first part's manifest says."""

    parcel: Parcel
    waiting: Waiting


class PickUpAdapter:
    """Satisfies gateway.model.ports.Adapter. `scratch` holds sealed bytes of ours for a moment."""

    def __init__(self, gate: Gate, place: Place, scratch: Path) -> None:
        self._gate = gate
        self._place = place
        self._scratch = scratch

    def collect(self, roll: str, period: str, line: Line) -> Delivery:
        """The delivery of that roll and period. Raises Busy when none has come yet."""
        with self._gate.passing():
            standing, passed_over = self._standing(roll, period, line)
            if not standing:
                raise _nothing_yet(f"{self._gate.source}/{roll} {period}", passed_over)
            return line.close(roll, period, self._open_one(standing, line, period))

    def waiting(self, roll: str, period: str, line: Line) -> tuple[str, ...]:
        """The first exchange ids of the deliveries that stand there."""
        with self._gate.passing():
            return tuple(f.waiting.exchange_id for f in self._standing(roll, period, line)[0])

    def subject(self, number: str) -> Mapping[str, str]:
        """This bureau gives whole rolls only. Raises PeerRefused."""
        raise self._cannot_be_asked()

    def ask(self, subjects: Sequence[Mapping[str, str]], line: Line, *, period: str) -> Delivery:
        """This bureau gives whole rolls only. Raises PeerRefused."""
        raise self._cannot_be_asked()

    def _cannot_be_asked(self) -> PeerRefused:
        return PeerRefused(
            "a bureau that drops files cannot be asked about single people",
            where=self._gate.source,
            mend="collect its roll: `mode: roll`",
        )

    def deliver(self, document: bytes, line: Line, *, roll: str, period: str) -> Sent:
        """Put a sealed document down for the bureau. Raises PeerRefused when it takes none."""
        with (
            self._gate.passing(),
            tempfile.TemporaryDirectory(prefix="cwg-drop-", dir=self._scratch) as folder,
        ):
            sent = line.drop(Action.DELIVER, document, Path(folder), roll=roll, period=period)
            (sealed,) = Path(folder).iterdir()
            self._place.put(sealed)
            return sent

    def probe(self, line: Line) -> Probe:
        """Whether the place can be read."""
        try:
            waiting = sum(1 for _ in self._place.parcels())
        except GatewayError as error:
            return Probe(self._gate.source, False, error.what)
        return Probe(self._gate.source, True, f"{waiting} files")

    def _standing(self, roll: str, period: str, line: Line) -> tuple[list[_Found], int]:
        """The deliveries that stand, and how many parcels are not this source's at all."""
        peeked = [self._peek(p, line) for p in self._place.parcels()]
        found = [f for f in peeked if f]
        fits = [f for f in found if (f.waiting.roll, f.waiting.period) == (roll, period)]
        replaced = {f.waiting.replaces for f in fits}
        standing = [f for f in fits if f.waiting.exchange_id not in replaced]
        return standing, len(peeked) - len(found)

    def _peek(self, parcel: Parcel, line: Line) -> _Found | None:
        """What a parcel says of itself; None when it cannot be read or is not ours."""
        with suppress(OSError), self._place.head(parcel.parts[0]) as sealed:
            waiting = line.peek(sealed)
            return None if waiting is None else _Found(parcel, waiting)
        return None

    def _open_one(self, standing: Sequence[_Found], line: Line, period: str) -> list[Answer]:
        opened: list[list[Answer]] = []
        refused: ExchangeRefused | None = None
        for found in standing:
            try:
                opened.append(self._open(found.parcel, line))
            except ExchangeRefused as error:
                refused = refused or error
        if len(opened) == 1:
            return opened[0]
        if refused is not None and not opened:
            raise refused
        raise ExchangeRefused(
            Refusal.NOT_ALLOWED,
            f"{len(opened)} deliveries came for one period, and none names the other",
            where=f"{self._gate.source}/{standing[0].waiting.roll} {period}",
            mend="ask the bureau to send the right one again, naming the one it replaces",
        )

    def _open(self, parcel: Parcel, line: Line) -> list[Answer]:
        try:
            with closing(self._place.each(parcel)) as parts:
                return [line.accept(sealed, {}) for sealed in parts]
        except OSError as error:
            raise Unreachable(
                f"a sealed part cannot be read ({type(error).__name__})",
                where=self._place.where,
                mend="it is tried again in the next night; look at the place when it stays so",
            ) from None


def _nothing_yet(where: str, passed_over: int) -> Busy:
    if not passed_over:
        mend = "ask the bureau, or wait for the next night"
        return Busy("the bureau has not dropped this roll yet", where=where, mend=mend)
    return Busy(
        f"the bureau has not dropped this roll yet; {passed_over} files there were passed over, because "
        "they are not signed by it, not addressed to us, or cannot be opened",
        where=where,
        mend="ask the bureau whether it has new keys; the log names each file's reason",
    )
