"""Identifiers: what they accept, what they become, and that they never show themselves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import identifiers as ids
from gateway.model.errors import UsageError
from gateway.model.names import fold_text, mask_name, name_key, name_repairs

VECTOR = "11010519491231002X"


def number(area: str, day: date, sequence: int) -> str:
    first = f"{area}{day:%Y%m%d}{sequence:03d}"
    return first + ids.check_digit(first)


numbers = st.builds(
    number,
    st.from_regex(r"4199[0-9]{2}", fullmatch=True).filter(str.isascii),
    st.dates(date(1930, 1, 1), date(2030, 12, 31)),
    st.integers(1, 999),
)

AS_TYPED = [
    (VECTOR, VECTOR),
    (VECTOR.lower(), VECTOR),
    ("'" + VECTOR, VECTOR),
    (" 110105 19491231 002x\u200b", VECTOR),
    ("１１０１０５１９４９１２３１００２Ｘ", VECTOR),
    ("11010519491231002Х", VECTOR),  # a Cyrillic letter
    ("110105491231002", VECTOR),
    ("110105194912310021", None),  # check digit
    ("110105194913310029", None),  # month 13
    ("4.11328E+17", None),
    ("810000199408230021", None),  # a permit, not a resident number
    ("无", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("typed", "value"), AS_TYPED)
def test_a_resident_number_is_read_as_typed(typed: str | None, value: str | None) -> None:
    read = ids.ResidentNumber.parse(typed)
    assert (read.value if read else None) == value


KINDS = [
    (ids.StudentNumber, "G" + VECTOR, True),
    (ids.StudentNumber, "l419901201203041234", True),
    (ids.StudentNumber, "K419901201203041234", False),
    (ids.PersonNumber, "41990100000012345678", True),
    (ids.PersonNumber, "4199", False),
    (ids.BirthCertificate, "q410123456", True),
    (ids.BirthCertificate, "4101234567", False),
    (ids.DisabilityCard, VECTOR + "63", True),
    (ids.DisabilityCard, VECTOR + "63B1", True),
    (ids.DisabilityCard, VECTOR + "83", False),
    (ids.DisabilityCard, "11010519491231002163", False),
    (ids.ForeignPermit, "CHN110012345678", True),
    (ids.ForeignPermit, "911156198501010011", True),
    (ids.ForeignPermit, "911156198513010011", False),
    (ids.HkMoTwPermit, "810000" + "19940823002" + ids.check_digit("81000019940823002"), True),
    (ids.HkMoTwPermit, VECTOR, False),
    (ids.Division, "419901", True),
    (ids.Division, "419901001", True),
    (ids.Division, "419901001002", True),
    (ids.Division, "4199010010", False),
]


@pytest.mark.parametrize(("kind", "typed", "good"), KINDS)
def test_each_kind_accepts_its_own(kind: type[ids.Identifier], typed: str, good: bool) -> None:
    assert (kind.parse(typed) is not None) == good


@given(numbers)
def test_what_a_number_says_of_its_bearer(text: str) -> None:
    read = ids.ResidentNumber(text)
    assert f"{read.birth_date:%Y%m%d}" == text[6:14]
    assert read.sex == ("1" if int(text[16]) % 2 else "2")
    assert ids.StudentNumber("G" + text).hint == read
    assert ids.StudentNumber("J" + text).hint is None


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_seen(text: str, place: int, digit: str) -> None:
    wrong = text[:place] + digit + text[place + 1 :]
    assert ids.valid18(wrong) == (wrong == text)


@given(numbers, st.integers(0, 16))
def test_two_neighbours_swapped_are_always_seen(text: str, place: int) -> None:
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert ids.valid18(swapped) == (swapped == text)


@given(numbers)
def test_a_number_never_shows_itself(text: str) -> None:
    for shown in (ids.ResidentNumber(text), ids.StudentNumber("G" + text)):
        for form in (str(shown), repr(shown), f"{shown}"):
            assert text not in form
            assert text[6:14] not in form
    assert str(ids.ResidentNumber(text)) == f"{text[:3]}{'*' * 11}{text[-4:]}"


def test_a_wrong_value_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError) as refused:
        ids.ResidentNumber("110105194912310021")
    assert "1949" not in str(refused.value)


def test_identifiers_are_values() -> None:
    read = ids.ResidentNumber.parse(VECTOR)
    assert read == ids.ResidentNumber(VECTOR)
    assert len({read, ids.ResidentNumber(VECTOR)}) == 1
    with pytest.raises(AttributeError):
        read.value = "x"  # type: ignore[misc,union-attr]


WITHIN = [
    ("419900", "419901001002", True),
    ("419901", "419901001002", True),
    ("419901000000", "419901001", True),
    ("419901001", "419901001002", True),
    ("419901001000", "419901001002", True),
    ("419901", "419902001002", False),
    ("419901001", "419901", False),
    ("410000", "419901", True),
]


@pytest.mark.parametrize(("outer", "inner", "inside"), WITHIN)
def test_divisions_contain_divisions(outer: str, inner: str, inside: bool) -> None:
    assert ids.Division(outer).contains(ids.Division(inner)) == inside


MASKS = [
    ("", ""),
    (None, ""),
    ("12", "**"),
    ("Q410123456", "Q*******56"),
    (VECTOR, "110***********002X"),
]


@pytest.mark.parametrize(("number_", "shown"), MASKS)
def test_numbers_are_masked(number_: str | None, shown: str) -> None:
    assert ids.mask_number(number_) == shown


NAMES = [
    ("张三", "张三"),
    (" 张　三 ", "张三"),
    ("阿卜杜·热合曼", "阿卜杜热合曼"),
    ("阿卜杜•热合曼", "阿卜杜热合曼"),
    ("阿卜杜．热合曼", "阿卜杜热合曼"),
    ("阿卜杜‧热合曼", "阿卜杜热合曼"),
    ("阿卜杜・热合曼", "阿卜杜热合曼"),
    ("阿卜杜 热合曼", "阿卜杜热合曼"),
    ("王\ue863", "王䶮"),  # FE9F in GBK
    ("李\ue81e", "李\u9fb4"),
    ("张\u200b三", "张三"),
    ("ａnna", "ANNA"),
    ("不详", None),
    ("  ", None),
    (None, None),
]


@pytest.mark.parametrize(("name", "key"), NAMES)
def test_spellings_of_one_name_share_a_key(name: str | None, key: str | None) -> None:
    assert name_key(name) == key


def test_names_are_masked_to_one_character() -> None:
    assert (mask_name("张三丰"), mask_name("张"), mask_name(None)) == ("张*", "张*", "")


@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(
    st.one_of(
        st.text(max_size=12),
        st.text(
            st.sampled_from("张三丰阿Aｂ·•．. 　\u200b\ue863?□-ßŉΐᾳ\u0345\u0301\u0327無無0"),
            max_size=8,
        ),
    )
)
def test_a_name_key_is_its_own_key(text: str) -> None:
    key = name_key(text)
    assert name_key(key) == key


NAMES = [
    ("张三", "张三", ()),
    ("張三", "张三", ("traditional",)),
    ("陳德", "陈德", ("traditional",)),
    ("嫺", "娴", ("variant",)),
    ("峯羣", "峰群", ("variant",)),
    ("喆堃昇", "喆堃昇", ()),  # forms of their own in 通用规范汉字表: other names
    ("\ue863", "䶮", ("private_use",)),
    ("\ue81e", "\u9fb4", ("private_use",)),
    ("\u9fb4", "\u9fb4", ()),
    ("阿依•努尔", "阿依努尔", ("dots",)),
    (" 王\u200b　芳", "王芳", ("zero_width", "full_width", "spaces")),
    ("Ｌｉ Ming", "LIMING", ("full_width", "spaces")),
    ("ayşe", "AYŞE", ()),
    ("0·", None, ()),
    ("不详", None, ()),
]


@pytest.mark.parametrize(("name", "key", "repairs"), NAMES)
def test_what_making_a_key_took(name: str, key: str | None, repairs: tuple[str, ...]) -> None:
    assert (name_key(name), name_repairs(name)) == (key, repairs)


REPAIRS = [
    (VECTOR, VECTOR, ()),
    ("'" + VECTOR + " ", VECTOR, ("trimmed", "leading_quote")),
    (VECTOR.lower() + "\u200b", VECTOR, ("zero_width", "lower_x")),
    ("11010519491231002Х", VECTOR, ("cyrillic_x",)),
    ("１１０１０５１９４９１２３１００２Ｘ", VECTOR, ("full_width",)),
    ("110105491231002", VECTOR, ("fifteen_to_eighteen",)),
    ("110105 4.9", None, ("trimmed",)),
    ("无", None, ()),
    (None, None, ()),
]


@pytest.mark.parametrize(("typed", "number", "repairs"), REPAIRS)
def test_what_reading_a_number_took(
    typed: str | None, number: str | None, repairs: tuple[str, ...]
) -> None:
    assert ids.id_repairs(typed, number) == repairs
