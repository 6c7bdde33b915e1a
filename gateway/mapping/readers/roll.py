"""A roll's pages as slabs, whatever their form, and what was seen of its columns on the way."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from gateway.mapping.readers.csv import csv_slabs
from gateway.mapping.readers.json import json_records
from gateway.mapping.readers.records import RecordGatherer
from gateway.mapping.readers.slab import Slab
from gateway.mapping.readers.xml import xml_records
from gateway.mapping.spec import CsvContent, JsonContent, RollMapping
from gateway.mapping.values import Page, Signal, SignalKind
from gateway.model.errors import MappingFailed
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
        self._gather = RecordGatherer(self._headings, mapping.used_columns)
        self._records = 0

    def slabs(self, pages: Iterable[Page]) -> Iterator[Slab]:
        """All rows, in order. Raises MappingFailed and LedgerUnbalanced."""
        for page in pages:
            self.pages.append(page.exchange_id)
            content = self.mapping.content(page.content_type)
            if isinstance(content, CsvContent):
                yield from self._gather.rest()
                place = partial(self._place, page)
                yield from csv_slabs(page, content.encoding, place, self.spill_dir)
                continue
            read = json_records if isinstance(content, JsonContent) else xml_records
            records = read(page, content.rows_at)
            self._records += len(records)
            yield from self._gather.add(page, records)
        yield from self._gather.rest()

    def signals(self) -> tuple[Signal, ...]:
        """Columns that nobody declared, and declared ones that no row held.

        Raises MappingFailed when an absent column is needed for every row.
        """
        unknown = [
            Signal(SignalKind.UNKNOWN_COLUMN, heading, rows)
            for heading, rows in sorted(self._gather.unknown.items())
        ]
        absent = self._absent()
        needed = self.mapping.needed_columns
        for column in absent:
            if column in needed:
                raise self._missing(column, self.mapping.name)
        return (*unknown, *(Signal(SignalKind.ABSENT_COLUMN, c, self._records) for c in absent))

    def _absent(self) -> list[str]:
        if not self._records:
            return []
        return [c for c in self.mapping.used_columns if c not in self._gather.seen]

    def _place(self, page: Page, heading: list[str]) -> tuple[str, ...]:
        """A column name for each cell of a CSV heading."""
        names = [self._headings.get(fold_text(cell) or "") for cell in heading]
        for column in self.mapping.used_columns:
            if names.count(column) != 1:
                raise self._missing(column, page.exchange_id, twice=column in names)
        for cell, found in zip(heading, names, strict=True):
            if found is None:
                self._gather.unknown.setdefault(fold_text(cell) or "(blank)", 0)
        return tuple(n or f"(unknown {i})" for i, n in enumerate(_apart(names)))

    def _missing(self, column: str, where: str, *, twice: bool = False) -> MappingFailed:
        return MappingFailed(
            f"the column {column!r} {'stands twice' if twice else 'is missing'}",
            where=where,
            mend="ask the bureau for the agreed form, or declare the new heading under `also`",
        )


def _apart(names: list[str | None]) -> list[str | None]:
    """Names with later repetitions (of ignored columns) taken out."""
    return [n if n not in names[:i] else None for i, n in enumerate(names)]
