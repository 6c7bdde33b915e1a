"""CSV: decoded strictly into slabs of UTF-8 lines, which DuckDB reads as text.

One physical line is one row, so that a row's number is its line's place in the signed tree. A slab
is first read as it is; it is accepted when DuckDB makes exactly as many rows as there are lines.
Only if not, the slab is gone through line by line (csv_repair), and the broken lines set aside.
"""

import csv
import itertools
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa

from gateway.engine import Engine
from gateway.mapping.readers.csv_repair import BrokenLine, decode_lines, repair
from gateway.mapping.readers.encoding import SHOWN, contradiction
from gateway.mapping.readers.rounded import rounded_lines
from gateway.mapping.readers.slab import Broken
from gateway.mapping.sql_text import literal
from gateway.mapping.values import Page
from gateway.model.errors import LedgerUnbalanced, MappingFailed

BLOCK = 4 * 1024 * 1024
SLAB_BYTES = 64 * 1024 * 1024
"""UTF-8 text mapped in one go: enough for the engine's threads, some 400 MB of columns."""
LONGEST_LINE = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"

Place = Callable[[list[str]], tuple[str, ...]]
"""Gives the column name for each cell of the heading. Raises MappingFailed when one is missing."""


@dataclass(frozen=True, slots=True)
class CsvSlab:
    """Lines `first` to `first + rows - 1` of a page (1 = the line after the heading)."""

    page_id: str
    first: int
    rows: int
    columns: tuple[str, ...]
    lines: BinaryIO = field(repr=False)
    undecoded: tuple[BrokenLine, ...] = ()
    exact: Collection[str] = ()
    referenced: bool = False

    @property
    def row_ref(self) -> str:
        return f"concat({literal(self.page_id + '#')}, {self.first} + short_row.rowid)"

    def check(self, engine: Engine, statement: Callable[[str, str], str]) -> tuple[Broken, ...]:
        """Map the lines. Raises LedgerUnbalanced when lines and rows never agree."""
        broken = self._rounded() | self._of(self.undecoded)
        if self._mapped(engine, statement, broken):
            return tuple(broken.values())
        with tempfile.TemporaryFile(dir=engine.settings.spill_dir) as whole:
            found = repair(self.lines, whole, len(self.columns))
            broken = self._rounded() | self._of(found) | self._of(self.undecoded)
            if not replace(self, lines=whole)._mapped(engine, statement, broken):
                raise LedgerUnbalanced(
                    f"{self.rows} lines did not become as many rows",
                    where=f"{self.page_id}#{self.first}",
                    mend="report it: this is a fault of the reader, not of the file",
                )
        return tuple(broken.values())

    def _mapped(
        self, engine: Engine, statement: Callable[[str, str], str], broken: Collection[int]
    ) -> bool:
        order = engine.value("SELECT current_setting('preserve_insertion_order')")
        engine.run("SET preserve_insertion_order = true")  # a rowid is its line's place
        try:
            engine.run(statement(*self._relation(engine, broken)))
        except duckdb.InvalidInputException:  # its text holds the line: not to be shown
            return False
        finally:
            engine.run(f"SET preserve_insertion_order = {str(order).lower()}")
            engine.drop("broken_place")
        return engine.count("short_row") == self.rows

    def _relation(self, engine: Engine, broken: Collection[int]) -> tuple[str, str]:
        """The lines as a relation, and the condition that holds for the broken ones."""
        self.lines.flush()
        columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in self.columns)
        lines = (
            f"read_csv('/proc/self/fd/{self.lines.fileno()}', columns = {{{columns}}}, "
            "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            "new_line = '\\n', nullstr = '', strict_mode = true)"
        )
        if not broken:
            return lines, "FALSE"
        engine.load("broken_place", pa.table({"place": pa.array(sorted(broken), pa.int64())}))
        # Numbering rows takes one thread: done only for a slab that needs it.
        numbered = f"(SELECT *, row_number() OVER () - 1 AS _place FROM {lines})"
        return numbered, "_place IN (SELECT place FROM broken_place)"

    def _rounded(self) -> dict[int, Broken]:
        """Lines with a rounded number, by place."""
        found = rounded_lines(self.lines, self.columns, self.exact)
        return {n: Broken(self._ref(n), text, problem) for n, text, problem in found}

    def _of(self, lines: Iterable[BrokenLine]) -> dict[int, Broken]:
        return {n: Broken(self._ref(n), text) for n, text in lines}

    def _ref(self, place: int) -> str:
        return f"{self.page_id}#{self.first + place}"


