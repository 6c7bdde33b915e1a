"""Readers: encodings, broken lines and bytes, hostile documents; no line and no row goes missing."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_rolls import FIRST, page, run, small

from gateway.engine import Engine
from gateway.mapping.readers.csv_repair import repair
from gateway.mapping.readers.json import json_page, json_records
from gateway.mapping.readers.xml import xml_records
from gateway.model.errors import GatewayError, LedgerUnbalanced, MappingFailed

HEADING = "编号,姓名,证号,生日,状态,年级,备注"
UTF8, GB = "text/csv; charset=utf-8", "text/csv; charset=gb18030"
CLEAN = "A{n},林安禾,419901201305170117,20130517,01,6,"


def lines(*given: str, encoding: str = "utf-8", heading: str = HEADING) -> bytes:
    return "".join(f"{line}\n" for line in (heading, *given)).encode(encoding)


def keys(engine: Engine) -> list[str]:
    return [
        row["row_key"]
        for row in engine.fetch("SELECT row_key FROM mapped_enrolment ORDER BY row_key").to_pylist()
    ]


def clean(*numbers: int) -> list[str]:
    return [CLEAN.format(n=n) for n in numbers]


ENCODED = [
    (UTF8, lines(*clean(1, 2))),
    (UTF8, b"\xef\xbb\xbf" + lines(*clean(1, 2))),
    (UTF8, lines(*clean(1, 2)).replace(b"\n", b"\r\n")),
    (UTF8, lines(*clean(1, 2)).rstrip(b"\n")),
    (UTF8, lines(*clean(1, 2)).replace(b"\n", b"\r\n").removesuffix(b"\n")),
    (UTF8, lines(*(f'"{line}"'.replace(",", '","') for line in clean(1, 2)))),
    (GB, lines(*clean(1, 2), encoding="gb18030")),
    (GB, lines(*(c.replace("林", "䶮𡋾") for c in clean(1, 2)), encoding="gb18030")),
]


@pytest.mark.parametrize(("media", "raw"), ENCODED)
def test_encodings_and_line_ends(engine: Engine, tmp_path: Path, media: str, raw: bytes) -> None:
    mapped = run(engine, small(tmp_path), [page(raw, media, rows=2)])
    assert (mapped.accepted, mapped.quarantined) == (2, 0)
    assert keys(engine) == ["A1", "A2"]
    name = engine.value("SELECT max(name) FROM mapped_enrolment")
    assert str(name).endswith("安禾")


BROKEN = [
    ("too few cells", b"A2,x,01"),
    ("too many cells", b"A2,x,,20130517,01,6,,,y"),
    ("an empty line", b""),
    ("a quote that does not close", 'A2,"林,,20130517,01,6,'.encode()),
    ("text behind a closing quote", 'A2,"林"x,,20130517,01,6,'.encode()),
    ("bytes of another encoding", b"A2,\xc1\xd6\xff,,20130517,01,6,"),
    ("a carriage return that makes a cell too many", b"A2,x\r,,,,20130517,01,6,"),
]


@pytest.mark.parametrize(("what", "line"), BROKEN)
@pytest.mark.parametrize("media", [UTF8, GB])
def test_a_broken_line_is_set_aside_and_its_neighbours_stay(
    engine: Engine, tmp_path: Path, what: str, line: bytes, media: str
) -> None:
    encoding = media.partition("=")[2]
    first, last = (c.encode(encoding) for c in clean(1, 3))
    raw = b"\n".join([HEADING.encode(encoding), first, line, last, b""])
    mapped = run(engine, small(tmp_path), [page(raw, media, rows=3)])
    assert (mapped.received, mapped.accepted, mapped.quarantined) == (3, 2, 1)
    assert keys(engine) == ["A1", "A3"]
    (row,) = engine.fetch("FROM quarantine_rows").to_pylist()
    assert (row["row_ref"], row["column_name"], row["reason"]) == (
        f"{FIRST}#2",
        "(row)",
        "malformed",
    )
    assert list(json.loads(row["original_json"])) == ["(line)"]


def test_who_a_broken_line_may_be_about_is_still_read(engine: Engine, tmp_path: Path) -> None:
    line = "A2,林安禾,419901201305170117,20130517,01,6,前街1号,二单元"
    run(engine, small(tmp_path), [page(lines(*clean(1), line), UTF8)])
    (row,) = engine.fetch("FROM quarantine_rows").to_pylist()
    assert (row["row_key"], row["name_key"]) == ("A2", "林安禾")
    assert row["id_number"] == "419901201305170117"
    assert json.loads(row["original_json"])["(line)"] == line


def test_a_line_feed_inside_quotes_is_two_broken_lines(engine: Engine, tmp_path: Path) -> None:
    raw = lines(*clean(1), 'A2,"林\n安禾",,20130517,01,6,', *clean(3))
    mapped = run(engine, small(tmp_path), [page(raw, UTF8, rows=4)])
    assert (mapped.accepted, mapped.quarantined) == (2, 2)
    assert keys(engine) == ["A1", "A3"]


@pytest.mark.parametrize("beside", [CLEAN.format(n=2), "A2,short"])
def test_empty_cells_that_hang_over_are_no_fault(
    engine: Engine, tmp_path: Path, beside: str
) -> None:
    run(engine, small(tmp_path), [page(lines(CLEAN.format(n=1) + ",,", beside), UTF8)])
    assert "A1" in keys(engine)


def test_commas_and_quotes_inside_quotes_are_text(engine: Engine, tmp_path: Path) -> None:
    raw = lines('A1,"林,安""禾",,20130517,01,6,', "A2,短", *clean(3))
    run(engine, small(tmp_path), [page(raw, UTF8)])
    names = engine.fetch("SELECT name FROM mapped_enrolment ORDER BY row_key").column(0).to_pylist()
    assert names == ['林,安"禾', "林安禾"]


HEADINGS = [
    (HEADING.replace("状态,", ""), "the column '状态' is missing"),
    (HEADING.replace("备注", "状态"), "the column '状态' stands twice"),
    ("", "the column '编号' is missing"),
    ('"编号', "not a line of CSV"),
]


@pytest.mark.parametrize(("heading", "said"), HEADINGS)
def test_a_heading_that_does_not_fit(
    engine: Engine, tmp_path: Path, heading: str, said: str
) -> None:
    with pytest.raises(MappingFailed, match=r"heading|missing|twice") as failed:
        run(engine, small(tmp_path), [page(lines(heading=heading), UTF8)])
    assert said in failed.value.what
    assert failed.value.mend


def test_synonyms_order_and_unknown_columns(engine: Engine, tmp_path: Path) -> None:
    heading = "年级,状态,生日,证号, 姓名 ,序号,班主任"
    raw = lines("6,01,20130517,,林安禾,A1,某人", heading=heading)
    mapped = run(engine, small(tmp_path), [page(raw, UTF8)])
    assert keys(engine) == ["A1"]
    assert [(s.kind, s.subject) for s in mapped.signals] == [("unknown_column", "班主任")]


WRONG_ENCODING = [
    (GB, lines(*clean(1)), "UTF-8, not GB18030"),
    (UTF8, lines(*clean(1), encoding="gb18030"), "GB18030, not UTF-8"),
    (UTF8, lines(*clean(1), encoding="utf-16"), "heading is not utf-8"),
]


@pytest.mark.parametrize(("media", "raw", "said"), WRONG_ENCODING)
def test_a_roll_of_another_encoding_is_refused_whole(
    engine: Engine, tmp_path: Path, media: str, raw: bytes, said: str
) -> None:
    with pytest.raises(MappingFailed, match=said):
        run(engine, small(tmp_path), [page(raw, media)])


def test_an_error_never_shows_what_a_line_holds(engine: Engine, tmp_path: Path) -> None:
    raw = lines(*clean(1), 'A2,"林安禾') + b"\xff"
    with pytest.raises(LedgerUnbalanced) as failed:
        run(engine, small(tmp_path), [page(raw, UTF8, rows=9)])
    whole = f"{failed.value!r} {failed.value.__cause__!r} {failed.value.__context__!r}"
    assert "林" not in whole
    assert "419901" not in whole


JSON_ROWS = [
    ({"编号": "A1", "状态": "01", "年级": 6}, "A1", True),
    ({"编号": "A1", "状态": "01", "年级": "6", "证号": None, "备注": True}, "A1", True),
    ({"编号": "A1", "状态": "01", "年级": ["6"]}, "A1", False),
    ({"编号": "A1", "状态": {"a": 1}, "年级": "6"}, "A1", False),
    (["A1"], None, False),
    (None, None, False),
]


@pytest.mark.parametrize(("row", "key", "accepted"), JSON_ROWS)
def test_json_rows(
    engine: Engine, tmp_path: Path, row: object, key: str | None, accepted: bool
) -> None:
    whole = {"编号": "A9", "姓名": "x", "证号": "", "生日": "", "状态": "01", "年级": "6"}
    raw = json.dumps({"output": {"rows": [row, whole]}}).encode()
    mapped = run(engine, small(tmp_path), [page(raw, "application/json", rows=2)])
    assert (mapped.accepted, mapped.quarantined) == (2 if accepted else 1, 0 if accepted else 1)
    if accepted:
        assert keys(engine) == [key, "A9"]
    else:
        (refused,) = engine.fetch("FROM quarantine_rows").to_pylist()
        assert (refused["row_ref"], refused["row_key"]) == (f"{FIRST}#1", key)
        assert json.loads(json.loads(refused["original_json"])["(row)"]) == row


JSON_PAGES = [b"{", b"[]", b'{"output": {}}', b'{"output": {"rows": {}}}', b"\xff", b""]


@pytest.mark.parametrize("raw", JSON_PAGES)
def test_json_that_is_no_page(engine: Engine, tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(MappingFailed):
        run(engine, small(tmp_path), [page(raw, "application/json")])


def xml(*rows: str, prolog: str = "") -> bytes:
    return f'{prolog}<r xmlns="urn:x">{"".join(rows)}</r>'.encode()


ROW = "<row><编号>A1</编号><状态>01</状态><年级>6</年级></row>"
XML_ROWS = [
    (ROW, True),
    (
        '<p:row xmlns:p="urn:y"><p:编号>A1</p:编号><p:状态>01</p:状态><p:年级>6</p:年级></p:row>',
        True,
    ),
    ("<w>" + ROW + "</w>", True),
    ("<row><编号>A1</编号><状态>01</状态><年级><n>6</n></年级></row>", False),
    ("<row><编号>A1</编号><编号>A1</编号><状态>01</状态><年级>6</年级></row>", False),
]


@pytest.mark.parametrize(("row", "accepted"), XML_ROWS)
def test_xml_rows(engine: Engine, tmp_path: Path, row: str, accepted: bool) -> None:
    raw = xml("<status>ready</status>", row, ROW.replace("A1", "A9"))
    mapped = run(engine, small(tmp_path), [page(raw, "application/xml", rows=2)])
    assert (mapped.accepted, mapped.quarantined) == (2 if accepted else 1, 0 if accepted else 1)
    assert keys(engine) == (["A1", "A9"] if accepted else ["A9"])


HOSTILE = [
    '<!DOCTYPE r [<!ENTITY a "x">]>',
    '<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>',
    '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
]


@pytest.mark.parametrize("prolog", HOSTILE)
def test_a_document_type_is_refused(engine: Engine, tmp_path: Path, prolog: str) -> None:
    with pytest.raises(MappingFailed):
        run(engine, small(tmp_path), [page(xml(ROW, prolog=prolog), "application/xml")])


@pytest.mark.parametrize("raw", [b"", b"<r>", b"<r><row>" + b"<a>" * 300, b"\x00", b"<r>&a;</r>"])
def test_xml_that_is_no_page(engine: Engine, tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(MappingFailed):
        run(engine, small(tmp_path), [page(raw, "application/xml")])


def test_a_column_that_no_row_holds(engine: Engine, tmp_path: Path) -> None:
    mapped = run(engine, small(tmp_path), [page(xml(ROW), "application/xml")])
    absent = [s.subject for s in mapped.signals if s.kind == "absent_column"]
    assert absent == ["姓名", "证号", "生日"]
    with pytest.raises(MappingFailed, match="'状态' is missing"):
        run(
            engine,
            small(tmp_path),
            [page(xml("<row><编号>A1</编号></row>"), "application/xml")],
        )


def test_counts_that_do_not_agree_stop_the_run(engine: Engine, tmp_path: Path) -> None:
    for raw, media in ((lines(*clean(1)), UTF8), (xml(ROW), "application/xml")):
        with pytest.raises(LedgerUnbalanced, match="says 2 rows"):
            run(engine, small(tmp_path), [page(raw, media, rows=2)])


# Fuzz: whatever the bytes, each line is received once, or the page is refused with a reason.
pieces = st.one_of(
    st.sampled_from([b"A1", b",", b'"', b"\n", b"\r", b"\r\n", b"\xff", b"\xb0", b"\x00", b"'"]),
    st.sampled_from([c.encode() for c in clean(1, 2, 3)]),
    st.text(max_size=4).map(lambda t: t.encode("utf-8", "replace")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(pieces, max_size=30).map(b"".join), st.sampled_from(["utf-8", "gb18030"]))
def test_any_bytes_below_the_heading_are_accounted_for(
    shared_engine: Engine, body: bytes, encoding: str
) -> None:
    raw = HEADING.encode(encoding) + b"\n" + body
    folder = shared_engine.settings.spill_dir
    expected = len(raw.split(b"\n")) - 1 - raw.endswith(b"\n")
    mapped = run(shared_engine, small(folder), [page(raw, f"text/csv; charset={encoding}")])
    assert mapped.received == expected
    assert mapped.accepted + mapped.quarantined + mapped.superseded == expected
    shared_engine.drop("quarantine_rows", "superseded_rows")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_refused(raw: bytes) -> None:
    for read in (
        lambda of: json_records(of, json_page(of), "output.rows"),
        lambda of: xml_records(of, "row"),
    ):
        try:
            read(page(raw, "x/y"))
        except GatewayError as refused:
            assert refused.where == FIRST


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=20).map(b"".join), st.integers(1, 4))
def test_repair_keeps_every_line_in_its_place(body: bytes, width: int) -> None:
    into = io.BytesIO()
    given_lines = list(io.BytesIO(body))
    broken = repair(io.BytesIO(body), into, width)
    repaired = list(csv.reader(io.StringIO(into.getvalue().decode(), newline="\n")))
    assert len(repaired) == len(given_lines)
    assert all(len(cells) == width or (width == 1 and not cells) for cells in repaired)
    places = [place for place, _ in broken]
    assert places == sorted(set(places))
    assert all(place < len(given_lines) for place in places)
