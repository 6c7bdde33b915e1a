"""Forms: titles, headings of several rows, totals, signatures, merged cells, formulas, rounded numbers."""

import csv
import datetime
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mapping_rolls import page, run, small, write_mapping

from gateway.engine import Engine
from gateway.mapping import MappedRoll, RollMapping
from gateway.mapping.contents import XLSX, heading_text
from gateway.mapping.readers.headings import join_heading
from gateway.model.errors import LedgerUnbalanced, MappingFailed
from tests.sheets.sheets_kit import workbook

ID = "419901201305170117"
HEAD = ["编号", "姓名", "证号", "生日", "状态", "年级", "备注"]
ROW = ["A1", "林安禾", ID, "20130517", "01", "6"]
TITLE = [["安禾市学生名册"], ["填报单位：安禾一小    填报日期：2026年9月1日"]]
FOOT = [["合计", "", "", "", "", "2"], ["填报人：王", "", "审核人：李"]]


def forms(folder: Path, content: str = "{type: xlsx}", more: str = "") -> RollMapping:
    """The small roll, read as a form."""
    text = (small(folder).path).read_text(encoding="utf-8")
    head, _, rest = text.partition("contents:")
    rest = rest[rest.index("columns:") :].replace("  编号:", more + "  编号:", 1)
    return write_mapping(folder, f"{head}contents:\n  - {content}\n{rest}")


def sent(
    engine: Engine, mapping: RollMapping, rows: Sequence[Sequence[object]], draw: Any = None
) -> MappedRoll:
    return run(engine, mapping, [page(workbook(("名册", rows), draw=draw), XLSX)])


def keys(engine: Engine) -> list[tuple[str, str]]:
    rows = engine.fetch("SELECT row_key, row_ref FROM mapped_enrolment ORDER BY row_ref")
    return [(r["row_key"], r["row_ref"].rpartition("#")[2]) for r in rows.to_pylist()]


def refused(engine: Engine) -> dict[str, str]:
    rows = engine.fetch("SELECT row_ref, reasons FROM quarantine_rows").to_pylist()
    return {r["row_ref"].rpartition("#")[2]: r["reasons"] for r in rows}


