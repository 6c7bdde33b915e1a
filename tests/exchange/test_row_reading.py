"""Rows as sent, whatever the pieces they come in; documents that are refused; control fields."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.evidence.rows import EMPTY_ROOT, RowTree
from gateway.exchange.documents import read_json, read_xml
from gateway.exchange.limits import Limits
from gateway.exchange.rows import RowProfile, row_reader
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action

SALT = bytes(range(32))
LIMITS = Limits()
CSV = "text/csv; charset=gb18030"


def facts(content_type: str, place: str, data: bytes, step: int = 1 << 20) -> Any:
    reader = row_reader(content_type, place, SALT, LIMITS)
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
    return reader.finish()


def root(rows: list[bytes]) -> str:
    tree = RowTree(SALT)
    tree.add(rows)
    return tree.root()


PHYSICAL: list[tuple[str, bytes, int, list[bytes]]] = [
    ("nothing", b"", 0, []),
    ("a heading", b"a\r\n", 0, [b"a\r"]),
    ("a heading without end", b"a", 0, [b"a"]),
    ("two rows", b"a\r\n1\r\n2\r\n", 2, [b"a\r", b"1\r", b"2\r"]),
    ("no line feed at the end", b"a\n1\n2", 2, [b"a", b"1", b"2"]),
    ("a line break in quotes", b'a,b\n"x\ny",1\n2,3\n', 2, [b"a,b", b'"x', b'y",1', b"2,3"]),
    ("doubled quotes", b'a\n"x""\n""y"\n', 1, [b"a", b'"x""', b'""y"']),
    ("GB18030 four bytes", "a\n䶮㐂\n".encode("gb18030"), 1, [b"a", "䶮㐂".encode("gb18030")]),
]


@pytest.mark.parametrize("step", [1, 2, 5, 1 << 20])
@pytest.mark.parametrize(("_name", "data", "rows", "lines"), PHYSICAL, ids=[p[0] for p in PHYSICAL])
def test_physical_lines(_name: str, data: bytes, rows: int, lines: list[bytes], step: int) -> None:
    found = facts(CSV, "", data, step)
    assert (found.rows, found.leaves, found.root) == (rows, len(lines), root(lines))


cells = st.text(st.sampled_from('甲,"\n\r ab䶮'), max_size=6)


@settings(max_examples=120, deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=3), max_size=12), step=st.integers(1, 40))
def test_records_are_those_of_a_csv_reader(rows: list[list[str]], step: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([["a", "b"], *rows])
    data = out.getvalue().encode("gb18030")
    found = facts(CSV, "", data, step)
    assert found.rows == len(rows)
    lines = data.split(b"\n")[:-1]
    assert (found.leaves, found.root) == (len(lines), root(lines))


values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)


@settings(max_examples=120, deadline=None)
@given(rows=st.lists(st.dictionaries(st.text(max_size=5), values, max_size=4), max_size=6))
def test_json_rows_are_canonical(rows: list[dict[str, Any]]) -> None:
    """Against the standard library's writer: sorted by code point, no spaces, nothing escaped in vain."""
    data = json.dumps({"output": {"psninsuinfo": rows}}, ensure_ascii=True, indent=1).encode()
    expected = [
        json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        for row in rows
    ]
    found = facts("application/json", "output.psninsuinfo", data)
    assert (found.rows, found.root) == (len(rows), root(expected))


XML_ROWS: list[tuple[str, str, list[str]]] = [
    ("plain", "<R xmlns='urn:r'><r><a>1</a></r></R>", ['<r xmlns="urn:r"><a>1</a></r>']),
    (
        "prefixed, declared above",
        "<p:R xmlns:p='urn:r' xmlns:z='urn:z'><p:r b='2' a='1'/></p:R>",
        ['<p:r xmlns:p="urn:r" a="1" b="2"></p:r>'],
    ),
    ("of another namespace", "<R xmlns='urn:r'><r xmlns='urn:other'/></R>", []),
    ("not a child", "<R xmlns='urn:r'><x><r/></x></R>", []),
    ("no text between", "<R xmlns='urn:r'> <r/> <r> </r> </R>",
     ['<r xmlns="urn:r"></r>', '<r xmlns="urn:r"> </r>']),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "text", "rows"), XML_ROWS, ids=[x[0] for x in XML_ROWS])
def test_xml_rows(_name: str, text: str, rows: list[str]) -> None:
    found = facts("application/xml", "r", text.encode(), 7)
    assert (found.rows, found.root) == (len(rows), root([row.encode() for row in rows]))


def test_xml_rows_deeper_down() -> None:
    text = b"<R xmlns='urn:r'><list><r>1</r><r>2</r></list></R>"
    assert facts("application/xml", "list/r", text).rows == 2
    assert facts("application/xml", "none/r", text).rows == 0


def test_what_has_no_rows_has_the_empty_root() -> None:
    assert facts("application/json", "", b'{"output":{"psninsuinfo":[{}]}}').root == EMPTY_ROOT
    assert facts("application/xml", "", b"<R><r/></R>").root == EMPTY_ROOT
    assert facts("application/json", "output.psninsuinfo", b"{}").rows == 0


