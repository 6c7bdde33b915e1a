"""Bad input: one clear line each (where, what, mend), and nothing of the roll is left."""

from pathlib import Path

import pytest
from mapping_rolls import page, run, small

from gateway.engine import Engine
from gateway.mapping.contents import XLSX
from gateway.mapping.readers.encoding import contradiction, sniff
from gateway.model.errors import MappingFailed
from tests.sheets.test_sheets_refused import BAD as WORKBOOKS_REFUSED

CSV8, CSV_GB = "text/csv; charset=utf-8", "text/csv; charset=gb18030"
JSON, XML = "application/json", "application/xml"
HEAD = "编号,姓名,证号,生日,状态,年级,备注"
ROW = "A1,林安禾,419901201305170117,20130517,01,6,"
LATIN = "a,b,c,d,e,f,g"
DEEP = b'{"output":{"rows":' + b"[" * 10_000 + b"]" * 10_000 + b"}}"
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rows><row>&b;</row></rows>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rows><row>&a;</row></rows>'

BAD: list[tuple[str, bytes, str, str]] = [
    ("an empty CSV", b"", CSV8, "is missing"),
    ("an empty JSON", b"", JSON, "not JSON"),
    ("an empty XML", b"", XML, "not XML"),
    ("a truncated JSON", b'{"output":{"rows":[{"a":', JSON, "not JSON"),
    ("a truncated XML", b"<rows><row>", XML, "not XML"),
    ("another roll", f"{LATIN}\n".encode(), CSV8, "'编号' is missing"),
    ("another document", b'{"output":{"list":[]}}', JSON, "no list at 'output.rows'"),
    ("GB18030 said to be UTF-8", f"{HEAD}\n{ROW}\n".encode("gb18030"), CSV8, r"byte \d+"),
    ("UTF-8 said to be GB18030", f"{HEAD}\n{ROW}\n".encode(), CSV_GB, "is UTF-8, not GB18030"),
    ("UTF-16", f"{HEAD}\n{ROW}\n".encode("utf-16"), CSV8, r"byte \d+"),
    ("JSON of ten thousand levels", DEEP, JSON, "not JSON"),
    ("an XML bomb", LAUGHS, XML, "document type|not XML"),
    ("an external entity", OUTSIDE, XML, "document type|not XML"),
    ("a form nobody agreed on", b"PK\x03\x04", XLSX, "does not read"),
    ("a doubled column", f"{HEAD},姓名\n{ROW},\n".encode(), CSV8, "'姓名' stands twice"),
]


@pytest.mark.parametrize(("raw", "media", "said"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_input_is_refused_whole(
    engine: Engine, tmp_path: Path, raw: bytes, media: str, said: str
) -> None:
    with pytest.raises(MappingFailed, match=said) as refused:
        run(engine, small(tmp_path), [page(raw, media)])
    assert refused.value.where
    assert refused.value.mend
    assert "\n" not in str(refused.value)
    for number in ("419901201305170117", "林安禾"):
        assert number not in str(refused.value)
    left = engine.fetch("SELECT table_name FROM information_schema.tables").column(0).to_pylist()
    assert set(left) <= {"quarantine_rows", "superseded_rows"}


WORKBOOKS = {name: (raw, said) for name, raw, said in WORKBOOKS_REFUSED}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_bad_workbook_is_refused_whole(engine: Engine, tmp_path: Path, name: str) -> None:
    raw, said = WORKBOOKS[name]
    mapping = small(tmp_path, "{type: xlsx}")
    with pytest.raises(MappingFailed, match=said) as refused:
        run(engine, mapping, [page(raw(), XLSX)])
    assert refused.value.mend
    left = engine.fetch("SELECT table_name FROM information_schema.tables").column(0).to_pylist()
    assert set(left) <= {"quarantine_rows", "superseded_rows"}


def test_names_below_an_ascii_heading_tell_the_encoding() -> None:
    """A heading alone would say nothing: the first megabyte does, four-byte characters included."""
    body = "\n".join(["a,b"] * 20_000 + ["1,㐂𠮷䶮"] * 2000)
    assert sniff(body.encode("gb18030")) == "gb18030"
    assert sniff(body.encode()) == "utf-8"
    wrong = contradiction(body.encode("gb18030"), "utf-8")
    assert wrong is not None
    assert wrong[0] == "gb18030"
    assert wrong[1] == body.encode("gb18030").index("㐂".encode("gb18030"))
    assert contradiction(body.encode(), "gb18030") == ("utf-8", 0)
    assert contradiction(body.encode(), "utf-8") is None
    assert contradiction(b"a,b\n1,\xff\xff\n" + b"1,2\n" * 500, "utf-8") is None  # one broken line


def test_a_cut_character_at_the_end_is_no_contradiction() -> None:
    text = "a\n" + "林" * 40
    assert contradiction(text.encode()[:-1], "utf-8") is None
    assert sniff(text.encode()[:-1]) == "utf-8"
