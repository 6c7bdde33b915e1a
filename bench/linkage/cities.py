"""A city's rolls as linkage reads them, and the truth of who is who, kept as Parquet."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.prepare import SOURCES
from gateway.engine import Engine, EngineSettings
from gateway.linkage.world import world_schemas
from gateway.mapping import Page, apply_pages
from gateway.pipeline.world import COLUMNS
from gateway.wiring_files import read_mapping
from sandbox.city import oracle
from sandbox.city.faults import FAULTS, PROFILES, ROLLS
from sandbox.city.lives import live
from sandbox.city.rolls import project
from sandbox.city.write import write_csv

AS_OF = date(2026, 11, 16)
SHARE = 0.96
"""Of all children stand in the registry; the others' rows are nobody's."""
TRUTH = "truth"
_ROWS = 65_536
"""Rows of a row group and of a batch, as snapshots have them."""
_ROLL_OF = {
    "child": "registry",
    "enrolment": "enrolment",
    "coverage": "coverage",
    "assistance_household": "assistance",
    "assistance_member": "assistance",
}


def make_city(folder: Path, children: int, seed: int, faults: str) -> None:
    """Write `<table>.parquet` for every table that linkage reads, and `truth.parquet`.

    truth has: child (uid), roll, row_key. A folder that holds a city already is left as it is.
    """
    if (folder / f"{TRUTH}.parquet").is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    city = live(children, seed, SHARE, date(2025, 9, 1), [AS_OF], faults)
    plain = Path(tempfile.mkdtemp(prefix="cwg-bench-"))
    try:
        for roll, table in project(city, AS_OF).items():
            write_csv(table, plain / f"{roll}.csv")
        _canonical(folder, plain)
    finally:
        shutil.rmtree(plain, ignore_errors=True)
    _write(oracle.keys(city), folder / f"{TRUTH}.parquet")


def load_city(engine: Engine, folder: Path) -> None:
    """Load a city's tables as a night reads its snapshots: batch by batch, then packed."""
    for name in world_schemas():
        path = folder / f"{name}.parquet"
        if path.is_file():
            engine.load(name, _read(path))
    engine.pack()


def load_truth(engine: Engine, folder: Path) -> None:
    """Load who everybody is: after linkage, which has no such table."""
    engine.load(TRUTH, _read(folder / f"{TRUTH}.parquet"))


def _read(path: Path) -> pa.RecordBatchReader:
    file = pq.ParquetFile(path)
    batches = file.iter_batches(batch_size=_ROWS)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, batches)


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=_ROWS)


def print_rates(faults: str) -> None:
    """The fault rates of a profile as a Markdown table."""
    profile = PROFILES[faults]
    print(f"\n| fault ({faults}) | {' | '.join(ROLLS)} |\n{'|---' * (len(ROLLS) + 1)}|")
    for fault in FAULTS:
        rates = [profile.rate(fault, roll) for roll in ROLLS]
        if any(rates):
            print(f"| {fault} | " + " | ".join(f"{rate:g}" for rate in rates) + " |")


def _canonical(folder: Path, plain: Path) -> None:
    aside = [
        _one_roll(folder, plain, source, roll)
        for source, rolls in SOURCES.items()
        for roll in rolls
    ]
    _write(pa.concat_tables(aside), folder / "quarantine.parquet")


def _one_roll(folder: Path, plain: Path, source: str, roll: str) -> pa.Table:
    schemas = world_schemas()
    mapping = read_mapping(folder, f"{source}/{roll}.v1")
    spill = Path(tempfile.mkdtemp(prefix="cwg-bench-"))
    with Engine(EngineSettings(spill, memory_limit="4GB", threads=2)) as engine:
        with (plain / f"{roll}.csv").open("rb") as payload:
            page = Page(source, roll, "text/csv; charset=utf-8", payload)
            apply_pages(engine, mapping, [page], spill_dir=spill)
        for table, of in _ROLL_OF.items():
            if of == roll:
                names = COLUMNS[table]
                lead = f"'{source}' AS source, '{roll}' AS roll"
                found = engine.fetch(f"SELECT {', '.join(names)}, {lead} FROM mapped_{table}")
                _write(found, folder / f"{table}.parquet")
        hints = ", ".join(
            f"'{source}' AS source" if n == "source" else f"'{roll}' AS roll" if n == "roll" else n
            for n in schemas["quarantine"].names
        )
        aside = engine.fetch(f"SELECT {hints} FROM quarantine_rows")
    shutil.rmtree(spill, ignore_errors=True)
    return aside
