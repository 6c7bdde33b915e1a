"""The limit of a night: what bare DuckDB needs to read the same rows as plain CSV and join them.

Declared types (text: every column has values that no other type takes), no sniffing, the same
threads, the fastest of three ways: reading inside the join, reading into tables first, and reading
only the columns that the join needs.
"""

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROLLS = ("registry", "enrolment", "coverage", "assistance")
NUMBER = {
    "registry": "身份证件号码",
    "enrolment": "sfzjh",
    "coverage": "certno",
    "assistance": "身份证号",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Seconds of each way, and of reading alone (per roll)."""

    ways: dict[str, float]
    reading: dict[str, float]

    @property
    def best(self) -> float:
        """The fastest way."""
        return min(self.ways.values())


def measure(folder: Path, threads: int) -> Limit:
    """Measure over `<folder>/<roll>.csv` (UTF-8, heading line)."""
    scans = {roll: _scan(folder / f"{roll}.csv") for roll in ROLLS}
    ways = {
        "join while reading": lambda duck: duck.execute(_join(scans)).fetchall(),
        "read into tables, then join": lambda duck: _in_tables(duck, scans),
        "read only the numbers": lambda duck: duck.execute(_join(scans, thin=True)).fetchall(),
    }
    timed = {name: _timed(threads, way) for name, way in ways.items()}
    return Limit(timed, {roll: _timed(threads, _reader(scan)) for roll, scan in scans.items()})


def _scan(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"columns = {{{columns}}})"
    )


def _join(scans: dict[str, str], *, thin: bool = False) -> str:
    """How many registry children each roll shows: one join of each roll on the number."""
    parts = []
    for roll in ROLLS[1:]:
        of = f"(SELECT {NUMBER[roll]} FROM {scans[roll]})" if thin else scans[roll]
        parts.append(
            f"SELECT '{roll}', count(*), max(r.{NUMBER[roll]}) FROM base AS b "
            f"JOIN {of} AS r ON r.{NUMBER[roll]} = b.number"
        )
    base = f"WITH base AS MATERIALIZED (SELECT {NUMBER['registry']} AS number FROM {scans['registry']}) "
    return base + " UNION ALL ".join(parts)


def _in_tables(duck: duckdb.DuckDBPyConnection, scans: dict[str, str]) -> None:
    for roll, scan in scans.items():
        duck.execute(f"CREATE TABLE {roll} AS FROM {scan}").fetchall()
    duck.execute(_join({roll: roll for roll in ROLLS})).fetchall()


def _reader(scan: str) -> Callable[[duckdb.DuckDBPyConnection], None]:
    def read(duck: duckdb.DuckDBPyConnection) -> None:
        duck.execute(f"CREATE TABLE t AS FROM {scan}").fetchall()

    return read


def _timed(threads: int, work: Callable[[duckdb.DuckDBPyConnection], object]) -> float:
    best = float("inf")
    for _ in range(3):
        with duckdb.connect(config={"threads": threads}) as duck:
            began = time.perf_counter()
            work(duck)
            best = min(best, time.perf_counter() - began)
    return best
