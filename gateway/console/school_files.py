"""A school sheet as a workbook, and a workbook that came back; any office program may have saved it."""

import io

import xlsxwriter

from gateway.console.codes import code
from gateway.desk import MadeSheet
from gateway.model.errors import MappingFailed, UsageError
from gateway.model.school_sheets import SchoolAnswer
from gateway.sheets import cell_text, open_workbook

HEADING = ("序号", "姓名", "年级", "情况（请选择）", "说明")
NAME = "学校核查表"
_TOP = 4
MOST = 2_000


def answer_words() -> dict[str, SchoolAnswer]:
    """What may stand in the answer's column, as the list in the workbook offers it."""
    return {code("school_answer", answer).zh: answer for answer in SchoolAnswer}


def as_workbook(sheet: MadeSheet) -> bytes:
    """The workbook; every cell is text, the answer's column has a list to choose from."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(NAME)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    page.write_string(0, 0, NAME, bold)
    page.write_string(1, 0, "编号")
    page.write_string(1, 1, sheet.serial)
    page.write_string(2, 0, "请逐人选择情况后发回；本表含学生姓名，请勿转发，发回后请删除。", wrap)
    for column, text in enumerate(HEADING):
        page.write_string(3, column, text, bold)
    for row, line in enumerate(sheet.lines, _TOP):
        page.write_string(row, 0, str(line.line))
        page.write_string(row, 1, line.name)
        page.write_string(row, 2, str(line.grade) if line.grade else "")
    choices = {"validate": "list", "source": list(answer_words())}
    page.data_validation(_TOP, 3, _TOP + len(sheet.lines) - 1, 3, choices)
    for column, width in enumerate((8, 16, 8, 18, 30)):
        page.set_column(column, column, width)
    page.freeze_panes(_TOP, 0)
    book.close()
    return out.getvalue()


def read_workbook(payload: bytes) -> tuple[str, dict[int, tuple[str, SchoolAnswer]]]:
    """The serial, and per line the name and the answer; lines without an answer are left out.

    Raises UsageError for a file that is no such sheet, or an answer that is not on the list.
    """
    try:
        book = open_workbook(io.BytesIO(payload), "sheet")
        rows = [[cell_text(c) or "" for c in row] for row in book.read(book.sheets[0])[0]]
    except (MappingFailed, IndexError):
        raise UsageError("that file is no workbook that can be read", where="file") from None
    if len(rows) > MOST or len(rows) <= _TOP or len(rows[1]) < 2:
        raise UsageError("that workbook is no school sheet", where="file")
    words, found = answer_words(), {}
    for row in rows[_TOP:]:
        number, name, _, said, *_ = [*row, "", "", "", ""]
        if not number.strip().isdigit() or not said.strip():
            continue
        if said.strip() not in words:
            raise UsageError("an answer is not one of the list", where=f"line {number.strip()}")
        found[int(number)] = (name.strip(), words[said.strip()])
    return rows[1][1].strip(), found
