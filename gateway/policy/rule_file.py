"""The rule file: one value that is schema, validator and documentation at once.

A rule is `<id>.yaml` (this model) and `<id>.sql` (one SELECT, its columns in docs/rules.md).
Source: docs/rules.md is generated from these values; the catalogue is findings.md's table.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from gateway.model.outcomes import AccessScope
from gateway.policy.example import Examples
from gateway.specs import SpecModel, Text

Severity = Annotated[int, Field(ge=1, le=4)]
"""1 the same day, 2 within the week, 3 within the month, 4 a notice."""

RuleId = Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Prefix = Annotated[str, Field(pattern=r"^(\*|[0-9]{2}|[0-9]{4}|[0-9]{6})$")]


class Citation(SpecModel):
    """The clause that asks for the check. `number` is empty for a document without one.

    `confirmed` false: the clause is known by its place only, its words were not read; a lawyer checks
    it before the rule is relied on. Only such a clause may lack its quote.
    """

    id: str
    title: Annotated[str, Field(min_length=1)]
    number: str = ""
    clause: Annotated[str, Field(min_length=1)]
    quote: str = ""
    confirmed: bool = True


class Universe(StrEnum):
    """Whose outcomes a rule states: exactly one outcome for each subject of it."""

    POPULATION = "population"
    REGISTRY = "registry"
    ASSISTANCE = "assistance"
    SOURCE = "source"


class Roll(StrEnum):
    """The rolls that a rule can need, by what they hold, whoever delivers them."""

    ENROLMENT = "enrolment"
    COVERAGE = "coverage"
    REGISTRY = "registry"
    ASSISTANCE = "assistance"
    CONTRIBUTION = "contribution"
    DISABILITY = "disability"
    GUARDIAN = "guardian"
    AID = "aid"
    ATTENDANCE = "attendance"
    DEATH = "death"
    INSURED_IDENTITY = "insured_identity"
    REHABILITATION = "rehabilitation"
    VISIT = "visit"


ROLL_TABLES: dict[Roll, tuple[str, ...]] = {
    Roll.ENROLMENT: ("enrolment",),
    Roll.COVERAGE: ("coverage",),
    Roll.REGISTRY: ("child",),
    Roll.ASSISTANCE: ("assistance_household", "assistance_member"),
    Roll.CONTRIBUTION: ("contribution",),
    Roll.DISABILITY: ("disability",),
    Roll.GUARDIAN: ("guardian",),
    Roll.AID: ("aid",),
    Roll.ATTENDANCE: ("attendance",),
    Roll.DEATH: ("death",),
    Roll.INSURED_IDENTITY: ("insured_identity",),
    Roll.REHABILITATION: ("rehabilitation",),
    Roll.VISIT: ("visit",),
}
"""Canonical tables in which a roll's rows stand."""


class Reach(StrEnum):
    """How far a roll sees (findings.md, rule 3)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATIONAL = "national"

    @property
    def rank(self) -> int:
        """1 for a county … 4 for the nation."""
        return list(Reach).index(self) + 1


class Need(SpecModel):
    """A roll without whose verified state the rule is held.

    `coverage` is the reach that the claim needs. With `reads_absence`, the rule concludes from a
    row that is not there: a child who could be a doubtful row of that roll is held. An `optional`
    roll is needed where it is connected and somebody of ours stands in it; elsewhere the rule goes
    without.
    """

    roll: Roll
    coverage: Reach
    reads_absence: bool
    optional: bool = False


class Held(SpecModel):
    """What is said while the rule is held, for a whole source and for one child."""

    source: Text
    child: Text | None = None


class Phase(SpecModel):
    """A span of the calendar year, both named days included.

    `sleeps`: nobody is judged. `collects`: what would fire is held, so findings keep their state.
    """

    phase: Literal["collects", "sleeps"]
    first: str
    last: str
    why: Text


class Severities(SpecModel):
    """The severity of a finding, by reason where it differs."""

    default: Severity
    by_reason: dict[Code, Severity] = Field(default_factory=dict)

    def of(self, reason: str) -> int:
        """The severity of a finding with that reason."""
        return self.by_reason.get(reason, self.default)


class Excuse(SpecModel):
    """A legitimate reason why there is nothing to do, its evidence, and when it ends.

    `sought_by` data: a step of its own in the rule's SQL file (`-- excuse: <code>`) looks for it.
    officer: no roll shows it; the officer asks. Where several hold, the first in the file is told.
    """

    code: Code
    text: Text
    evidence: Text
    expires: Text
    sought_by: Literal["data", "officer"] = "data"


class Reasons(SpecModel):
    """Every reason code that the SQL can give, by the outcome that it explains."""

    fires: dict[Code, Text]
    satisfied: dict[Code, Text] = Field(default_factory=dict)
    not_applicable: dict[Code, Text] = Field(default_factory=dict)
    held: dict[Code, Text] = Field(default_factory=dict)


class LocalAnswer(SpecModel):
    """Words of a *not found locally* finding, which claims less than the rule's own sentence."""

    sentence: Text
    first_action: Text
    due_days: Annotated[int, Field(ge=1)]


class ParameterValue(SpecModel):
    """A value from a day on, with the reference that sets it."""

    since: date
    value: int
    reference: str


class Effective(SpecModel):
    """The days on which the rule is in force; `to` empty = open."""

    since: date
    to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the rule is in force on that day."""
        return self.since <= day and (self.to is None or day <= self.to)


class RuleFile(SpecModel):
    """The YAML file of one rule.

    `uses` names the topics of `parameters/` that its SQL reads. A death that a roll reports suspends
    every rule but the one that asks about it (`suspended_by_death: false`).
    """

    id: RuleId
    version: Annotated[int, Field(ge=1)]
    title: Text
    sentence: Text
    not_found_locally: LocalAnswer | None = None
    citations: Annotated[tuple[Citation, ...], Field(min_length=1)]
    universe: Universe
    period: Text
    episode: Literal[
        "school_year",
        "insurance_year",
        "assistance_begin",
        "first_unpaid_month",
        "period",
        "month",
        "term",
        "quarter",
        "event",
        "limit",
        "whole",
    ]
    effective: Effective
    divisions: Annotated[tuple[Prefix, ...], Field(min_length=1)]
    needs: tuple[Need, ...]
    held: Held
    phases: tuple[Phase, ...] = ()
    owner: Literal[
        "education",
        "medical_insurance",
        "civil_affairs",
        "public_security",
        "disabled_persons_federation",
        "township",
        "data_officer",
        "it",
        "supervisor",
    ]
    severity: Severities
    due_days: Annotated[int, Field(ge=1)]
    first_action: Text
    excuses: tuple[Excuse, ...]
    reasons: Reasons
    parameters: dict[Code, Annotated[tuple[ParameterValue, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    uses: tuple[Code, ...] = ()
    suspended_by_death: bool = True
    access: AccessScope
    examples: Examples
