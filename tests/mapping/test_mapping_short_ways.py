"""A mapping's short ways (valid numbers and plain names are taken as they are) give what the macros give."""

from functools import cache
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.engine import Engine
from gateway.mapping import RollMapping, load_mapping
from gateway.mapping.compiler import compile_mapping

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
    shared_engine.load("sent", pa.table(columns))
    shared_engine.run(compile_mapping(enrolment()).check("sent", referenced=False))
    found = shared_engine.fetch(
        'SELECT "enrolment.name" AS a, "enrolment.name_key" AS b, "enrolment.name_repairs" AS c, '
        '"enrolment.id_given" AS d, "enrolment.id_number" AS e, "enrolment.id_repairs" AS f '
        "FROM checked ORDER BY rowid"
    )
    expected = shared_engine.fetch(
        "SELECT text_any(xm) AS a, name_key(xm) AS b, name_repairs(xm) AS c, id_clean(sfzjh) AS d, "
        "id_repair(sfzjh, DATE '2013-05-17') AS e, id_repairs_of(sfzjh, id_clean(sfzjh), "
        "id_repair(sfzjh, DATE '2013-05-17')) AS f FROM sent ORDER BY rowid"
    )
    assert found.to_pylist() == expected.to_pylist()
