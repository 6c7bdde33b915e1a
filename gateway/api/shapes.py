"""Shapes of the API's answers, for its OpenAPI document and checked against every answer."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """An answer whose unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class CitationOut(Shape):
    """A clause that asks for the check."""

    title: str
    number: str
    clause: str


class ChildOut(Shape):
    """A masked child; what is not known is empty."""

    name: str
    number: str
    born: str
    sex: str


class EvidenceOut(Shape):
    """A cited row, or a roll that was read as a whole."""

    kind: str
    roll: str
    ref: str | None
    source: str | None
    period: str | None
    state: str | None
    roll_date: str | None
    coverage: str | None


class ExcuseOut(Shape):
    """A legitimate excuse that was looked for and not found."""

    code: str
    zh: str
    en: str


class TextOut(Shape):
    """The same words in both languages."""

    zh: str
    en: str


class FindingOut(Shape):
    """One finding (docs/finding.md)."""

    key: str
    rule: str
    rule_version: int
    citation: list[CitationOut]
    as_of: str
    known_at: str
    period: str
    run: int
    child: ChildOut | None
    answer: str
    severity: int
    due: str | None
    owner: str
    division: str | None
    state: str
    evidence: list[EvidenceOut]
    excuses_sought: list[ExcuseOut]
    grade: str
    first_action: TextOut
    sentence_zh: str
    sentence_en: str


class RunOut(Shape):
    """The run that the online view shows."""

    run: int
    as_of: str
    known_at: str
    period: str
    state: str
    baseline: bool


class FindingsOut(Shape):
    """One page; `next` is empty on the last one."""

    run: RunOut | None
    findings: list[FindingOut]
    next: str


class RollOut(Shape):
    """What became of a roll's rows. A count is null when the roll was not there."""

    source: str
    roll: str
    period: str
    state: str
    coverage: str
    roll_date: str | None
    due_on: str | None
    received: int | None
    accepted: int | None
    quarantined: int | None
    superseded: int | None
    linked: int | None
    undecided: int | None
    held_counties: list[str]


class RuleOut(Shape):
    """The five sums of a rule; they add up to the universe."""

    rule: str
    title: TextOut
    universe: int
    fires: int
    satisfied: int
    excused: int
    held: int
    not_applicable: int


class LatestRunOut(Shape):
    """The ledger of the published night."""

    run: RunOut | None
    rolls: list[RollOut]
    rules: list[RuleOut]


class LiveOut(Shape):
    """The process answers."""

    status: str


class ReadyOut(Shape):
    """The database answers and a run is published."""

    status: str
    run: RunOut


class ProblemOut(BaseModel):
    """RFC 9457; `title` in Chinese and English, `code` the last part of `type`."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
