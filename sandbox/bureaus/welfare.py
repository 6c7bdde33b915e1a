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
from sandbox.bureaus.drops import Drop, dropped_file
from sandbox.bureaus.faults import REPLAYED, Faults
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rolls import RollStore
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
        written: list[Path] = []
        for name in ROLLS:
            dropped = self._dropped()
            key = f"{period}/{name}"
            if key in dropped and not again:
                continue
            if self.faults.on(REPLAYED, period, name):
                written.extend(filter(None, [self._replay(period, name, dropped)]))
                continue
            roll = self.rolls.find(period, name)
            if roll is not None:
                drop = Drop(period, name, roll, dropped.get(key, ""))
                exchange_id, sealed = dropped_file(self.ring, drop, self.faults)
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

    def _replay(self, period: str, name: str, dropped: dict[str, str]) -> Path | None:
        """An earlier period's file of the roll, dropped once more under this period's name."""
        outbox = self.folder / OUTBOX
        for key, exchange_id in sorted(dropped.items(), reverse=True):
            of, roll = key.split("/")
            earlier = outbox / f"{name}-{of}-{exchange_id}.cwgx"
            if roll == name and of < period and earlier.exists():
                return files.write(outbox, f"{name}-{period}-again.cwgx", earlier.read_bytes())
        return None
