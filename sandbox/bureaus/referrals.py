"""A bureau's referral desk (docs/referrals.md): takes each referral once, answers as it is told to.

`<dir>/referrals/<id>.json` is the referral as it came, `<id>.came` has a line per delivery of it. The
file `<dir>/answers.json` says how to answer by itself, `{"referral": {"answer": …, "evidence": …}}` by kind;
other replies are written by hand into `<dir>/replies/<period>/<reply id>.json`.
"""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sandbox.bureaus.errors import Refused
from sandbox.bureaus.rolls import Roll
from sandbox.bureaus.web import write_atomically

ROLL = "referral_reply"
FORMAT = "cwg-referral/1"
FIELDS = ("reply_id", "referral_id", "answer", "replied_on", "office", "evidence", "note")
ANSWERS = "answers.json"


@dataclass(frozen=True, slots=True)
class ReferralDesk:
    """What one bureau was asked, and what it answered."""

    folder: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, document: bytes, exchange_id: str, period: str) -> bool:
        """Keep a referral; False for a document that is none. The same one again changes nothing,
        another one under the same id is Refused."""
        said = _referral(document)
        if said is None:
            return False
        folder = self.folder / "referrals"
        folder.mkdir(exist_ok=True)
        name = str(said["referral_id"])
        if said["kind"] == "reminder":
            name = f"{name}.reminder-{said['reminder']}"
        with self.lock:
            with (folder / f"{name}.came").open("a", encoding="ascii") as came:
                came.write(f"{exchange_id} {hashlib.sha256(document).hexdigest()}\n")
            path = folder / f"{name}.json"
            if path.exists():
                if path.read_bytes() != document:
                    raise Refused("id_reused", "referral: another document of that id")
                return True
            write_atomically(path, document)
            self._answer(said, period)
        return True

    def replies(self, period: str) -> Roll | None:
        """The bureau's replies of a month so far; None when there are none."""
        paths = sorted((self.folder / "replies" / period).glob("*.json"))
        if not paths:
            return None
        rows = [json.loads(path.read_text("utf-8")) for path in paths]
        columns = {name: [str(row.get(name, "")) for row in rows] for name in FIELDS}
        table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
        return Roll(table, table.num_rows, (("000000", table.num_rows),))

    def reply(self, period: str, **row: str) -> None:
        """Write one reply."""
        folder = self.folder / "replies" / period
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(row, ensure_ascii=False).encode()
        write_atomically(folder / f"{row['reply_id']}.json", text)

    def _answer(self, said: dict[str, Any], period: str) -> None:
        path = self.folder / ANSWERS
        wanted = json.loads(path.read_text("utf-8")) if path.exists() else {}
        answer = wanted.get(said["kind"])
        if answer:
            today = datetime.now(UTC).date().isoformat()
            row = {
                "reply_id": f"r-{said['referral_id']}", "referral_id": said["referral_id"],
                "replied_on": today, "office": "核查科", **answer,
            }  # fmt: skip
            self.reply(period, **row)


def _referral(document: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(document)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return None
    return said
