"""The other way round: rows as a bureau would send them, for golden twins and trials."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import cast

import orjson
import xlsxwriter
from lxml import etree

from gateway.mapping.contents import (
    XLSX,
    Content,
    CsvContent,
    JsonContent,
    Layout,
    XlsxContent,
)
from gateway.mapping.spec_models import ColumnSpec

Rows = Sequence[Mapping[str, str]]


def write_rows(
    rows: Rows, columns: Mapping[str, ColumnSpec], content: Content
) -> tuple[str, bytes, int]:
    """(media type, content bytes, number of the row before the first) of rows in one form.

    A value that is not there is left out. A form gets a title, a heading of its depth, a total and
    a signature.
    """
    if isinstance(content, CsvContent):
        if content.layout is None:
            table, before = [list(columns), *_cells(rows, list(columns))], 0
        else:
            table, before = _form(rows, columns, content.layout)
        return f"text/csv; charset={content.encoding}", _csv(table, content.encoding), before
    if isinstance(content, XlsxContent):
        table, before = _form(rows, columns, content.layout)
        return XLSX, _xlsx(table, content), before
    if isinstance(content, JsonContent):
        return "application/json", _json(rows, content.rows_at, content.beside), 0
    return "application/xml", _xml(rows, content.rows_at), 0


def _cells(rows: Rows, columns: Sequence[str]) -> list[list[str]]:
    return [[row.get(column, "") for column in columns] for row in rows]


def _form(
    rows: Rows, columns: Mapping[str, ColumnSpec], layout: Layout
) -> tuple[list[list[str]], int]:
    """The lines of a form, and the number of the line before the first row."""
    listed = [name for name, column in columns.items() if not column.title]
    facts = [f"{n}：{rows[0].get(n, '')}" for n, c in columns.items() if c.title and rows]
    width = len(listed)
    above = [["名册", *[""] * (width - 1)], ["  ".join(facts), *[""] * (width - 1)]]
    heading = _levels(listed, layout.heading_rows)
    total = [f"{layout.totals[0]}：{len(rows)}", *[""] * (width - 1)]
    signed = [f"{layout.footers[0]}：", *[""] * (width - 1)]
    lines = [*above, *heading, *_cells(rows, listed), total, signed]
    return lines, len(above) + len(heading) - 1


def _levels(headings: Sequence[str], depth: int) -> list[list[str]]:
    """A heading of several rows; parts that repeat to the right are left blank, as if merged."""
    parts = [[*heading.split("/", depth - 1)] for heading in headings]
    levels = [[part[i] if i < len(part) else "" for part in parts] for i in range(depth)]
    for i in range(len(headings) - 1, 0, -1):
        split = len(parts[i]) > 1 and len(parts[i - 1]) > 1
        if split and parts[i][0] == parts[i - 1][0]:
            levels[0][i] = ""
    return levels


def _csv(table: Sequence[Sequence[str]], encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue().encode(encoding)


def _xlsx(table: Sequence[Sequence[str]], content: XlsxContent) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(content.sheets[0] if content.sheets else None)
    for n, row in enumerate(table):
        for i, value in enumerate(row):
            if value:
                sheet.write_string(n, i, value)
    for name in content.sheets[1:]:
        book.add_worksheet(name)
    book.close()
    return out.getvalue()


def _json(rows: Rows, rows_at: str, beside: Sequence[str]) -> bytes:
    root: dict[str, object] = {}
    places: list[tuple[str, object]] = [(rows_at, list(rows)), *((path, {}) for path in beside)]
    for path, value in places:
        *way, last = path.split(".")
        at = root
        for step in way:
            at = cast(dict[str, object], at.setdefault(step, {}))
        at[last] = value
    return orjson.dumps(root)


def _xml(rows: Rows, rows_at: str) -> bytes:
    space = "urn:golden"
    root = etree.Element(f"{{{space}}}rows")
    for row in rows:
        element = etree.SubElement(root, f"{{{space}}}{rows_at}")
        for column, value in row.items():
            etree.SubElement(element, f"{{{space}}}{column}").text = value
    return bytes(etree.tostring(root))
