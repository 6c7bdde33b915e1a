"""Mapping files and code lists: what is refused, with its line."""

from pathlib import Path

import pytest
from mapping_rolls import MAPPINGS, ROLLS, SMALL, shipped, small, write_mapping

from gateway.mapping import read_code_lists
from gateway.mapping.codes import lookup
from gateway.model.codes import CodeClass
from gateway.model.errors import MappingFailed, SpecError
from gateway.model.tables import table


def test_every_column_of_a_table_is_spoken_of() -> None:
    for name in ROLLS:
        for output in shipped(name).spec.outputs:
            names = {c.name for c in table(output.table).columns} - {"row_ref", "row_digest"}
            assert set(output.fields) | set(output.absent) == names


REFUSED = [
    ("bureau: bureau", "bureau: bureau\nburo: x", 2, "buro"),
    ("as: name_key", "as: nickname", 24, "no transform 'nickname'"),
    ("{from: 姓名, as: name}", "{from: 名字, as: name}", 23, "'名字' is not declared"),
    ("  备注: {ignore: nobody reads it}", "  备注: {}", 18, "no field reads column '备注'"),
    ("  备注: {ignore: nobody reads it}", "  备注: {also: [姓名], ignore: x}", 11, "stands for two"),
    ("table: enrolment", "table: enrolments", 20, "no canonical table"),
    ("      birth_date: {from: 生日, as: date, unless: id_number}\n", "", 20, "'birth_date'"),
    ("as: date, unless: id_number", "as: date, unless: number", 28, "no field 'number'"),
    ("as: date, unless: id_number", "as: month, unless: id_number", 28, "gives month"),
    ("{from: 状态, as: code, codes: student_status}", "{from: 状态, as: text}", 29, "takes codes of"),
    ("{from: 状态, as: code, codes: student_status}", "{from: 状态, as: code, codes: sex}", 29, "takes"),
    ("状态, as: code, codes: student_status}", "状态, as: code, codes: nix}", 29, "no code list"),
    ("codes: student_status}", "codes: student_status, crosswalk: x}", 29, "no crosswalk"),
    ("{as: class, with: status, codes: student_status}", "{as: class, codes: student_status}", 30, "'with'"),
    ("{from: 年级, as: int, between: [0, 12]}", "{from: [年级, 编号], as: int}", 31, "'from'"),
    ("{from: 年级, as: int, between: [0, 12]}", "{from: 年级, as: int, on_error: null}", 31, "on_error"),
    ("  - table: enrolment", "  - distinct: true\n    table: enrolment", 19, "exactly one output"),
    ("      division: not in a small roll", "      grade: x\n      division: x", 33, "both given and absent"),
    ("      division: not in a small roll", "      row_ref: x\n      division: x", 33, "no column 'row_ref'"),
]  # fmt: skip


