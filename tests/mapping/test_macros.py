"""SQL macros over text, dates, amounts and numbers: each shape of domain §8, and parity with Python."""

import csv
import hashlib
import hmac
import unicodedata
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engine import Engine
from gateway.model import identifiers
from gateway.model.identifiers import id_repairs
from gateway.model.names import fold_text, name_key, name_repairs


def call(shared_engine: Engine, macro: str, *values: object) -> object:
    names = [f"v{i}" for i in range(len(values))]
    sql = f"SELECT {macro}({', '.join('$' + n for n in names)}) AS x"
    return shared_engine.value(sql, dict(zip(names, values, strict=True)))


GOOD = "11010519491231002X"
CASES: list[tuple[str, tuple[object, ...], object]] = [
    ("fold_text", ("　ＡＢ　１２ ",), "AB 12"),
    ("fold_text", ("张\u200b三\ufeff",), "张三"),
    ("fold_text", ("暂无",), None),
    ("fold_text", ("—",), None),
    ("fold_text", ("NULL",), None),
    ("fold_text", ("０",), None),
    ("fold_text", ("㈱⼀①",), "(株)一1"),
    ("fold_code", ("0",), "0"),
    ("fold_code", (" ０１ ",), "01"),
    ("text_any", ("null文峰区",), "文峰区"),
    ("text_any", ("undefined文峰区",), "文峰区"),
    ("text_any", ("nullable road",), "nullable road"),
    ("text_any", ("和平\n路\x1f1号",), "和平 路 1号"),
    ("text_any", ("undefined",), None),
    ("name_key", ("阿依·努尔",), "阿依努尔"),
    ("name_key", ("阿依•努‧尔",), "阿依努尔"),
    ("name_key", ("阿依．努・尔",), "阿依努尔"),
    ("name_key", (" 张　三 ",), "张三"),
    ("name_key", ("wang fang",), "WANGFANG"),
    ("name_key", ("\ue863",), "䶮"),
    ("name_key", ("\ue81e",), "\u9fb4"),
    ("name_key", ("张?",), "张?"),
    ("name_key", ("·",), None),
    ("name_key", ("无",), None),
    ("id_clean", ("'" + GOOD,), GOOD),
    ("id_clean", (" 110105 19491231 002x\u200b",), GOOD),
    ("id_clean", ("11010519491231002х",), GOOD),
    ("id_clean", ("/",), None),
    ("id_valid18", (GOOD,), True),
    ("id_valid18", (GOOD.lower(),), False),
    ("id_valid18", ("110105194912310021",), False),
    ("id_valid18", ("110105194913310029",), False),
    ("id_valid18", (None,), False),
    ("id_repair", ("１１０１０５１９４９１２３１００２Ｘ",), GOOD),
    ("id_repair", ("110105491231002",), GOOD),
    ("id_repair", ("4.11328E+17",), None),
    ("id_repair", ("",), None),
    ("id_repair", ("110105491231002", date(1949, 12, 31)), GOOD),
    ("id_repair", ("110105491231002", date(1949, 12, 30)), None),
    ("id_repair", ("110105491231002", None), None),
    ("id_repair", ("110105121231002", date(2012, 12, 31)), "110105201212310021"),
    ("id_state", ("01", GOOD), "valid"),
    ("id_state", (None, GOOD), "valid"),
    ("id_state", ("01", " " + GOOD), "repaired"),
    ("id_state", ("01", "110105491231002"), "repaired"),
    ("id_state", ("01", "110105194912310021"), "invalid"),
    ("id_state", ("01", "4.11328E+17"), "invalid"),
    ("id_state", ("01", "无"), "missing"),
    ("id_state", ("01", None), "missing"),
    ("id_state", ("01", "G" + GOOD), "student_number"),
    ("id_state", ("01", "J" + GOOD), "student_number"),
    ("id_state", (None, "l419901201203041234"), "temporary"),
    ("id_state", ("08", "E12345678"), "other"),
    ("date_any", ("20120930",), date(2012, 9, 30)),
    ("date_any", ("2012-09-30",), date(2012, 9, 30)),
    ("date_any", ("2012.9.30",), date(2012, 9, 30)),
    ("date_any", ("2012/9/30",), date(2012, 9, 30)),
    ("date_any", ("2012年9月30日",), date(2012, 9, 30)),
    ("date_any", ("2012。9。30",), date(2012, 9, 30)),
    ("date_any", ("2012、9、30",), date(2012, 9, 30)),
    ("date_any", ("２０１２．９．３０",), date(2012, 9, 30)),
    ("date_any", ("2012-09-30 00:00:00",), date(2012, 9, 30)),
    ("date_any", ("2012-09-30T00:00:00.000",), date(2012, 9, 30)),
    ("date_any", (" 20120930 ",), date(2012, 9, 30)),
    ("date_any", ("20120930.0",), date(2012, 9, 30)),
    ("date_any", ("41182",), date(2012, 9, 30)),
    ("date_any", ("41182.0",), date(2012, 9, 30)),
    ("date_any", ("201209",), None),
    ("date_any", ("2012-09",), None),
    ("date_any", ("20120931",), None),
    ("date_any", ("2012-02-30",), None),
    ("date_any", ("infinity",), None),
    ("date_any", ("2012",), None),
    ("date_any", ("",), None),
    ("date_any", ("不详",), None),
    ("month_any", ("201209",), "2012-09"),
    ("month_any", ("2012-9",), "2012-09"),
    ("month_any", ("2012年9月",), "2012-09"),
    ("month_any", ("2012.09",), "2012-09"),
    ("month_any", ("20120930",), "2012-09"),
    ("month_any", ("2012年9月30日",), "2012-09"),
    ("month_any", ("201213",), None),
    ("month_any", ("2012",), None),
    ("int_any", ("06",), 6),
    ("int_any", ("６",), 6),
    ("int_any", ("3.0",), 3),
    ("int_any", ("0x10",), None),
    ("int_any", ("1e3",), None),
    ("int_any", ("1.5",), None),
    ("int_any", ("九",), None),
    ("money_any", ("1150.00",), Decimal("1150.00")),
    ("money_any", ("￥1,150元",), Decimal("1150.00")),
    ("money_any", ("1150.5",), Decimal("1150.50")),
    ("money_any", ("1150.555",), None),
    ("money_any", ("两千",), None),
    ("division_any", ("419901",), "419901000000"),
    ("division_any", ("419901001",), "419901001000"),
    ("division_any", ("'419901001002",), "419901001002"),
    ("division_any", ("4199010010",), None),
    (
        "hmac_hex",
        ("0b" * 20, "Hi There"),
        hmac.new(b"\x0b" * 20, b"Hi There", "sha256").hexdigest(),
    ),
    (
        "hmac_hex",
        ("aa" * 64, "儿童"),
        hmac.new(b"\xaa" * 64, "儿童".encode(), "sha256").hexdigest(),
    ),
]