def test_a_document_in_a_file_is_capped() -> None:
    reader = row_reader("application/json", "", SALT, Limits(document_bytes=10))
    with pytest.raises(ExchangeRefused) as caught:
        reader.feed(b"x" * 11)
    assert caught.value.reason is Refusal.TOO_LARGE


PLACES: list[tuple[Action, bool, str]] = [
    (Action.ROLL_ANSWER, False, "rows"),
    (Action.ASK_ANSWER, False, "rows"),
    (Action.ASK, False, "asked"),
    (Action.ROLL, False, ""),
    (Action.ROLL, True, "rows"),
    (Action.DELIVER, True, ""),
    (Action.PROBE_ANSWER, False, ""),
]


@pytest.mark.parametrize(("action", "is_file", "place"), PLACES)
def test_where_rows_stand(action: Action, is_file: bool, place: str) -> None:
    assert RowProfile("json", "rows", "asked").place(action, is_file=is_file) == place


BAD_XML: list[tuple[str, bytes]] = [
    ("a document type", b"<!DOCTYPE a><a/>"),
    ("an entity", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
    ("an external entity", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    ("an undeclared entity", b"<a>&x;</a>"),
    ("a comment", b"<a><!-- x --></a>"),
    ("a comment before", b"<!-- x --><a/>"),
    ("a comment after", b"<a/><!-- x -->"),
    ("an instruction", b"<a><?x y?></a>"),
    ("an instruction before", b"<?x y?><a/>"),
    ("UTF-16", "<a/>".encode("utf-16")),
    ("UTF-7", b'<?xml version="1.0" encoding="utf-7"?><a/>'),
    ("GBK", '<?xml version="1.0" encoding="gbk"?><a>甲</a>'.encode("gbk")),
    ("not UTF-8", b"<a>\xff</a>"),
    ("a NUL", b"<a>\x00</a>"),
    ("two roots", b"<a/><a/>"),
    ("not closed", b"<a>"),
    ("an undeclared prefix", b"<p:a/>"),
    ("too deep", b"<a>" * 65 + b"</a>" * 65),
    ("much too deep", b"<a>" * 5000 + b"</a>" * 5000),
    ("empty", b""),
    ("text", b"hello"),
    ("JSON", b"{}"),
]


@pytest.mark.parametrize(("_name", "data"), BAD_XML, ids=[x[0] for x in BAD_XML])
def test_xml_that_is_not_read(_name: str, data: bytes) -> None:
    with pytest.raises(ExchangeRefused) as caught:
        read_xml(data, 64)
    assert caught.value.reason is Refusal.MALFORMED


GOOD_XML: list[tuple[str, bytes]] = [
    ("declared UTF-8", '<?xml version="1.0" encoding="UTF-8"?><a>甲</a>'.encode()),
    ("not declared", "<a>甲</a>".encode()),
    ("a byte order mark", "\ufeff<a>甲</a>".encode()),
    ("deep enough", b"<a>" * 64 + b"</a>" * 64),
]


@pytest.mark.parametrize(("_name", "data"), GOOD_XML, ids=[x[0] for x in GOOD_XML])
def test_xml_that_is_read(_name: str, data: bytes) -> None:
    assert read_xml(data, 64).tag == "a"


BAD_JSON: list[tuple[str, bytes]] = [
    ("too deep", b"[" * 65 + b"]" * 65),
    ("too deep, mixed", b'{"a":[' * 33 + b"1" + b"]}" * 33),
    ("much too deep", b"[" * 200_000),
    ("not a number", b"NaN"),
    ("a lone surrogate", b'"\\ud800"'),
    ("not UTF-8", b'"\xff"'),
    ("UTF-16", '{"a":1}'.encode("utf-16")),
    ("a comma too many", b"[1,]"),
    ("two values", b"{} {}"),
    ("a name twice", b'{"a":[{"b":1,"b":1}]}'),
    ("a name twice, spelt otherwise", b'{"a":1,"\\u0061":2}'),
    ("empty", b""),
]


@pytest.mark.parametrize(("_name", "data"), BAD_JSON, ids=[x[0] for x in BAD_JSON])
def test_json_that_is_not_read(_name: str, data: bytes) -> None:
    with pytest.raises(ExchangeRefused) as caught:
        read_json(data, 64)
    assert caught.value.reason is Refusal.MALFORMED


def test_brackets_in_texts_are_no_depth() -> None:
    deep = "[" * 500
    assert read_json(json.dumps({"a": deep, 'b"\\': "}" * 500}).encode(), 3) == {
        "a": deep,
        'b"\\': "}" * 500,
    }


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text('<>&;!?-[]{}"\\a:=/ ', max_size=80).map(str.encode))
def test_rubbish_is_refused_not_crashed_on(data: bytes) -> None:
    for read in (read_xml, read_json):
        try:
            read(data, 64)
        except ExchangeRefused as why:
            assert why.reason is Refusal.MALFORMED
