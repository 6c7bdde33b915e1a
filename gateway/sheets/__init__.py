"""Workbooks of strangers, opened with care (see README.md)."""

from gateway.sheets.marks import Place, SheetMarks
from gateway.sheets.strangers import stranger
from gateway.sheets.workbook import EXACT, Cell, Range, Sheet, Workbook, cell_text, open_workbook

__all__ = [
    "EXACT",
    "Cell",
    "Place",
    "Range",
    "Sheet",
    "SheetMarks",
    "Workbook",
    "cell_text",
    "open_workbook",
    "stranger",
]
