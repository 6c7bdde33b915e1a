"""The SQL macros over numbers and names say what the Python twins say."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engine import Engine, EngineSettings
from gateway.model.identifiers import (
    ResidentNumber,
    StudentNumber,
    check_digit,
    clean_number,
    valid18,
)
from gateway.model.names import fold_text, name_key


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill = tmp_path_factory.mktemp("spill")
    with Engine(EngineSettings(spill, memory_limit="300MB", threads=1)) as made:
        yield made


def number(area: int, day: date, sequence: int) -> str:
    first = f"{area}{day:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


good = st.builds(
    number, st.integers(110000, 659999), st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)  # fmt: skip
old = st.builds(lambda n: n[:6] + n[8:17], good)
slips = st.sampled_from(list("0123456789Xx ХG?") + ["'", "\u200b", "　", "１"])


@st.composite
def typed(draw: st.DrawFn) -> str:
    """A number as somebody typed it: whole, old, dressed up, or with a slip."""
    text = draw(st.one_of(good, old, st.builds(lambda n: "GJL"[int(n[5]) % 3] + n, good)))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        keep = place + draw(st.integers(0, 1))
        text = text[:place] + draw(slips) + text[keep:]
    if draw(st.booleans()):
        text = draw(st.sampled_from(["'", " ", "　", "\u200b", ""])) + text.lower()
    return text


def repaired(text: str) -> str | None:
    """What `id_repair` promises: any good 18 characters, or 15 digits brought to 18."""
    clean = clean_number(text)
    if valid18(clean):
        return clean
    read = ResidentNumber.parse(text) if clean and len(clean) == 15 else None
    return read.value if read else None


def state(text: str) -> str:
    """What `id_state` promises for a resident number's document type."""
    clean, mended = clean_number(text), repaired(text)
    if mended is not None:
        return "valid" if mended == text else "repaired"
    if clean is None:
        return "missing"
    if StudentNumber.accepts(clean):
        return "temporary" if clean[0] == "L" else "student_number"
    return "invalid"


@settings(max_examples=40, deadline=None)
@given(st.lists(typed(), min_size=1, max_size=40))
def test_numbers(engine: Engine, texts: list[str]) -> None:
    said = engine.fetch(
        "SELECT x, id_clean(x) AS clean, coalesce(id_valid18(x), FALSE) AS valid, "
        "id_repair(x) AS repaired, id_state('01', x) AS state "
        "FROM (SELECT unnest($texts) AS x)",
        {"texts": texts},
    ).to_pylist()
    for row in said:
        text = row["x"]
        assert row["clean"] == clean_number(text), text
        assert row["valid"] == valid18(text), text
        assert row["repaired"] == repaired(text), text
        assert row["state"] == state(text), text


letters = st.sampled_from(
    "张王李三小明ａＺ1０ \u3000\t·•‧・．.。\u200b\ufeff\ue81e\ue863㛃𬭎䶮-—/无不详()（）⁴ﬁ㎏ｶ"
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(letters, max_size=8), min_size=1, max_size=40))
def test_names(engine: Engine, texts: list[str]) -> None:
    said = engine.fetch(
        "SELECT x, fold_text(x) AS folded, name_key(x) AS key FROM (SELECT unnest($texts) AS x)",
        {"texts": texts},
    ).to_pylist()
    for row in said:
        assert row["folded"] == fold_text(row["x"]), ascii(row["x"])
        assert row["key"] == name_key(row["x"]), ascii(row["x"])
