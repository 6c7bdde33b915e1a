"""Readers under fuzz: nothing but the tree's own errors comes out, and every row is accounted for.

CWG_FUZZ multiplies the cases (`make fuzz` sets it).
"""

import io
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapping_rolls import page, run, small

from gateway.engine import Engine
from gateway.mapping import RollMapping
from gateway.mapping.contents import CsvContent, Layout
from gateway.mapping.readers.csv_form import csv_table
from gateway.mapping.readers.form import FormReader, Table
from gateway.mapping.readers.json import json_records
from gateway.mapping.readers.json_plain import plain_rows
from gateway.mapping.readers.xml import xml_records
from gateway.model.errors import GatewayError
from gateway.sheets import open_workbook
from tests.sheets.sheets_kit import SHEET, part, with_parts, workbook

TIMES = int(os.environ.get("CWG_FUZZ", "1"))
HEAD = ["编号", "姓名", "证号", "生日", "状态", "年级", "备注"]
GOOD = workbook(("甲", [HEAD, ["A1", "林", "1", "20130517", "01", "6"]]))
XML = part(GOOD, SHEET)


def cases(count: int) -> settings:
    return settings(
        max_examples=count * TIMES, deadline=None, database=None, derandomize=TIMES == 1,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> RollMapping:
    return small(tmp_path_factory.mktemp("mapping"))


def spoiled(raw: bytes) -> st.SearchStrategy[bytes]:
    """Some bytes of it changed, and perhaps its end lost."""
    change = st.tuples(st.integers(0, len(raw) - 1), st.integers(0, 255))

    def apply(changes: list[tuple[int, int]], end: int) -> bytes:
        found = bytearray(raw)
        for at, value in changes:
            found[at] = value
        return bytes(found[:end])

    return st.builds(apply, st.lists(change, max_size=8), st.integers(0, len(raw) * 2))


def read_all(raw: bytes) -> None:
    try:
        book = open_workbook(io.BytesIO(raw), "fuzz")
        for sheet in book.sheets:
            rows, _ = book.read(sheet)
            assert sum(1 for _ in rows) <= max(sheet.rows, 1_048_576)
    except GatewayError as refused:
        assert refused.mend


@cases(500)
@given(spoiled(GOOD))
def test_workbooks_of_spoiled_bytes(raw: bytes) -> None:
    read_all(raw)


@cases(300)
@given(spoiled(XML))
def test_workbooks_with_a_spoiled_sheet(text: bytes) -> None:
    read_all(with_parts(GOOD, {SHEET: text}))


CELL = st.one_of(
    st.just(""), st.sampled_from([*HEAD, "合计", "填报人：", "A1", "4.1E+17", "01"]), st.text(max_size=8),
    st.floats(allow_nan=False), st.integers(-9, 10**16), st.booleans(), st.dates(), st.datetimes(),
)  # fmt: skip
GRID = st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=12)


@cases(400)
@given(GRID, st.booleans(), st.integers(1, 3))
def test_forms_of_any_cells(
    mapping: RollMapping, grid: list[list[object]], headed: bool, depth: int
) -> None:
    rows = [HEAD, *grid] if headed else grid
    reader = FormReader(mapping, Layout(heading_rows=depth))
    try:
        slabs = list(reader.slabs(Table("x", "x", 0, iter(rows))))  # type: ignore[arg-type]
    except GatewayError as refused:
        assert refused.mend
        return
    refs = [ref for slab in slabs for ref in slab.data.column("_row_ref").to_pylist()]
    assert len(refs) == len(set(refs))
    assert len(refs) + sum(reader.aside.values()) <= len(rows)


TEXT = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.lists(st.sampled_from([",".join(HEAD), "A1,林,1,,01,6,", '"', "合计", ""]), max_size=6).map(
        lambda lines: "\n".join(lines).encode()
    ),
)


@cases(400)
@given(TEXT, st.sampled_from(["utf-8", "gb18030", "big5"]))
def test_forms_as_csv_of_any_bytes(mapping: RollMapping, raw: bytes, encoding: str) -> None:
    content = CsvContent.model_validate({"type": "csv", "encoding": encoding, "layout": {}})
    try:
        list(FormReader(mapping, Layout()).slabs(csv_table(page(raw, "text/csv"), content)))
    except GatewayError as refused:
        assert refused.mend


NESTED = b'{"output":{"rows":[{"x":"1","y":[2]},3]}}'
FLAT = b'{"output":{"rows":[{"x":"1","y":2},{"x":null,"later":"3"}]}}'
ELEMENTS = "<r><row><编号>A1</编号></row><row/></r>".encode()


@cases(200)
@given(st.one_of(spoiled(NESTED), spoiled(FLAT), st.binary(max_size=100)))
def test_json_of_any_bytes(raw: bytes) -> None:
    plain_rows(raw, "output.rows", {"x": "x"}, ["x"])
    try:
        json_records(page(raw, "application/json"), raw, "output.rows")
    except GatewayError as refused:
        assert refused.mend


@cases(200)
@given(st.one_of(spoiled(ELEMENTS), st.binary(max_size=100)))
def test_xml_of_any_bytes(raw: bytes) -> None:
    try:
        xml_records(page(raw, "application/xml"), "row")
    except GatewayError as refused:
        assert refused.mend


LINE = st.lists(
    st.sampled_from(
        ["A1", "A2", "林安禾", "419901201305170117", "4.1E+17", "01", "6", '"', "", "\r"]
    ),
    min_size=5,
    max_size=8,
).map(",".join)


@cases(60)
@given(st.lists(st.one_of(LINE, st.text(max_size=20)), max_size=6))
def test_every_line_of_a_csv_is_accounted_for(
    shared_engine: Engine, mapping: RollMapping, lines: list[str]
) -> None:
    raw = "\n".join([",".join(HEAD), *lines]).encode("utf-8", errors="replace")
    shared_engine.drop("quarantine_rows", "superseded_rows")
    try:
        mapped = run(shared_engine, mapping, [page(raw, "text/csv; charset=utf-8")])
    except GatewayError as refused:
        assert refused.mend
        return
    assert mapped.received == mapped.accepted + mapped.quarantined + mapped.superseded
    assert mapped.received == raw.count(b"\n") + (not raw.endswith(b"\n")) - 1
