"""What a sheet's XML says that a reader of values does not: formulas, broken cells, true extent.

The part is gone through as bytes, once. Only a sheet that has a formula or a broken cell, or is wider
than any row before, costs more than one search for such.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.model.errors import MappingFailed

Place = tuple[int, int]
"""(row, column) of a cell, from 0."""
ROWS, COLUMNS = 1_048_576, 16_384
Holds = Callable[[bytes, bytes], bool]
"""Whether a text holds a pattern (of the kind that `re` and RE2 read alike)."""
CELLS_FREE, EMPTY_CAP = 4_000_000, 30
"""A sheet may have room for four million cells, or for thirty times those that it holds."""
_HELD = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """`rows` is the last physical row's number. `formulas` and `errors` are places of cells."""

    rows: int
    columns: int
    formulas: frozenset[Place]
    errors: frozenset[Place]


def holds_plainly(text: bytes, pattern: bytes) -> bool:
    """Asked of `re`; whoever has a quicker searcher hands it in."""
    return re.search(pattern, text) is not None


def read_marks(pieces: Iterable[bytes], where: str, holds: Holds = holds_plainly) -> SheetMarks:
    """The marks of a sheet part. Raises MappingFailed when its extent is that of a bomb."""
    scan = _Scan(where, holds)
    for text in _whole(pieces, where):
        scan.add(text)
    return scan.marks()


class _Scan:
    def __init__(self, where: str, holds: Holds) -> None:
        self.where, self._holds = where, holds
        self.rows = self.cells = self.columns = 0
        self.formulas: set[Place] = set()
        self.errors: set[Place] = set()
        self._prefix: bytes | None = None

    def add(self, text: bytes) -> None:
        """Take whole tags."""
        if self._prefix is None:
            self._patterns(text)
        self.cells += text.count(self._usual_cell) or text.count(self._cell)
        self._count_rows(self._row.findall(text))
        # A cell may claim another row than its row does.
        deeper = rb"\sr=[\"'][A-Z]{1,9}([0-9]{%d,12})" % (len(str(max(self.rows, 1))) + 1)
        wider = rb"\sr=[\"'](%s)[0-9]" % wider_than(max(self.columns, 26))
        if not self._holds(text, b"|".join((deeper, wider, self._formula_tag, _ERROR))):
            return
        for row in re.findall(deeper, text):
            self.rows = max(self.rows, int(row))
        for letters in re.findall(wider, text):
            self.columns = max(self.columns, column_number(letters) + 1)
        self.formulas.update(self._places(self._formula, text))
        self.errors.update(self._places(self._error, text))

    def _count_rows(self, numbers: list[bytes]) -> None:
        if b"" not in numbers:
            self.rows = max(self.rows, max(map(int, numbers), default=0))
            return
        for row in numbers:
            self.rows = max(self.rows, int(row)) if row else self.rows + 1

    def marks(self) -> SheetMarks:
        columns = max(self.columns, 26)
        if self.rows > ROWS or columns > COLUMNS:
            raise self._wide()
        if self.rows * columns > max(CELLS_FREE, self.cells * EMPTY_CAP):
            raise self._wide()
        return SheetMarks(self.rows, self.columns, frozenset(self.formulas), frozenset(self.errors))

    def _patterns(self, text: bytes) -> None:
        root = re.search(rb"<(?:([A-Za-z_][\w.-]*):)?worksheet\b", text)
        self._prefix = p = (root[1] + b":") if root and root[1] else b""
        q = re.escape(p)
        self._cell, self._usual_cell = b"<" + p + b"c ", b"<" + p + b'c r="'
        self._formula_tag = b"<" + q + rb"f[\s/>]"
        self._row = re.compile(rb"<" + q + rb"row\b(?:[^>]*?\sr=[\"'](\d{1,9})[\"'])?")
        self._formula = re.compile(rb"<" + q + rb"c\b([^>]*[^>/])>\s*<" + q + rb"f[\s/>]")
        self._error = re.compile(rb"<" + q + rb"c\b([^>]*\st=[\"']e[\"'][^>]*)>")

    def _places(self, pattern: re.Pattern[bytes], text: bytes) -> Iterator[Place]:
        for attributes in pattern.findall(text):
            found = _REFERENCE.search(attributes)
            if found is None:
                raise MappingFailed(
                    "表中公式所在单元格没有地址 / the sheet has formulas in cells without an address",
                    where=self.where,
                    mend="请打开后另存为 .xlsx / open it in the office program and save it again as .xlsx",
                )
            yield int(found[2]) - 1, column_number(found[1])

    def _wide(self) -> MappingFailed:
        return MappingFailed(
            f"the sheet claims {self.rows} rows and {max(self.columns, 26)} columns for "
            f"{self.cells} cells",
            where=self.where,
            mend="请删去表格后面的空行空列，保存后报送 / delete the empty rows and columns after the table, "
            "save, and send it again",
        )


_ERROR = rb"\st=[\"']e[\"']"
_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


def column_number(letters: bytes) -> int:
    """`A` is 0, `AA` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def column_letters(number: int) -> bytes:
    """0 is `A`, 26 is `AA`."""
    letters = b""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


def wider_than(columns: int) -> bytes:
    """A pattern for the letters of every column (of up to nine letters) after the first `columns`."""
    last = column_letters(columns - 1)
    found = [rb"[A-Z]{%d,9}" % (len(last) + 1)]
    for i, letter in enumerate(last):
        if letter < 90:
            rest = rb"[A-Z]{%d}" % (len(last) - i - 1)
            found.append(last[:i] + b"[%c-Z]" % (letter + 1) + rest)
    return b"|".join(found)


def _whole(pieces: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The pieces, cut before the start of a cell or row, so that no mark is cut in two."""
    held = b""
    for piece in pieces:
        held += piece
        cut = 0
        for start in (b"<c ", b"<row", b":c ", b":row"):
            cut = max(cut, held.rfind(start, cut))
        cut = held.rfind(b"<", 0, cut + 1) if cut > 0 else 0
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        elif len(held) > _HELD:
            raise MappingFailed(
                "a cell of the sheet is larger than 16 MB", where=where, mend="mend that cell"
            )
    yield held
