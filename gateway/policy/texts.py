"""Words for outcomes: reasons that all rules share, and the one sentence an officer reads.

Sentences carry dates, school years and reasons only: never a name or a number, and never a verdict.
"""

import re
from collections.abc import Mapping
from datetime import date
from string import Formatter

from gateway.model.outcomes import AnswerStrength, Outcome
from gateway.policy.rule import Rule
from gateway.policy.rule_file import RuleFile, Universe
from gateway.specs import Text

PERSON_SLOTS = frozenset({"school_year", "year", "month", "reason"})
SOURCE_SLOTS = PERSON_SLOTS | {"source", "roll", "scope"}
"""What a sentence may be filled with; all are read from the outcome's episode and reason."""

VERDICTS = re.compile(
    r"停发|停止发放|追缴|追回|追究|处罚|处分|罚款|取消资格"
    r"|\b(stop|recover|punish|penal|sanction|fine[ds]?\b|withdraw|cut off)",
    re.IGNORECASE,
)
CLAIMS = re.compile(
    r"失学|辍学|未参保|未入学|dropout|dropped out|out of school|uninsured|never enrolled",
    re.IGNORECASE,
)
"""Words that a *not found locally* answer may not use: it does not know that much."""

SHARED_EXCUSE = Text(
    zh="有名册记载该人已死亡，待部门之间核实；核实前暂不联系家庭",
    en="a roll says that this person died; the bureaus check it first, nobody contacts the family",
)

COMMON_REASONS: dict[tuple[Outcome, str], Text] = {
    (Outcome.NOT_APPLICABLE, "not_in_force_here"): Text(
        zh="本规则不适用于该区划", en="the rule is not in force in this division"
    ),
    (Outcome.NOT_APPLICABLE, "asleep"): Text(
        zh="本规则在此时段休眠", en="the rule sleeps in this part of the year"
    ),
    (Outcome.EXCUSED, "death_reported"): SHARED_EXCUSE,
    (Outcome.EXCUSED, "told_before"): Text(
        zh="既往台账记载的合理原因，在其有效期内", en="excused by an old ledger, inside its time"
    ),
    (Outcome.EXCUSED, "handled_before"): Text(
        zh="既往台账记载已处理，在其有效期内", en="handled by an old ledger, inside its time"
    ),
    (Outcome.HELD, "not_available"): Text(
        zh="本地尚未接入所需名册，本规则不可用",
        en="a roll that the rule needs is not connected here: the rule is not available",
    ),
    (Outcome.HELD, "source_missing"): Text(
        zh="本期没有该地区的名册", en="there is no roll of this period for the area"
    ),
    (Outcome.HELD, "source_expected"): Text(
        zh="本期名册尚未到期，等待报送", en="the roll of this period is not due yet and not here"
    ),
    (Outcome.HELD, "source_late"): Text(zh="本期名册迟到", en="the roll of this period is late"),
    (Outcome.HELD, "source_partial"): Text(
        zh="本期名册缺少该地区", en="the roll of this period lacks the area"
    ),
    (Outcome.HELD, "source_odd"): Text(
        zh="本期名册数量异常，尚未采信", en="the roll of this period looks odd and is not relied on"
    ),
    (Outcome.HELD, "source_refused"): Text(
        zh="本期名册未通过验证", en="the roll of this period did not verify"
    ),
    (Outcome.HELD, "quarantined_row"): Text(
        zh="隔离区内有一行可能属于该儿童", en="a quarantined row of the roll could be this child's"
    ),
    (Outcome.HELD, "not_asked"): Text(
        zh="本期没有向来源单位查询过该儿童",
        en="the bureau was not asked about this child in this period",
    ),
    (Outcome.HELD, "undecided_pair"): Text(
        zh="名册中有一行是否属于该儿童尚未判定",
        en="whether a row of the roll is this child's is undecided",
    ),
    (Outcome.HELD, "birth_date_missing"): Text(
        zh="缺少可用的出生日期，无法判断", en="without a usable birth date the rule cannot judge"
    ),
    (Outcome.HELD, "collecting"): Text(
        zh="此时段只收集情况，不产生新线索", en="in this part of the year the rule only collects"
    ),
}
"""Reasons that composition itself can give, for every rule."""

