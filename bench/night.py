"""`make bench`: the night from sealed CSV, each step beside its own limit, and the whole beside DuckDB's.

The night runs in a process of its own, after the limit was measured; of several rounds the fastest
night and the fastest limit count.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.limits import ROLLS, Limit, measure
from bench.prepare import plain_rolls, sealed_site

THREADS = 2
NINE = (
    "EDU-01", "EDU-02", "MED-01", "MED-02", "WEL-01", "WEL-02", "SRC-01", "SRC-02", "SRC-03",
)  # fmt: skip
"""The rules over the four rolls that the bench has; the others' rolls are not here."""
STEP_OF = {
    "enrolment": "education/enrolment",
    "coverage": "medical_insurance/coverage",
    "registry": "national_welfare_system/registry",
    "assistance": "national_welfare_system/assistance",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One size and share: what the night took, and the limit of the same run."""

    children: int
    share: float
    rows: int
    night: dict[str, object]
    limit: Limit

    @property
    def seconds(self) -> float:
        """Seconds of the whole night."""
        return float(str(self.night["seconds"]))

    @property
    def ratio(self) -> float:
        """The night against bare DuckDB that reads every column."""
        return self.seconds / self.limit.best

    @property
    def strict(self) -> float:
        """The night against bare DuckDB that reads only the numbers."""
        return self.seconds / self.limit.thin


def measure_night(
    children: int, share: float, work: Path, rounds: int, rules: tuple[str, ...]
) -> Result:
    """Make the rolls, measure limit and night `rounds` times; the fastest of each."""
    plain, site = work / "plain", work / "site"
    rows = plain_rolls(plain, children, share, seed=11)
    limits, nights = [], []
    for _ in range(rounds):
        limits.append(measure(plain, THREADS))
        sealed_site(site, plain, rows)
        done = subprocess.run(
            [sys.executable, "-m", "bench.one_night", str(site), *rules],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        nights.append(json.loads(done.stdout.splitlines()[-1]))
    best = min(nights, key=lambda n: n["seconds"])
    limit = min(limits, key=lambda found: found.best)
    return Result(children, share, sum(rows.values()), best, limit)


def show(result: Result) -> None:
    """Print one result as Markdown."""
    night, limit = result.night, result.limit
    print(
        f"\n### {result.children:,} children, registry share {result.share}, {result.rows:,} rows, "
        f"{night['rules']} rules\n"
    )
    print(
        f"night {result.seconds:.1f} s, limit {limit.best:.2f} s, **ratio {result.ratio:.1f}** "
        f"(only the numbers {limit.thin:.2f} s, ratio {result.strict:.1f}), "
        f"peak {night['peak_gb']:.2f} GB, {night['fires']:,} findings fire, "
        f"{night['opened']:,} cases written, universe {night['universe']:,}, held {night['held']:,}\n"
    )
    print("| step | s | its limit | s | ratio |\n|---|---|---|---|---|")
    steps: dict[str, float] = dict(night["steps"])  # type: ignore[call-overload]
    # Several rolls are under way at a time: what a night waits for one of them is not what it takes.
    took = sum(steps.pop(STEP_OF[roll]) for roll in ROLLS)
    bare = sum(limit.reading.values())
    name = "the rolls: open, map, freeze"
    print(f"| {name} | {took:.2f} | read the CSV | {bare:.2f} | {took / bare:.1f} |")
    for step, took in steps.items():
        print(f"| {step} | {took:.2f} | the joins | {limit.joins:.2f} | {took / limit.joins:.1f} |")
    ways = ", ".join(f"{way} {took:.2f} s" for way, took in limit.ways.items())
    print(f"\nEvery column: {ways}; only the numbers {limit.thin:.2f} s.")


def main() -> None:
    """Measure the sizes and shares asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--share", type=float, nargs="+", default=[1.0, 0.03])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--rules",
        nargs="+",
        default=[],
        help="ids, or `nine` (those of these rolls); all without it",
    )
    options = parser.parse_args()
    rules = NINE if options.rules == ["nine"] else tuple(options.rules)
    for share in options.share:
        results = []
        for children in options.children:
            work = Path(tempfile.mkdtemp(prefix="cwg-bench-"))
            try:
                results.append(measure_night(children, share, work, options.rounds, rules))
            finally:
                shutil.rmtree(work, ignore_errors=True)
            show(results[-1])
        if len(results) > 1:
            small, large = results[0], results[-1]
            scale = math.log(large.rows / small.rows)
            ours = math.log(large.seconds / small.seconds) / scale
            bare = math.log(large.limit.best / small.limit.best) / scale
            print(f"\nslope {ours:.2f}, the limit's own {bare:.2f}")


if __name__ == "__main__":
    main()
