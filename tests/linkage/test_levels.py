"""The single look-up weighs as the night does: each level, and the score of every pair of a night."""

from datetime import date, timedelta

import pytest
import small_world
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import WEIGHTS, night, rows
from test_properties import city

from gateway.engine import Engine, load_step
from gateway.linkage import linking
from gateway.linkage.levels import (
    Face,
    Scale,
    birth_level,
    compare,
    household_level,
    name_level,
    number_level,
    same_home,
    sex_level,
)
from gateway.linkage.linking import scale_of
from gateway.linkage.papers import number_near
from gateway.linkage.shapes import name_shape
from gateway.linkage.sounds import name_sound
from gateway.linkage.world import SCRATCH

HOMES = [
    None, "安禾市和平区石桥镇张家村2组15号", "石桥镇张家村15号", "张家村二组十五号", "张家村5号",
    "石桥镇李家村15号", "柳河镇张家村15号",
    "和平区幸福路3号院2栋502室", "幸福路3-2-502", "幸福路502室", "幸福路",
]  # fmt: skip
"""Homes in several styles, some of them one home."""
letters = st.sampled_from("王李单欧阳文雯闻明鸣铭未末子梓?□AB_%")
names = st.one_of(st.none(), st.text(letters, min_size=1, max_size=7))
days = st.one_of(
    st.none(), st.dates(date(2008, 1, 1), date(2020, 12, 31)), st.just(date(2012, 1, 1))
)
numbers = st.from_regex(r"41[0-9]{15}[0-9X]{0,2}", fullmatch=True).filter(str.isascii)


@pytest.fixture(scope="module")
def macros(engine: Engine) -> Engine:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    return engine


@pytest.fixture(scope="module")
def homes_read(macros: Engine) -> dict[str | None, str | None]:
    """Every home of the table as the night's own macro reads it."""
    read = "SELECT home, address_home(home) AS read FROM (SELECT unnest($homes) AS home)"
    found = macros.fetch(read, {"homes": HOMES}).to_pylist()
    return {row["home"]: row["read"] for row in found}


@st.composite
def near_names(draw: st.DrawFn) -> tuple[str | None, str | None]:
    one = draw(names)
    if one is None or draw(st.booleans()):
        return one, draw(names)
    place = draw(st.integers(0, len(one)))
    keep = place + draw(st.integers(0, 1))
    return one, (one[:place] + draw(st.text(letters, max_size=1)) + one[keep:]) or None


LEVELS = """
SELECT name_level(a, x, s, b, y, t, $former, NULL) AS level,
    name_level(b, y, t, a, x, s, $former, NULL) AS turned
FROM (
    SELECT unnest($a) AS a, unnest($b) AS b, unnest($x) AS x, unnest($y) AS y,
        unnest($s) AS s, unnest($t) AS t
)
"""


def levels_of(
    macros: Engine, pairs: list[tuple[str | None, str | None]], former: str | None
) -> list[tuple[str, str]]:
    """The night's level of each pair of names, and of the pair turned round."""
    sides = dict(zip("ab", map(list, zip(*pairs, strict=True)), strict=True))
    sounds = {k: [n and name_sound(n) for n in sides[side]] for k, side in ("xa", "yb")}
    shapes = {k: [n and name_shape(n[:4]) + n[4:] for n in sides[side]] for k, side in ("sa", "tb")}
    found = macros.fetch(LEVELS, {**sides, **sounds, **shapes, "former": former}).to_pylist()
    return [(row["level"], row["turned"]) for row in found]


@settings(max_examples=60, deadline=None)
@given(st.lists(near_names(), min_size=1, max_size=30))
def test_names(macros: Engine, pairs: list[tuple[str | None, str | None]]) -> None:
    former = pairs[0][0] if len(pairs) % 2 else "梓明"
    for (one, other), said in zip(pairs, levels_of(macros, pairs, former), strict=True):
        assert (name_level(one, other, (former,)), name_level(other, one, (former,))) == said


