"""Workbooks for tests, good and bad; all people are invented."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

Draw = Callable[[Any, Any], None]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]], draw: Draw | None = None) -> bytes:
    """A workbook of sheets (name, rows); `draw(book, first sheet)` adds what rows cannot say."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    made = []
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        made.append(sheet)
        for n, row in enumerate(rows):
            for i, value in enumerate(row):
                if value not in ("", None):
                    sheet.write(n, i, value)
    if draw is not None:
        draw(book, made[0])
    book.close()
    return out.getvalue()


def with_parts(raw: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The same zip with some parts replaced, added or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(raw: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        return file.read(name)


def lying(raw: bytes, name: str, says: int) -> bytes:
    """The same zip, whose directory claims another unpacked size for a part."""
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        size = file.getinfo(name).file_size
        at = file.start_dir
    head, directory = raw[:at], raw[at:]
    entry = directory.index(name.encode()) - 46
    assert int.from_bytes(directory[entry + 24 : entry + 28], "little") == size
    return head + directory[: entry + 24] + says.to_bytes(4, "little") + directory[entry + 28 :]
