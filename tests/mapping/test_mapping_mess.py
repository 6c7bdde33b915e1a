"""Every fault of domain §8 has a row here: one cell of an otherwise clean row, and what becomes of it."""

import json
from datetime import date
from pathlib import Path

import pytest
from mapping_rolls import page, run, small

from gateway.engine import Engine
from gateway.mapping.readers.write import write_rows

CLEAN = {
    "编号": "A1",
    "姓名": "林安禾",
    "证号": "419901201305170117",
    "生日": "20130517",
    "状态": "01",
    "年级": "6",
}
SHAPES = [
    # name dots: middle dots of other systems, a full stop, spaces, none
    ("姓名", "阿依·努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依•努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依‧努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依・努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依．努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依.努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依 努尔", {"name_key": "阿依努尔"}),
    ("姓名", "阿依努尔", {"name_key": "阿依努尔"}),
    # rare characters: lost, a box, pinyin, parts, private use, the two code points of one glyph
    ("姓名", "王?", {"name": "王?", "name_key": "王?"}),
    ("姓名", "王□", {"name_key": "王□"}),
    ("姓名", "王yan", {"name_key": "王YAN"}),
    ("姓名", "王(日华)", {"name_key": "王(日华)"}),
    ("姓名", "王\ue863", {"name_key": "王䶮"}),
    ("姓名", "王䶮", {"name_key": "王䶮"}),
    ("姓名", "王\ue81e", {"name_key": "王\u9fb4"}),
    ("姓名", "王𡋾", {"name_key": "王𡋾"}),
    # numbers
    ("证号", "'419901201305170117", {"id_number": "419901201305170117", "id_state": "repaired"}),
    ("证号", "419901201305170117 ", {"id_number": "419901201305170117", "id_state": "repaired"}),
    ("证号", "419901201305170117\u200b", {"id_number": "419901201305170117"}),
    ("证号", "41990120130517023x", {"id_number": "41990120130517023X", "id_state": "repaired"}),
    ("证号", "41990120130517023Х", {"id_number": "41990120130517023X"}),
    ("证号", "４１９９０１２０１３０５１７０１１７", {"id_number": "419901201305170117"}),
    ("证号", "419901130517023", {"id_number": "41990120130517023X", "id_state": "repaired"}),
    ("证号", "419902198504200114", {"id_number": "419902198504200114", "id_state": "valid"}),
    ("证号", "无", {"id_number": None, "id_given": None, "id_state": "missing"}),
    # dates
    ("生日", "20120930", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012.9.30", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012/9/30", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012年9月30日", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012。9。30", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012、9、30", {"birth_date": date(2012, 9, 30)}),
    ("生日", "2012-09-30 00:00:00", {"birth_date": date(2012, 9, 30)}),
    ("生日", "41182", {"birth_date": date(2012, 9, 30)}),
    ("生日", "201209", {"birth_date": None}),
    ("生日", "不详", {"birth_date": None}),
    # words for nothing
    *((column, word, {field: None})
      for word in ("无", "/", "-", "—", "不详", "暂无", "0", "", "null", "undefined")
      for column, field in (("姓名", "name"), ("生日", "birth_date"))),
    ("姓名", "null林安禾", {"name": "林安禾"}),
    # codes and numbers as spreadsheets leave them
    ("状态", "在读", {"status": "01", "status_class": "enrolled"}),
    ("状态", " ０１", {"status": "01"}),
    ("年级", "06", {"grade": 6}),
    ("年级", "6.0", {"grade": 6}),
    ("年级", "６", {"grade": 6}),
    ("年级", "0", {"grade": 0}),
    # several identities in one cell are no identity of the list, see REFUSED
]  # fmt: skip


def one(engine: Engine, folder: Path, cell: dict[str, str]) -> None:
    mapping = small(folder)
    content = mapping.spec.contents[0]
    media, raw, _ = write_rows([{**CLEAN, **cell}], mapping.spec.columns, content)
    run(engine, mapping, [page(raw, media)])


@pytest.mark.parametrize(("column", "typed", "fields"), SHAPES)
def test_a_mess_that_is_read(
    engine: Engine, tmp_path: Path, column: str, typed: str, fields: dict[str, object]
) -> None:
    one(engine, tmp_path, {column: typed})
    (row,) = engine.fetch("FROM mapped_enrolment").to_pylist()
    assert {name: row[name] for name in fields} == fields


REFUSED = [
    ({"状态": "77"}, "状态:unlisted"),
    ({"状态": "01 05"}, "状态:unlisted"),
    ({"状态": "在读、休学"}, "状态:unlisted"),
    ({"状态": "无"}, "状态:missing"),
    ({"年级": "十三"}, "年级:unreadable"),
    ({"年级": "13"}, "年级:unreadable"),
    ({"年级": "-1"}, "年级:unreadable"),
    ({"年级": ""}, "年级:missing"),
    ({"编号": "／"}, "编号:missing"),
    ({"编号": "ｎｕｌｌ"}, "编号:missing"),
    ({"生日": "2013.13.45", "证号": ""}, "生日:unreadable"),
    ({"生日": "201305", "证号": "4.19901"}, "生日:unreadable"),
    ({"证号": "4.19901E+17"}, "证号:rounded"),
    ({"生日": "201305", "证号": "4.19901e+17"}, "证号:rounded; 生日:unreadable"),
    ({"编号": "1.2E+15"}, "编号:rounded"),
    ({"年级": "", "状态": "√"}, "状态:unlisted; 年级:missing"),
]


@pytest.mark.parametrize(("cells", "reasons"), REFUSED)
def test_a_mess_that_is_not_read_is_kept_whole(
    engine: Engine, tmp_path: Path, cells: dict[str, str], reasons: str
) -> None:
    one(engine, tmp_path, cells)
    assert engine.count("mapped_enrolment") == 0
    (row,) = engine.fetch("FROM quarantine_rows").to_pylist()
    column, _, reason = reasons.split("; ")[0].partition(":")
    assert (row["column_name"], row["reason"], row["reasons"]) == (column, reason, reasons)
    kept = json.loads(row["original_json"])
    assert kept == {name: value or None for name, value in {**CLEAN, **cells}.items()}


def test_a_value_not_taken_is_counted(engine: Engine, tmp_path: Path) -> None:
    mapping = small(tmp_path)
    rows = [{**CLEAN, "编号": f"A{n}", "生日": "2013.13.45"} for n in range(3)]
    media, raw, _ = write_rows(rows, mapping.spec.columns, mapping.spec.contents[0])
    (signal,) = run(engine, mapping, [page(raw, media)]).signals
    assert (signal.kind, signal.subject, signal.reason, signal.rows) == (
        "value_not_taken", "生日", "unreadable", 3,
    )  # fmt: skip
