"""Outcomes of a rule: exactly one of five for every subject of the rule's universe."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The five outcomes (findings.md, rule 2); their counts sum to the rule's universe."""

    FIRES = "fires"
    SATISFIED = "satisfied"
    EXCUSED = "excused"
    HELD = "held"
    NOT_APPLICABLE = "not_applicable"


class AnswerStrength(StrEnum):
    """How strong a negative answer is: a roll of enough coverage said no, or only ours did."""

    NO = "no"
    NOT_FOUND_LOCALLY = "not_found_locally"


class Severity(StrEnum):
    """1 the same day, 2 within the week, 3 within the month, 4 a notice."""

    SAME_DAY = "1"
    WEEK = "2"
    MONTH = "3"
    NOTICE = "4"


class AccessScope(StrEnum):
    """Who may see a finding at all: ordinary officers, or child protection only (findings.md, HRM)."""

    ORDINARY = "ordinary"
    SEALED = "sealed"
    PROTECTION = "protection"


class SourceState(StrEnum):
    """What is known of one source's roll for one scope and period."""

    VERIFIED = "verified"
    LATE = "late"
    EXPECTED = "expected"
    PARTIAL = "partial"
    REFUSED = "refused"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """The five sums of one rule in one run, and its universe."""

    rule: str
    universe: int
    fires: int
    satisfied: int
    excused: int
    held: int
    not_applicable: int

    @property
    def balanced(self) -> bool:
        """Whether the five sums equal the universe (promise 1)."""
        kinds = self.fires + self.satisfied + self.excused + self.held + self.not_applicable
        return kinds == self.universe
