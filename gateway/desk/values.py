"""What the desk takes in and gives out."""

from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.casework import Event
from gateway.model.cases import CaseState
from gateway.model.desk import CallResult, CaseCall, CaseProposal

__all__ = [
    "NEVER",
    "Asked",
    "CallResult",
    "CaseCall",
    "CaseProposal",
    "CaseView",
    "DeskSettings",
    "Done",
    "HistoryLine",
]

NEVER = frozenset({"IDN-02"})
"""Rules whose children are asked about bureau to bureau only."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a site decides about its desk.

    `second_person`: (rule, event) that need a second person's yes; rule `*` means every rule.
    `bulk_limit`: how many cases one bulk decision may move.
    """

    second_person: frozenset[tuple[str, Event]] = frozenset({("WEL-03", Event.CONFIRM)})
    bulk_limit: int = 200

    def needs_second(self, rule: str, event: Event) -> bool:
        """Whether this decision waits for a second person."""
        return bool({(rule, event), ("*", event)} & self.second_person)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person decides; the fields are those of `gateway.casework.Decision`."""

    event: Event
    reason: str = ""
    until: date | None = None
    on_whom: str = ""
    owner: str = ""
    due_on: date | None = None
    assign_to: str = ""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a decision: the case's new version and state, or that a second person is asked."""

    case_id: int
    version: int
    state: CaseState
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a case's history, oldest first."""

    version: int
    event: str
    to_state: CaseState
    by: str
    at: datetime
    reason: str
    until: date | None
    on_whom: str
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as an officer works on it. `can` are the events that this user may cause now. `disputed`:
    the family has asked for a correction that nobody has answered."""

    case_id: int
    version: int
    state: CaseState
    rule: str
    assigned_to: str
    due_on: date | None
    excuse_until: date | None
    wait_until: date | None
    waiting_on: str
    can: tuple[Event, ...]
    undo: Event | None
    history: tuple[HistoryLine, ...]
    calls: tuple[CaseCall, ...]
    proposal: CaseProposal | None
    disputed: bool = False
