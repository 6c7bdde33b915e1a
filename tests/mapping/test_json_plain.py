"""The quick way through JSON rows: it gives what the slow way gives, or leaves the page to it."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_rolls import page

from gateway.mapping.readers.json import json_records
from gateway.mapping.readers.json_plain import plain_rows
from gateway.model.errors import MappingFailed

HEADINGS = {"编号": "编号", "序号": "编号", "姓名": "姓名", "年级": "年级"}
AT = "output.rows"


def document(*rows: object, **beside: object) -> bytes:
    return json.dumps({"infcode": "0", **beside, "output": {"total": 1, "rows": rows}}).encode()


def slow(raw: bytes, column: str) -> list[Any]:
    keys = [key for key, of in HEADINGS.items() if of == column]
    records = json_records(page(raw, "application/json"), raw, AT)
    return [next((row[k] for k in keys if k in row), None) for row in records]


ALIKE = [
    ("texts", document({"编号": "A1", "姓名": "林安禾"}, {"编号": "A2", "姓名": ""})),
    ("numbers and nulls", document({"编号": 7, "年级": None}, {"编号": 7.5, "年级": True})),
    ("a synonym", document({"序号": "A1"})),
    ("a key left out", document({"编号": "A1", "姓名": "林"}, {"编号": "A2"})),
    ("a list of the name before", document({"编号": "A1"}, other={"x": [1]})),
    ("a key twice in a row", '{"output":{"rows":[{"编号":"A1","编号":"A2"}]}}'.encode()),
]  # fmt: skip
UNKNOWN = [
    ("an unknown key", document({"编号": "A1", "备注": "x"}, {"编号": "A2", "备注": None}), {"备注": 2}),
    ("in some rows", document({"编号": "A1", "备注": "x"}, {"编号": "A2"}), {"备注": 1}),
    ("later", document(*[{"编号": "A1"}] * 30, {"编号": "A1", "x": "1"}), {"x": 1}),
    ("strange ones, later", document(*[{"编号": "A1"}] * 30, {"a` - at `$": 1, "b c": 2}, {"": 3}),
     {"a` - at `$": 1, "b c": 1, "": 1}),
    ("as many later as are asked for", document(*[{"编号": "A1"}] * 30, {str(n): n for n in range(4)}),
     {str(n): 1 for n in range(4)}),
]  # fmt: skip
ALIKE += [(f"unknown: {name}", raw) for name, raw, _ in UNKNOWN]
LEFT = [
    ("more unknown keys later than are asked for",
     document(*[{"编号": "A1"}] * 30, {str(n): n for n in range(5)})),
    *((f"an unknown key with {sign!a}", document({"编号": "A1", f"备{sign}注": "1"}))
      for sign in '"\\\n\0\ud800'),
    *((f"a later key with {sign!a}", document(*[{"编号": "A1"}] * 30, {f"备{sign}注": "1"}))
      for sign in '"\\\n\0'),
    ("a nested value under an unknown key", document({"编号": "A1", "备注": {"x": 1}})),
    ("an unknown key that bears a namespace", document({"编号": "A1", "{x}备注": "1"})),
    ("a nested value", document({"编号": "A1"}, {"编号": ["A2"]})),
    ("no object", document({"编号": "A1"}, None)),
    ("a number of twenty digits", document({"编号": 12345678901234567890})),
    ("two keys of one column", document({"编号": "A1", "序号": "A2"})),
    ("rows at the wrong place", b'{"rows":[{"a":1}],"output":{}}'),
    ("no row", document()),
    ("ten thousand levels", b'{"output":{"rows":[{"a":' + b"[" * 10_000),
    ("ten thousand levels before", b'{"x":' + b"[" * 10_000 + b"]" * 10_000 + document({"编号": "1"})[1:]),
    ("not UTF-8", document({"编号": "A1"}).replace(b"A1", b"\xff")),
    ("cut off", document({"编号": "A1"})[:-3]),
]  # fmt: skip


@pytest.mark.parametrize("raw", [raw for _, raw in ALIKE], ids=[name for name, _ in ALIKE])
def test_simple_pages_are_read_as_the_slow_way_reads_them(raw: bytes) -> None:
    rows = plain_rows(raw, AT, HEADINGS, set(HEADINGS.values()))
    assert rows is not None
    assert {c: rows.cells[c] for c in rows.columns} == {c: slow(raw, c) for c in rows.columns}


@pytest.mark.parametrize("raw", [raw for _, raw in LEFT], ids=[name for name, _ in LEFT])
def test_other_pages_are_left_to_the_slow_way(raw: bytes) -> None:
    assert plain_rows(raw, AT, HEADINGS, set(HEADINGS.values())) is None


@pytest.mark.parametrize(
    ("raw", "held"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN]
)
def test_a_key_that_nobody_declared_is_counted_by_name(raw: bytes, held: dict[str, int]) -> None:
    rows = plain_rows(raw, AT, HEADINGS, set(HEADINGS.values()))
    assert rows is not None
    assert rows.unknown == held


VALUES = st.one_of(
    st.text(max_size=8), st.none(), st.booleans(), st.integers(), st.floats(), st.just([])
)
ROWS = st.lists(st.dictionaries(st.sampled_from([*HEADINGS, "备注", "电话"]), VALUES), max_size=5)
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3)


@settings(max_examples=300, deadline=None)
@given(ROWS, CHANGES)
def test_the_two_ways_never_differ(rows: list[object], changes: list[tuple[int, int]]) -> None:
    raw = bytearray(json.dumps({"output": {"rows": rows}}, ensure_ascii=False).encode())
    for at, value in changes:
        raw[at % len(raw)] = value
    found = plain_rows(bytes(raw), AT, HEADINGS, set(HEADINGS.values()))
    if found is None:
        return
    for column in found.columns:
        assert list(map(repr, found.cells[column])) == list(map(repr, slow(bytes(raw), column)))
    records = json_records(page(bytes(raw), "application/json"), bytes(raw), AT)
    keys = Counter(key for record in records for key in record if key not in HEADINGS)
    assert found.unknown == keys


def test_a_page_that_neither_way_reads_is_refused() -> None:
    for _, raw in LEFT[-4:]:
        with pytest.raises(MappingFailed):
            json_records(page(raw, "application/json"), raw, AT)
