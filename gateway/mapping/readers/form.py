"""Forms made to be printed, as rows of cells: title, heading, rows, totals, signatures → slabs."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter

import pyarrow as pa

from gateway.mapping.contents import Layout
from gateway.mapping.readers.cell_texts import cell_texts
from gateway.mapping.readers.headings import LOOK, Placed, place_form
from gateway.mapping.readers.records import RecordSlab, joined, row_refs
from gateway.mapping.readers.rounded import rounded_cells
from gateway.mapping.readers.slab import Broken
from gateway.mapping.spec import RollMapping
from gateway.mapping.values import Reason
from gateway.sheets import Cell, Place, Range

Row = Sequence[Cell]
SLAB_ROWS = 50_000
BATCH_ROWS = 4_000
"""Rows that are Python objects at one time: few enough to stay in the processor's cache."""
_NUMBER = re.compile(r"\d{15,}")
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
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
        made: list[RecordSlab] = []
        while batch := list(islice(rows, BATCH_ROWS)):
            numbers, kept = self._kept(fill.apply(batch, number), number, words)
            if kept:
                made.append(self._slab(table, placed, numbers, kept))
            number += len(batch)
            if sum(slab.rows for slab in made) >= SLAB_ROWS:
                yield joined(made)
                made = []
        if made:
            yield joined(made)

    def _kept(
        self, batch: Sequence[Row], number: int, words: re.Pattern[str]
    ) -> tuple[Sequence[int], Sequence[Row]]:
        """The rows of people with their numbers; blank ones are left out, totals and footers
        counted."""
        starts = _starts(self.layout)
        aside = {
            n
            for n, row in enumerate(batch)
            if (not row or not row[0] or (type(row[0]) is str and row[0][0] in starts))
            and self._is_aside(row, words)
        }
        if not aside:
            return range(number, number + len(batch)), batch
        places = [n for n in range(len(batch)) if n not in aside]
        return [number + n for n in places], [batch[n] for n in places]

    def _is_aside(self, row: Row, words: re.Pattern[str]) -> bool:
        first = row[0] if row and row[0] else next(filter(None, row), None)
        if type(first) is not str:
            return first is None
        word = words.match(first)
        if not word or any(_NUMBER.search(str(cell)) for cell in row):
            return False
        self.aside["".join(word[1].split())] += 1
        return True

    def _slab(
        self, table: Table, placed: Placed, numbers: Sequence[int], rows: Sequence[Row]
    ) -> RecordSlab:
        places, width = dict(placed.places), placed.width
        refs = row_refs(table.page_id, [table.first + n for n in numbers])
        arrays: dict[str, pa.Array] = {"_row_ref": refs}
        problems: dict[int, list[str]] = {}
        squared = _squared(rows, width)
        if any(any(map(itemgetter(i), squared)) for i in placed.blank):
            self.unknown.add("(blank)")
        for column in self.mapping.used_columns:
            if column in placed.facts:
                arrays[column] = pa.array([placed.facts[column]] * len(rows), pa.string())
                continue
            values = list(map(itemgetter(places[column]), squared))
            arrays[column] = self._texts(column, values, problems)
        self._mark(table, places, numbers, problems)
        data = pa.table(arrays)
        for row, said in rounded_cells(data, self.mapping.exact_columns).items():
            problems.setdefault(row, []).extend(said)
        if squared is not rows:
            for row, given in enumerate(rows):
                if any(given[width:]):
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
        return cell_texts(values)

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


def _squared(rows: Sequence[Row], width: int) -> Sequence[Row]:
    """The rows, each with `width` cells; the same object when they have them already."""
    if set(map(len, rows)) == {width}:
        return rows
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _words(layout: Layout) -> re.Pattern[str]:
    """Totals stand alone or before a count, footers before a colon or alone."""
    said = (*layout.totals, *layout.footers)
    words = "|".join(r"\s*".join(map(re.escape, word)) for word in said) or r"(?!)"
    return re.compile(rf"\s*[(（]?({words})\s*(?:[:：(（)）\d,，、人名户个].*|$)", re.DOTALL)


def _starts(layout: Layout) -> frozenset[str]:
    """What `_words` can begin with: asked first, for nearly every row begins with something else."""
    words = "".join(word[0] for word in (*layout.totals, *layout.footers))
    return frozenset("(（" + words + _SPACES)


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
