"""The national welfare system: drops sealed files, answers nothing.

A period's two rolls are dropped once into `<dir>/outbox/`, where the gateway picks them up. A
file `<dir>/control/drop-<period>` asks for that period again; the new files name the ones that
they replace. What was dropped is remembered in `<dir>/dropped.json`. Sealed files that the gateway puts
into `<dir>/inbox/` are taken to the referral desk; the replies of a month are dropped as a roll of their
own, each new file in place of the one before.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from sandbox.bureaus import files
from sandbox.bureaus.desk import log
from sandbox.bureaus.drops import Drop, dropped_file
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.faults import REPLAYED, Faults
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.referrals import ROLL as REPLIES
from sandbox.bureaus.referrals import ReferralDesk
from sandbox.bureaus.rolls import RollStore
from sandbox.bureaus.web import on_stop, write_address, write_atomically

ROLLS = ("registry", "assistance")
OUTBOX = "outbox"
INBOX = "inbox"
CONTROL = "control"
DROPPED = "dropped.json"
SUFFIX = ".cwgx"
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
        for folder in (control, self.folder / INBOX):
            folder.mkdir(exist_ok=True)
        self._drop_ready()
        write_address(self.folder, (self.folder / OUTBOX).as_uri())
        while not stop.wait(POLL_SECONDS):
            for request in sorted(control.glob("drop-*")):
                self.drop(request.name.removeprefix("drop-"), again=True)
                request.unlink()
            self._drop_ready()
            self.take_in()

    def take_in(self) -> None:
        """Open what lies in the inbox, and drop the replies of a month in which there are new ones."""
        desk = ReferralDesk(self.folder)
        for path in sorted((self.folder / INBOX).glob(f"*{SUFFIX}")):
            try:
                opened = files.open_file(self.ring, path.read_bytes())
                desk.take(opened.content, opened.exchange.id, opened.exchange.period)
            except Refused as error:
                log(self.ring.me.name, str(error))
            path.unlink()
        for folder in sorted((self.folder / "replies").glob("*")):
            self._drop_replies(desk, folder.name)

    def _drop_replies(self, desk: ReferralDesk, period: str) -> None:
        roll, dropped, key = desk.replies(period), self._dropped(), f"{period}/{REPLIES}"
        count = f"{key}.rows"
        if roll is None or dropped.get(count) == str(roll.stated_rows):
            return
        drop = Drop(period, REPLIES, roll, dropped.get(key, ""))
        exchange_id, sealed = dropped_file(self.ring, drop, self.faults)
        files.write(self.folder / OUTBOX, f"{REPLIES}-{period}-{exchange_id}{SUFFIX}", sealed)
        text = json.dumps(dropped | {key: exchange_id, count: str(roll.stated_rows)}, indent=1)
        write_atomically(self.folder / DROPPED, text.encode())

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
