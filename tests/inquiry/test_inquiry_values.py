"""What a finding says: its words, its evidence and grade, its exported fields; the night's ledger."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from online_seed import (
    FIRST,
    GRADES,
    RULES,
    SECOND,
    Seed,
    city_reader,
    exchange,
    key,
    make_inquiry,
    now,
    open_night,
)

from gateway.access import Purpose
from gateway.inquiry import FIELDS, Finding, Inquiry
from gateway.inquiry.evidence import evidence_of, weakest
from gateway.inquiry.values import Evidence
from gateway.model.exchange import Grade
from gateway.policy import Calendar, Rule, dump_rulebook
from gateway.policy.parameters import Parameters
from gateway.policy.texts import CLAIMS
from gateway.specs import Text
from gateway.store import Store

WHY = Purpose.CASEWORK
DOCS = Path(__file__).parents[2] / "docs" / "finding.md"


def shown(inquiry: Inquiry, name: str) -> Finding:
    found = inquiry.finding(city_reader(), WHY, key(name))
    assert found is not None
    return found


def test_words_are_those_of_the_rule(inquiry: Inquiry) -> None:
    finding = shown(inquiry, "edu")
    file = next(rule.file for rule in RULES if rule.id == "EDU-01")
    assert finding.words.heading == file.title
    assert finding.words.first_action == file.first_action
    assert "2026–2027学年" in finding.words.sentence.zh
    assert "2026–2027" in finding.words.sentence.en
    assert [e.code for e in finding.words.excuses_sought] == ["preschool", "death_reported"]
    assert "deferral_approved" in [e.code for e in finding.words.to_ask]
    assert [c.id for c in finding.words.citations] == ["D6", "D7", "D8"]


@pytest.mark.parametrize("rule", [r for r in RULES if r.file.not_found_locally], ids=lambda r: r.id)
def test_a_local_answer_claims_no_more_than_it_knows(own_store: Store, rule: Any) -> None:
    reason = next(iter(rule.file.reasons.fires))
    version = rule.file.version
    seed = Seed("claim", rule.id, 9, reason=reason, answer="not_found_locally", version=version)
    open_night(own_store, date(2026, 12, 15), (seed,))
    words = shown(make_inquiry(own_store), "claim").words
    for text in (words.heading, words.reason, words.sentence, words.first_action):
        assert not CLAIMS.search(text.zh) and not CLAIMS.search(text.en)
    assert words.heading.zh.startswith("本县未找到")
    assert words.reason == words.heading


def test_a_finding_about_a_roll_names_it(inquiry: Inquiry) -> None:
    finding = shown(inquiry, "late")
    assert finding.child is None
    assert (finding.source, finding.roll, finding.scope) == ("education", "enrolment", "419901")
    assert "教育部门的学籍名册" in finding.words.sentence.zh
    assert [(e.kind, e.source, e.roll) for e in finding.evidence] == [
        ("roll", "education", "enrolment")
    ]


def test_a_finding_outlives_its_rule_file(store: Store) -> None:
    others = [rule for rule in RULES if rule.id != "EDU-01"]
    inquiry = Inquiry(store, others, grades=GRADES, clock=now)
    words = shown(inquiry, "edu").words
    assert words.heading.zh == "EDU-01 v1" and "EDU-01 v1" in words.sentence.zh


def test_a_finding_of_an_earlier_version_keeps_the_words_of_its_night(store: Store) -> None:
    before = next(rule for rule in RULES if rule.id == "EDU-01")
    later = _changed(before, 2, "后来的标题")
    inquiry = Inquiry(store, [later], grades=GRADES, clock=now)
    told = shown(inquiry, "edu").words
    assert told.heading.zh == "后来的标题" and "第1版得出，以上为现行第2版" in told.sentence.zh
    assert told.citations == () and told.excuses_sought == ()
    run = shown(inquiry, "edu").run.run
    then = _changed(before, 1, "当时的标题")
    store.rulebooks.keep(run, dump_rulebook([then], Calendar(), Parameters((), ())))
    told = shown(Inquiry(store, [later], grades=GRADES, clock=now), "edu").words
    assert told.heading.zh == "当时的标题" and "现行" not in told.sentence.zh
    assert told.citations == before.file.citations


def _changed(rule: Rule, version: int, title: str) -> Rule:
    changes = {"version": version, "title": Text(zh=title, en=title)}
    return rule.model_copy(update={"file": rule.file.model_copy(update=changes)})


def test_evidence_is_the_cited_row_and_the_rolls_that_were_read(inquiry: Inquiry) -> None:
    row, roll = shown(inquiry, "edu").evidence
    assert row.ref == exchange(4, FIRST) + "#17"
    assert (row.kind, row.source, row.roll, row.period) == (
        "row", "national_welfare_system", "registry", "2026-09"
    )  # fmt: skip
    assert (roll.kind, roll.source, roll.roll, roll.ref) == ("roll", "education", "enrolment", None)
    assert (roll.roll_date, roll.coverage, roll.state) == (FIRST, "province", "verified")


def test_a_row_of_an_earlier_night_keeps_its_own_period(inquiry: Inquiry) -> None:
    row, roll = shown(inquiry, "dropout").evidence
    assert (row.kind, row.period, row.roll_date) == ("row", "2026-09", FIRST)
    assert (roll.kind, roll.period, roll.roll_date) == ("roll", "2026-11", SECOND)


def test_the_county_decides_the_state_of_a_roll(inquiry: Inquiry) -> None:
    states = {
        name: [e.state for e in shown(inquiry, name).evidence if e.roll == "enrolment"]
        for name in ("edu", "edu-other-county")
    }
    assert states == {"edu": ["verified"], "edu-other-county": ["partial"]}


def _evidence(kind: str, source: str | None, state: str | None) -> Evidence:
    return Evidence(kind, "roll", None, source, None, state, None, None)


SIGNED, WITNESSED, VOUCHED = Grade.OWNER_SIGNED, Grade.GATEWAY_ATTESTED, Grade.ATTESTED


@pytest.mark.parametrize(
    ("evidence", "grade"),
    [
        ([("row", "a", "verified")], SIGNED),
        ([("row", "a", "verified"), ("roll", "b", "verified")], WITNESSED),
        ([("roll", "b", "verified"), ("row", "c", "verified")], VOUCHED),
        ([("row", "a", "verified"), ("roll", "c", "late")], SIGNED),
        ([("roll", "c", "refused")], WITNESSED),
        ([("row", None, None)], VOUCHED),
        ([("row", "unknown", "verified")], VOUCHED),
        ([], WITNESSED),
    ],
)
def test_the_weakest_grade_counts(evidence: list[Any], grade: Grade) -> None:
    grades = {"a": SIGNED, "b": WITNESSED, "c": VOUCHED}
    assert weakest([_evidence(*item) for item in evidence], grades) is grade


def test_how_many_are_unchecked_is_said_of_the_roll_and_witnessed_here() -> None:
    late = {"source": "a", "roll": "enrolment", "scope": "*", "period": "2026-11", "state": "late",
            "roll_date": None, "coverage": "city", "table_name": "enrolment"}  # fmt: skip
    rolls: Any = SimpleNamespace(status=lambda _: [late], period_of=lambda *_: None)
    row: Any = SimpleNamespace(
        evidence='[{"roll": "enrolment", "ref": "unchecked:7"}]',
        source="a",
        roll="enrolment",
        scope="*",
    )
    found = evidence_of(row, None, "2026-11", rolls)
    assert [(e.kind, e.ref, e.source, e.state) for e in found] == [
        ("roll", "unchecked:7", "a", "late")
    ]
    assert weakest(found, {"a": VOUCHED}) is WITNESSED


def test_exported_fields_are_those_documented(inquiry: Inquiry) -> None:
    table = DOCS.read_text(encoding="utf-8").split("## Fields")[1].split("\n## ")[0]
    documented = tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert documented == FIELDS
    rows = list(inquiry.export(city_reader(), WHY))
    assert rows and all(tuple(row) == FIELDS for row in rows)


def test_parts_of_a_field_are_those_documented(inquiry: Inquiry) -> None:
    text = DOCS.read_text(encoding="utf-8")
    row: Any = next(r for r in inquiry.export(city_reader(), WHY) if r["key"] == key("edu"))
    parts = [*row["child"], *row["evidence"][0], *row["citation"][0], *row["excuses_sought"][0]]
    assert not [part for part in parts if f"`{part}`" not in text]


def test_an_exported_finding(inquiry: Inquiry) -> None:
    row: Any = next(r for r in inquiry.export(city_reader(), WHY) if r["key"] == key("edu"))
    assert row["as_of"] == "2026-09-15" and row["run"] == 1 and row["period"] == "2026-09"
    assert row["known_at"] == "2026-09-16T02:30:00+08:00"
    assert (row["severity"], row["answer"], row["state"], row["grade"]) == (
        2, "no", "open", "owner-signed"
    )  # fmt: skip
    assert (row["due"], row["division"], row["owner"]) == (
        "2026-11-23", "419901001002", "education"
    )  # fmt: skip


def test_the_ledger_of_the_night(inquiry: Inquiry) -> None:
    night = inquiry.night(city_reader(), WHY)
    assert night is not None and night.run.run == 2
    rolls = {(r.source, r.roll): r for r in night.rolls}
    assert len(night.rolls) == 4
    assert [(c.kind.en, c.values, c.rows) for c in night.crowds] == [("number", 2, 4000)]
    enrolment = rolls["education", "enrolment"]
    assert (enrolment.received, enrolment.accepted, enrolment.quarantined) == (1000, 988, 12)
    assert (enrolment.superseded, enrolment.linked, enrolment.undecided) == (0, 970, 18)
    assert (enrolment.state, enrolment.held_counties) == ("partial", ("419902",))
    late = rolls["medical_insurance", "coverage"]
    assert late.state == "late"
    assert (late.received, late.superseded, late.linked) == (None, None, None)


@pytest.mark.parametrize("access", ["sealed", "protection"])
def test_a_rule_of_a_closed_class_is_not_even_named(store: Store, access: str) -> None:
    rules = [
        rule.model_copy(update={"file": rule.file.model_copy(update={"access": access})})
        if rule.id == "MED-01"
        else rule
        for rule in RULES
    ]
    inquiry = Inquiry(store, rules, grades=GRADES, clock=now)
    night = inquiry.night(city_reader(), WHY)
    assert night is not None and [r.sums.rule for r in night.rules] == ["EDU-01"]
    assert "MED-01" not in inquiry.titles(city_reader())


def test_sums_of_a_rule_that_may_not_be_seen_are_left_out(inquiry: Inquiry, store: Store) -> None:
    night = inquiry.night(city_reader(), WHY)
    assert night is not None
    assert {c.rule for c in store.night.outcome_counts(2)} == {"EDU-01", "MED-01", "HRM-01"}
    assert [r.sums.rule for r in night.rules] == ["EDU-01", "MED-01"]
    sums = night.rules[0].sums
    assert (sums.universe, sums.fires, sums.held, sums.balanced) == (1000, 3, 17, True)
