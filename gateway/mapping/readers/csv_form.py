"""A CSV saved from a form: title lines, a heading of several rows, totals and signatures.

Read record by record; rolls of one heading line go the fast way (readers/csv.py).
"""

import csv
from collections.abc import Iterator

from gateway.mapping.contents import CsvContent
from gateway.mapping.readers.encoding import SHOWN, sniff
from gateway.mapping.readers.form import Row, Table
from gateway.mapping.values import Page
from gateway.model.errors import LedgerUnbalanced, MappingFailed

PAGE_CAP = 256 * 1024 * 1024


def csv_table(page: Page, content: CsvContent) -> Table:
    """The table of a page; a row's number is its first line's, from 0. Raises MappingFailed."""
    raw = page.payload.read(PAGE_CAP + 1)
    if len(raw) > PAGE_CAP:
        raise _failed(page, "the form is larger than 256 MB", "send it as a CSV with one heading")
    try:
        text = raw.decode("utf-8-sig" if content.encoding == "utf-8" else content.encoding)
    except UnicodeDecodeError as wrong:
        found = sniff(raw)
        also = f"; it reads as {SHOWN[found]} / 看起来是 {SHOWN[found]}" if found else ""
        raise _failed(
            page,
            f"the content is not {content.encoding} (byte {wrong.start}){also}",
            "另存为 .xlsx 最稳妥 / have it saved as .xlsx, or add its encoding under contents in the mapping",
        ) from None
    return Table(page.exchange_id, page.exchange_id, 0, _rows(page, text))


def _rows(page: Page, text: str) -> Iterator[Row]:
    """Physical lines; a record over several of them is followed by blank ones."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    reader = csv.reader((line.removesuffix("\r") + "\n" for line in lines), strict=True)
    records, before = 0, 0
    try:
        for record in reader:
            yield record
            records += 1
            for _ in range(reader.line_num - before - 1):
                yield ()
            before = reader.line_num
    except csv.Error:
        raise _failed(
            page, f"line {reader.line_num} is no line of CSV", "check its quotes, and send it again"
        ) from None
    if page.row_count is not None and page.row_count != max(records - 1, 0):
        raise LedgerUnbalanced(
            f"the page says {page.row_count} rows and holds {records} records, the first a title",
            where=page.exchange_id,
            mend="ask the bureau for the delivery again",
        )


def _failed(page: Page, what: str, mend: str) -> MappingFailed:
    return MappingFailed(what, where=page.exchange_id, mend=mend)
