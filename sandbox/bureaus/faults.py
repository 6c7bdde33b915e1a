"""The faults that a bureau can be told to have, to try what the gateway does about them.

A switch is text: `late`, `late:2026-11` or `late:2026-11:registry` (all rolls, all periods when
left out). Switches come from the command line and from `<dir>/faults.json`, a JSON list of such
texts that is read on every request.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from sandbox.bureaus.errors import SandboxError

ALTERED = "altered"
CLOCK_SKEW = "clock_skew"
COLUMN_GONE = "column_gone"
CUT = "cut"
DOUBLED = "doubled"
ENDLESS = "endless"
HALF = "half"
HALF_HONEST = "half_honest"
LATE = "late"
NEW_COLUMN = "new_column"
READDRESSED = "readdressed"
REPLAYED = "replayed"
SERVER_ERROR = "server_error"
SLOW = "slow"
SWAPPED = "swapped"
WRONG_SIGNER = "wrong_signer"
WRONG_TOTAL = "wrong_total"

FAULTS = {
    ALTERED: "one byte of the sealed body is changed after sealing",
    CLOCK_SKEW: "the bureau's clock is two hours ahead",
    COLUMN_GONE: "front-end table only: its column `sealed` is gone",
    CUT: "the connection ends in the middle of the answer; a file or page ends in its middle",
    DOUBLED: "every row is sent twice, and counted so",
    ENDLESS: "a page always names one more; a table's closing row never comes",
    HALF: "only the first half of the rows is sent; the closing statement tells the full number",
    HALF_HONEST: "the later half of the counties is missing and the closing statement says so",
    LATE: "the roll is not ready: status `preparing`, no file",
    NEW_COLUMN: "the rows have a column more than anybody was told",
    READDRESSED: "the contract names another recipient: somebody forwards what was not for us",
    REPLAYED: "an earlier answer, or an earlier period's file, is given again",
    SERVER_ERROR: "called bureaus and SFTP: the answer is HTTP 500, or the server's `failure`",
    SLOW: "called bureaus and SFTP: the answer does not begin for two minutes",
    SWAPPED: "names stand in the column of numbers, numbers in that of names",
    WRONG_SIGNER: "signed with a key that nobody was told of",
    WRONG_TOTAL: "total and closing statement count a thousand rows more than were sent",
}
CALLED = frozenset(FAULTS) - {COLUMN_GONE}
"""Faults of a bureau that is called (SOAP, REST)."""
DROPPED = frozenset(FAULTS) - {COLUMN_GONE, ENDLESS, SERVER_ERROR, SLOW}
"""Faults of a bureau that drops sealed files into a folder."""
ON_A_SERVER = DROPPED | {SERVER_ERROR, SLOW}
"""Faults of a bureau whose sealed files lie on an SFTP server."""
PUT_DOWN = DROPPED | {COLUMN_GONE, ENDLESS}
"""Faults of a bureau that fills a front-end table."""

FILE_NAME = "faults.json"
MANNERS = (SLOW, SERVER_ERROR, CUT)
"""Faults of the line itself, not of what is said over it."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One fault that is on, for one period and roll or (empty) for all."""

    fault: str
    period: str = ""
    roll: str = ""


def parse_switch(text: str) -> Switch:
    """Read `fault[:period[:roll]]`; SandboxError when the fault is not in FAULTS."""
    fault, _, rest = text.partition(":")
    period, _, roll = rest.partition(":")
    if fault not in FAULTS:
        raise SandboxError(f"fault {fault!r} is not known; choose from {', '.join(FAULTS)}")
    return Switch(fault, period, roll)


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches of one bureau; `fixed` come from the command line."""

    folder: Path
    fixed: tuple[Switch, ...] = ()

    def on(self, fault: str, period: str, roll: str) -> bool:
        """Whether the fault is on now for that period and roll."""
        return any(
            switch.fault == fault and switch.period in ("", period) and switch.roll in ("", roll)
            for switch in (*self.fixed, *self._from_file())
        )

    def manner(self, period: str, roll: str) -> str:
        """The fault of the line with which an answer is given; empty when there is none."""
        return next((fault for fault in MANNERS if self.on(fault, period, roll)), "")

    def _from_file(self) -> tuple[Switch, ...]:
        path = self.folder / FILE_NAME
        if not path.exists():
            return ()
        return tuple(parse_switch(text) for text in json.loads(path.read_text("utf-8")))


def alter(sealed: bytes, start: int, end: int) -> bytes:
    """Change one byte in the middle of `sealed[start:end]` to another of the same alphabet."""
    middle = (start + end) // 2
    while not chr(sealed[middle]).isalnum():
        middle += 1
    other = b"B" if sealed[middle : middle + 1] == b"A" else b"A"
    return sealed[:middle] + other + sealed[middle + 1 :]
