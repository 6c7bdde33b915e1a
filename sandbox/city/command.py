"""`python -m sandbox city`: live a city, write it, print a summary."""

import argparse
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sandbox.city.faults import PROFILES, ROLLS
from sandbox.city.lives import DEMO_NIGHTS, live
from sandbox.city.rules import RULES
from sandbox.city.write import write_city


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `city`."""
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--registry-share", type=float, default=0.03)
    parser.add_argument("--all-children", action="store_true", help="the same as a share of 1")
    parser.add_argument("--nights", type=_nights, default=DEMO_NIGHTS, metavar="DAY,DAY,…")
    parser.add_argument("--faults", choices=tuple(PROFILES), default="default")


def run(options: argparse.Namespace) -> int:
    """Live and write the city; exit code 0, or 2 when the options cannot be."""
    began = time.perf_counter()
    share = 1.0 if options.all_children else options.registry_share
    start = date(min(options.nights).year - 1, 9, 1)
    try:
        city = live(options.children, options.seed, share, start, options.nights, options.faults)
        counts = write_city(city, options.out, options.nights)
    except ValueError as error:
        print(f"city: {error}")
        return 2
    seconds = time.perf_counter() - began
    print(f"安禾市: {options.children} children, seed {options.seed}, {seconds:.1f} s")
    print(_summary(counts))
    return 0


def _nights(given: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(part) for part in given.split(","))


def _summary(counts: Mapping[str, Mapping[str, int]]) -> str:
    lines = ["period   " + "".join(f"{name:>12}" for name in (*ROLLS, *RULES))]
    for period, numbers in counts.items():
        row = "".join(f"{numbers.get(name, 0):>12}" for name in (*ROLLS, *RULES))
        lines.append(f"{period}  {row}")
    return "\n".join(lines)
