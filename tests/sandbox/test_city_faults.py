"""Faults: each as often as its table says, on numbers, names and dates as they look in practice."""

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from city_support import by_child, city, roll, row_key
from pypinyin import lazy_pinyin

from sandbox.city import days, names, numbers, rolls, spoil
from sandbox.city.faces import Faces, guardians, names_of, number_faults, siblings
from sandbox.city.family import MOTHER
from sandbox.city.faults import ASPECTS, FAULTS, PROFILES, ROLLS, Marks, code
from sandbox.city.lives import DEMO_NIGHTS

MANY = np.arange(200_000)


@pytest.mark.parametrize("profile", ["default", "hard"])
@pytest.mark.parametrize("roll_name", ROLLS)
def test_rates_are_those_of_the_table(profile: str, roll_name: str) -> None:
    marks = Marks(7, PROFILES[profile], roll_name)
    for aspect, faults in ASPECTS.items():
        codes = marks.of(aspect, MANY)
        for place, fault in enumerate(faults):
            rate = PROFILES[profile].rate(fault, roll_name)
            seen = np.count_nonzero(codes == place + 1) / len(MANY)
            assert abs(seen - rate) <= 4.5 * (rate * (1 - rate) / len(MANY)) ** 0.5, fault


RATES = [
    ("default", "number_missing", (0.03, 0.03, 0.01, 0.03)),
    ("hard", "number_missing", (0.10, 0.10, 0.02, 0.10)),
    ("hard", "guardian_missing", (0.50, 0.0, 0.05, 0.50)),
    ("hard", "moved", (0.25, 0.25, 0.0, 0.25)),
    ("hard", "name_homophone", (0.03, 0.04, 0.004, 0.05)),
    ("hard", "number_typo", (0.010, 0.010, 0.002, 0.010)),
    ("none", "number_typo", (0.0, 0.0, 0.0, 0.0)),
]


@pytest.mark.parametrize(("profile", "fault", "rates"), RATES)
def test_named_profiles(profile: str, fault: str, rates: tuple[float, ...]) -> None:
    assert PROFILES[profile].rates[fault] == rates


def test_every_profile_has_every_fault() -> None:
    assert all(set(profile.rates) == set(FAULTS) for profile in PROFILES.values())


def test_profiles_are_frozen() -> None:
    with pytest.raises(TypeError):
        PROFILES["default"].rates["moved"] = (0.0, 0.0, 0.0, 0.0)  # type: ignore[index]


def test_a_fault_belongs_to_a_person_in_a_source() -> None:
    marks = Marks(7, PROFILES["default"], "coverage")
    some = MANY[::7]
    assert np.array_equal(marks.of("name", MANY)[::7], marks.of("name", some))
    other = Marks(7, PROFILES["default"], "enrolment").of("name", MANY)
    assert np.count_nonzero((marks.of("name", MANY) > 0) & (other > 0)) < 600


NUMBER = "41990420110622189X"
SHAPES = [
    (spoil.typo, 18, False), (spoil.transposed, 18, False), (spoil.fifteen, 15, False),
    (spoil.student, 19, False), (spoil.temporary, 18, False), (spoil.scientific, 11, False),
]  # fmt: skip


@pytest.mark.parametrize(("slip", "length", "valid"), SHAPES)
def test_slips_of_numbers(slip: object, length: int, valid: bool) -> None:
    for choice in range(0, 40_000, 7):
        text = slip(NUMBER, choice)  # type: ignore[operator]
        assert len(text) == length
        assert numbers.valid(text) is valid
        assert text != NUMBER


def test_faulty_numbers_in_rolls() -> None:
    of = city(20_000)
    rows = by_child(of, DEMO_NIGHTS[-1])["enrolment"]
    child = np.array(sorted(rows))
    kinds = number_faults(of, "enrolment", child)
    seen = {}
    for uid, kind in zip(child.tolist(), kinds.tolist(), strict=True):
        if kind:
            seen.setdefault(ASPECTS["number"][kind - 1], []).append((uid, rows[uid][0]["sfzjh"]))
    true = of.people.first_17
    assert all(shown in spoil.NULL_WORDS for _, shown in seen["number_missing"])
    assert all(shown.strip("'")[:1] in "GＧ" for _, shown in seen["number_student"][:50] if shown)
    for fault in ("number_sibling", "number_guardian"):
        valid = [(u, s) for u, s in seen[fault] if numbers.valid(s.strip())]
        assert valid
        assert all(int(shown.strip()[:17]) != true[uid] for uid, shown in valid)
    home = of.children.household
    by_number = {n: uid for uid, n in enumerate(true[: len(of)].tolist())}
    for uid, shown in seen["number_sibling"]:
        if numbers.valid(shown.strip()):
            assert home[by_number[int(shown.strip()[:17])]] == home[uid]


def test_numbers_are_borrowed_only_where_there_is_a_lender() -> None:
    of = city(60_000, 5)
    kids = np.arange(len(of))
    for name in ("enrolment", "coverage", "assistance"):
        found = number_faults(of, name, kids)
        sibling = siblings(of)[found == code("number_sibling")]
        assert len(sibling) > 20
        assert (sibling >= 0).all()
        guardian = guardians(of, kids[found == code("number_guardian")], False)
        assert len(guardian) > 20
        assert (guardian >= len(of)).all()
    grown_up = number_faults(of, "assistance", np.arange(len(of), len(of) + 50_000))
    assert set(grown_up.tolist()) == {
        0, code("number_typo"), code("number_transposed"), code("number_fifteen"),
    }  # fmt: skip


