"""DuckDB, in memory: the night's tables live here and spill only to `spill_dir`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from gateway.engine.spill import SpillFolder
from gateway.engine.steps import Step

_TABLES = "tables"
_NEVER = "1TB"
"""Tables are packed when `pack` is called. DuckDB would do it after every 16 MB that were written, in one
thread, which took a fifth of a night."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`spill_dir` must be RAM-backed or encrypted (checked by the caller); `threads` 0 = all."""

    spill_dir: Path
    memory_limit: str = "1GB"
    threads: int = 0


class Engine:
    """Runs named SQL steps. One engine serves one night and one thread."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self._spill = SpillFolder(settings.spill_dir)
        self._duck = duckdb.connect(":memory:", config=_config(settings, self._spill.path))
        # DuckDB keeps tables of a plain in-memory database as they are; those of this one can be packed.
        self._duck.execute(f"ATTACH ':memory:' AS {_TABLES} (COMPRESS)").fetchall()
        self._duck.execute(f"USE {_TABLES}").fetchall()
        for macro in _macro_files():
            self._duck.execute(macro)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget every table; spilled blocks are deleted."""
        self._duck.close()
        self._spill.remove()

    def run(self, step: Step | str, params: Mapping[str, object] | None = None) -> None:
        """Run every statement of a step. Parameters a statement does not name are left out."""
        for statement in self._duck.extract_statements(_sql(step)):
            self._execute(statement, params or {})

    def fetch(self, step: Step | str, params: Mapping[str, object] | None = None) -> pa.Table:
        """Run a step and give the rows of its last statement as an Arrow table."""
        *before, last = self._duck.extract_statements(_sql(step))
        for statement in before:
            self._execute(statement, params or {})
        return self._relation(last, params or {}).to_arrow_table()

    def stream(
        self, step: Step | str, params: Mapping[str, object] | None = None, rows: int = 65_536
    ) -> pa.RecordBatchReader:
        """Run a one-statement step and read its rows in batches of `rows`."""
        (statement,) = self._duck.extract_statements(_sql(step))
        return self._relation(statement, params or {}).to_arrow_reader(rows)

    def value(self, sql: Step | str, params: Mapping[str, object] | None = None) -> object:
        """The single value of a one-row, one-column query; None when there is no row."""
        rows = self.fetch(sql, params)
        return rows.column(0)[0].as_py() if rows.num_rows else None

    def load(self, name: str, data: pa.Table | pa.RecordBatchReader, having: str = "") -> int:
        """Make (or replace) table `name` from Arrow data; the number of rows.

        `having` names a table: only rows whose `row_key` it holds are taken.
        """
        some = f' WHERE row_key IN (SELECT row_key FROM "{having}")' if having else ""
        self._duck.register("_incoming", data)
        try:
            self._duck.execute(
                f'CREATE OR REPLACE TABLE "{name}" AS FROM _incoming{some}'
            ).fetchall()
        finally:
            self._duck.unregister("_incoming")
        return self.count(name)

    def append(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Append Arrow data to table `name` by column name."""
        self._duck.register("_incoming", data)
        try:
            self._duck.execute(f'INSERT INTO "{name}" BY NAME FROM _incoming').fetchall()
        finally:
            self._duck.unregister("_incoming")

    def create(self, name: str, schema: pa.Schema) -> None:
        """Make an empty table with an Arrow schema, replacing what was there."""
        self.load(name, schema.empty_table())

    def pack(self) -> None:
        """Compress the tables that are there: for those that are large and read many times."""
        self._duck.execute(f"CHECKPOINT {_TABLES}").fetchall()

    def drop(self, *names: str) -> None:
        """Drop tables or views that may or may not exist."""
        for name in names:
            try:
                self._duck.execute(f'DROP TABLE IF EXISTS "{name}"').fetchall()
            except duckdb.CatalogException:
                self._duck.execute(f'DROP VIEW "{name}"').fetchall()

    def exists(self, name: str) -> bool:
        """Whether a table or view of that name exists."""
        found = self._duck.execute(
            "SELECT 1 FROM duckdb_tables() WHERE table_name = $name "
            "UNION ALL SELECT 1 FROM duckdb_views() WHERE view_name = $name",
            {"name": name},
        )
        return bool(found.fetchall())

    def count(self, name: str) -> int:
        """The number of rows of a table."""
        return int(self._duck.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0])

    def add_parquet_key(self, name: str, key: str) -> None:
        """Make a Parquet footer key known under `name` (16, 24 or 32 ASCII characters)."""
        self._duck.execute(f"PRAGMA add_parquet_key('{name}', '{key}')").fetchall()

    def _execute(self, statement: duckdb.Statement, params: Mapping[str, object]) -> None:
        # fetchall closes the result: an open one keeps its blocks.
        self._duck.execute(statement, _named(statement, params)).fetchall()

    def _relation(
        self, statement: duckdb.Statement, params: Mapping[str, object]
    ) -> duckdb.DuckDBPyRelation:
        return self._duck.sql(statement, params=_named(statement, params))


def _named(statement: duckdb.Statement, params: Mapping[str, object]) -> dict[str, object]:
    return {k: v for k, v in params.items() if k in statement.named_parameters}


def _sql(step: Step | str) -> str:
    return step.sql if isinstance(step, Step) else step


def _config(
    settings: EngineSettings, spill: Path
) -> dict[str, str | bool | int | float | list[str]]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
        "checkpoint_threshold": _NEVER,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if settings.threads:
        config["threads"] = str(settings.threads)
    return config


def _macro_files() -> list[str]:
    folder = files("gateway.engine").joinpath("sql")
    names = sorted(p.name for p in folder.iterdir() if p.name.startswith("macros"))
    return [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
