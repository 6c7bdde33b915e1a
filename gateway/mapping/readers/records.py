"""Rows that come as objects (JSON, XML): gathered over pages into slabs, as Arrow text columns."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from gateway.engine import Engine
from gateway.mapping.readers.json_plain import PlainRows
from gateway.mapping.readers.rounded import rounded_cells
from gateway.mapping.readers.slab import Broken
from gateway.mapping.values import Page
from gateway.model.errors import LedgerUnbalanced

Record = Mapping[str, object]
SLAB_ROWS = 100_000
"""Rows gathered before they are mapped: enough for the engine's threads, some 100 MB."""


class Malformed(dict[str, object]):
    """A row that is no flat object; it holds what could be read of it, `text` what was sent."""

    def __init__(self, readable: Record, text: str) -> None:
        super().__init__(readable)
        self.text = text


@dataclass(frozen=True, slots=True)
class RecordSlab:
    """Rows of one or several pages with their references."""

    data: pa.Table
    broken: tuple[Broken, ...]
    referenced: bool = True
    row_ref: str = "short_row._row_ref"

    @property
    def rows(self) -> int:
        return int(self.data.num_rows)

    def check(self, engine: Engine, statement: Callable[[str, str], str]) -> tuple[Broken, ...]:
        """Map the rows from a staged table."""
        engine.load("staged", self.data)
        refs = pa.array([b.row_ref for b in self.broken], pa.string())
        engine.load("broken_place", pa.table({"row_ref": refs}))
        within = "_row_ref IN (SELECT row_ref FROM broken_place)"
        engine.run(statement("staged", within if self.broken else "FALSE"))
        engine.drop("staged", "broken_place")
        return self.broken


def joined(slabs: Sequence[RecordSlab]) -> RecordSlab:
    """One slab of consecutive ones."""
    broken = tuple(one for slab in slabs for one in slab.broken)
    return RecordSlab(pa.concat_tables([slab.data for slab in slabs]), broken)


@dataclass
class RecordGatherer:
    """Gathers pages into slabs. `headings` maps each known heading to its declared column; a rounded
    number costs its row in the `exact` ones.

    `seen` and `unknown` fill while reading: declared columns that some row held, and how many
    rows held a column that nobody declared.
    """

    headings: Mapping[str, str]
    columns: Sequence[str]
    exact: Sequence[str] = ()
    seen: set[str] = field(default_factory=set)
    unknown: dict[str, int] = field(default_factory=dict)
    _tables: list[pa.Table] = field(default_factory=list)
    _broken: list[Broken] = field(default_factory=list)

    def add(self, page: Page, records: Sequence[Record]) -> Iterator[RecordSlab]:
        """Take a page's rows; yields a slab when enough came together. Raises LedgerUnbalanced."""
        refs = self._refs(page, len(records))
        table = self._table(refs, self._arrays(self._places(records), records))
        self._keep_broken(refs, records, rounded_cells(table, self.exact))
        yield from self._keep(table)

    def add_plain(self, page: Page, rows: PlainRows) -> Iterator[RecordSlab] | None:
        """The same for rows that were read into columns; None, and nothing is taken, when one of
        them is to be refused: its text is not at hand."""
        arrays = {column: _texts(cells) for column, cells in rows.cells.items()}
        table = self._table(self._refs(page, rows.count), arrays)
        if rounded_cells(table, self.exact):
            return None
        self.seen.update(rows.columns)
        for heading, held in rows.unknown.items():
            self.unknown[heading] = self.unknown.get(heading, 0) + held
        return self._keep(table)

    def rest(self) -> Iterator[RecordSlab]:
        """What is left, if anything."""
        if self._tables:
            yield self._take()

    def _take(self) -> RecordSlab:
        slab = RecordSlab(pa.concat_tables(self._tables), tuple(self._broken))
        self._tables, self._broken = [], []
        return slab

    def _keep(self, table: pa.Table) -> Iterator[RecordSlab]:
        self._tables.append(table)
        if sum(t.num_rows for t in self._tables) >= SLAB_ROWS:
            yield self._take()

    def _refs(self, page: Page, rows: int) -> pa.Array:
        if page.row_count is not None and page.row_count != rows:
            raise LedgerUnbalanced(
                f"the page says {page.row_count} rows and holds {rows}",
                where=page.exchange_id,
                mend="ask the bureau for the delivery again",
            )
        return row_refs(page.exchange_id, range(1, rows + 1))

    def _table(self, refs: pa.Array, arrays: Mapping[str, pa.Array]) -> pa.Table:
        nothing = pa.nulls(len(refs), pa.string())
        return pa.table({"_row_ref": refs, **{c: arrays.get(c, nothing) for c in self.columns}})

    def _arrays(
        self, places: Mapping[str, list[str]], records: Sequence[Record]
    ) -> Mapping[str, pa.Array]:
        """Column → its cells as text."""
        single = {c: k[0] for c, k in places.items() if len(k) == 1 and c in self.columns}
        try:  # in one go, when they hold nothing but text
            cells = pa.array(records, pa.struct([(k, pa.string()) for k in single.values()]))
            found = {c: cells.field(k) for c, k in single.items()}
        except (pa.ArrowTypeError, pa.ArrowInvalid):
            found = {}
        return {
            c: found[c] if c in found else _texts(_cells(keys, records))
            for c, keys in places.items()
            if c in self.columns
        }

    def _places(self, records: Sequence[Record]) -> dict[str, list[str]]:
        """Column → the keys under which the records hold it; notes what nobody declared."""
        places: dict[str, list[str]] = {}
        for key in sorted(set().union(*records)):
            heading = key.rpartition("}")[2]  # XML names come with their namespace
            if heading in self.headings:
                places.setdefault(self.headings[heading], []).append(key)
            else:
                held = sum(key in record for record in records)
                self.unknown[heading] = self.unknown.get(heading, 0) + held
        self.seen.update(places)
        return places

    def _keep_broken(
        self, refs: pa.Array, records: Sequence[Record], rounded: Mapping[int, list[str]]
    ) -> None:
        if not rounded and Malformed not in set(map(type, records)):
            return
        for place, record in enumerate(records):
            if isinstance(record, Malformed):
                text = json.dumps({"(row)": record.text})
                self._broken.append(Broken(refs[place].as_py(), text))
            elif place in rounded:
                text = json.dumps(record, ensure_ascii=False, default=str)
                problem = "; ".join(rounded[place])
                self._broken.append(Broken(refs[place].as_py(), text, problem))


def row_refs(page_id: str, numbers: Sequence[int]) -> pa.Array:
    """`page#number` of each row."""
    texts = pa.array(numbers, pa.int64()).cast(pa.string())
    return pc.binary_join_element_wise(f"{page_id}#", texts, "")


def text_of(value: object) -> str | None:
    """A scalar as the sender's text: booleans as JSON writes them. Raises TypeError for others."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(type(value).__name__)


def _cells(keys: Sequence[str], records: Sequence[Record]) -> list[object]:
    if len(keys) == 1:
        key = keys[0]
        try:
            return list(map(itemgetter(key), records))
        except KeyError:
            return [record.get(key) for record in records]
    return [next((record[key] for key in keys if key in record), None) for record in records]


def _texts(values: Sequence[object]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([text_of(value) for value in values], pa.string())
