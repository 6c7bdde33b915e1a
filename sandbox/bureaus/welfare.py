"""The national welfare system: drops sealed files, answers nothing.

A period's two rolls are dropped once into `<dir>/outbox/`, where the gateway picks them up. A
file `<dir>/control/drop-<period>` asks for that period again; the new files name the ones that
they replace. What was dropped is remembered in `<dir>/dropped.json`.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from sandbox.bureaus import files
from sandbox.bureaus.desk import log
from sandbox.bureaus.drops import Drop, seal_roll
from sandbox.bureaus.faults import ALTERED, Faults, alter
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rolls import Roll, RollStore
from sandbox.bureaus.web import on_stop, write_address, write_atomically

ROLLS = ("registry", "assistance")
OUTBOX = "outbox"
CONTROL = "control"
DROPPED = "dropped.json"
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Welfare:
    """The bureau's folder, keys, rolls and faults."""

    folder: Path
    ring: KeyRing
    rolls: RollStore
    faults: Faults

    def drop(self, period: str, again: bool = False) -> list[Path]:
        """Drop the period's files that are ready and not dropped yet (or, `again`, all of them)."""
        written = []
        for name in ROLLS:
            dropped = self._dropped()
            key = f"{period}/{name}"
            if key in dropped and not again:
                continue
            roll = self.rolls.find(period, name)
            if roll is not None:
                exchange_id, sealed = self._seal((period, name), roll, dropped.get(key, ""))
                target = f"{name}-{period}-{exchange_id}.cwgx"
                written.append(files.write(self.folder / OUTBOX, target, sealed))
                text = json.dumps(dropped | {key: exchange_id}, indent=1)
                write_atomically(self.folder / DROPPED, text.encode())
                log(self.ring.me.name, f"dropped {key} {exchange_id}")
        return written

    def serve(self) -> None:
        """Drop what becomes ready, and what is asked for again, until SIGTERM."""
        stop = threading.Event()
        on_stop(stop.set)
        control = self.folder / CONTROL
        control.mkdir(exist_ok=True)
        self._drop_ready()
        write_address(self.folder, (self.folder / OUTBOX).as_uri())
        while not stop.wait(POLL_SECONDS):
            for request in sorted(control.glob("drop-*")):
                self.drop(request.name.removeprefix("drop-"), again=True)
                request.unlink()
            self._drop_ready()

    def _drop_ready(self) -> None:
        for period in self.rolls.periods(ROLLS[0]):
            self.drop(period)

    def _dropped(self) -> dict[str, str]:
        path = self.folder / DROPPED
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def _seal(self, scope: tuple[str, str], roll: Roll, replaces: str) -> tuple[str, bytes]:
        """Seal a roll: (exchange id, the file's bytes). `scope` is (period, roll name)."""
        period, name = scope
        exchange, sealed = seal_roll(self.ring, Drop(period, name, roll, replaces))
        if self.faults.on(ALTERED, period, name):
            sealed = alter(sealed, sealed.index(b"\n", len(files.MAGIC)) + 1, len(sealed))
        return exchange.id, sealed
