"""Snapshots of a roll: one base and its changes, as encrypted Parquet.

A file holds the canonical columns and three more: `op` (`present` or `gone`), `seen_period` (the last
period in which the row was on the roll) and `known_from`. A row's latest event tells its state; rows
that left the roll stay as `gone` with their last facts, so that vanishing can be seen and proved.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from gateway.engine.engine import Engine
from gateway.engine.steps import load_step
from gateway.model.errors import LedgerUnbalanced

REBASE_SHARE = 0.5
_ROWS = 65_536
_KEPT, _ENDING = "kept", ".kept"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One frozen state of one table of one roll.

    `present` rows are on the roll; `root` is independent of engine and file layout (see `root`);
    `kind` is `base` or `changes`; `path` is relative to the snapshot folder.
    """

    id: str
    source: str
    roll: str
    table: str
    period: str
    known_from: datetime
    kind: str
    path: str
    present: int
    root: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a freeze is of: the identity of the snapshot to be made."""

    id: str
    source: str
    roll: str
    table: str
    period: str
    known_from: datetime


class SnapshotStore:
    """A folder of encrypted snapshot files. `key` is the site's snapshot data key (32 bytes)."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    def freeze(self, engine: Engine, rows: str, of: Frozen, chain: Sequence[Snapshot]) -> Snapshot:
        """Write what changed in table `rows` since `chain` (or a base) and say what was frozen.

        `chain` is the snapshots of the same roll and table, oldest first, starting with a base.
        """
        last = chain[-1].period if chain else of.period
        params: dict[str, object] = {
            "period": of.period,
            "last_period": last,
            "known_from": of.known_from.isoformat(),
        }
        engine.run(f'CREATE OR REPLACE TEMP VIEW snap_rows AS FROM "{rows}"')
        kind, step = self._compare(engine, chain, params)
        out = engine.stream(load_step("gateway.engine", step), params, rows=_ROWS)
        name = f"{of.source}.{of.roll}.{of.table}/{of.period}.{of.id}.{kind}.parquet"
        self._write(out, self.folder / name, of.id)
        present = engine.count(rows)
        root = _root(engine)
        engine.drop("snap_rows", "snap_gone_keys", "snap_gone_facts", *_parts("snap_before"))
        previous = chain[-1].id if chain else ""
        return Snapshot(
            of.id, of.source, of.roll, of.table, of.period, of.known_from,
            kind, name, present, root, previous,
        )  # fmt: skip

    def scan(
        self, engine: Engine, chain: Sequence[Snapshot], name: str, columns: Sequence[str] = ()
    ) -> None:
        """Make view `name` (rows present) and view `<name>_gone` (rows that left, last facts).

        `columns` (default: all) limits what is read; `<name>_gone` has `seen_period` besides.
        """
        base, *changes = chain[_newest_base(chain) :]
        keep = [*columns, "op", "seen_period"] if columns else None
        engine.load(f"{name}_base", self._read(base, keep))
        known = "" if columns else ", known_from"
        if not changes:
            engine.run(_views(name, (f"{name}_base",), known))
            return
        engine.run(
            f"CREATE OR REPLACE TABLE {name}_events AS SELECT *, 0 AS seq FROM {name}_base LIMIT 0"
        )
        for number, change in enumerate(changes):
            engine.load("snap_part", self._read(change, keep))
            engine.run(
                f"INSERT INTO {name}_events BY NAME SELECT *, {number} AS seq FROM snap_part"
            )
        engine.run(_latest(name))
        engine.run(_views(name, (f"{name}_base", f"{name}_latest"), known))
        engine.drop("snap_part", f"{name}_events")

    def sweep(self, registered: Collection[str]) -> int:
        """Remove files that no registered snapshot names; how many there were.

        `registered` are paths as snapshots have them. A night that was killed leaves such files.
        Only to be called by who holds the night's lock: another night's file has no entry yet.
        """
        found = [p for ending in ("parquet", "partial") for p in self.folder.glob(f"*/*.{ending}")]
        stray = [p for p in found if p.relative_to(self.folder).as_posix() not in registered]
        for path in stray:
            path.unlink()
        return len(stray)

    def remember(self, engine: Engine, tables: Sequence[str], of: str) -> None:
        """Keep whole tables for the next night under the id `of`, in place of what was kept before.

        They are no snapshot: nothing is lost with them but time.
        """
        before = list(self.folder.glob(f"{_KEPT}/*"))
        for table in tables:
            out = engine.stream(f'FROM "{table}"', rows=_ROWS)
            self._write(out, self.folder / _KEPT / f"{table}.{of}{_ENDING}", of)
        for path in before:
            path.unlink()

    def recall(self, engine: Engine, tables: Sequence[str]) -> bool:
        """Load the tables that were kept; False, and none of them, when they are not all there."""
        found = {p.name for p in self.folder.glob(f"{_KEPT}/*{_ENDING}")}
        ids = {name.split(".")[1] for name in found}
        whole = [i for i in ids if all(f"{table}.{i}{_ENDING}" in found for table in tables)]
        if len(whole) != 1:
            return False
        try:
            for table in tables:
                path = self.folder / _KEPT / f"{table}.{whole[0]}{_ENDING}"
                engine.load(table, self._batches(path, whole[0], None))
        except (OSError, pa.ArrowException):
            engine.drop(*tables)
            return False
        return True

    def verify(self, engine: Engine, chain: Sequence[Snapshot]) -> None:
        """Recount and re-hash the newest state. Raises LedgerUnbalanced when it is not as frozen."""
        self.scan(engine, chain, "snap_check", ("row_key", "row_digest"))
        engine.run("CREATE OR REPLACE TEMP VIEW snap_rows AS FROM snap_check")
        root = _root(engine)
        present = engine.count("snap_check")
        engine.drop("snap_rows", *_parts("snap_check"))
        newest = chain[-1]
        if present != newest.present or root != newest.root:
            raise LedgerUnbalanced(
                "a snapshot does not hold the rows that were frozen",
                where=newest.path,
                mend="restore var/snapshots from the backup of that night",
            )

    def _compare(
        self, engine: Engine, chain: Sequence[Snapshot], params: dict[str, object]
    ) -> tuple[str, str]:
        if not chain:
            return "base", "snapshot_base"
        self.scan(engine, chain, "snap_before", ("row_key", "row_digest"))
        engine.run(load_step("gateway.engine", "snapshot_gone"))
        self._gone_facts(engine, chain)
        changed = engine.value(load_step("gateway.engine", "snapshot_changed"))
        if int(str(changed)) > REBASE_SHARE * max(engine.count("snap_rows"), 1):
            return "base", "snapshot_rebase"
        return "changes", "snapshot_changes"

    def _gone_facts(self, engine: Engine, chain: Sequence[Snapshot]) -> None:
        """Last facts of rows that have left, tonight (`present`) or on an earlier night (`gone`)."""
        parts = chain[_newest_base(chain) :]
        for number, part in enumerate(parts):
            engine.load("snap_part", self._read(part, None), having="snap_gone_keys")
            start = (
                "CREATE OR REPLACE TABLE snap_gone_facts AS"
                if number == 0
                else ("INSERT INTO snap_gone_facts BY NAME")
            )
            engine.run(f"{start} SELECT *, {number} AS seq FROM snap_part")
        engine.drop("snap_part")

    def _read(self, snapshot: Snapshot, columns: list[str] | None) -> pa.RecordBatchReader:
        return self._batches(self.folder / snapshot.path, snapshot.id, columns)

    def _batches(
        self, path: Path, snapshot_id: str, columns: list[str] | None
    ) -> pa.RecordBatchReader:
        # PyArrow reads: DuckDB 2.0 fails on pages that PyArrow encrypted (docs/decisions/0003).
        key = pe.create_decryption_properties(footer_key=self._file_key(snapshot_id).encode())
        file = pq.ParquetFile(path, decryption_properties=key)
        schema = file.schema_arrow
        if columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        batches = file.iter_batches(batch_size=_ROWS, columns=columns)
        return pa.RecordBatchReader.from_batches(schema, (_ordered(b, schema) for b in batches))

    def _write(self, reader: pa.RecordBatchReader, path: Path, snapshot_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        properties = pe.create_encryption_properties(
            footer_key=self._file_key(snapshot_id).encode()
        )
        with partial.open("wb") as sink:
            _write_batches(reader, sink, properties)
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(path)

    def _file_key(self, snapshot_id: str) -> str:
        # 24 bytes as base64 are 32 ASCII characters: a key both PyArrow and DuckDB can take.
        digest = hmac.new(self._key, f"snapshot:{snapshot_id}".encode(), hashlib.sha256).digest()
        return base64.b64encode(digest[:24]).decode()


def _newest_base(chain: Sequence[Snapshot]) -> int:
    return max(i for i, s in enumerate(chain) if s.kind == "base")


def _ordered(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return batch.select(schema.names)


def _parts(name: str) -> tuple[str, ...]:
    return (f"{name}_gone", name, f"{name}_latest", f"{name}_base")


def _write_batches(reader: pa.RecordBatchReader, sink: object, properties: object) -> None:
    with pq.ParquetWriter(
        sink,
        reader.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=False,
        write_statistics=False,  # nobody reads them, and they would be a second copy of values
        encryption_properties=properties,
    ) as writer:
        for batch in reader:
            writer.write_batch(batch, row_group_size=_ROWS)


def _latest(name: str) -> str:
    """The last event of each row since the base; the base gives up what they speak of."""
    return f"""
        CREATE OR REPLACE TABLE {name}_latest AS
            SELECT e.* EXCLUDE (seq) FROM {name}_events AS e
            JOIN (SELECT row_key, max(seq) AS seq FROM {name}_events GROUP BY row_key) AS newest
              ON newest.row_key = e.row_key AND newest.seq = e.seq;
        DELETE FROM {name}_base WHERE row_key IN (SELECT row_key FROM {name}_latest);
    """


def _views(name: str, parts: Sequence[str], known: str) -> str:
    """`name` and `<name>_gone` over tables that hold each row once."""
    there, gone = (
        " UNION ALL ".join(
            f"SELECT * EXCLUDE ({hidden}{known}) FROM {part} WHERE op = '{op}'" for part in parts
        )
        for op, hidden in (("present", "op, seen_period"), ("gone", "op"))
    )
    return f"CREATE OR REPLACE VIEW {name} AS {there}; CREATE OR REPLACE VIEW {name}_gone AS {gone}"


def _root(engine: Engine) -> str:
    """The root of `snap_rows`: its row digests, ordered, hashed as they come."""
    hasher = hashlib.sha256()
    for batch in engine.stream(load_step("gateway.engine", "snapshot_root")):
        digests = batch.column(0)
        _, offsets, text = digests.buffers()
        ends = memoryview(offsets).cast("i")[digests.offset :]
        hasher.update(memoryview(text)[ends[0] : ends[len(digests)]])
    return hasher.hexdigest()
