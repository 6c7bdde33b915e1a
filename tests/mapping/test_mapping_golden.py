"""The mapping files that ship: linted, and equal to their golden twins in every form they read."""

import shutil
from pathlib import Path

import pytest
from mapping_rolls import MAPPINGS, SHIPPED, shipped

from gateway.engine import Engine
from gateway.mapping import load_mapping
from gateway.mapping.golden import load_golden, run_golden
from gateway.mapping.lint import lint, lint_folder


@pytest.mark.parametrize("name", SHIPPED)
def test_a_mapping_equals_its_golden_twin(engine: Engine, name: str) -> None:
    assert run_golden(engine, shipped(name)) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_golden_twin_has_at_least_a_dozen_rows(name: str) -> None:
    assert len(load_golden(shipped(name)).cases) >= 12


def test_every_form_of_the_domain_has_a_mapping() -> None:
    assert set(SHIPPED) >= {
        "disabled_persons_federation/card", "disabled_persons_federation/rehabilitation",
        "education/enrolment", "medical_insurance/help_identity", "education/student_aid",
        "education/student_template", "education/suspected_dropout", "medical_insurance/contribution",
        "medical_insurance/coverage", "medical_insurance/participation",
        "medical_insurance/person_answer", "medical_insurance/person_identity",
        "national_welfare_system/assistance", "national_welfare_system/basic_living",
        "national_welfare_system/child_ledger", "national_welfare_system/children",
        "national_welfare_system/county_form", "national_welfare_system/death",
        "national_welfare_system/guardian",
        "national_welfare_system/household", "national_welfare_system/member",
        "national_welfare_system/registry", "national_welfare_system/temporary_relief",
        "national_welfare_system/visit",
    }  # fmt: skip


def test_every_mapping_is_linted_and_in_order() -> None:
    assert lint_folder(MAPPINGS, MAPPINGS / "codes") == []


def copy(folder: Path, name: str, old: str, new: str, suffix: str = ".v1.golden.yaml") -> Path:
    """The mapping and its twin in a folder of the test, one of them changed."""
    bureau, roll = name.split("/")
    into = folder / bureau
    into.mkdir(exist_ok=True)
    for end in (".v1.yaml", ".v1.golden.yaml"):
        shutil.copy(MAPPINGS / bureau / f"{roll}{end}", into)
    changed = into / f"{roll}{suffix}"
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    return into / f"{roll}.v1.yaml"


DIFFERENCES = [
    ("graduated_month: \"2026-06\"", "graduated_month: \"2026-07\"", "graduated_month is '2026-06'"),
    ("reasons: [\"xsdqztm:unlisted\"]", "reasons: [\"xsdqztm:missing\"]", "reason is 'unlisted'"),
    ("    superseded_by: 21\n", "", "expected, and not there"),
    ("hints: {name_key: 合计}", "hints: {}", "name_key is '合计'"),
    ("        row_key: X0003", "        row_key: X3", "'X0003', not 'X3'"),
    ("row: {xsJbxxId: X0014, xsdqztm: \"77\"}", "row: {xsJbxxId: X0014}", "there, and not expected"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), DIFFERENCES)
def test_a_golden_twin_sees_each_difference(
    engine: Engine, tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = copy(tmp_path, "education/enrolment", old, new)
    assert any(said in one for one in run_golden(engine, load_mapping(path, MAPPINGS / "codes")))


LINTED = [
    (".v1.golden.yaml", "version: 1", "version: 2", "it is the twin of education/enrolment v2"),
    (".v1.golden.yaml", "    xzz: 安禾市和平区幸福路3号\n", "", "no row fills column 'xzz'"),
    (".v1.golden.yaml", "    xm: 林安禾\n", "    xm: 林安禾\n    xn: x\n", "no column 'xn'"),
    (".v1.golden.yaml", "    superseded_by: 21\n", "", "no case is superseded"),
    (".v1.golden.yaml", "cases:", "cases: []\nmore:", "more: Extra"),
    (".v1.yaml", "version: 1", "version: 2", "not of education/enrolment.v2"),
]


@pytest.mark.parametrize(("suffix", "old", "new", "said"), LINTED)
def test_lint_names_what_is_wrong(
    tmp_path: Path, suffix: str, old: str, new: str, said: str
) -> None:
    path = copy(tmp_path, "education/enrolment", old, new, suffix)
    assert any(said in one for one in lint(load_mapping(path, MAPPINGS / "codes")))
    assert lint_folder(tmp_path, MAPPINGS / "codes") != []


def test_lint_misses_a_twin(tmp_path: Path) -> None:
    path = copy(tmp_path, "education/enrolment", "version: 1", "version: 1")
    path.with_name("enrolment.v1.golden.yaml").unlink()
    assert lint(load_mapping(path, MAPPINGS / "codes")) == [
        "enrolment.v1.golden.yaml: the golden twin is missing"
    ]
