"""A value per effective date and division, with its reference; a site's stand above ours."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.model.errors import SpecError
from gateway.policy import load_parameters, load_rules

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "policy"
OURS = load_parameters(SHIPPED / "parameters")

FILE = """
topic: age_limit
title: {zh: 年龄上限, en: age limit}
unit: {zh: 岁, en: years}
keys: {orphan: {zh: 孤儿, en: orphan}}
values:
  - {since: 2027-01-01, division: "4199", reference: a letter, amounts: {orphan: 20}}
  - {since: 2027-01-01, until: 2027-06-30, division: "419901", reference: a letter, amounts: {orphan: 21}}
"""


def site(folder: Path, text: str = FILE, name: str = "age_limit") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("topic", "key", "division", "turn", "before", "then"),
    [
        ("age_limit", "extreme_hardship", "419901", date(2020, 7, 1), 16, 18),
        ("age_limit", "extreme_hardship", "", date(2017, 8, 21), None, 16),
        ("contribution_help", "orphan", "520102", date(2024, 1, 1), None, None),
        ("contribution_help", "orphan", "520100", date(2024, 1, 1), None, 380),
        ("contribution_help", "orphan", "520100", date(2025, 1, 1), 380, None),
        ("contribution_help", "borderline", "520100", date(2024, 1, 1), None, 114),
        ("student_aid", "junior", "411300", date(2017, 9, 1), None, 1250),
        ("student_aid", "junior", "330600", date(2026, 9, 1), None, None),
        ("basic_living", "orphan", "411300", date(2026, 1, 1), None, None),
    ],
)
def test_a_value_holds_from_its_day(
    topic: str, key: str, division: str, turn: date, before: float | None, then: float | None
) -> None:
    days = (turn - timedelta(days=1), turn, turn + timedelta(days=1))
    assert [OURS.value(topic, key, division, day) for day in days] == [before, then, then]


@pytest.mark.parametrize(
    ("division", "day", "value"),
    [
        ("419901", date(2026, 12, 31), 18),
        ("419901", date(2027, 1, 1), 21),
        ("419901", date(2027, 6, 30), 21),
        ("419901", date(2027, 7, 1), 20),
        ("419902", date(2027, 1, 1), 20),
        ("410100", date(2027, 1, 1), 18),
        ("", date(2027, 1, 1), 18),
    ],
)
def test_a_county_inherits_and_a_site_overrides(
    tmp_path: Path, division: str, day: date, value: float
) -> None:
    both = load_parameters(SHIPPED / "parameters", site(tmp_path / "parameters"))
    assert both.value("age_limit", "orphan", division, day) == value
    rows = [
        r for r in both.table([division]).to_pylist()
        if (r["topic"], r["key"]) == ("age_limit", "orphan") and r["since"] <= day <= r["until"]
    ]  # fmt: skip
    assert [float(r["value"]) for r in rows] == [value]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reference: a letter, ", "", "reference"),
        ("topic: age_limit", "topic: age_limit\ncolour: red", "colour"),
        ("topic: age_limit", "topic: age", "topic and file name differ"),
        ("amounts: {orphan: 20}", "amounts: {orfan: 20}", "no key 'orfan'"),
        ("until: 2027-06-30", "until: 2026-06-30", "ends before it begins"),
        ('division: "419901"', 'division: "4199"', "not in order"),
        ("keys: {orphan:", "keys: {twin:", "no key 'orphan'"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in FILE
    with pytest.raises(SpecError, match=said):
        load_parameters(site(tmp_path / "parameters", FILE.replace(old, new, 1)))


def test_a_site_may_not_invent_keys_of_ours(tmp_path: Path) -> None:
    changed = FILE.replace("orphan", "twin")
    with pytest.raises(SpecError, match="keys are not ours"):
        load_parameters(SHIPPED / "parameters", site(tmp_path / "parameters", changed))


def test_every_topic_that_a_rule_uses_is_there() -> None:
    topics = {file.topic for file in OURS.files}
    assert {topic for rule in load_rules(SHIPPED) for topic in rule.file.uses} <= topics


def test_every_value_says_what_sets_it() -> None:
    assert all(value.reference for value in OURS.values)
