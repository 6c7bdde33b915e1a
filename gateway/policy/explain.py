"""Why each rule ended as it did for one child, and what the child has a right to (`cwg rule explain`).

Values only; how they are printed is the caller's. A rule that is not for ordinary readers says here
what it says everywhere: 按规定保障, without outcome, words and row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.engine import Engine, load_step
from gateway.model.outcomes import AccessScope, Outcome
from gateway.policy.entitlement import EntitledMonth, entitlement_of
from gateway.policy.judging import ROOM
from gateway.policy.parameters import Parameters
from gateway.policy.rule import Rule
from gateway.policy.texts import excuses_sought, reason_text, sentence
from gateway.specs import Text

RESTRICTED = Text(zh="按规定保障", en="protected as the rules say")

FACTS = {
    "orphan": Text(zh="孤儿", en="orphan"),
    "unattended": Text(zh="事实无人抚养儿童", en="de facto unattended child"),
    "extreme_hardship": Text(zh="特困", en="extreme hardship"),
    "low_income": Text(zh="低保", en="low income"),
    "borderline": Text(zh="低保边缘", en="borderline of low income"),
    "monitored": Text(zh="防返贫监测对象", en="monitored against return to poverty"),
    "severe_disability": Text(zh="重度残疾（一、二级）", en="severe disability (grade 1 or 2)"),
    "severe_mental": Text(zh="精神、智力残疾（三、四级）", en="mental disability (grade 3 or 4)"),
    "disability": Text(zh="残疾", en="disability"),
}
"""Words of the categories that the fact step can prove."""

BY_CATEGORY = (
    "basic_living", "contribution_help", "contribution_help_share", "medical_help", "age_limit",
    "continues_in_school", "registry_scope",
)  # fmt: skip
"""Topics whose key is the category itself."""

ALLOWANCES = {
    "severe_disability": ("living", "nursing"),
    "severe_mental": ("living",),
    "disability": ("living",),
}
AIDED = ("orphan", "unattended", "extreme_hardship", "low_income", "monitored")
"""Categories that student aid asks for."""


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that a category gives a right to: what, how much, in which unit, set by what."""

    title: Text
    value: float
    unit: Text
    reference: str


@dataclass(frozen=True, slots=True)
class ProvedCategory:
    """A category that a row proves, from when to when, whether it holds tonight, and its rights."""

    fact: str
    holds: bool
    since: date | None
    until: date | None
    registered: bool
    roll: str
    row_ref: str
    rights: tuple[Right, ...]

    @property
    def title(self) -> Text:
        """The category in words."""
        return FACTS[self.fact]


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """How one rule ended for the child. `excuses` were looked for by data, `asked` only an officer can.

    `outcome` is empty for a rule that is not for ordinary readers.
    """

    rule: str
    version: int
    title: Text
    outcome: str
    reason: Text
    sentence: Text
    answer: str
    evidence: str
    excused_until: date | None
    held_by: str
    excuses: tuple[Text, ...]
    asked: tuple[Text, ...]


@dataclass(frozen=True)
class Explained:
    """The page of one child: categories, months (oldest first), rules."""

    person_id: int
    as_of: date
    categories: tuple[ProvedCategory, ...]
    months: tuple[EntitledMonth, ...]
    rules: tuple[RuleSaid, ...]


def explain(
    engine: Engine,
    person_id: int,
    rules: Sequence[Rule],
    params: Mapping[str, object],
    parameters: Parameters,
) -> Explained:
    """The page of a child from the tables that `make_facts` and `evaluate` made of the same night.

    `rules` are those in force, `params` the calendar's of the night.
    """
    own = {**params, "person_id": person_id}
    as_of = params["as_of"]
    assert isinstance(as_of, date)  # noqa: S101 (narrows the type; the calendar gave a date)
    rows = engine.fetch(load_step(ROOM, "explain_facts"), own).to_pylist()
    said = engine.fetch(load_step(ROOM, "explain_outcomes"), own).to_pylist()
    by_id = {rule.id: rule for rule in rules}
    return Explained(
        person_id,
        as_of,
        tuple(_category(row, parameters, as_of) for row in rows),
        entitlement_of(engine, person_id),
        tuple(_said(by_id[row["rule"]], row) for row in said),
    )


def _category(row: Mapping[str, Any], parameters: Parameters, as_of: date) -> ProvedCategory:
    found = _rights(row["fact"], row["stage"], row["county"], parameters, as_of)
    return ProvedCategory(
        row["fact"], row["holds"], row["since"], row["until"], row["registered"],
        row["roll"] or "", row["row_ref"] or "", tuple(found) if row["holds"] else (),
    )  # fmt: skip


def _rights(
    fact: str, stage: str | None, county: str, parameters: Parameters, day: date
) -> Iterator[Right]:
    keys = [(topic, fact) for topic in BY_CATEGORY]
    keys += [("disability_allowance", key) for key in ALLOWANCES.get(fact, ())]
    if stage is not None and fact in AIDED:
        keys.append(("student_aid", stage))
    files = {file.topic: file for file in parameters.files}
    for topic, key in keys:
        found = parameters.set_by(topic, key, county, day)
        if found is not None and found.value is not None and topic in files:
            title = files[topic].title
            if key != fact:
                name = files[topic].keys[key]
                title = Text(zh=f"{title.zh}（{name.zh}）", en=f"{title.en} ({name.en})")
            yield Right(title, found.value, files[topic].unit, found.reference)


def _said(rule: Rule, row: Mapping[str, Any]) -> RuleSaid:
    officer = tuple(e.text for e in rule.file.excuses if e.sought_by == "officer")
    if rule.file.access is not AccessScope.ORDINARY:
        return RuleSaid(
            rule.id, rule.file.version, rule.file.title, "", RESTRICTED, RESTRICTED,
            "", "", None, "", (), (),
        )  # fmt: skip
    kind = Outcome(row["kind"])
    zh, en = (reason_text(rule, kind, row["reason"], lang) for lang in ("zh", "en"))
    evidence = f"{row['evidence_roll']} {row['evidence_ref']}" if row["evidence_ref"] else ""
    return RuleSaid(
        rule.id,
        rule.file.version,
        rule.file.title,
        kind.value,
        Text(zh=zh, en=en),
        Text(zh=sentence(rule, row, "zh"), en=sentence(rule, row, "en")),
        row["answer"] or "",
        evidence,
        row["excused_until"],
        row["held_by"] or "",
        _pairs(rule),
        officer,
    )


def _pairs(rule: Rule) -> tuple[Text, ...]:
    both = zip(excuses_sought(rule, "zh"), excuses_sought(rule, "en"), strict=True)
    return tuple(Text(zh=zh, en=en) for zh, en in both)
