"""Addresses in two styles give one key; the SQL macros read what Python reads."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engine import Engine, EngineSettings
from gateway.model.addresses import Address, read_address

CASES = [
    ("安禾市和平区幸福路3号", "安禾市和平区", "幸福路", "3"),
    ("和平区幸福路３号", "和平区", "幸福路", "3"),
    ("幸福路 3 号", "", "幸福路", "3"),
    ("null文峰区幸福路三号", "文峰区", "幸福路", "3"),
    ("undefined幸福路十二号院2栋1单元502室", "", "幸福路", "12-2-1-502"),
    ("河南省南安县石桥镇张家村二组15号", "河南省南安县石桥镇", "张家村", "2-15"),
    ("張家村2組十五號", "", "张家村", "2-15"),
    ("阳光小区二十三栋", "", "阳光小区", "23"),
    ("安禾市阳光社区8-2-301", "安禾市", "阳光社区", "8-2-301"),
    ("幸福街道办事处和平里5号", "幸福街道办事处", "和平里", "5"),
    ("和平区幸福花园3栋502室", "和平区", "幸福花园", "3-502"),
    ("张家村", "", "张家村", ""),
    ("无", "", "", ""),
    (None, "", "", ""),
]


@pytest.mark.parametrize(("text", "division", "place", "number"), CASES)
def test_the_parts_of_an_address(text: str | None, division: str, place: str, number: str) -> None:
    assert read_address(text) == Address(division, place, number)


def test_a_home_needs_place_and_number() -> None:
    assert read_address("安禾市和平区幸福路3号").key == "幸福路#3"
    assert read_address("张家村").key is None
    assert read_address("3号").key is None


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill = tmp_path_factory.mktemp("spill")
    with Engine(EngineSettings(spill, memory_limit="300MB", threads=1)) as made:
        yield made


words = st.lists(
    st.sampled_from([
        "安禾市", "和平区", "石桥镇", "小区", "社区", "街道", "幸福", "路", "街", "村", "大道", "胡同",
        "二", "十", "三组", "3号", "12", "栋", "室", " ", "　", "null", "Undefined",
        "-", "張", "號", "（", "\u200b",
        "０", "里", "\ue863", "厂区", "。",
    ]),
    max_size=9,
).map("".join)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=40))
def test_sql_reads_what_python_reads(engine: Engine, texts: list[str]) -> None:
    said = engine.fetch(
        "SELECT x, address_parts(x) AS parts, address_key(x) AS key FROM (SELECT unnest($texts) AS x)",
        {"texts": texts},
    ).to_pylist()
    for row in said:
        read = read_address(row["x"])
        parts = row["parts"] or {}
        found = tuple(parts.get(p) or "" for p in ("division", "place", "number"))
        assert found == (read.division, read.place, read.number), row["x"]
        assert row["key"] == read.key
