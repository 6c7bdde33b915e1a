"""The limit of a night: what bare DuckDB needs to read the same rows as plain CSV and join them.

The night needs every column, so the limit proper reads each one and keeps or consumes its values:
the fastest of three ways (tables and then the joins, tables in whatever order rows come and then the
joins, the joins while reading with every column consumed). Stricter, and told beside it: reading only
the number columns that the joins need. Types are declared (text: the rolls have faults, and every
column may hold what no other type takes), nothing is sniffed, the threads are the night's.
"""

import csv
import time
from collections.abc import Callable, Mapping
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


Way = Callable[[duckdb.DuckDBPyConnection], object]


@dataclass(frozen=True, slots=True)
class Limit:
    """Seconds of each way that reads every column, of reading only the numbers, of the joins alone
    (the tables being there), and of reading alone (per roll, every column into a table)."""

    ways: dict[str, float]
    thin: float
    joins: float
    reading: dict[str, float]

    @property
    def best(self) -> float:
        """The fastest way that reads every column."""
        return min(self.ways.values())


def measure(folder: Path, threads: int) -> Limit:
    """Measure over `<folder>/<roll>.csv` (UTF-8, heading line)."""
    scans = {roll: Scan.of(folder / f"{roll}.csv") for roll in ROLLS}
    ways: dict[str, Way] = {
        "read into tables, then join": lambda duck: _in_tables(duck, scans),
        "the same, rows in any order": lambda duck: _in_tables(duck, scans, ordered=False),
        "join while reading": lambda duck: duck.execute(_join(scans, every=True)).fetchall(),
    }
    timed = {name: _timed(threads, way) for name, way in ways.items()}
    thin = _timed(threads, lambda duck: duck.execute(_join(scans)).fetchall())
    reading = {roll: _timed(threads, _reader(scans[roll])) for roll in ROLLS}
    return Limit(timed, thin, _joins_alone(threads, scans), reading)


@dataclass(frozen=True, slots=True)
class Scan:
    """A roll as SQL text to select from, and its columns."""

    sql: str
    columns: tuple[str, ...]

    @staticmethod
    def of(path: Path) -> "Scan":
        """The scan of a CSV with a heading line."""
        with path.open(encoding="utf-8", newline="") as file:
            names = tuple(next(csv.reader(file)))
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        sql = (
            f"read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\"', "
            f"columns = {{{columns}}})"
        )
        return Scan(sql, names)


def _join(scans: Mapping[str, Scan], *, every: bool = False) -> str:
    """How many registry children each roll shows: one join of each roll on the number. With `every`,
    each column of each roll (the registry's of the children found) is counted."""
    parts = []
    for roll in ROLLS[1:]:
        number = NUMBER[roll]
        needed = scans[roll].columns if every else (number,)
        taken = [f"count(r.{name})" for name in needed]
        if every and roll == ROLLS[1]:
            taken += [f"count(b.{name})" for name in scans["registry"].columns]
        parts.append(
            f"SELECT '{roll}', count(*), [{', '.join(taken)}] FROM base AS b "
            f"JOIN {scans[roll].sql} AS r ON r.{number} = b.number"
        )
    kept = "*, " if every else ""
    base = f"SELECT {kept}{NUMBER['registry']} AS number FROM {scans['registry'].sql}"
    return f"WITH base AS MATERIALIZED ({base}) " + " UNION ALL ".join(parts)


def _in_tables(
    duck: duckdb.DuckDBPyConnection, scans: Mapping[str, Scan], *, ordered: bool = True
) -> None:
    duck.execute(f"SET preserve_insertion_order = {str(ordered).lower()}")
    for roll, scan in scans.items():
        duck.execute(f"CREATE TABLE {roll} AS FROM {scan.sql}").fetchall()
    duck.execute(_join({roll: Scan(roll, ()) for roll in ROLLS})).fetchall()


def _joins_alone(threads: int, scans: Mapping[str, Scan]) -> float:
    with duckdb.connect(config={"threads": threads}) as duck:
        _in_tables(duck, scans)
        return _fastest(lambda: duck.execute(_join({r: Scan(r, ()) for r in ROLLS})).fetchall())


def _reader(scan: Scan) -> Way:
    def read(duck: duckdb.DuckDBPyConnection) -> None:
        duck.execute(f"CREATE TABLE t AS FROM {scan.sql}").fetchall()

    return read


def _timed(threads: int, work: Way) -> float:
    def fresh() -> float:
        with duckdb.connect(config={"threads": threads}) as duck:
            return _fastest(lambda: work(duck), times=1)

    return min(fresh() for _ in range(3))


def _fastest(work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