@st.composite
def near_spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A name in letters, and the same with a few slips and perhaps its parts turned round."""
    letter = st.sampled_from("ANLI'-")
    one = "A" + draw(st.text(letter, min_size=1, max_size=9))
    cut = draw(st.integers(0, len(one)))
    other = one[cut:] + one[:cut]
    for place in draw(st.lists(st.integers(0, 9), max_size=4)):
        other = other[:place] + draw(st.text(letter, max_size=2)) + other[place + 1 :]
    return one, "N" + other[1:]


@settings(max_examples=60, deadline=None)
@given(st.lists(near_spellings(), min_size=1, max_size=30))
def test_names_in_letters_have_one_level_in_both_directions(
    macros: Engine, pairs: list[tuple[str, str]]
) -> None:
    for (one, other), (there, back) in zip(pairs, levels_of(macros, [*pairs], None), strict=True):
        assert name_level(one, other) == name_level(other, one) == there == back, (one, other)


LATIN = [
    ("ANNALINDQVIST", "ANNALINDKVIST", "spelling"), ("ANNALINDQVIST", "ANANLINDQIVST", "spelling"),
    ("LEE", "LEO", "letters"), ("TARA", "TRA", "letters"),
    ("ANNALINDQVIST", "LINDQVISTANNA", "turned"), ("ANNALINDQVIST", "LINDKVISTANA", "turned"),
    ("ANNALINDQVIST", "ANALINDKVISST", "letters"), ("LUKELINDQVIST", "JADELINDQVIST", "letters"),
    ("ANNAMARIALINDQVIST", "LINDQVIST", "part_missing"), ("ANNALINDQVIST", "ALINDQVIST", "part_missing"),
    ("ANNALINDQVIST", "LINDQVISTA", "part_missing"), ("LINDQVISTANNA", "ALINDQVIST", "part_missing"),
    ("ANNALINDQVIST", "ANNABERGSTROM", "part"), ("ANNALINDQVIST", "MATHILDELINDQVIST", "part"),
    ("ANNALINDQVIST", "LINDQVISTMATHILDE", "part"),
    ("ANNALINDQVIST", "KARINBERGSTROM", "differs"), ("ANNALINDQVIST", "ANNALINDQVIST", "same"),
    ("ANNA", "安娜", "differs"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "level"), LATIN)
def test_names_in_latin_letters(macros: Engine, one: str, other: str, level: str) -> None:
    assert name_level(one, other) == name_level(other, one) == level
    assert levels_of(macros, [(one, other)], None) == [(level, level)]


PAPERS = [
    ("E12345678", "E12345678", "paper"), ("1234567", "1234567", "paper"),
    ("H1234567891", "H1234567891", "paper"),
    ("20130517", "20130517", "differs"), ("41990120130517", "41990120130517", "differs"),
    ("4.19901E+17", "4.19901E+17", "differs"), ("12", "12", "differs"),
    # one slip, swapped or another digit
    ("E12345678", "E12346678", "paper_near"), ("E12345678", "E13245678", "paper_near"),
    ("E12345678", "G12345678", "paper_near"), ("1234567", "1734567", "paper_near"),
    ("E12345678", "E13255678", "differs"), ("1234567", "1274367", "differs"),
    # made out one after the other, as for twins; the last two of eleven count renewals
    ("E12345678", "E12345679", "differs"), ("1234567", "1234577", "differs"),
    ("1234567", "1234576", "differs"),
    ("H1234567801", "H1234567901", "differs"), ("H1234567801", "H1244567801", "paper_near"),
    ("H1234567801", "H1234567802", "differs"),
    # a date, a resident number cut short
    ("20130517", "20230517", "differs"), ("4199012013", "4199112013", "differs"),
]  # fmt: skip
READ = """
SELECT number_level(
    FALSE, n, $a, n, d, FALSE, n, $b, FALSE, d, n
) FROM (SELECT CAST(NULL AS VARCHAR) AS n, CAST(NULL AS DATE) AS d)
"""


@pytest.mark.parametrize(("one", "other", "level"), PAPERS)
def test_papers_of_another_kind(macros: Engine, one: str, other: str, level: str) -> None:
    for a, b in ((one, other), (other, one)):
        assert macros.value(READ, {"a": a, "b": b}) == level
        assert number_level(Face(number_given=a), Face(number_given=b)) == level


@st.composite
def near_days(draw: st.DrawFn) -> tuple[date | None, date | None]:
    one = draw(days)
    if one is None or draw(st.booleans()):
        return one, draw(days)
    return one, one + timedelta(days=draw(st.integers(-61, 61)))


@settings(max_examples=60, deadline=None)
@given(st.lists(near_days(), min_size=1, max_size=30))
def test_birth_dates(macros: Engine, pairs: list[tuple[date | None, date | None]]) -> None:
    for one, other in pairs:
        said = macros.value("SELECT birth_level($a::DATE, $b::DATE)", {"a": one, "b": other})
        assert birth_level(one, other) == said, (one, other)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(numbers, st.integers(0, 17), st.sampled_from(["0", "", "swap"])), max_size=20
    )
)
def test_near_numbers(macros: Engine, drawn: list[tuple[str, int, str]]) -> None:
    for one, place, slip in drawn:
        swapped = one[:place] + one[place : place + 2][::-1] + one[place + 2 :]
        other = swapped if slip == "swap" else one[:place] + slip + one[place + 1 :]
        for left, right in ((one, other), (other, one), (one, one[::-1])):
            said = macros.value("SELECT number_near($a, $b)", {"a": left, "b": right})
            assert number_near(left, right) == said, (left, right)


ONE_HOME = [
    ("安禾市和平区石桥镇张家村2组15号", "石桥镇张家村15号", None, None, True),
    ("石桥镇张家村15号", "柳河镇张家村15号", None, None, False),
    ("石桥镇张家村15号", "石桥镇李家村15号", None, None, False),
    ("石桥镇张家村15号", "石桥镇张家村5号", None, None, False),
    ("石桥镇张家村15号", "石桥镇张家村", None, None, False),
    ("张家村2组15号", "石桥镇张家村2组15号", "419901001001", "419901001001", True),
    ("张家村2组15号", "石桥镇张家村2组15号", "419902001001", "419901001001", False),
    ("和平区幸福路3号院2栋502室", "安禾市和平区幸福路3-2-502", None, None, True),
    ("幸福路3号", "幸福路3号院502室", None, None, False),
]  # fmt: skip
places = st.sampled_from(
    [None, "419901001001", "419901001002", "419901001000", "419901000000", "419902001001"]
)
homes = st.sampled_from(HOMES)
guardians = st.sampled_from([None, "王一", "李二"])
ids = st.sampled_from([None, "41990119850301211X", "419901198503012128"])


@settings(max_examples=60, deadline=None)
@given(places, guardians, ids, homes, places, places, guardians, ids, homes, st.booleans())
def test_households(
    macros: Engine, homes_read: dict[str | None, str | None],
    place: str | None, name: str | None, number: str | None, home: str | None, insured: str | None,
    place2: str | None, name2: str | None, number2: str | None, home2: str | None, twins: bool,
) -> None:  # fmt: skip
    said = macros.value(
        "SELECT household_level($n, $i, $p, $c, $m, $j, $q, "
        "same_home($a::VARCHAR, $b::VARCHAR, $p, $q), $t)",
        {
            "n": name, "i": number, "p": place, "c": insured, "a": homes_read[home],
            "m": name2, "j": number2, "q": place2, "b": homes_read[home2], "t": twins,
        },
    )  # fmt: skip
    row = Face(
        guardian_name_key=name, guardian_id=number, division=place, address=home,
        insured_division=insured,
    )  # fmt: skip
    person = Face(guardian_name_key=name2, guardian_id=number2, division=place2, address=home2)
    assert household_level(row, person, twins=twins) == said


@pytest.mark.parametrize(("one", "other", "place", "place2", "same"), ONE_HOME)
def test_one_home_in_two_spellings(
    one: str, other: str, place: str | None, place2: str | None, same: bool
) -> None:
    row, person = Face(address=one, division=place), Face(address=other, division=place2)
    assert same_home(row, person) is same_home(person, row) is same


@pytest.mark.parametrize(
    ("own", "theirs", "twins", "said"),
    [
        ("王一", None, False, "address"),
        ("王一", "王一", False, "address"),
        ("王一", "李二", False, "address_other_guardian"),
        (None, None, True, "guardian_of_twins"),
    ],
)
def test_household_is_one_fact(own: str | None, theirs: str | None, twins: bool, said: str) -> None:
    row = Face(guardian_name_key=own, address="石桥镇张家村15号")
    person = Face(guardian_name_key=theirs, address="张家村2组15号")
    assert household_level(row, person, twins=twins) == said


@pytest.mark.parametrize(
    ("place", "insured", "theirs", "guardians", "said"),
    [
        ("419902001001", "419901", "419901001001", (None, "王一"), "insured_county"),
        ("419902001001", "419901", "419901001001", (None, None), "insured_county"),
        ("419902001001", "419902", "419901001001", (None, "王一"), "elsewhere"),
        ("419902001001", None, "419901001001", (None, "王一"), "elsewhere"),
        ("419901002001", "419901", "419901001001", (None, "王一"), "elsewhere"),
        ("419901001001", "419902", "419901001001", (None, "王一"), "village"),
        (None, "419901", "419901001001", (None, "王一"), "county"),
        (None, "419902", "419901001001", (None, "王一"), "elsewhere"),
        ("419902001001", "419901", None, (None, "王一"), "unknown"),
        ("419902001001", "419901", "419901001001", ("李二", "王一"), "differs"),
    ],
)
def test_who_moved_may_still_be_insured_at_home(
    place: str | None, insured: str | None, theirs: str | None,
    guardians: tuple[str | None, str | None], said: str,
) -> None:  # fmt: skip
    row = Face(division=place, insured_division=insured, guardian_name_key=guardians[0])
    person = Face(division=theirs, guardian_name_key=guardians[1])
    assert household_level(row, person, twins=False) == said


@pytest.mark.parametrize("one", [None, "0", "1", "2", "9"])
@pytest.mark.parametrize("other", [None, "0", "1", "2", "9"])
def test_sexes(macros: Engine, one: str | None, other: str | None) -> None:
    assert sex_level(one, other) == macros.value("SELECT sex_level($a, $b)", {"a": one, "b": other})


SIDE = "name_key, birth_date, sex, id_number, number_given, firm, division, guardian_name_key, guardian_id"
NAMES = "former_name_key, pet_name_key"
PEOPLE = (
    f"SELECT w.person_id, {', '.join(f'w.{c}' for c in f'{SIDE}, {NAMES}'.split(', '))}, c.address "
    "FROM who w LEFT JOIN child c ON c.row_ref = w.row_ref"
)
SIDES = f"SELECT row_no, hint, {SIDE}, address FROM rest LEFT JOIN row_home USING (row_no)"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_pair_of_a_night_has_one_score(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (linking, small_world):
        monkeypatch.setattr(module, "SCRATCH", ())
    monkeypatch.setattr(linking, "scale_of", lambda w: scale_of(w) | {"floor": float("-inf")})
    try:
        night(engine, city(seed))
        learned = {r["person_id"] for r in rows(engine, "SELECT person_id FROM learned")}
        own = {(r["person_id"], r["row_no"]) for r in rows(engine, "SELECT * FROM own_pair")}
        people = {r.pop("person_id"): Face(**r) for r in rows(engine, PEOPLE)}
        sides = {r.pop("row_no"): Face(**r) for r in rows(engine, SIDES)}
        strangers = {
            (r["table_name"], r["source"]): r["bits"] for r in rows(engine, "FROM stranger")
        }
        pairs = rows(engine, "FROM pair")
    finally:
        engine.drop(*SCRATCH)
    checked, at_home = 0, 0
    for pair in pairs:
        # What the night has learned of a person, or of a bureau's own number, a look-up cannot know.
        if pair["person_id"] in learned or (pair["person_id"], pair["row_no"]) in own:
            continue
        levels = compare(sides[pair["row_no"]], people[pair["person_id"]])
        assert levels == {name: pair[name] for name in levels}
        bits = strangers[pair["table_name"], pair["source"]]
        scale = Scale.of(WEIGHTS)
        score = scale.score(levels, rarity=pair["rarity"], strangers=bits)
        assert score == pytest.approx(pair["score"])
        parts = scale.parts(levels, rarity=pair["rarity"], strangers=bits)
        assert sum(p.bits for p in parts) == pytest.approx(score)
        checked += 1
        at_home += levels["household"].startswith("address")
    assert checked > 300
    assert at_home > 10
