"""The guards of JSON and XML documents, which look for the common case first: none lets more through."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.exchange.documents import canonical, read_json, read_xml
from gateway.exchange.rows import cut_rows, xml_leaves, xml_rows
from gateway.model.errors import ExchangeRefused

DEPTH = 5
TWICE = [
    b'{"a":1,"a":2}', b'{"a" :1,"a":2}', b'{"a":1,"a"\n:2}', b'{"x":[{"a":1,"a":1}]}',
    b'{"a\\\\":1,"a\\\\":2}', b'{"a":":","a":2}', b'{"a":"\\":","a":"\\":"}', b'{"a":"b","\\u0061":2}',
    b'{"a\\\\":1,"a\\\\":2,"b":"\\":"}', b'{"a\\"":1,"a\\"":2}',
]  # fmt: skip
ONCE = [
    b'{"a":1,"b":{"a":2}}', b'{"a":"\\":"}', b'{"a":":a"}', b'{"a" : 1}', b'{"a\\\\":1}', b'[]', b'"a"',
    b'{"a":"{\\"b\\":1,\\"b\\":2}"}', b'[{"a":1},{"a":1}]',
]  # fmt: skip


@pytest.mark.parametrize("text", TWICE)
def test_a_name_that_stands_twice_is_refused(text: bytes) -> None:
    with pytest.raises(ExchangeRefused, match="stands twice"):
        read_json(text, DEPTH)


@pytest.mark.parametrize("text", ONCE)
def test_names_that_stand_once_are_read(text: bytes) -> None:
    assert read_json(text, DEPTH) == json.loads(text)


NAMES = st.text('a":\\ {é', max_size=3)
SPACES = st.sampled_from(["", " ", "\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, SPACES, NAMES), max_size=5))
def test_twice_is_told_whatever_the_names(pairs: list[tuple[str, str, str]]) -> None:
    said = [(json.dumps(name), space, json.dumps(value)) for name, space, value in pairs]
    text = ("{" + ",".join(f"{n}{s}:{v}" for n, s, v in said) + "}").encode()
    if len({name for name, _, _ in pairs}) < len(pairs):
        with pytest.raises(ExchangeRefused, match="stands twice"):
            read_json(text, DEPTH)
    else:
        assert read_json(text, DEPTH) == {name: value for name, _, value in pairs}


@pytest.mark.parametrize("levels", [1, DEPTH - 1, DEPTH, DEPTH + 1, 900, 10_000])
@pytest.mark.parametrize("form", ["list", "object", "xml"])
def test_depth_is_capped_at_the_level(form: str, levels: int) -> None:
    start, end = {"list": ("[", "]"), "object": ('{"a":', "}"), "xml": ("<a>", "</a>")}[form]
    middle = "1" if form == "object" else ""
    text = (start * levels + middle + end * levels).encode()
    read = read_xml if form == "xml" else read_json
    if levels <= DEPTH:
        read(text, DEPTH)
        return
    with pytest.raises(ExchangeRefused) as refused:
        read(text, DEPTH)
    assert "too deep" in str(refused.value) or (form == "xml" and levels > 255)


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
NOT_XML = ("\ufffe", "\uffff")
KEY = st.sampled_from(["xm", "sfzjh", "row", "rows"])
HEADS = ['<r xmlns="urn:x">', '<p:r xmlns:p="urn:x">', '<r xmlns="urn:x" xmlns:q="urn:y">']
ROW_LISTS = st.lists(st.lists(st.tuples(KEY, CELL), max_size=3), max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(HEADS), ROW_LISTS, st.booleans(), CELL)
def test_rows_cut_from_the_text_are_the_canonical_rows(
    head: str, rows: list[list[tuple[str, str]]], attribute: bool, beside: str
) -> None:
    root = etree.fromstring(head + f"</{head[1:].split()[0]}>")
    space = "{urn:x}"
    for cells in rows:
        row = etree.SubElement(root, f"{space}row")
        if attribute:
            row.set("id", "1")
        for key, text in cells:
            etree.SubElement(row, f"{space}{key}").text = "".join(
                c for c in text if c not in NOT_XML
            )
    etree.SubElement(root, f"{space}total").text = "".join(c for c in beside if c not in NOT_XML)
    for data in (canonical(root), etree.tostring(root, encoding="utf-8")):
        read = read_xml(data, DEPTH)
        wanted = [canonical(row) for row in xml_rows(read, "row")]
        assert xml_leaves(data, "row", DEPTH) == wanted
        assert cut_rows(data, read, xml_rows(read, "row")) in (None, wanted)


def test_plain_rows_are_cut() -> None:
    data = b'<r xmlns="urn:x"><row><a>1</a></row><row><a>2</a></row><total>2</total></r>'
    root = read_xml(data, DEPTH)
    assert cut_rows(data, root, xml_rows(root, "row")) == [
        b'<row xmlns="urn:x"><a>1</a></row>',
        b'<row xmlns="urn:x"><a>2</a></row>',
    ]