def test_titles_totals_signatures_and_blank_rows_are_no_rows(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [*TITLE, HEAD, ROW, [], ["小 计", "", "1"], ["A2", *ROW[1:]], [""], *FOOT]
    mapped = sent(engine, forms(tmp_path), rows)
    assert keys(engine) == [("A1", "3"), ("A2", "6")]
    assert (mapped.received, mapped.accepted) == (2, 2)
    aside = [(s.subject, s.rows) for s in mapped.signals if s.kind == "set_aside"]
    assert aside == [("合计", 1), ("填报人", 1), ("小计", 1)]


SOMEBODY = [
    (["合计", "林安禾", ID, "20130517", "01", "6"], "a number says it is somebody"),
    (["注安", *ROW[1:]], "a name that begins like a footer"),
]


@pytest.mark.parametrize("row", [s[0] for s in SOMEBODY], ids=[s[1] for s in SOMEBODY])
def test_a_row_that_may_be_somebody_is_never_set_aside(
    engine: Engine, tmp_path: Path, row: list[str]
) -> None:
    assert sent(engine, forms(tmp_path), [HEAD, row]).received == 1


def test_a_person_whose_first_cell_is_numeric_is_a_row(engine: Engine, tmp_path: Path) -> None:
    mapped = sent(engine, forms(tmp_path), [HEAD, [7, *ROW[1:]]])
    assert (mapped.accepted, keys(engine)) == (1, [("7", "1")])


CELLS: list[tuple[int, object, str]] = [
    (2, 419901201305170117, "证号:rounded"),
    (2, "4.19901E+17", "证号:rounded"),
    (2, 4.19901201305170e17, "证号:rounded"),
    (0, 1e15, "编号:rounded"),
    (3, 2013.1, "生日:rounded"),
    (4, "77", "状态:unlisted"),
]


@pytest.mark.parametrize(("cell", "value", "said"), CELLS)
def test_a_cell_that_cannot_be_read_costs_its_row(
    engine: Engine, tmp_path: Path, cell: int, value: object, said: str
) -> None:
    row: list[object] = list(ROW)
    row[cell] = value
    if cell == 3:
        row[2] = ""
    mapped = sent(engine, forms(tmp_path), [HEAD, row, ["A2", *ROW[1:]]])
    assert (mapped.accepted, mapped.quarantined) == (1, 1)
    assert refused(engine)["1"].split("; ")[0] == said
    if cell == 2:
        kept = engine.fetch(
            "SELECT name_key, id_number, birth_date FROM quarantine_rows"
        ).to_pylist()
        assert kept == [
            {"name_key": "林安禾", "id_number": None, "birth_date": datetime.date(2013, 5, 17)}
        ]


DAYS: list[tuple[object, str]] = [
    (datetime.date(2013, 5, 17), "2013-05-17"), (41411, "2013-05-17"), (20130517, "2013-05-17"),
    ("2013。5。17", "2013-05-17"), ("2013年5月17日", "2013-05-17"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "day"), DAYS)
def test_a_day_in_any_cell(engine: Engine, tmp_path: Path, typed: object, day: str) -> None:
    def draw(book: Any, sheet: Any) -> None:
        if isinstance(typed, datetime.date):
            sheet.write_datetime(1, 3, typed, book.add_format({"num_format": "yyyy/m/d"}))

    row: list[object] = [*ROW[:3], "" if isinstance(typed, datetime.date) else typed, *ROW[4:]]
    row[2] = ""
    sent(engine, forms(tmp_path), [HEAD, row], draw)
    (found,) = engine.fetch("SELECT birth_date FROM mapped_enrolment").to_pylist()
    assert str(found["birth_date"]) == day


def test_a_formula_is_taken_but_never_for_a_number(engine: Engine, tmp_path: Path) -> None:
    def draw(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, '=A1&"x"', None, ID)
        sheet.write_formula(2, 5, "=3+3", None, 6)
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")

    rows = [HEAD, ["A1", *ROW[1:]], ["A2", *ROW[1:]], ["A3", *ROW[1:]]]
    mapped = sent(engine, forms(tmp_path), rows, draw)
    assert refused(engine) == {"1": "证号:formula", "3": "姓名:unreadable"}
    assert keys(engine) == [("A2", "2")]
    assert [(s.subject, s.rows) for s in mapped.signals if s.kind == "formula"] == [("年级", 1)]


def test_merged_cells_hold_for_all_their_rows_but_never_a_persons(
    engine: Engine, tmp_path: Path
) -> None:
    def draw(_: Any, sheet: Any) -> None:
        sheet.merge_range(1, 4, 2, 4, "01")  # the status of both
        sheet.merge_range(1, 1, 2, 1, "林安禾")  # a name is one person's

    rows = [HEAD, ROW, ["A2", "", "", "20130518", "", "6"]]
    sent(engine, forms(tmp_path), rows, draw)
    found = engine.fetch(
        "SELECT row_key, name, status FROM mapped_enrolment ORDER BY 1"
    ).to_pylist()
    assert found == [
        {"row_key": "A1", "name": "林安禾", "status": "01"},
        {"row_key": "A2", "name": None, "status": "01"},
    ]


JOINED = [
    ([["a", "b"]], ["a", "b"]),
    ([["序", "监护人", "", "学"], ["", "姓名", "电话", ""]], ["序", "监护人/姓名", "监护人/电话", "学"]),
    ([["姓 名", "户主\n信息"], ["姓名", "* 身份证号（必填）"]], ["姓名", "户主信息/身份证号"]),
    ([["一", "", ""], ["二", "", "三"], ["四", "五", "六"]], ["一/二/四", "一/二/五", "一/三/六"]),
    ([["甲", ""], ["", "丙"]], ["甲", "丙"]),
    ([[], ["x"]], ["x"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "heading"), JOINED)
def test_a_heading_of_several_rows_is_joined_from_the_top(
    rows: list[list[str]], heading: list[str]
) -> None:
    assert join_heading(rows) == heading


@pytest.mark.parametrize(
    "typed", ["身份证号", " 身份证号 ", "身份证\n号码"[:3] + "号", "*身份证号", "身份证号（必填）"]
)
def test_marks_and_spaces_of_a_heading_do_not_count(typed: str) -> None:
    assert heading_text(typed) == "身份证号"


TWO = [
    ["名册", "", "", "", "", "", ""],
    ["编号", "学生", "", "", "学籍", "", "备注"],
    ["", "姓名", "证号", "生日", "状态", "年级", ""],
]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_two_rows_of_heading_and_facts_of_the_title(
    engine: Engine, tmp_path: Path, form: str
) -> None:
    layout = "layout: {heading_rows: 2}"
    content = (
        f"{{type: csv, encoding: gb18030, {layout}}}"
        if form == "csv"
        else f"{{type: xlsx, {layout}}}"
    )
    text = forms(tmp_path, content).path.read_text(encoding="utf-8")
    for name in ("姓名", "证号", "生日"):
        text = text.replace(f"  {name}: {{}}", f"  学生/{name}: {{}}").replace(
            f"from: {name},", f"from: 学生/{name},"
        )
    for name in ("状态", "年级"):
        text = text.replace(f"  {name}: {{}}", f"  学籍/{name}: {{}}").replace(
            f"from: {name},", f"from: 学籍/{name},"
        )
    text = text.replace("columns:\n", "columns:\n  填报单位: {title: true, also: [学校]}\n")
    text = text.replace("      school_name: not in a small roll\n", "")
    text = text.replace(
        "    fields:\n", "    fields:\n      school_name: {from: 填报单位, as: text}\n"
    )
    mapping = write_mapping(tmp_path, text)
    rows = [TWO[0], ["学校：", "安禾一小", "日期：2026年9月1日"], *TWO[1:], ROW, *FOOT]
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        raw, media = out.getvalue().encode("gb18030"), "text/csv; charset=gb18030"
    else:
        raw, media = workbook(("x", rows)), XLSX
    mapped = run(engine, mapping, [page(raw, media, rows=len(rows) - 1)])
    (row,) = engine.fetch("SELECT name, school_name, row_ref FROM mapped_enrolment").to_pylist()
    assert (row["name"], row["school_name"], row["row_ref"][-2:]) == ("林安禾", "安禾一小", "#4")
    assert mapped.received == 1


def test_a_record_over_several_lines_keeps_the_numbers_of_lines(
    engine: Engine, tmp_path: Path
) -> None:
    mapping = forms(tmp_path, "{type: csv, encoding: utf-8, layout: {}}")
    raw = '名册\n"编\n号",姓名,证号,生日,状态,年级,备注\n' + ",".join(ROW) + ",\n"
    run(engine, mapping, [page(raw.encode(), "text/csv; charset=utf-8", rows=2)])
    assert keys(engine) == [("A1", "3")]


SHEETS: list[tuple[str, list[tuple[str, list[Any]]], list[str] | str]] = [
    ("", [("甲", [HEAD, ROW]), ("空", [])], ["1"]),
    ("", [("甲", [HEAD, ROW]), ("乙", [HEAD, ROW])], "2 sheets with rows"),
    ("sheets: [乙, 甲]", [("甲", [HEAD, ["A2", *ROW[1:]]]), ("乙", [HEAD, ROW])], ["1", "3"]),
    ("sheets: [丙]", [("甲", [HEAD, ROW])], "has no sheet '丙'"),
    ("", [("甲", [])], "the workbook is empty"),
    ("", [("甲", [["说明", "x"], ["1", "2"]])], "none of the declared columns"),
    ("", [("甲", [HEAD[1:], ROW[1:]])], "'编号' is missing"),
    ("", [("甲", [[*HEAD, "姓名"], ROW])], "'姓名' stands twice"),
]


@pytest.mark.parametrize(("choice", "sheets", "becomes"), SHEETS)
def test_which_sheets_are_read(
    engine: Engine, tmp_path: Path, choice: str, sheets: Any, becomes: list[str] | str
) -> None:
    mapping = forms(tmp_path, f"{{type: xlsx, {choice}}}" if choice else "{type: xlsx}")
    pages = [page(workbook(*sheets), XLSX)]
    if isinstance(becomes, str):
        with pytest.raises(MappingFailed, match=becomes):
            run(engine, mapping, pages)
        return
    run(engine, mapping, pages)
    assert sorted(ref for _, ref in keys(engine)) == becomes


def test_columns_that_nobody_declared_are_signalled(engine: Engine, tmp_path: Path) -> None:
    rows = [[*HEAD, "电话", ""], [*ROW, "", "1", "2"]]
    mapped = sent(engine, forms(tmp_path), rows)
    assert [s.subject for s in mapped.signals if s.kind == "unknown_column"] == ["(blank)", "电话"]


def test_a_signed_count_is_physical_rows_less_one(engine: Engine, tmp_path: Path) -> None:
    raw = workbook(("甲", [*TITLE, HEAD, ROW]))
    run(engine, forms(tmp_path), [page(raw, XLSX, rows=3)])
    with pytest.raises(LedgerUnbalanced, match="says 2 rows"):
        run(engine, forms(tmp_path), [page(raw, XLSX, rows=2)])
    raw = ",".join(HEAD).encode() + b"\n" + ",".join(ROW).encode() + b",\n"
    mapping = forms(tmp_path, "{type: csv, encoding: utf-8, layout: {}}")
    with pytest.raises(LedgerUnbalanced, match="says 2 rows"):
        run(engine, mapping, [page(raw, "text/csv; charset=utf-8", rows=2)])


BAD_CSV = [
    ("编号,姓名\n".encode("gb18030"), r"not utf-8 \(byte 0\)"),
    ("\ufeff".encode() + ",".join(HEAD).encode() + b'\nA1,"x\n', "no line of CSV"),
    (",".join([*HEAD[:5], "年级"]).encode() + b"\n" + ",".join([*ROW, "7"]).encode(), ""),
]


@pytest.mark.parametrize(("raw", "said"), BAD_CSV)
def test_a_form_as_csv_is_read_strictly(
    engine: Engine, tmp_path: Path, raw: bytes, said: str
) -> None:
    mapping = forms(tmp_path, "{type: csv, encoding: utf-8, layout: {}}")
    pages = [page(raw, "text/csv; charset=utf-8")]
    if said:
        with pytest.raises(MappingFailed, match=said):
            run(engine, mapping, pages)
    else:
        run(engine, mapping, pages)
        assert refused(engine) == {"1": "(row):malformed"}
