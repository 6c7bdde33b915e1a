"""Rolls: the stated columns, texts only, rows that add up, faces that agree."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from city_support import LAST, NIGHTS, by_child, city, roll, row_key

from sandbox.city import assistance, days, oracle, rolls, state
from sandbox.city.faults import Marks
from sandbox.city.lives import live
from sandbox.city.spoil import NULL_WORDS

COLUMNS = {
    "enrolment": "xsJbxxId grbsm xm xbm csrq sfzjlxm sfzjh mzm xxdm xxmc xxsszgjyxzdm xslbm njdm "
    "xsdqztm ztrq xxjsrq rxny jdfsm sbjdm cjlxm sfge sfdbm sflsetm jhrxm jhrzjh xzz byny ",
    "coverage": "psn_insu_rlts_id psn_no psn_cert_type certno psn_name gend naty brdy surv_stas "
    "insutype psn_type psn_insu_stas crt_insu_date paus_insu_date clct_flag clct_time "
    "insu_year insuplc_admdvs resd_loc_admdvs emp_name ",
    "registry": "档案编号 姓名 性别 出生日期 民族 身份证件类型 身份证件号码 儿童类别 类别代码 "
    "户籍区划 现住址 监护人姓名 监护人身份证号 与儿童关系 监护情况 认定日期 退出日期 "
    "退出原因 末领年月 月发放金额 ",
    "assistance": "FAMILY_ID 成员序号 CARD_NO ASSISTANCE_TYPE 区划 户主姓名 户主身份证号 姓名 "
    "与户主关系 身份证号 性别 出生日期 民族 健康状况 残疾类别 残疾等级 ASSISTANCE_MON "
    "ASSISTANCE_BEGIN ASSISTANCE_END CARD_STATUS ",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_stated_texts(name: str) -> None:
    table = roll(5000, name)
    assert table.column_names == COLUMNS[name].split()
    assert {field.type for field in table.schema} == {pa.string()}
    assert all(column.null_count == 0 for column in table.columns)


PATTERNS = [
    ("enrolment", "xsJbxxId", r"E\d{11}"),
    ("enrolment", "grbsm", r"[GL]\d{17}[\dX]|J\d{17}[\dX]"),
    ("enrolment", "csrq", r"\d{8}|"),
    ("enrolment", "xxdm", r"\d{10}"),
    ("enrolment", "xxsszgjyxzdm", r"41990[1-6]00[1-8]000"),
    ("enrolment", "xslbm", r"[1-4]"),
    ("enrolment", "njdm", r"0\d|1[0-2]"),
    ("enrolment", "xsdqztm", r"0[1-9]|1[0-5]|77|99"),
    ("enrolment", "xxjsrq", r"\d{8}|"),
    ("enrolment", "rxny", r"\d{6}"),
    ("coverage", "psn_no", r"41(990[1-6]|9801)\d{16}"),
    ("coverage", "psn_cert_type", r"01|99"),
    ("coverage", "brdy", r"\d{4}-\d\d-\d\d|"),
    ("coverage", "insutype", r"390|310|392|777"),
    ("coverage", "psn_insu_stas", r"[0-4]"),
    ("coverage", "crt_insu_date", r"\d{4}-\d\d-\d\d|"),
    ("coverage", "clct_time", r"\d{4}-\d\d-\d\d \d\d:\d\d:00|"),
    ("coverage", "insu_year", r"2026"),
    ("coverage", "resd_loc_admdvs", r"41990[1-6]00[1-8]0\d\d|"),
    ("registry", "类别代码", r"120|20[12]|30[123]|[45]00|999"),
    ("registry", "认定日期", r"\d{4}-\d\d-\d\d"),
    ("registry", "末领年月", r"20\d{4}|"),
    ("registry", "月发放金额", r"\d+\.00|"),
    ("assistance", "ASSISTANCE_TYPE", r"0[123]|9"),
    ("assistance", "ASSISTANCE_BEGIN", r"20\d{4}"),
    ("assistance", "与户主关系", r"户主|配偶|子|女|孙子女|其他"),
    ("assistance", "出生日期", r"\d{8}|\d{4}([./])\d{1,2}\1\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|"),
]


@pytest.mark.parametrize(("name", "column", "pattern"), PATTERNS)
def test_values_have_the_stated_form(name: str, column: str, pattern: str) -> None:
    values = roll(20_000, name)[column]
    fits = pa.compute.match_substring_regex(values, f"^({_re2(pattern)})$")
    assert values.filter(pa.compute.invert(fits)).to_pylist() == []


def _re2(pattern: str) -> str:
    """RE2 has no back references; the two separators are told apart by hand."""
    return pattern.replace(r"([./])\d{1,2}\1", r"[./]\d{1,2}[./]")


@pytest.mark.parametrize("night", NIGHTS)
def test_rows_add_up(night: date) -> None:
    of, day = city(20_000), days.number(night)
    tables = rolls.project(of, night)
    aided = state.aided(of, day).home
    people = assistance.members(of, aided, day).person
    listed = {
        "enrolment": state.pupils(of, day).child,
        "coverage": state.covers(of, day).child,
        "registry": state.registered(of, day).child,
        "assistance": people[people < len(of)],
    }
    grown_up = {"assistance": int((people >= len(of)).sum())}
    for name, child in listed.items():
        twice = np.count_nonzero(Marks(of.seed, of.faults, name).of("double", child))
        assert tables[name].num_rows == len(child) + twice + grown_up.get(name, 0)
        assert (twice > 0) == (name != "registry")


@pytest.mark.parametrize("faults", ["default", "none"])
def test_row_keys_are_unique_and_known_to_the_oracle(faults: str) -> None:
    of = city(5000, faults=faults)
    keys = Counter((k["roll"], k["row_key"]) for k in oracle.keys(of).to_pylist())
    assert max(keys.values()) == 1
    for name, table in rolls.project(of, LAST).items():
        shown = [row_key(name, row) for row in table.to_pylist()]
        assert len(set(shown)) == len(shown)
        children = [key for key in shown if (name, key) in keys]
        if name == "assistance":
            assert all(int(key[-2:]) < 5 for key in set(shown) - set(children))
        else:
            assert children == shown


def test_faces_agree_where_there_are_no_faults() -> None:
    rows = by_child(city(20_000, faults="none"), LAST)
    number = {"enrolment": "sfzjh", "coverage": "certno", "assistance": "身份证号"}
    name = {"enrolment": "xm", "coverage": "psn_name", "assistance": "姓名"}
    birth = {"enrolment": "csrq", "coverage": "brdy", "assistance": "出生日期"}
    sex = {"enrolment": "xbm", "coverage": "gend", "assistance": "性别"}
    compared = 0
    for child, (own, *_) in rows["registry"].items():
        for other in number:
            for row in rows[other].get(child, []):
                compared += 1
                assert row[name[other]] == own["姓名"]
                assert _same_number(row[number[other]], own["身份证件号码"])
                assert _digits(row[birth[other]]) == _digits(own["出生日期"])
                assert row[sex[other]] in {"男": ("男", "1"), "女": ("女", "2")}[own["性别"]]
        for row in rows["enrolment"].get(child, []):
            assert (row["jhrxm"], row["jhrzjh"]) == (own["监护人姓名"], own["监护人身份证号"])
    assert compared > 1000


def _same_number(one: str, other: str) -> bool:
    return one == other or {one[:1], other[:1]} <= {"U", ""}


def _digits(given: str) -> tuple[int, ...]:
    for mark in "年月日./-":
        given = given.replace(mark, " ")
    parts = given.split()
    if len(parts) == 1:
        parts = [given[:4], given[4:6], given[6:8]]
    return tuple(map(int, parts))


@pytest.mark.parametrize("name", COLUMNS)
def test_most_rows_are_the_same_the_next_night(name: str) -> None:
    """Faults stay with a person: only lives change rows."""
    of = city(20_000)
    before, after = (
        {row_key(name, row): row for row in rolls.project(of, night)[name].to_pylist()}
        for night in NIGHTS[1:]
    )
    both = before.keys() & after.keys()
    changed = [key for key in both if before[key] != after[key]]
    limit = {"registry": 0.25, "assistance": 0.01}.get(name, 0.02)
    assert 0 < len(changed) < limit * len(both)
    identity = {
        "xm",
        "sfzjh",
        "psn_name",
        "certno",
        "姓名",
        "身份证件号码",
        "身份证号",
        "csrq",
        "brdy",
    }
    moved = [
        (before[key][column], after[key][column])
        for key in changed
        for column in identity & before[key].keys()
        if before[key][column] != after[key][column]
    ]
    # A newborn gets its number; nothing else about a face changes.
    assert all(old in NULL_WORDS or old.startswith("U") for old, _ in moved)


def test_enrolment_of_a_mover_has_two_rows() -> None:
    rows = by_child(city(20_000, faults="none"), LAST)["enrolment"].values()
    double = [sorted(row["xsdqztm"] for row in of) for of in rows if len(of) > 1]
    assert ["01", "10"] in double
    assert {len(of) for of in double} == {2}


def test_premiums_count_for_their_year_only() -> None:
    nights = (date(2026, 12, 15), date(2027, 2, 15))
    of = live(20_000, 4, 0.03, date(2025, 9, 1), nights)
    for night in nights:
        rows = rolls.project(of, night)["coverage"].to_pylist()
        window = f"{night.year - 1}-09-01"
        assert {row["insu_year"] for row in rows} == {str(night.year)}
        assert {row["clct_flag"] for row in rows} == {"0", "1"}
        assert all((row["clct_flag"] == "1") == (row["clct_time"] >= window) for row in rows)


def test_leavers_stay_on_the_roll_for_twelve_months() -> None:
    rows = roll(20_000, "enrolment", faults="none").to_pylist()
    left = [row["ztrq"] for row in rows if row["xsdqztm"] in {"03", "06", "07", "10", "11"}]
    assert "20251116" < min(left) < "20260101"
    exits = [row["退出日期"] for row in roll(20_000, "registry").to_pylist() if row["退出日期"]]
    assert "2025-11-16" < min(exits) < max(exits) <= "2026-11-16"


def test_aided_households_list_grown_ups_and_one_head() -> None:
    rows = roll(20_000, "assistance", faults="none").to_pylist()
    heads = Counter(row["FAMILY_ID"] for row in rows if row["与户主关系"] == "户主")
    families = {row["FAMILY_ID"] for row in rows}
    assert heads == Counter(dict.fromkeys(families, 1))
    for row in rows:
        if row["与户主关系"] == "户主":
            assert (row["姓名"], row["身份证号"]) == (row["户主姓名"], row["户主身份证号"])


def test_a_night_after_the_last_one_has_no_rolls() -> None:
    with pytest.raises(ValueError, match="last night"):
        rolls.project(city(1000, 1), date(2026, 12, 16))
