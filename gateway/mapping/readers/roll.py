"""A roll's pages as slabs, whatever their form, and what was seen of its columns on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from gateway.mapping.contents import CsvContent, JsonContent, Layout, XlsxContent, heading_text
from gateway.mapping.readers.csv import csv_slabs
from gateway.mapping.readers.csv_form import csv_table
from gateway.mapping.readers.form import FormReader
from gateway.mapping.readers.headings import known_headings, missing_column
from gateway.mapping.readers.json import json_page, json_records
from gateway.mapping.readers.json_plain import plain_rows
from gateway.mapping.readers.records import Record, RecordGatherer
from gateway.mapping.readers.slab import Slab
from gateway.mapping.readers.xlsx import xlsx_tables
from gateway.mapping.readers.xml import xml_records
from gateway.mapping.spec import RollMapping
from gateway.mapping.values import Page, Signal, SignalKind
from gateway.model.names import fold_text


class RollReader:
    """Reads the pages of one roll for one mapping.

    `pages` fills with the exchange ids in order; `signals()` is complete once all was read.
    """

    def __init__(self, mapping: RollMapping, spill_dir: Path) -> None:
        self.mapping = mapping
        self.spill_dir = spill_dir
        self.pages: list[str] = []
        columns = mapping.spec.columns
        self._headings = {h: n for n, c in columns.items() for h in (n, *c.also)}
        self._gather = RecordGatherer(self._headings, mapping.used_columns, mapping.exact_columns)
        self._records = 0
        self._forms: list[FormReader] = []

    def slabs(self, pages: Iterable[Page]) -> Iterator[Slab]:
        """All rows, in order. Raises MappingFailed and LedgerUnbalanced."""
        for page in pages:
            self.pages.append(page.exchange_id)
            content = self.mapping.content(page.content_type)
            if isinstance(content, CsvContent | XlsxContent):
                yield from self._gather.rest()
                yield from self._tabular(page, content)
                continue
            if isinstance(content, JsonContent):
                yield from self._json(page, content)
            else:
                yield from self._add(page, xml_records(page, content.rows_at))
        yield from self._gather.rest()

    def _json(self, page: Page, content: JsonContent) -> Iterator[Slab]:
        raw, used = json_page(page), self.mapping.used_columns
        simple = not content.beside
        rows = plain_rows(raw, content.rows_at, self._headings, used) if simple else None
        slabs = self._gather.add_plain(page, rows) if rows is not None else None
        if rows is None or slabs is None:
            yield from self._add(page, json_records(page, raw, content.rows_at, content.beside))
            return
        self._records += rows.count
        yield from slabs

    def _add(self, page: Page, records: Sequence[Record]) -> Iterator[Slab]:
        self._records += len(records)
        yield from self._gather.add(page, records)

    def _tabular(self, page: Page, content: CsvContent | XlsxContent) -> Iterator[Slab]:
        if isinstance(content, CsvContent) and content.layout is None:
            place = partial(self._place, page)
            exact = self.mapping.exact_columns
            yield from csv_slabs(page, content.encoding, place, self.spill_dir, exact)
            return
        form = FormReader(self.mapping, content.layout or Layout())
        self._forms.append(form)
        tables = (
            xlsx_tables(page, content)
            if isinstance(content, XlsxContent)
            else [csv_table(page, content)]
        )
        for table in tables:
            yield from form.slabs(table)

    def signals(self) -> tuple[Signal, ...]:
        """Columns that nobody declared, and declared ones that no row held.

        Raises MappingFailed when an absent column is needed for every row.
        """
        headings = {h: 0 for form in self._forms for h in form.unknown} | self._gather.unknown
        unknown = [Signal(SignalKind.UNKNOWN_COLUMN, h, n) for h, n in sorted(headings.items())]
        absent = self._absent()
        needed = self.mapping.needed_columns
        for column in absent:
            if column in needed:
                others = sorted(self._gather.unknown)
                raise missing_column(self.mapping, column, self.mapping.name, others, twice=False)
        gone = (Signal(SignalKind.ABSENT_COLUMN, c, self._records) for c in absent)
        return (*unknown, *gone, *self._form_signals())

    def _form_signals(self) -> Iterator[Signal]:
        formulas, aside = Counter[str](), Counter[str]()
        for form in self._forms:
            formulas.update(form.formulas)
            aside.update(form.aside)
        for kind, counts in ((SignalKind.FORMULA, formulas), (SignalKind.SET_ASIDE, aside)):
            for subject, rows in sorted(counts.items()):
                yield Signal(kind, subject, rows)

    def _absent(self) -> list[str]:
        if not self._records:
            return []
        return [c for c in self.mapping.used_columns if c not in self._gather.seen]

    def _place(self, page: Page, heading: list[str]) -> tuple[str, ...]:
        """A column name for each cell of a CSV heading."""
        known = known_headings(self.mapping)
        names = [known.get(heading_text(cell)) for cell in heading]
        for column in self.mapping.used_columns:
            if names.count(column) != 1:
                twice = column in names
                raise missing_column(self.mapping, column, page.exchange_id, heading, twice=twice)
        for cell, found in zip(heading, names, strict=True):
            if found is None:
                self._gather.unknown.setdefault(fold_text(cell) or "(blank)", 0)
        used = self.mapping.used_columns
        return tuple(n if n in used else f"(unread {i})" for i, n in enumerate(_apart(names)))


def _apart(names: list[str | None]) -> list[str | None]:
    """Names with later repetitions (of ignored columns) taken out."""
    return [n if n not in names[:i] else None for i, n in enumerate(names)]