def csv_slabs(
    page: Page, encoding: str, place: Place, spill_dir: Path, exact: Collection[str] = ()
) -> Iterator[CsvSlab]:
    """The rows of a page; in the `exact` columns a rounded number costs its row.

    Raises MappingFailed (encoding, heading) and LedgerUnbalanced (count).
    """
    blocks = _blocks(page)
    heading, rest = _heading(page, next(blocks, b""), encoding)
    columns, first = place(heading), 1
    slab = _Lines(spill_dir)
    for block in itertools.chain((rest,), blocks):
        slab.add(block, encoding)
        if slab.file.tell() >= SLAB_BYTES:
            yield from slab.take(page.exchange_id, first, columns, exact)
            first += slab.rows
            slab = _Lines(spill_dir)
    yield from slab.take(page.exchange_id, first, columns, exact)
    _check_count(page, first + slab.rows - 1)


class _Lines:
    """Lines gathered for one slab, in an unlinked file."""

    def __init__(self, spill_dir: Path) -> None:
        self.file: BinaryIO = tempfile.TemporaryFile(dir=spill_dir)  # noqa: SIM115
        self.rows = 0
        self.undecoded: list[BrokenLine] = []

    def add(self, block: bytes, encoding: str) -> None:
        """Add whole lines in the sender's encoding."""
        if encoding != "utf-8":  # DuckDB itself refuses bytes that are not UTF-8
            block = decode_lines(block, encoding, self.undecoded, self.rows)
        self.file.write(block)
        self.rows += block.count(b"\n")

    def take(
        self, page_id: str, first: int, columns: tuple[str, ...], exact: Collection[str]
    ) -> Iterator[CsvSlab]:
        """The slab, if it has rows; the file is gone once the slab was used."""
        with self.file:
            if self.rows:
                undecoded = tuple(self.undecoded)
                yield CsvSlab(page_id, first, self.rows, columns, self.file, undecoded, exact)


def _blocks(page: Page) -> Iterator[bytes]:
    """Whole lines, some megabytes at a time, each ending in LF alone."""
    tail = b""
    while block := page.payload.read(BLOCK):
        block = tail + block
        cut = block.rfind(b"\n") + 1
        if cut == 0 and len(block) > LONGEST_LINE:
            raise _failed(page, "a line is longer than 16 MB", "send one row a line")
        tail = block[cut:]
        if cut:
            yield block[:cut].replace(b"\r\n", b"\n")
    if tail:
        yield tail.removesuffix(b"\r") + b"\n"


def _heading(page: Page, block: bytes, encoding: str) -> tuple[list[str], bytes]:
    """The cells of line 1, and the rest of its block."""
    line, _, rest = block.removeprefix(_BOM).partition(b"\n")
    other = contradiction(block, encoding)
    if other is not None:
        raise _failed(
            page,
            f"the content is {SHOWN[other[0]]}, not {SHOWN[encoding]} (byte {other[1]})",
            "have the bureau declare what it sends",
        )
    try:
        cells = next(csv.reader([line.decode(encoding)], strict=True), [])
    except UnicodeDecodeError as wrong:
        raise _failed(
            page,
            f"the heading is not {encoding} (byte {wrong.start})",
            "have the bureau declare the encoding that it sends",
        ) from None
    except csv.Error:
        raise _failed(
            page, "the heading is not a line of CSV", "have the bureau send the agreed heading"
        ) from None
    return cells, rest


def _check_count(page: Page, rows: int) -> None:
    if page.row_count is not None and page.row_count != rows:
        raise LedgerUnbalanced(
            f"the page says {page.row_count} rows and holds {rows} lines",
            where=page.exchange_id,
            mend="ask the bureau for the delivery again",
        )


def _failed(page: Page, what: str, mend: str) -> MappingFailed:
    return MappingFailed(what, where=page.exchange_id, mend=mend)
