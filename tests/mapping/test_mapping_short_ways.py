"""A mapping's short ways give what its long ways, and the macros, give: value for value, over dirty rows."""

import random
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapping_rolls import SHIPPED, shipped

from gateway.engine import Engine
from gateway.mapping import RollMapping, load_mapping
from gateway.mapping.compiler import compile_mapping
from gateway.mapping.parts import alias, inputs, main_and_distinct

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
NUMBER = "419901201305170117"

pieces = st.sampled_from(
    ["林", "安禾", "無", "无", "不详", "暂无", "閆", "𠂇", "\ue863", "·", "•", " ", "　", "\u200b", "null",
     "Ａ", "ａ", "x", "㈱", "/", "０", "\t", "Ⅷ"]
)  # fmt: skip
names = st.none() | st.lists(pieces, max_size=4).map("".join)
changes = st.sampled_from(
    [("", ""), ("7", "X"), ("1", "１"), ("2013", "2014"), ("4199", "'4199"), ("0117", "0117 "),
     ("20130517", "20130231"), ("0117", "011\u200b7"), ("419901", "919901"), ("1", "L")]
)  # fmt: skip
numbers = st.one_of(
    st.none(),
    changes.map(lambda change: NUMBER.replace(*change, 1)),
    changes.map(lambda change: "41990120130517023X".replace(*change, 1)),
    st.sampled_from(["41990120130517023x", "41990120130517023Х", "419901130517023", "无", ""]),
    st.text("0123456789Xx１e+-_. ", max_size=19),
    st.integers(10**16, 10**17 - 1).map(lambda n: f"{n}X"),
)


@cache
def enrolment() -> RollMapping:
    return load_mapping(MAPPINGS / "education" / "enrolment.v1.yaml", MAPPINGS / "codes")


def long_way(sent: pa.Table) -> pa.Table:
    """Rows as the long way takes them: a reference, and the cells in the mapping's order."""
    refs = [f"x#{n}" for n in range(sent.num_rows)]
    cells = [list(row.values()) for row in sent.to_pylist()]
    return pa.table({"row_ref": refs, "cells": pa.array(cells, pa.list_(pa.string()))})


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(names, numbers), min_size=100, max_size=300))
def test_short_ways_lead_where_the_macros_lead(
    shared_engine: Engine, drawn: list[tuple[str | None, str | None]]
) -> None:
    text, n = pa.string(), len(drawn)
    columns = {c: pa.nulls(n, text) for c in enrolment().used_columns}
    columns |= {
        "xm": pa.array([name for name, _ in drawn], text),
        "sfzjh": pa.array([number for _, number in drawn], text),
        "csrq": pa.array(["20130517"] * n, text),
    }
    sent = pa.table(columns)
    shared_engine.load("sent", sent)
    shared_engine.load("odd_row", long_way(sent))
    shared_engine.run(compile_mapping(enrolment()).check())
    found = shared_engine.fetch(
        'SELECT "enrolment.name" AS a, "enrolment.name_key" AS b, "enrolment.name_repairs" AS c, '
        '"enrolment.id_given" AS d, "enrolment.id_number" AS e, "enrolment.id_repairs" AS f '
        "FROM long_row ORDER BY rowid"
    )
    expected = shared_engine.fetch(
        "SELECT text_any(xm) AS a, name_key(xm) AS b, name_repairs(xm) AS c, id_clean(sfzjh) AS d, "
        "id_repair(sfzjh, DATE '2013-05-17') AS e, id_repairs_of(sfzjh, id_clean(sfzjh), "
        "id_repair(sfzjh, DATE '2013-05-17')) AS f FROM sent ORDER BY rowid"
    )
    assert found.to_pylist() == expected.to_pylist()


SHAPES = {
    "date_short": "date_any", "month_short": "month_any", "money_short": "money_any",
    "division_short": "division_any",
}  # fmt: skip
shaped = st.one_of(
    st.text("0123456789-", min_size=6, max_size=12),
    st.text("0123456789-:. Te+_/年月日", max_size=19),
    st.dates().map(lambda day: f"{day:%Y%m%d}"),
    st.datetimes().map(str),
    st.tuples(st.dates().map(str), st.sampled_from(["", " ", "T", " 00:00:00", " 8:0:0.", "T23:59:59"])).map(
        "".join
    ),
    st.sampled_from(
        ["19.0e006", "2.0130e7", "20130230", "2013051 ", " 2013051", "+2013051", "2013-5-017", "02013-5-17",
         "2013/05/17", "10000-01-01", "1.81e5", "202600", "202613", "1.000000e+11", "12.345",
         "-0", "-0.10", "2199-12-31", "2200-01-01", "1799-12-31", "18000101", "17991231"]
    ),
)  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(shaped, min_size=60, max_size=200))
def test_a_short_shape_is_null_or_what_the_whole_macro_gives(
    shared_engine: Engine, drawn: list[str]
) -> None:
    shared_engine.load("sent", pa.table({"x": drawn}))
    for short, whole in SHAPES.items():
        wrong = shared_engine.fetch(
            f"SELECT x FROM sent WHERE {short}(x) IS NOT NULL AND {short}(x) IS DISTINCT FROM {whole}(x)"
        )
        assert wrong.to_pylist() == []