@pytest.mark.parametrize(("macro", "given", "value"), CASES)
def test_each_shape(
    shared_engine: Engine, macro: str, given: tuple[object, ...], value: object
) -> None:
    assert call(shared_engine, macro, *given) == value


def apply(shared_engine: Engine, macro: str, values: list[str]) -> list[object]:
    shared_engine.load(
        "typed", pa.table({"x": pa.array(values, pa.string()), "i": range(len(values))})
    )
    found = (
        shared_engine.fetch(f"SELECT {macro}(x) AS y FROM typed ORDER BY i").column("y").to_pylist()
    )
    return list(found)


def test_nfkc_knows_every_character_that_python_knows(shared_engine: Engine) -> None:
    odd = [
        c
        for c in map(chr, range(0x110000))
        if not 0xD800 <= ord(c) < 0xE000
        and unicodedata.normalize("NFKC", c) != unicodedata.normalize("NFC", c)
    ]
    assert len(odd) > 3000
    assert apply(shared_engine, "nfkc", odd) == [unicodedata.normalize("NFKC", c) for c in odd]


def same_capitals(sql: object, python: str | None) -> bool:
    """Capitals of sharp s and its like are two characters in Python, one in SQL."""
    return sql == python or (python is not None and len(python) > len(str(sql)))