_FRAMES: dict[Outcome, Text] = {
    Outcome.SATISFIED: Text(
        zh="已核实，无需处理：{reason}。", en="Checked, nothing to do: {reason}."
    ),
    Outcome.EXCUSED: Text(zh="有正当理由：{reason}。", en="There is a good reason: {reason}."),
    Outcome.NOT_APPLICABLE: Text(
        zh="本规则不适用：{reason}。", en="The rule does not apply: {reason}."
    ),
}


def reason_text(rule: Rule, kind: Outcome, code: str, lang: str) -> str:
    """The words of a reason code; the code itself when a past version of the rule gave it."""
    text = rule.reason(kind, code) or COMMON_REASONS.get((kind, code))
    return text.of(lang) if text else code


def sentence(rule: Rule, outcome: Mapping[str, object], lang: str) -> str:
    """One sentence for an outcome row, in `zh` or `en`.

    Needs `kind`, `reason`, `episode` of the row, `answer` when it fires, and `source`,
    `evidence_roll`, `scope` for a rule about a roll.
    """
    kind = Outcome(str(outcome["kind"]))
    reason = reason_text(rule, kind, str(outcome["reason"]), lang)
    if kind is Outcome.FIRES:
        return _fired(rule.file, outcome).of(lang).format(**_slots(outcome, reason, lang))
    if kind is Outcome.HELD:
        return _held(rule.file, outcome).of(lang) + (
            f"（{reason}）" if lang == "zh" else f" ({reason})"
        )
    return _FRAMES[kind].of(lang).format(reason=reason)


def first_action(rule: Rule, answer: str | None, lang: str) -> str:
    """The first thing that the officer does about a finding of that answer strength."""
    local = rule.file.not_found_locally
    if local and answer == AnswerStrength.NOT_FOUND_LOCALLY:
        return local.first_action.of(lang)
    return rule.file.first_action.of(lang)


def excuses_sought(rule: Rule, lang: str) -> tuple[str, ...]:
    """The excuses that the rolls were searched for, and not found when the rule fires."""
    own = tuple(e.text.of(lang) for e in rule.excuses_sought)
    return own if rule.file.universe is Universe.SOURCE else (*own, SHARED_EXCUSE.of(lang))


def slots_of(text: str) -> set[str]:
    """The names of a template's slots."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _fired(file: RuleFile, outcome: Mapping[str, object]) -> Text:
    local = file.not_found_locally
    if local and outcome.get("answer") == AnswerStrength.NOT_FOUND_LOCALLY:
        return local.sentence
    return file.sentence


def _held(file: RuleFile, outcome: Mapping[str, object]) -> Text:
    by_source = str(outcome["reason"]).startswith("source_")
    return file.held.source if by_source or file.held.child is None else file.held.child


def _slots(outcome: Mapping[str, object], reason: str, lang: str) -> dict[str, str]:
    day = outcome["episode"]
    start = day if isinstance(day, date) else date.fromisoformat(str(day))
    zh = lang == "zh"
    years = f"{start.year}–{start.year + 1}"
    return {
        "school_year": f"{years}学年" if zh else f"the school year {years}",
        "year": f"{start.year}年" if zh else str(start.year),
        "month": f"{start.year}年{start.month}月" if zh else f"{start:%Y-%m}",
        "reason": reason,
        "source": str(outcome.get("source") or ""),
        "roll": str(outcome.get("evidence_roll") or ""),
        "scope": _scope(str(outcome.get("scope") or "*"), zh),
    }


def _scope(scope: str, zh: bool) -> str:
    if scope != "*":
        return scope
    return "全部地区" if zh else "all areas"
