"""What a person decides about one case: checked against the table of moves and for what it must carry."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from gateway.casework.transitions import Event, Who, allowed
from gateway.model.cases import CaseMove, CaseState, Resolution
from gateway.model.errors import UsageError

REQUIRED: dict[Event, tuple[str, ...]] = {
    Event.RELEASE: ("due_on",),
    Event.TAKE: (),
    Event.PUT_BACK: (),
    Event.ASSIGN: ("assign_to",),
    Event.CONFIRM: (),
    Event.EXCUSE: ("reason", "until", "note"),
    Event.DISMISS: ("reason",),
    Event.HAND_OVER: ("owner", "reason"),
    Event.REFER: ("on_whom",),
    Event.WAIT: ("on_whom", "until"),
    Event.RESUME: (),
    Event.SETTLE: ("reason", "note"),
    Event.SIGN: (),
    Event.REVISE: ("reason",),
    Event.NOTE: ("note",),
    Event.CHECK_DATA: ("on_whom", "reason"),
}
"""What each decision must carry: an excuse without evidence and end is none."""

REQUIRED_OF_OTHERS: dict[Event, tuple[str, ...]] = {
    Event.BUREAU_CORRECTED: ("on_whom", "until"),
    Event.BUREAU_ACTED: ("on_whom", "until"),
    Event.BUREAU_FOUND: ("note",),
    Event.REMINDED: ("on_whom",),
    Event.ESCALATED: ("on_whom",),
}
"""The same of a bureau's answers and of what the worker does by time."""


class CaseShape(Protocol):
    """What of a case a decision needs (the store's CaseFile and FindingRow have it)."""

    @property
    def case_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def state(self) -> CaseState: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `reason` is a code (for `settle` a Resolution); `until` ends an excuse or a wait.

    `assign_to` is the account that a case is given to. `note` is free text: the evidence of an
    excuse; who, when and what proof for a settled case.
    """

    event: Event
    by: str
    at: datetime
    reason: str = ""
    until: date | None = None
    on_whom: str = ""
    owner: str = ""
    due_on: date | None = None
    assign_to: str = ""
    note: str = field(default="", repr=False)


def decide(case: CaseShape, decision: Decision, *, today: date, who: Who = Who.OFFICER) -> CaseMove:
    """The move that a decision makes of a case; `who` is an officer, a bureau that answers, or the
    worker that watches over its time.

    Raises UsageError when the case's state does not allow it, or when it lacks what it must carry.
    """
    move = next((m for m in allowed(case.state, who) if m.event == decision.event), None)
    if move is None:
        can = ", ".join(m.event for m in allowed(case.state, who))
        raise _wrong(
            case, f"{decision.event} is not possible in state {case.state}", f"one of: {can}"
        )
    for name in (REQUIRED | REQUIRED_OF_OTHERS).get(decision.event, ()):
        if not getattr(decision, name):
            raise _wrong(case, f"{decision.event} without {name}", f"give {name}")
    if decision.until is not None and decision.until < today:
        raise _wrong(case, f"{decision.event} until a day that has gone", "give a later day")
    if decision.event is Event.SETTLE and decision.reason not in tuple(Resolution):
        raise _wrong(case, "settled in a way that has no code", f"one of: {', '.join(Resolution)}")
    return CaseMove(
        case.case_id, case.version, decision.event, case.state, move.to_state, decision.by,
        decision.at, decision.reason, decision.until, decision.on_whom, decision.owner,
        decision.due_on, move.notice, decision.note, decision.assign_to,
    )  # fmt: skip


def _wrong(case: CaseShape, what: str, mend: str) -> UsageError:
    return UsageError(what, where=f"case {case.case_id}", mend=mend)
