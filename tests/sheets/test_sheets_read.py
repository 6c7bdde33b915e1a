"""What a workbook's sheets and rows are, and where its formulas, errors and merged cells."""

import datetime
import io
import re
from typing import Any

import pytest

from gateway.mapping.readers.xlsx import holds
from gateway.model.errors import MappingFailed
from gateway.sheets import cell_text, open_workbook
from gateway.sheets.marks import (
    Holds,
    column_letters,
    column_number,
    holds_plainly,
    read_marks,
    wider_than,
)
from tests.sheets.sheets_kit import SHEET, part, with_parts, workbook


def test_rows_stand_where_they_stand() -> None:
    raw = workbook(("甲", [[], ["", "姓名"], [], ["", "林安禾"]]), ("乙", [["x"]]))
    book = open_workbook(io.BytesIO(raw), "w")
    assert [(s.name, s.first, s.rows) for s in book.sheets] == [("甲", 0, 4), ("乙", 4, 1)]
    rows, _ = book.read(book.sheets[0])
    assert list(rows) == [["", ""], ["", "姓名"], ["", ""], ["", "林安禾"]]


def test_hidden_sheets_are_known_and_chart_sheets_are_not_sheets() -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.hide()
        other = book.add_worksheet("乙")
        other.activate()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=甲!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)

    book = open_workbook(io.BytesIO(workbook(("甲", [["x"]]), draw=draw)), "w")
    assert [(s.name, s.visible) for s in book.sheets] == [("甲", False), ("乙", True)]


def formulas(book: Any, sheet: Any) -> None:
    sheet.write_formula("B2", "=A2", None, "x")
    sheet.write_formula("AB3", "=1/0", None, "#DIV/0!")
    sheet.merge_range("A5:A7", "家")


def test_formulas_errors_and_merged_cells_are_placed() -> None:
    raw = workbook(("甲", [["a", "b"], ["c"], [], [], [], [], ["z", "y"]]), draw=formulas)
    book = open_workbook(io.BytesIO(raw), "w")
    marks = book.sheets[0].marks
    assert marks.formulas == {(1, 1), (2, 27)}
    assert marks.errors == {(2, 27)}
    assert (marks.rows, marks.columns) == (7, 28)
    rows, merged = book.read(book.sheets[0])
    assert merged == (((4, 0), (6, 0)),)
    assert next(iter(rows))[:2] == ["a", "b"]


PREFIXED = (
    b'<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    b'main"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:f>B1</x:f><x:v>q</x:v></x:c></x:row>'
    b"</x:sheetData></x:worksheet>"
)


def test_another_writer_prefixes_its_names() -> None:
    raw = with_parts(workbook(("甲", [["a"]])), {SHEET: PREFIXED})
    book = open_workbook(io.BytesIO(raw), "w")
    assert book.sheets[0].marks.formulas == {(0, 0)}
    assert list(book.read(book.sheets[0])[0]) == [["q"]]


@pytest.mark.parametrize("size", [1, 7, 64, 1_000_000])
def test_marks_do_not_depend_on_where_pieces_are_cut(size: int) -> None:
    raw = workbook(("甲", [["a", "b"], ["c"], [], [], [], [], ["z", "y"]]), draw=formulas)
    text = part(raw, SHEET)
    marks = read_marks((text[i : i + size] for i in range(0, len(text), size)), "w")
    assert marks == open_workbook(io.BytesIO(raw), "w").sheets[0].marks


def test_formulas_without_an_address_are_refused() -> None:
    text = b"<worksheet><sheetData><row><c ><f>A1</f></c></row></sheetData></worksheet>"
    with pytest.raises(MappingFailed, match="without an address"):
        read_marks([text], "w")


CELLS = [
    ("", None), ("x", "x"), (6.0, "6"), (850.3, "850.3"), (20130517.0, "20130517"), (True, "true"),
    (-3.0, "-3"), (419901201305170.0, "419901201305170"), (4.19901201305170117e17, "4.19901201305170E+17"),
    (1e15, "1.00000000000000E+15"), (datetime.date(2013, 5, 17), "2013-05-17"),
    (datetime.datetime(2013, 5, 17), "2013-05-17"),
    (datetime.datetime(2013, 5, 17, 8, 30), "2013-05-17 08:30:00"), (datetime.time(8, 30), "08:30:00"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_a_cell_as_text(value: Any, text: str | None) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 0), (b"Z", 25), (b"AA", 26), (b"XFD", 16383)]
)
def test_columns_are_numbered(letters: bytes, number: int) -> None:
    assert column_number(letters) == number


@pytest.mark.parametrize("columns", [1, 25, 26, 27, 52, 53, 702, 703, 16384])
def test_wider_columns_are_told_from_the_first_ones(columns: int) -> None:
    pattern = re.compile(wider_than(columns))
    for number in (0, 1, 24, 25, 26, 27, 51, 52, 53, 700, 701, 702, 703, 16383, 16384, 20000):
        letters = column_letters(number)
        assert column_number(letters) == number
        assert bool(pattern.fullmatch(letters)) == (number >= columns), letters


@pytest.mark.parametrize("search", [holds_plainly, holds])
def test_both_searchers_find_the_same_marks(search: Holds) -> None:
    raw = workbook(("甲", [["a", "b"], ["c"], [], [], [], [], ["z", "y"]]), draw=formulas)
    for text in (part(raw, SHEET), PREFIXED):
        assert read_marks([text], "w", search) == read_marks([text], "w")
        assert read_marks([text], "w", search).formulas


def test_the_widest_row_counts_wherever_it_stands() -> None:
    rows = [[""] * at + ["x"] for at in (0, 30, 5, 700, 40)]
    sheet = open_workbook(io.BytesIO(workbook(("甲", rows))), "w").sheets[0]
    assert (sheet.rows, sheet.marks.columns) == (5, 701)
