"""What an officer reads: one sentence for every reason of every rule, in both languages."""

import re
from datetime import date
from pathlib import Path

import pytest

from gateway.model.outcomes import Outcome
from gateway.policy import Rule, excuses_sought, first_action, load_rules, reason_text, sentence
from gateway.policy.rule_file import Universe
from gateway.policy.texts import CLAIMS, COMMON_REASONS, VERDICTS

RULES = load_rules(Path(__file__).resolve().parents[2] / "mappings" / "policy")


def row(kind: Outcome, reason: str, answer: str | None = None) -> dict[str, object]:
    source = {"source": "education", "evidence_roll": "enrolment", "scope": "419901"}
    return {
        "kind": kind.value,
        "reason": reason,
        "answer": answer,
        "episode": date(2026, 9, 1),
        **source,
    }


def every(rule: Rule) -> list[tuple[Outcome, str]]:
    own = list(rule.reasons())
    return own if rule.file.universe is Universe.SOURCE else [*own, *COMMON_REASONS]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_gives_a_sentence(rule: Rule, lang: str) -> None:
    for kind, reason in every(rule):
        said = sentence(rule, row(kind, reason, "no"), lang)
        assert reason_text(rule, kind, reason, lang) in said
        assert not re.search(r"[{}]|[a-z]+_[a-z]+", said)
        assert bool(re.search(r"[\u4e00-\u9fff]", said)) is (lang == "zh")
        assert not VERDICTS.search(said)


@pytest.mark.parametrize("rule", [r for r in RULES if r.reads_absence], ids=lambda rule: rule.id)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_not_found_locally_claims_less(rule: Rule, lang: str) -> None:
    code = next(iter(rule.file.reasons.fires))
    local = sentence(rule, row(Outcome.FIRES, code, "not_found_locally"), lang)
    assert local != sentence(rule, row(Outcome.FIRES, code, "no"), lang)
    assert not CLAIMS.search(local)
    action = first_action(rule, "not_found_locally", lang)
    assert action != first_action(rule, "no", lang)
    assert re.search("上级|wider", action)


CASES = [
    ("EDU-01", Outcome.FIRES, "no_enrolment", "no", "zh", "2026–2027学年"),
    ("EDU-01", Outcome.FIRES, "no_enrolment", "no", "en", "the school year 2026–2027"),
    ("MED-02", Outcome.FIRES, "coverage_lapsed", "no", "zh", "2026年参保年度"),
    ("WEL-02", Outcome.FIRES, "never_paid", "no", "zh", "自2026年9月起"),
    ("WEL-02", Outcome.FIRES, "never_paid", "no", "en", "since 2026-09"),
    (
        "SRC-01",
        Outcome.FIRES,
        "roll_late",
        "no",
        "en",
        "enrolment of education for 2026-09 (419901)",
    ),
    (
        "EDU-01",
        Outcome.HELD,
        "source_late",
        None,
        "en",
        "is not verified; nothing is concluded (the roll of",
    ),
    ("EDU-01", Outcome.HELD, "quarantined_row", None, "zh", "名册中可能有该儿童的记录"),
    (
        "EDU-01",
        Outcome.SATISFIED,
        "seen_in_school",
        None,
        "en",
        "Checked, nothing to do: a roll has",
    ),
    ("EDU-02", Outcome.EXCUSED, "leave", None, "zh", "有正当理由：休学"),
    (
        "EDU-02",
        Outcome.NOT_APPLICABLE,
        "never_seen",
        None,
        "en",
        "The rule does not apply: never seen",
    ),
]


@pytest.mark.parametrize(("rule", "kind", "reason", "answer", "lang", "part"), CASES)
def test_a_sentence_says(
    rule_of: dict[str, Rule],
    rule: str,
    kind: Outcome,
    reason: str,
    answer: str | None,
    lang: str,
    part: str,
) -> None:
    assert part in sentence(rule_of[rule], row(kind, reason, answer), lang)


def test_an_episode_may_be_text(rule_of: dict[str, Rule]) -> None:
    told = row(Outcome.FIRES, "no_enrolment", "no")
    assert sentence(rule_of["EDU-01"], {**told, "episode": "2026-09-01"}, "zh") == sentence(
        rule_of["EDU-01"], told, "zh"
    )


def test_a_reason_of_a_past_version_is_shown_as_it_was(rule_of: dict[str, Rule]) -> None:
    assert reason_text(rule_of["EDU-01"], Outcome.FIRES, "once_upon", "zh") == "once_upon"


def test_a_whole_roll_is_said_in_words(rule_of: dict[str, Rule]) -> None:
    whole = {**row(Outcome.FIRES, "roll_late", "no"), "scope": "*"}
    assert "all areas" in sentence(rule_of["SRC-01"], whole, "en")
    assert "全部地区" in sentence(rule_of["SRC-01"], whole, "zh")


def test_only_excuses_that_the_rolls_can_show_were_sought(rule_of: dict[str, Rule]) -> None:
    sought = excuses_sought(rule_of["EDU-01"], "en")
    assert sought[0] == "still in preschool and inside the year of grace"
    assert "a roll says that this person died" in sought[1]
    assert len(sought) == 2
    assert excuses_sought(rule_of["SRC-02"], "en") == ()


def test_signs_of_harm_read_like_any_other_row(rule_of: dict[str, Rule]) -> None:
    words = [text for rule in rule_of.values() for text in rule.reasons().values()]
    assert not any(
        re.search("伤害|失踪|下落|harm|missing person|abuse", t.zh + t.en) for t in words
    )
