"""Sealed files in a folder: the newest whole file whose manifest names the roll and the period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.model.errors import Busy, GatewayError, PeerRefused
from gateway.model.exchange import Action, Delivery, Probe, Sent
from gateway.model.ports import Line
from gateway.transport import Folder, Gate


@dataclass(frozen=True, slots=True)
class Settings:
    """`pick_up` is where the bureau drops files, `hand_over` where it takes ours (None: nowhere)."""

    pick_up: Path
    source: str = "national_welfare_system"
    hand_over: Path | None = None


class NationalWelfareAdapter:
    """Satisfies gateway.model.ports.Adapter."""

    def __init__(self, gate: Gate, settings: Settings) -> None:
        self._gate = gate
        self._settings = settings
        self._folder = Folder(settings.pick_up)

    def collect(self, roll: str, period: str, line: Line) -> Delivery:
        """The newest dropped file of that roll and period. Raises Busy when none has come yet."""
        with self._gate.passing():
            for path in self._folder.files():
                if self._is(path, roll, period, line):
                    return line.close(roll, period, [line.accept(path, {})])
            raise Busy(
                "the bureau has not dropped this roll yet",
                where=f"{self._settings.source}/{roll} {period}",
                mend="ask the bureau, or wait for the next night",
            )

    def ask(self, subjects: Sequence[Mapping[str, str]], line: Line, *, period: str) -> Delivery:
        """This bureau gives whole rolls only. Raises PeerRefused."""
        raise PeerRefused(
            "this bureau cannot be asked about single people",
            where=self._settings.source,
            mend="collect its roll instead",
        )

    def deliver(self, document: bytes, line: Line, *, roll: str, period: str) -> Sent:
        """Drop a sealed document for the bureau. Raises PeerRefused when it takes none."""
        if self._settings.hand_over is None:
            raise PeerRefused(
                "this bureau takes no documents",
                where=self._settings.source,
                mend="set `hand_over` in its source file",
            )
        with self._gate.passing():
            return line.drop(
                Action.DELIVER, document, self._settings.hand_over, roll=roll, period=period
            )

    def probe(self, line: Line) -> Probe:
        """Whether the exchange folder can be read."""
        try:
            waiting = sum(1 for _ in self._folder.files())
        except GatewayError as error:
            return Probe(self._settings.source, False, error.what)
        return Probe(self._settings.source, True, f"{waiting} files")

    def _is(self, path: Path, roll: str, period: str, line: Line) -> bool:
        """Whether a dropped file is what was asked for. A file that cannot be read is not."""
        try:
            found = line.peek(path)
        except OSError:  # taken back by its writer, or not readable for this account
            return False
        return found is not None and found[:2] == (roll, period)
