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
HALF = "half"
HALF_HONEST = "half_honest"
LATE = "late"

FAULTS = {
    ALTERED: "one byte of the sealed body is changed after sealing",
    HALF: "only the first half of the rows is sent; the closing statement tells the full number",
    HALF_HONEST: "the later half of the counties is missing and the closing statement says so",
    LATE: "the roll is not ready: status `preparing`, no file",
}
FILE_NAME = "faults.json"


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
