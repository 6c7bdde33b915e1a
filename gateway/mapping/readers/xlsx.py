"""Workbooks: the sheets that a mapping names, each a form (gateway/sheets opens them)."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gateway.mapping.contents import XlsxContent
from gateway.mapping.readers.form import Table
from gateway.mapping.values import Page
from gateway.model.errors import LedgerUnbalanced, MappingFailed
from gateway.sheets import Sheet, Workbook, open_workbook


def xlsx_tables(page: Page, content: XlsxContent) -> Iterator[Table]:
    """The tables of a page. Row 1 of the first sheet is row 0; the rows of all sheets count on.

    Raises MappingFailed (not a workbook, not one sheet to read) and LedgerUnbalanced (count).
    """
    book = open_workbook(page.payload, page.exchange_id, holds)
    total = sum(sheet.rows for sheet in book.sheets)
    if page.row_count is not None and page.row_count != max(total - 1, 0):
        raise LedgerUnbalanced(
            f"the page says {page.row_count} rows and the workbook has {total}, the first a title",
            where=page.exchange_id,
            mend="ask the bureau for the delivery again",
        )
    for sheet in _chosen(book, content):
        rows, merged = book.read(sheet)
        marks, where = sheet.marks, f"{page.exchange_id}, sheet {sheet.name}"
        yield Table(
            page.exchange_id, where, sheet.first, rows, marks.formulas, marks.errors, merged
        )


def holds(text: bytes, pattern: bytes) -> bool:
    """Whether a text holds a pattern: RE2 walks a sheet's XML five times as fast as `re`."""
    ends = pa.array([0, len(text)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(text)])
    return bool(pc.match_substring_regex(whole, pattern.decode())[0].as_py())


def _chosen(book: Workbook, content: XlsxContent) -> list[Sheet]:
    if content.sheets:
        named = {sheet.name.strip(): sheet for sheet in book.sheets}
        for name in content.sheets:
            if name not in named:
                raise MappingFailed(
                    f"没有工作表 {name!r} / the workbook has no sheet {name!r}",
                    where=book.where,
                    mend=f"it has {', '.join(named)}; name the one to read under `sheets`",
                )
        return [named[name] for name in content.sheets if named[name].rows]
    filled = [sheet for sheet in book.sheets if sheet.visible and sheet.rows]
    if len(filled) == 1:
        return filled
    if not filled:
        raise MappingFailed(
            "工作簿是空的 / the workbook is empty",
            where=book.where,
            mend="请对方重新报送 / have the bureau send the file again",
        )
    raise MappingFailed(
        f"有 {len(filled)} 张工作表有内容，对照文件未指明读哪张 / the workbook has {len(filled)} sheets with "
        "rows, and the mapping names none",
        where=book.where,
        mend="请在 `sheets` 中写明，或只报送一张 / name the ones to read under `sheets`, or have one "
        "sheet sent",
    )
