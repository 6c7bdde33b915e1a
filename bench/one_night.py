"""One night in a process of its own: seconds by step and the peak of memory, as JSON on stdout."""

import argparse
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.pipeline import NightAsk, Silent, night
from gateway.wiring import open_house


class Stopwatch(Silent):
    """Notes the seconds of every step."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self._step, self._began = "", 0.0

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins."""
        self._step, self._began = step, time.perf_counter()

    def end(self, rows: int | None = None) -> None:
        """Note its seconds."""
        self.steps[self._step] = time.perf_counter() - self._began


def peak_gb() -> float:
    """The most memory that was resident, of this program alone.

    Not ru_maxrss: that begins with what the process that started us held.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 2**20


def main(site: Path, rules: tuple[str, ...]) -> None:
    """Run the night, with some rules only or with all (none named), and print what it took."""
    watch = Stopwatch()
    began = time.perf_counter()
    with open_house(site, watch) as opened:
        asked = tuple(rule for rule in opened.house.rules if not rules or rule.id in rules)
        house = replace(opened.house, rules=asked)
        report = night(house, NightAsk(opened.default_day, datetime.now(UTC)))
    seconds = time.perf_counter() - began
    peak = peak_gb()
    fires = sum(c.fires for c in report.outcomes)
    universe = max(c.universe for c in report.outcomes)
    found = {"seconds": seconds, "steps": watch.steps, "peak_gb": peak, "state": report.run.state}
    sums = {"opened": report.applied.opened, "fires": fires, "universe": universe}
    held = {"held": sum(c.held for c in report.outcomes), "rules": len(asked)}
    sys.stdout.write(json.dumps(found | sums | held) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("rules", nargs="*")
    options = parser.parse_args()
    main(options.site, tuple(options.rules))
