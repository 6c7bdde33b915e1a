"""Forms made to be printed, as rows of cells: title, heading, rows, totals, signatures → slabs."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import pyarrow as pa

from gateway.mapping.contents import Layout
from gateway.mapping.readers.headings import LOOK, Placed, place_form
from gateway.mapping.readers.records import RecordSlab
from gateway.mapping.readers.rounded import rounded_cells
from gateway.mapping.readers.slab import Broken
from gateway.mapping.spec import RollMapping
from gateway.mapping.values import Reason
from gateway.sheets import Cell, Place, Range, cell_text

Row = Sequence[Cell]
SLAB_ROWS = 50_000
_NUMBER = re.compile(r"\d{15,}")
_SAYS_DAYS = ("date", "month", "month_start", "month_end")


@dataclass(frozen=True, slots=True)
class Table:
    """A form's physical rows, numbered from `first` (the row above may be another sheet's).

    `formulas`, `errors` and `merged` are places within the table. `long` rows have more cells than
    they should (CSV).
    """

    page_id: str
    where: str
    first: int
    rows: Iterator[Row]
    formulas: Collection[Place] = frozenset()
    errors: Collection[Place] = frozenset()
    merged: Sequence[Range] = ()


@dataclass
class FormReader:
    """Reads the tables of forms for one mapping; `aside`, `formulas` and `unknown` fill meanwhile."""

    mapping: RollMapping
    layout: Layout
    aside: Counter[str] = field(default_factory=Counter)
    formulas: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)

    def slabs(self, table: Table) -> Iterator[RecordSlab]:
        """The data rows of a table. Raises MappingFailed for its heading."""
        head = list(islice(table.rows, LOOK + self.layout.heading_rows))
        placed = place_form(self.mapping, self.layout, head, table.where)
        self.unknown.update(placed.unknown)
        words = _words(self.layout)
        rows = chain(head[placed.first :], table.rows)
        number, fill = placed.first, _Fill(self._filled(table, placed))
        while batch := list(islice(rows, SLAB_ROWS)):
            kept = self._kept(fill.apply(batch, number), number, words)
            if kept:
                yield self._slab(table, placed, kept)
            number += len(batch)

    def _kept(
        self, batch: Sequence[Row], number: int, words: re.Pattern[str]
    ) -> list[tuple[int, Row]]:
        """The rows of people; blank ones are left out, totals and footers counted."""
        kept = []
        for n, row in enumerate(batch, number):
            first = next(filter(None, row), None)
            if first is None:
                continue
            word = words.match(first) if type(first) is str else None
            if word and not any(_NUMBER.search(str(cell)) for cell in row):
                self.aside["".join(word[1].split())] += 1
                continue
            kept.append((n, row))
        return kept

    def _slab(self, table: Table, placed: Placed, kept: Sequence[tuple[int, Row]]) -> RecordSlab:
        numbers = [n for n, _ in kept]
        cells = list(zip(*(_squared(row, placed.width) for _, row in kept), strict=True))
        places = dict(placed.places)
        if any(any(filter(None, cells[i])) for i in placed.blank):
            self.unknown.add("(blank)")
        refs = [f"{table.page_id}#{table.first + n}" for n in numbers]
        arrays: dict[str, pa.Array] = {"_row_ref": pa.array(refs, pa.string())}
        problems: dict[int, list[str]] = {}
        for column in self.mapping.used_columns:
            if column in placed.facts:
                arrays[column] = pa.array([placed.facts[column]] * len(kept), pa.string())
                continue
            values = cells[places[column]]
            arrays[column] = self._texts(column, values, problems)
        self._mark(table, places, numbers, problems)
        data = pa.table(arrays)
        for row, said in rounded_cells(data, self.mapping.exact_columns).items():
            problems.setdefault(row, []).extend(said)
        for row, (_, given) in enumerate(kept):
            if len(given) > placed.width and any(given[placed.width :]):
                problems[row] = [f"(row):{Reason.MALFORMED}"]
        return RecordSlab(data, _broken(data, self.mapping.used_columns, problems))

    def _texts(
        self, column: str, values: Sequence[Cell], problems: dict[int, list[str]]
    ) -> pa.Array:
        try:
            return pa.array(values, pa.string())
        except (pa.ArrowTypeError, pa.ArrowInvalid):
            pass
        if column in self._days():
            for row, value in enumerate(values):
                if type(value) is float and _lost_zero(value):
                    problems.setdefault(row, []).append(f"{column}:{Reason.ROUNDED}")
        return pa.array(map(cell_text, values), pa.string())

    def _days(self) -> Collection[str]:
        fields = (f for o in self.mapping.spec.outputs for f in o.fields.values())
        return {c for f in fields if f.transform in _SAYS_DAYS for c in f.columns}

    def _filled(self, table: Table, placed: Placed) -> list[Range]:
        """Merged ranges of household columns: what stands in the first row holds for all.

        Never those that say who a row is about: two people do not share a number.
        """
        own = {
            c
            for f in self.mapping.main.fields.values()
            if f.transform in ("name", "name_key", "id_number", "id_given", "id_state")
            for c in f.columns
        }
        used = {i for n, i in placed.places if n in self.mapping.used_columns and n not in own}
        return [r for r in table.merged if r[0][0] >= placed.first and r[0][1] in used]

    def _mark(
        self,
        table: Table,
        places: Mapping[str, int],
        numbers: Sequence[int],
        problems: dict[int, list[str]],
    ) -> None:
        """Formulas in columns that identify are refused, others are counted; errors are refused."""
        if not table.formulas and not table.errors:
            return
        for column in self.mapping.used_columns:
            if column not in places:
                continue
            of, identifies = places[column], column in self.mapping.number_columns
            for row, n in enumerate(numbers):
                if (n, of) in table.errors:
                    problems.setdefault(row, []).append(f"{column}:{Reason.UNREADABLE}")
                elif (n, of) in table.formulas and identifies:
                    problems.setdefault(row, []).append(f"{column}:{Reason.FORMULA}")
                elif (n, of) in table.formulas:
                    self.formulas[column] += 1


@dataclass
class _Fill:
    """Copies the first cell of a merged range down its rows."""

    ranges: Sequence[Range]
    values: dict[Range, Cell] = field(default_factory=dict)

    def apply(self, batch: list[Row], number: int) -> Sequence[Row]:
        end = number + len(batch)
        for one in self.ranges:
            (top, column), (bottom, _) = one
            if bottom < number or top >= end:
                continue
            if top >= number:
                self.values[one] = _at(batch[top - number], column)
            for n in range(max(top + 1, number), min(bottom + 1, end)):
                batch[n - number] = _with(batch[n - number], column, self.values.get(one, ""))
        return batch


def _at(row: Row, column: int) -> Cell:
    return row[column] if column < len(row) else ""


def _with(row: Row, column: int, value: Cell) -> Row:
    cells = [*row, *[""] * (column + 1 - len(row))]
    cells[column] = value
    return cells


def _squared(row: Row, width: int) -> Row:
    return row if len(row) == width else [*row[:width], *[""] * (width - len(row))]


def _words(layout: Layout) -> re.Pattern[str]:
    """Totals stand alone or before a count, footers before a colon or alone."""
    said = (*layout.totals, *layout.footers)
    words = "|".join(r"\s*".join(map(re.escape, word)) for word in said) or r"(?!)"
    return re.compile(rf"\s*[(（]?({words})\s*(?:[:：(（)）\d,，、人名户个].*|$)", re.DOTALL)


def _lost_zero(value: float) -> bool:
    """2013.1 as a number may have been typed as 2013.10."""
    return 1800 < value < 2200 and not value.is_integer() and round(value * 10, 6) % 10 == 1


def _broken(
    data: pa.Table, columns: Sequence[str], problems: Mapping[int, Sequence[str]]
) -> tuple[Broken, ...]:
    refs = data.column("_row_ref")
    found = []
    for row in sorted(problems):
        sent = {c: data.column(c)[row].as_py() for c in columns}
        text = json.dumps(sent, ensure_ascii=False)
        found.append(Broken(refs[row].as_py(), text, "; ".join(dict.fromkeys(problems[row]))))
    return tuple(found)