def test_usual_shapes_take_the_short_way(shared_engine: Engine) -> None:
    found = shared_engine.fetch(
        "SELECT date_short('20130517') IS NOT NULL AND date_short('2013-05-17') IS NOT NULL AND "
        "date_short('2025-11-28 08:00:00') IS NOT NULL AND month_short('202508') = '2025-08' AND "
        "money_short('780.00') = 780 AND division_short('419901000000') IS NOT NULL AS every"
    )
    assert found.to_pylist() == [{"every": True}]


PLAIN = {
    "name": "林安禾", "id": NUMBER, "date": "20130517", "month": "202508", "int": "7", "money": "780.00",
    "division": "419901001000", "text": "安禾市东岭区马庄乡48号", "key": "E00000177331",
}  # fmt: skip
DIRTY = (
    None, "", "无", "/", " ", "林·安禾", "閆安禾", "Ａ林", "２０１３年5月17日", "2013-05-17",
    "2013-05-17 08:00:00", "20130230",
    "201305", "2025-08", "0", "00", "12", "999", "-1", "1e3", "780", "1,780.5元", "4199", "419901",
    "41990120130517011x", "L419902202107028788", NUMBER[:15], f"'{NUMBER}", f"{NUMBER} ", "null",
    "nullA路", "a\tb", "\u200b", "是", "女", "Y", "1", "01", "身份证", "9" * 40,
)  # fmt: skip
KINDS = {
    "name": "name", "name_key": "name", "id_number": "id", "id": "id", "id_given": "id", "key": "key",
    "date": "date", "month": "month", "month_start": "month", "month_end": "month", "year": "month",
    "int": "int", "money": "money", "division": "division",
}  # fmt: skip


def usual(mapping: RollMapping) -> dict[str, str]:
    """A row of which every cell is plain."""
    row = {}
    for output in mapping.spec.outputs:
        for field in output.fields.values():
            for column in field.columns:
                text = PLAIN[KINDS.get(field.transform, "text")]
                words = inputs(mapping, output, field).lookup
                if words and field.transform != "class":
                    # A word of Latin letters alone could be a word for "nothing", so it is not plain.
                    text = next(w for w in words if not (w.isascii() and w.isalpha()))
                if field.between is not None:
                    text = str(field.between[0])
                if column in row and KINDS.get(field.transform, "key") == "key" and not words:
                    continue  # another field asks more of it
                row[column] = text
    return row


def dirty_rows(mapping: RollMapping, rows: int) -> pa.Table:
    """Rows with up to three dirty cells each, some cells from other columns."""
    rolled, base = random.Random(11), usual(mapping)
    found = []
    for _ in range(rows):
        row = dict(base)
        for column in rolled.sample(mapping.used_columns, rolled.choice((0, 1, 1, 2, 3))):
            row[column] = rolled.choice((*DIRTY, *base.values()))
        found.append([row[c] for c in mapping.used_columns])
    text = pa.string()
    return pa.table(
        [pa.array(cells, text) for cells in zip(*found, strict=True)], list(mapping.used_columns)
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_a_plain_row_is_the_same_both_ways(shared_engine: Engine, name: str) -> None:
    mapping = shipped(name)
    sent, compiled = dirty_rows(mapping, 700), compile_mapping(mapping)
    shared_engine.load("sent", sent)
    shared_engine.load("odd_row", long_way(sent))
    shared_engine.run(compiled.take("sent", "FALSE", referenced=False))
    shared_engine.run(compiled.check())
    columns = [alias(o, f) for o in main_and_distinct(mapping) for f in (*o.fields, "row_digest")]
    shared_engine.run(
        "CREATE OR REPLACE TABLE plain_ref AS SELECT concat('x#', rowid) AS ref "
        "FROM short_row WHERE _cells IS NULL"
    )
    short = "SELECT concat('x#', rowid) AS ref, {} FROM short_row WHERE _cells IS NULL ORDER BY ref"
    long = "SELECT _row_ref AS ref, {} FROM long_row WHERE ref IN (FROM plain_ref) ORDER BY ref"
    plain, same = (
        shared_engine.fetch(sql.format(", ".join(columns))).to_pylist() for sql in (short, long)
    )
    assert plain == same
    assert 100 < len(plain) < 600  # both ways were gone
    blamed = "SELECT count(*) FROM long_row WHERE coalesce(_problems, _warnings) IS NOT NULL"
    assert shared_engine.value(f"{blamed} AND _row_ref IN (FROM plain_ref)") == 0
    assert shared_engine.value(blamed)
