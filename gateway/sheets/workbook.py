"""A workbook's sheets and rows (calamine reads them; this says where and refuses what is none)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from gateway.model.errors import MappingFailed
from gateway.sheets.container import RESEND, broken, not_a_workbook, opened, pieces
from gateway.sheets.marks import Holds, Place, SheetMarks, holds_plainly, read_marks

Cell = (
    str
    | int
    | float
    | bool
    | datetime.date
    | datetime.datetime
    | datetime.time
    | datetime.timedelta
)
Range = tuple[Place, Place]
"""First and last place of merged cells."""
EXACT = 1e15
"""A spreadsheet keeps fifteen digits of a number; from here on the last ones are lost."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_SHEETS_CAP = 256
_PART_CAP = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet. `first` is the number of its row 1 when the rows of all sheets are counted on."""

    name: str
    visible: bool
    first: int
    marks: SheetMarks

    @property
    def rows(self) -> int:
        """Physical rows, blank ones included."""
        return self.marks.rows


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook; its sheets in the order in which people see them."""

    where: str
    sheets: tuple[Sheet, ...]
    _book: CalamineWorkbook = field(repr=False)

    def read(self, sheet: Sheet) -> tuple[Iterator[list[Cell]], tuple[Range, ...]]:
        """All physical rows from row 1, each from column A; and merged ranges from the top.

        A cell without a value is an empty text; so is a cell in error (`marks` say where).
        Raises MappingFailed.
        """
        try:
            found = self._book.get_sheet_by_name(sheet.name)
            merged = tuple(sorted(found.merged_cell_ranges or ()))
        except (CalamineError, OSError, ValueError):
            raise broken(f"{self.where}, sheet {sheet.name}") from None
        left = [""] * (found.start[1] if found.start else 0)
        rows = found.iter_rows()
        return (([*left, *row] for row in rows) if left else rows), merged


def open_workbook(payload: BinaryIO, where: str, holds: Holds = holds_plainly) -> Workbook:
    """Open an xlsx, positioned at 0. Raises MappingFailed for what cannot or must not be read."""
    other = not_a_workbook(payload)
    if other is not None:
        raise MappingFailed(other[0], where=where, mend=other[1])
    with opened(payload, where) as file:
        sheets = _sheets(file, where, holds)
        for name in file.namelist():
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/"):
                for _ in pieces(file, name, where):
                    pass
    payload.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(payload)
    except (CalamineError, OSError, ValueError):
        raise broken(where) from None
    return Workbook(where, sheets, book)


def cell_text(value: Cell) -> str | None:
    """A cell as text: whole numbers without a point, days as yyyy-mm-dd, nothing as None.

    A number that lost digits shows it: 4.19901201305170E+17.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if abs(value) >= EXACT:
            return f"{value:.14E}"
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return str(value)


def _sheets(file: ZipFile, where: str, holds: Holds) -> tuple[Sheet, ...]:
    parts = _relations(file, where)
    found: list[Sheet] = []
    first = 0
    for element in _xml(file, "xl/workbook.xml", where).iter("{*}sheet"):
        part = parts.get(element.get(_RELATION) or element.get(_STRICT) or "", "")
        if "/worksheets/" not in part or part not in file.NameToInfo:
            continue
        if len(found) >= _SHEETS_CAP:
            raise MappingFailed("the workbook has more than 256 sheets", where=where, mend=RESEND)
        name = element.get("name") or ""
        marks = read_marks(pieces(file, part, where), f"{where}, sheet {name}", holds)
        found.append(Sheet(name, element.get("state", "visible") == "visible", first, marks))
        first += marks.rows
    if not found:
        raise MappingFailed(
            "工作簿中没有工作表 / the workbook has no sheet", where=where, mend=RESEND
        )
    return tuple(found)


def _relations(file: ZipFile, where: str) -> dict[str, str]:
    name = "xl/_rels/workbook.xml.rels"
    if name not in file.NameToInfo:
        raise broken(where)
    found = {}
    for one in _xml(file, name, where):
        target = unquote(one.get("Target") or "")
        found[one.get("Id") or ""] = target[1:] if target.startswith("/") else f"xl/{target}"
    return found


def _xml(file: ZipFile, name: str, where: str) -> etree._Element:
    raw = b""
    for piece in pieces(file, name, where):
        raw += piece
        if len(raw) > _PART_CAP:
            raise broken(where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise broken(where) from None
