"""What inquiry gives out: frozen, masked values of the published run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gateway.model.cases import CaseState
from gateway.model.exchange import Grade
from gateway.model.outcomes import AnswerStrength, OutcomeCount, Severity
from gateway.policy.rule_file import Citation
from gateway.specs import Text


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of the findings in scope; empty means all. `counties` are six digits each.

    `due_before`: due on an earlier day; `assigned_to`: accounts that work on the case; `unverified`:
    only what no roll has confirmed lately; `born`: first and last year of birth; `unseen`: overdue, and no
    supervisor has seen it.
    """

    rules: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    states: tuple[CaseState, ...] = ()
    owners: tuple[str, ...] = ()
    due_before: date | None = None
    assigned_to: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unverified: bool = False
    born: tuple[int, int] | None = None
    unseen: bool = False


EVERYTHING = Filters()
"""All findings in scope."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run: the day it speaks for, and what was known when it spoke. `state` is done or held."""

    run: int
    as_of: date
    known_at: datetime
    state: str
    baseline: bool

    @property
    def period(self) -> str:
        """The month of the rolls that the run collected."""
        return f"{self.as_of:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Child:
    """A child as an officer's list shows it: `张*`, `419***********0012`, `2015-03`, `1` or `2`.

    The school is told so that two of one name can be told apart. What is not known is empty.
    """

    name: str
    number: str
    born: str
    sex: str
    school: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a finding rests on.

    `kind` row: a source row, `ref` is `<exchange id>#<row number>`. `kind` roll: a roll that was
    read as a whole, with its own date and coverage. What is not known is None.
    """

    kind: str
    roll: str
    ref: str | None
    source: str | None
    period: str | None
    state: str | None
    roll_date: date | None
    coverage: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """A legitimate excuse: its code and its words."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Words:
    """What a finding says, in both languages.

    `heading` is the rule's title, or only *not found locally* where the rolls do not reach far enough
    for more. `excuses_sought` were looked for in the rolls and not found; `to_ask` only people know.
    """

    heading: Text
    reason: Text
    sentence: Text
    first_action: Text
    excuses_sought: tuple[Sought, ...]
    to_ask: tuple[Sought, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: of a child, or of a source's roll and scope (then `child` is None).

    `run` is the run that made this statement; `version` is handed back with a decision about the case.
    """

    key: str
    case_id: int
    version: int
    assigned_to: str
    rule: str
    rule_version: int
    run: RunView
    child: Child | None
    source: str | None
    roll: str | None
    scope: str | None
    answer: AnswerStrength
    severity: Severity
    due: date | None
    owner: str
    division: str | None
    state: CaseState
    episode: date
    unverified_since: date | None
    evidence: tuple[Evidence, ...]
    grade: Grade
    words: Words


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Findings by severity, then case number, as the published `run` shows them.

    `next_cursor` is empty on the last page; it is good for this run and these filters only.
    """

    run: RunView | None
    findings: tuple[Finding, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings of one rule, county (six digits, empty when not known) and state."""

    rule: str
    county: str
    state: CaseState
    count: int


@dataclass(frozen=True, slots=True)
class RollLedger:
    """One roll in one night: what became of its rows.

    `linked` are rows that belong to a person of the population, `undecided` persons who could be a
    row that nobody has decided. Counts are None when the roll was not there, or the night kept no such count.
    """

    source: str
    roll: str
    period: str
    state: str
    coverage: str
    roll_date: date | None
    due_on: date | None
    received: int | None
    accepted: int | None
    quarantined: int | None
    superseded: int | None
    linked: int | None
    undecided: int | None
    held_counties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLedger:
    """The five sums of a rule in one night, with its title."""

    title: Text
    sums: OutcomeCount


@dataclass(frozen=True, slots=True)
class CrowdLedger:
    """Values of one kind that stood on too many rows to tell anybody apart: how many, on how many rows."""

    kind: Text
    values: int
    rows: int


@dataclass(frozen=True, slots=True)
class NightView:
    """The ledger of the published night: rolls, then rules, then crowds. `restricted` counts what only child
    protection may know of; no other sum has it in it."""

    run: RunView
    rolls: tuple[RollLedger, ...]
    rules: tuple[RuleLedger, ...]
    restricted: int = 0
    crowds: tuple[CrowdLedger, ...] = ()


ExportRow = Mapping[str, object]
"""A finding as JSON values, its keys those of `gateway.inquiry.FIELDS` (docs/finding.md)."""