def written(folder: Path) -> str:
    small(folder)
    return (folder / "bureau" / "roll.v1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("old", "new", "line", "said"), REFUSED)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    text = written(tmp_path)
    assert old in text
    with pytest.raises(SpecError) as refused:
        write_mapping(tmp_path, text.replace(old, new, 1).removeprefix("\n"))
    assert said in str(refused.value)
    assert refused.value.where == f"bureau/roll.v1.yaml:{line}"


CONTENTS = [
    ("text/csv; charset=utf-8", "csv"),
    ("text/csv; charset=GB18030", "csv"),
    ('TEXT/CSV;charset="utf-8"', "csv"),
    ("application/json", "json"),
    ("application/xml", "xml"),
]


@pytest.mark.parametrize(("media", "kind"), CONTENTS)
def test_a_content_is_told_by_its_media_type(tmp_path: Path, media: str, kind: str) -> None:
    assert small(tmp_path).content(media).type == kind


@pytest.mark.parametrize("media", ["text/csv", "text/csv; charset=big5", "text/plain", ""])
def test_an_unlisted_content_is_refused(tmp_path: Path, media: str) -> None:
    with pytest.raises(MappingFailed, match="does not read"):
        small(tmp_path).content(media)


def test_small_is_what_the_other_tests_think_it_is(tmp_path: Path) -> None:
    assert small(tmp_path).name == "bureau/roll.v1"
    assert "ABSENT" in SMALL


LISTS = read_code_lists(MAPPINGS / "codes")


def test_every_code_list_that_a_table_names_ships() -> None:
    from gateway.model.tables import TABLES

    named = {column.codes for one in TABLES for column in one.columns if column.codes}
    assert named <= set(LISTS)


def test_every_list_says_where_it_comes_from() -> None:
    for found in LISTS.values():
        assert found.source
        assert found.dated == "2026-11-22"
        assert found.licence
        assert all(code.zh and code.en for code in found.codes)


STATUS = [
    ("enrolled", "01 05"),
    ("excused", "02 12 13"),
    ("transfer", "10"),
    ("ended", "07 08"),
    ("lead", "03 04 06 09 14"),
    ("harm", "15"),
    ("death", "11"),
    ("unknown", "99"),
]


@pytest.mark.parametrize(("cls", "values"), STATUS)
def test_student_statuses_are_classed_as_the_rules_read_them(cls: str, values: str) -> None:
    found = [c.value for c in LISTS["student_status"].codes if c.cls == CodeClass(cls)]
    assert found == values.split()


def test_basic_schemes_are_marked() -> None:
    assert LISTS["insurance_scheme"].marked("basic") == ("310", "380", "390", "391")


def test_one_digit_means_other_papers_in_other_bureaus() -> None:
    papers = LISTS["document_type"]
    assert lookup(papers, "education.v1")["6"] == "04"
    assert lookup(papers, "medical_insurance.v1")["06"] == "06"
    assert "06" not in lookup(papers, "education.v1")
    assert lookup(papers, "national_welfare_system.v1")["出生医学证明"] == "20"


LIST = """
list: toy
zh: 玩具
source: a test
dated: 2026-01-01
licence: none
classed: true
codes:
  - {value: "1", zh: 甲, en: one, class: enrolled}
  - {value: "2", zh: 乙, en: two, class: lead, spellings: [貳]}
"""
CROSSWALK = """
list: toy
system: other
version: 2
source: a test
dated: 2026-01-01
values: {"A": "1"}
"""
WRONG_CROSSWALKS = [
    ('{"A": "1"}', '{"A": "3"}', 7, "no code of the list"),
    ("version: 2", "version: 1", 2, "name it toy.other.v1.yaml"),
    ("source: a test\n", "", 2, "source"),
]
WRONG_LISTS = [
    (", class: lead", "", 10, "has no class"),
    (", class: lead", ", class: plain", 10, "has no class"),
    (", class: lead", ", class: maybe", 10, "class"),
    ("[貳]", "[甲]", 10, "stands for '1' and for '2'"),
    ("[貳]", "[１]", 10, "stands for '1' and for '2'"),
    ("list: toy", "list: game", 2, "differ"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), WRONG_LISTS)
def test_a_wrong_code_list_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    (tmp_path / "toy.yaml").write_text(LIST, encoding="utf-8")
    assert list(read_code_lists(tmp_path)) == ["toy"]
    (tmp_path / "toy.yaml").write_text(LIST.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        read_code_lists(tmp_path)
    assert said in str(refused.value)
    assert refused.value.where == f"codes/toy.yaml:{line}"


def test_crosswalks_stand_beside_their_list_each_version_for_itself(tmp_path: Path) -> None:
    (tmp_path / "crosswalks").mkdir()
    (tmp_path / "toy.yaml").write_text(LIST, encoding="utf-8")
    for version, code in ((1, "A"), (2, "B")):
        text = CROSSWALK.replace("version: 2", f"version: {version}").replace('"A"', f'"{code}"')
        path = tmp_path / "crosswalks" / f"toy.other.v{version}.yaml"
        path.write_text(text, encoding="utf-8")
    (toy,) = read_code_lists(tmp_path).values()
    assert toy.crosswalks == {"other.v1": {"A": "1"}, "other.v2": {"B": "1"}}


@pytest.mark.parametrize(("old", "new", "line", "said"), WRONG_CROSSWALKS)
def test_a_wrong_crosswalk_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    (tmp_path / "crosswalks").mkdir()
    (tmp_path / "toy.yaml").write_text(LIST, encoding="utf-8")
    path = tmp_path / "crosswalks" / "toy.other.v2.yaml"
    path.write_text(CROSSWALK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        read_code_lists(tmp_path)
    assert said in str(refused.value)
    assert refused.value.where == f"codes/crosswalks/toy.other.v2.yaml:{line}"