def test_a_changed_surname_is_the_mothers() -> None:
    of = city(60_000, 5)
    changed = Marks(5, of.faults, "coverage").of("name", np.arange(len(of)))
    who = np.flatnonzero(changed == code("surname_changed"))
    shown = Faces(of, "coverage", of.span.last, who).names().to_pylist()
    mothers = names_of(of, of.homes.adult(MOTHER, of.children.household[who])).to_pylist()
    plain = [(s, m) for s, m in zip(shown, mothers, strict=True) if "·" not in s + m]
    assert len(plain) > 100
    assert sum(s[0] == m[0] for s, m in plain) > 0.95 * len(plain)


def _shown(name: str, column: str) -> list[str]:
    values: list[str] = roll(20_000, name)[column].to_pylist()
    return values


DRESSES = [
    ("coverage", "certno", lambda t: t.startswith("'"), 0.002),
    ("coverage", "certno", lambda t: "１" in t, 0.008),
    ("coverage", "certno", lambda t: t != t.rstrip(" \u3000\u200b"), 0.020),
    ("coverage", "certno", lambda t: t.endswith("x"), 0.15 / 11),
    ("assistance", "出生日期", lambda t: t.endswith("日"), 1 / 6),
    ("assistance", "出生日期", lambda t: "/" in t, 1 / 6),
    ("assistance", "出生日期", lambda t: "." in t, 1 / 6),
    ("assistance", "身份证号", lambda t: t in spoil.NULL_WORDS, 0.09),
    ("enrolment", "jhrxm", lambda t: t in spoil.NULL_WORDS, 0.03),
    ("enrolment", "sfzjh", lambda t: t in ("无", "/", "-", "不详"), 0.015),
    ("coverage", "resd_loc_admdvs", lambda t: t == "", 0.01),
    ("coverage", "brdy", lambda t: t == "", 0.010),
]


@pytest.mark.parametrize(("name", "column", "looks", "rate"), DRESSES)
def test_dirt_is_seen_at_its_rate(name: str, column: str, looks: object, rate: float) -> None:
    values = _shown(name, column)
    seen = sum(map(looks, values)) / len(values)  # type: ignore[call-overload]
    assert abs(seen - rate) < max(0.35 * rate, 5 * (rate / len(values)) ** 0.5)


def test_dots_and_rare_characters() -> None:
    values = [v for name in ("enrolment", "coverage") for v in
              _shown(name, {"enrolment": "xm", "coverage": "psn_name"}[name])]  # fmt: skip
    assert (
        len([dot for dot in ("·", "•", "‧", "・", "．", ".") if any(dot in v for v in values)]) >= 5
    )
    assert any("□" in v or "?" in v for v in values)
    large = rolls.project(city(60_000, 5), DEMO_NIGHTS[-1])["coverage"]["psn_name"].to_pylist()
    assert any(len(c.encode("gb18030")) == 4 for v in large for c in v)
    assert any(0xE000 <= ord(c) < 0xF900 for v in large for c in v)


@pytest.mark.parametrize(("name", "column", "junk"), [
    ("enrolment", "csrq", "20131345"), ("enrolment", "xsdqztm", "77"),
    ("coverage", "brdy", "2013-13-45"), ("coverage", "insutype", "777"),
    ("registry", "出生日期", "2013-13-45"), ("registry", "类别代码", "999"),
    ("assistance", "出生日期", "2013.13.45"), ("assistance", "ASSISTANCE_TYPE", "9"),
])  # fmt: skip
def test_a_very_few_rows_are_junk(name: str, column: str, junk: str) -> None:
    table = rolls.project(city(60_000, 5), DEMO_NIGHTS[-1])[name]
    count = pa.compute.sum(pa.compute.equal(table[column], junk)).as_py()
    assert 0 < count < 0.004 * table.num_rows


@pytest.mark.parametrize("table", [names.HOMOPHONE])
def test_homophones_sound_alike(table: dict[str, str]) -> None:
    for char, others in table.items():
        sounds = {lazy_pinyin(other)[0] for other in others + char}
        assert len(sounds) == 1, char


def test_name_slips_change_names() -> None:
    clean, faulty = (
        {row_key("coverage", row): row["psn_name"] for row in table.to_pylist()}
        for table in (roll(20_000, "coverage", faults=f) for f in ("none", "default"))
    )
    both = clean.keys() & faulty.keys()
    changed = [key for key in both if clean[key] != faulty[key]]
    expected = sum(PROFILES["default"].rate(f, "coverage") for f in ASPECTS["name"])
    # A name without a homophone, a look-alike or a character to lose stays as it is.
    assert 0.6 * expected < len(changed) / len(both) < 1.2 * expected


def test_wrong_births_are_days_and_wrong() -> None:
    clean, faulty = (
        {row_key("coverage", row): row["brdy"] for row in table.to_pylist()}
        for table in (roll(20_000, "coverage", faults=f) for f in ("none", "default"))
    )
    pairs = [(clean[k], faulty[k]) for k in clean.keys() & faulty.keys() if clean[k] != faulty[k]]
    shown = [new for _, new in pairs if new and new != "2013-13-45"]
    assert 0.017 * len(clean) < len(shown) < 0.030 * len(clean)
    for text in shown:
        year, month, day = map(int, text.split("-"))
        assert days.day(year, month, day)
    assert any(new.endswith("-01-01") for new in shown)


def test_texts_are_normal_but_for_the_stated_dirt() -> None:
    for value in _shown("registry", "现住址"):
        assert unicodedata.normalize("NFKC", value) == value
