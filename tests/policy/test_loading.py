"""A rule file that could not be answered for does not load; a site's rules stand beside ours."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from gateway.model.errors import SpecError
from gateway.policy import Rule, in_force, load_rules

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "policy"


def copy(folder: Path, rule: str, *changes: tuple[str, str], sql: bool = True) -> Path:
    """A folder with one shipped rule, changed; each change must hit."""
    folder.mkdir(exist_ok=True)
    shutil.copy(SHIPPED / "clauses.yaml", folder)
    text = (SHIPPED / f"{rule}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / f"{rule}.yaml").write_text(text, encoding="utf-8")
    if sql:
        (folder / f"{rule}.sql").write_text((SHIPPED / f"{rule}.sql").read_text(encoding="utf-8"))
    return folder


def section(rule: str, key: str, until: str) -> str:
    """The text of a rule file from one top-level key to another."""
    text = (SHIPPED / f"{rule}.yaml").read_text(encoding="utf-8")
    return text[text.index(f"\n{key}:") : text.index(f"\n{until}:")]


EDU_01 = (SHIPPED / "EDU-01.yaml").read_text(encoding="utf-8")
CHILD_HELD = next(line for line in EDU_01.splitlines(keepends=True) if line.startswith("  child:"))
CASES = {
    "no citation": ("EDU-01", "citations: [D6, D7, D8]\n", "", "citations: Field required"),
    "empty citations": ("EDU-01", "citations: [D6, D7, D8]", "citations: []", "citations"),
    "an unknown clause": ("EDU-01", "citations: [D6,", "citations: [D99,", "no clause 'D99'"),
    "no held behaviour": ("EDU-01", section("EDU-01", "held", "owner"), "", "held: Field required"),
    "no example": ("SRC-03", "examples:\n", "examples: []\nexamples_before:\n", "examples"),
    "unknown key": ("EDU-01", "version: 1", "version: 1\nseverety: 2", "severety"),
    "an example lost": ("EDU-01", "reason: still_in_preschool", "reason: no_enrolment", "no example shows"),
    "a reason without words": (
        "SRC-03", "kind: satisfied, reason: within_budget", "kind: satisfied, reason: fine_so", "no words",
    ),
    "a verdict": ("EDU-01", "至今没有其", "请停发其补助，至今没有其", "never a verdict"),
    "a verdict in English": ("EDU-01", "Please find out", "Stop the benefit and find out", "never a verdict"),
    "a name in the sentence": ("EDU-01", "zh: \"{school_year}", "zh: \"{name}{school_year}", "no slot name"),
    "too much said": ("MED-01", "未查到该儿童的参保记录（本县", "该儿童未参保（本县", "claims too much"),
    "absence without a local answer": (
        "EDU-01", section("EDU-01", "not_found_locally", "citations"), "", "says `not_found_locally`",
    ),
    "absence without a child's hold": (
        "EDU-01", CHILD_HELD, "", "what holds one child",
    ),
    "a child's rule that needs nothing": (
        "WEL-02", section("WEL-02", "needs", "held"), "\nneeds: []", "names the rolls it needs",
    ),
    "a day that is not named": ("MED-01", "last: coverage_settle", "last: easter", "a phase names"),
    "a calendar's parameter": ("EDU-02", "  absences_needed:", "  newborn_days:", "the calendar's"),
    "a parameter too late": (
        "EDU-02", "since: 2021-09-01, value", "since: 2022-01-01, value", "has no value on the rule",
    ),
    "a severity of nothing": ("EDU-02", "{vanished: 3}", "{vanishd: 3}", "no reason to fire"),
    "another id": ("EDU-01", "id: EDU-01\n", "id: EDU-07\n", "the file holds rule EDU-07"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "old", "new", "said"), CASES.values(), ids=list(CASES))
def test_a_rule_is_refused(tmp_path: Path, rule: str, old: str, new: str, said: str) -> None:
    with pytest.raises(SpecError, match=rf"{said}.*{rule}\.yaml:[0-9]+") as refused:
        load_rules(copy(tmp_path, rule, (old, new)))
    assert refused.value.mend


def test_the_line_is_the_line(tmp_path: Path) -> None:
    changed = ("severity: {default: 2}", "severity: {default: 5}")
    lines = (SHIPPED / "EDU-01.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("severity: {default: 2}") + 1
    with pytest.raises(SpecError, match=rf"EDU-01\.yaml:{line}\]"):
        load_rules(copy(tmp_path, "EDU-01", changed))


def test_a_rule_without_sql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="EDU-01 has no SQL"):
        load_rules(copy(tmp_path, "EDU-01", sql=False))


def test_a_site_rule_replaces_ours_while_it_is_in_force(tmp_path: Path) -> None:
    since = ("effective: {since: 2021-09-01}", "effective: {since: 2027-01-01, to: 2027-12-31}")
    site = copy(tmp_path / "policy", "EDU-01", ("version: 1", "version: 8"), since, sql=False)
    both = load_rules(SHIPPED, site)
    assert [(rule.id, rule.file.version) for rule in both].count(("EDU-01", 8)) == 1
    ours = {rule.id: rule for rule in load_rules(SHIPPED)}["EDU-01"]
    assert both[-1].sql == ours.sql
    for day, version in [
        (date(2026, 12, 31), 1), (date(2027, 1, 1), 8), (date(2027, 12, 31), 8), (date(2028, 1, 1), 1),
    ]:  # fmt: skip
        (found,) = [rule.file.version for rule in in_force(both, day) if rule.id == "EDU-01"]
        assert found == version


def test_a_site_without_a_policy_folder_has_our_rules(tmp_path: Path) -> None:
    assert load_rules(SHIPPED, tmp_path / "policy") == load_rules(SHIPPED)


def test_a_rule_not_yet_in_force_is_not_run(rules: tuple[Rule, ...]) -> None:
    assert {rule.id for rule in in_force(rules, date(2021, 8, 31))} & {"EDU-01", "MED-01"} == {
        "MED-01"
    }
    assert not {rule.id for rule in in_force(rules, date(2020, 12, 31))} & {"EDU-01", "MED-01"}
    assert in_force(rules, date(2017, 8, 31)) == ()


def test_parameters_have_a_value_for_each_day(tmp_path: Path) -> None:
    old = "    - {since: 2021-09-01, value: 2, "
    new = "    - {since: 2027-01-01, value: 3, reference: x}\n" + old
    (rule,) = load_rules(copy(tmp_path, "EDU-02", (old, new)))
    days = (date(2021, 9, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [rule.parameters(day)["absences_needed"] for day in days] == [2, 2, 3]
