"""What the desk asks of the store; `gateway.store.Store` satisfies it by shape."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from gateway.model.cases import CaseMove, CaseState
from gateway.model.desk import CaseCall, CaseProposal, ProposalState


@dataclass(frozen=True, slots=True)
class Note:
    """One audit entry, its fields those of the store's."""

    at: datetime
    actor: str
    actor_kind: str
    action: str
    purpose: str
    subject_kind: str
    subject: str
    detail: str


class Event(Protocol):
    """One line of a case's history."""

    @property
    def version(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def to_state(self) -> CaseState: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def on_whom(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...


class File(Protocol):
    """One case with its history."""

    @property
    def case_id(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def division(self) -> str | None: ...
    @property
    def access(self) -> str: ...
    @property
    def state(self) -> CaseState: ...
    @property
    def version(self) -> int: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def assigned_to(self) -> str | None: ...
    @property
    def excuse_until(self) -> date | None: ...
    @property
    def wait_until(self) -> date | None: ...
    @property
    def waiting_on(self) -> str | None: ...
    @property
    def events(self) -> Sequence[Event]: ...


class Cases(Protocol):
    """Cases and their moves."""

    def find(self, case_id: int) -> File | None: ...
    def move(self, new: CaseMove) -> int: ...


class CaseNotes(Protocol):
    """Calls, and decisions that wait for a second person."""

    def add_call(self, call: CaseCall, access: str) -> None: ...
    def calls(self, case_id: int) -> tuple[CaseCall, ...]: ...
    def propose(self, new: CaseProposal, access: str) -> int: ...
    def pending(self, case_id: int) -> CaseProposal | None: ...
    def answer(self, proposal_id: int, state: ProposalState, by: str, at: datetime) -> None: ...


class Audit(Protocol):
    """Who did what."""

    def add(self, new: Any) -> int: ...


class DeskStore(Protocol):
    """The store as the desk sees it."""

    @property
    def cases(self) -> Cases: ...
    @property
    def case_notes(self) -> CaseNotes: ...
    @property
    def audit(self) -> Audit: ...
    def transaction(self) -> AbstractContextManager[None]: ...