def test_glyphs_are_the_table_that_python_reads(shared_engine: Engine) -> None:
    lines = (files("gateway.model") / "glyphs.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) > 3900
    assert all(r["code_point"] == f"{ord(r['glyph']):04X}" for r in rows)
    glyphs, plain = [r["glyph"] for r in rows], [r["stands_for"] for r in rows]
    assert not set(glyphs) & set(plain)
    assert apply(shared_engine, "glyph_join", glyphs) == plain
    assert apply(shared_engine, "glyph_join", plain) == plain
    assert apply(shared_engine, "glyph_kinds", glyphs) == [r["kind"] for r in rows]
    assert apply(shared_engine, "name_key", glyphs) == [name_key(g) for g in glyphs]
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    assert apply(shared_engine, "name_key", every) == [name_key(c) for c in every]


def test_capitals_are_those_of_python(shared_engine: Engine) -> None:
    cased = [c for c in map(chr, range(1, 0x20000)) if c.upper() != c and c.isprintable()]
    assert len(cased) > 1300
    assert apply(shared_engine, "name_key", cased) == [name_key(c) for c in cased]


# Characters of rolls, and enough others to find what the cheap questions overlook.
typed = st.text(
    st.one_of(
        st.sampled_from(
            "0123456789Xxх'－·•．。 \u3000\u200b\ufeff无null/—ＡＺ０９㈠Ⅱ⼀①½\ue81e\ue863\t\x1f\x85"
        ),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(codec="utf-8", exclude_categories=["Cn", "Cs"], exclude_characters="\x00"),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(typed, min_size=1, max_size=40))
def test_folding_equals_python(shared_engine: Engine, values: list[str]) -> None:
    assert apply(shared_engine, "fold_text", values) == [fold_text(v) for v in values]
    keys = apply(shared_engine, "name_key", values)
    assert keys == [name_key(v) for v in values]
    assert apply(shared_engine, "name_key", [str(k) for k in keys if k is not None]) == [
        k for k in keys if k is not None
    ]
    joined = [",".join(name_repairs(v)) or None for v in values]
    assert apply(shared_engine, "name_repairs", values) == joined


numbers = st.one_of(
    typed,
    st.builds(
        lambda area, day, n, tail: f"{area}{day:%Y%m%d}{n:03d}{tail}",
        st.sampled_from(["419901", "110105", "019901"]),
        st.dates(date(1845, 1, 1), date(2155, 1, 1)),
        st.integers(0, 999),
        st.sampled_from([*"0123456789X", ""]),
    ),
    st.from_regex(r"[0-9]{14,19}[0-9Xx]?", fullmatch=True),
    st.builds(
        lambda day, n: (first := f"419902{day:%Y%m%d}{n:03d}") + identifiers.check_digit(first),
        st.dates(date(1930, 1, 1), date(2030, 1, 1)),
        st.integers(0, 999),
    ).flatmap(lambda v: st.sampled_from([v, v.lower(), f" {v}", f"'{v}", v[:6] + v[8:17]])),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=40))
def test_numbers_equal_python(shared_engine: Engine, values: list[str]) -> None:
    for sql, value in zip(apply(shared_engine, "id_clean", values), values, strict=True):
        assert same_capitals(sql, identifiers.clean_number(value))
    said = shared_engine.fetch(
        "SELECT x, id_repair(x) AS number, id_repairs_of(x, id_clean(x), id_repair(x)) AS repairs FROM typed"
    )
    for row in said.to_pylist():
        assert row["repairs"] == (",".join(id_repairs(row["x"], row["number"])) or None)
    assert apply(shared_engine, "id_valid18", values) == [identifiers.valid18(v) for v in values]
    for sql, value in zip(apply(shared_engine, "id_repair", values), values, strict=True):
        read = identifiers.ResidentNumber.parse(value)
        if sql is None or str(sql)[0] in "1234567":  # permits start with 8 or 9
            assert sql == (read.value if read else None)


@given(st.binary(min_size=1, max_size=64), st.text(max_size=40).filter(lambda t: "\x00" not in t))
@settings(max_examples=40, deadline=None)
def test_hmac_equals_python(shared_engine: Engine, key: bytes, text: str) -> None:
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    assert call(shared_engine, "hmac_hex", key.hex(), text) == expected
