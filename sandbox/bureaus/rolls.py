"""Reading the city's rolls: `<city>/rolls/<period>/<roll>.parquet`, string columns throughout."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sandbox.bureaus.bent import BENT, bend
from sandbox.bureaus.faults import ENDLESS, HALF, HALF_HONEST, LATE, WRONG_TOTAL, Faults

COUNTIES = ("419901", "419902", "419903", "419904", "419905", "419906")
UNKNOWN_COUNTY = "000000"
RELEASED = "released.json"
TOO_MANY = 1000
"""So many rows more are counted than sent under `wrong_total`."""
DIVISION_COLUMN = {
    "enrolment": "xxsszgjyxzdm",
    "coverage": "resd_loc_admdvs",
    "registry": "户籍区划",
    "assistance": "区划",
}


@dataclass(frozen=True, slots=True)
class Roll:
    """The rows that a bureau will send of one roll and period, and what it will say of them.

    `stated_rows` is the closing statement's number: more than the table holds under `half` and
    `wrong_total`. `endless`: its pages never come to an end.
    """

    table: pa.Table
    stated_rows: int
    scopes: tuple[tuple[str, int], ...]
    held_scopes: tuple[str, ...] = ()
    endless: bool = False


@dataclass(frozen=True, slots=True)
class RollStore:
    """One bureau's view of the city. A period is released when `<dir>/released.json`, a JSON
    list of periods, names it or does not exist."""

    city: Path
    folder: Path
    faults: Faults

    def find(self, period: str, roll: str) -> Roll | None:
        """The roll as it will be sent, faults included; None while it is not ready."""
        path = self.city / "rolls" / period / f"{roll}.parquet"
        if not path.is_file() or not self._released(period):
            return None
        if self.faults.on(LATE, period, roll):
            return None
        table = _read(path, path.stat().st_mtime_ns)
        return self._as_sent(table, period, roll)

    def periods(self, roll: str) -> list[str]:
        """The periods whose parquet file of that roll exists, in order."""
        return sorted(path.parent.name for path in (self.city / "rolls").glob(f"*/{roll}.parquet"))

    def _as_sent(self, table: pa.Table, period: str, roll: str) -> Roll:
        table = bend(table, roll, [f for f in BENT if self.faults.on(f, period, roll)])
        counties = county_column(table, DIVISION_COLUMN[roll])
        scopes = count_scopes(counties)
        if self.faults.on(WRONG_TOTAL, period, roll):
            return Roll(table, table.num_rows + TOO_MANY, scopes)
        if self.faults.on(HALF, period, roll):
            return Roll(table.slice(0, table.num_rows // 2), table.num_rows, scopes)
        if self.faults.on(HALF_HONEST, period, roll):
            held = COUNTIES[len(COUNTIES) // 2 :]
            mask = pc.invert(pc.is_in(counties, value_set=pa.array(held)))
            table = table.filter(mask)
            scopes = tuple((name, 0 if name in held else rows) for name, rows in scopes)
            return Roll(table, table.num_rows, scopes, held)
        endless = self.faults.on(ENDLESS, period, roll)
        return Roll(table, table.num_rows, scopes, endless=endless)

    def _released(self, period: str) -> bool:
        path = self.folder / RELEASED
        return not path.exists() or period in json.loads(path.read_text("utf-8"))


def county_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """The first six digits of each row's division; `000000` where there are none."""
    divisions = pc.fill_null(table[column], "")
    known = pc.match_substring_regex(divisions, "^[0-9]{6}")
    return pc.if_else(known, pc.utf8_slice_codeunits(divisions, 0, 6), UNKNOWN_COUNTY)


def count_scopes(counties: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    """Rows per county, every county of the city listed, in order."""
    counts = dict.fromkeys(COUNTIES, 0)
    for entry in pc.value_counts(counties).to_pylist():
        counts[entry["values"]] = entry["counts"]
    return tuple(sorted(counts.items()))


def rows_of(
    table: pa.Table, columns: tuple[str, str], subjects: Iterable[tuple[str, str]]
) -> pa.Table:
    """The rows whose two columns (kind and number of a document) are among the subjects."""
    wanted = pa.array([f"{kind} {number}" for kind, number in subjects], pa.string())
    keys = pc.binary_join_element_wise(*(table[name] for name in columns), " ")
    return table.filter(pc.fill_null(pc.is_in(keys, value_set=wanted), False))


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> pa.Table:
    table = pq.read_table(path)
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
