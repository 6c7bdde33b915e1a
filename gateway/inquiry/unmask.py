"""Names and numbers in the clear: for one's own case, or by breaking the glass, which is asked about."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.inquiry.ports import Person, Row
from gateway.inquiry.scope import is_key
from gateway.inquiry.views import NAMED_OFFICER
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.unmask import BrokenGlass, GlassReason

GLASS_A_DAY = 10
"""How often one person may break the glass within 24 hours; the next try is refused and alarmed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A child in the clear."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    born: date | None = field(repr=False)


class Findings(Protocol):
    """The online view."""

    def finding(self, finding_key: str) -> Row | None: ...


class Persons(Protocol):
    """People with a case."""

    def person(self, person_id: int) -> Person | None: ...


class CaseOf(Protocol):
    """Where a case lies."""

    @property
    def division(self) -> str | None: ...
    @property
    def access(self) -> str: ...


class Cases(Protocol):
    """Cases by number."""

    def find(self, case_id: int) -> CaseOf | None: ...


class Glass(Protocol):
    """What was looked at outside one's own cases."""

    def add(self, new: BrokenGlass) -> int: ...
    def since(self, by: str, at: datetime) -> int: ...
    def waiting(self) -> tuple[BrokenGlass, ...]: ...
    def answer(self, glass_id: int, by: str, approved: bool, at: datetime) -> None: ...


class UnmaskStore(Protocol):
    """The store as unmasking sees it."""

    @property
    def findings(self) -> Findings: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def glass(self) -> Glass: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> Any: ...


class Unmasking:
    """Gives a child's name and number to who has the case; to others only with a reason."""

    def __init__(self, store: UnmaskStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def identity(self, user: User, key: str, reason: GlassReason | None = None) -> Identity:
        """The child of a finding, in the clear.

        The officer to whom the case is assigned needs no reason. Anybody else breaks the glass: it is
        counted, shown to the supervisors, and refused beyond `GLASS_A_DAY`. Raises NotAllowed when
        the finding is out of reach or the day's number is used up, UsageError without a reason.
        """
        _, person = self.admit(user, key, reason, "identity.show")
        if person.named_officer:
            return Identity(NAMED_OFFICER.zh, "", None)
        return Identity(person.name or "", person.id_number or "", person.birth_date)

    def admit(
        self, user: User, key: str, reason: GlassReason | None, action: str
    ) -> tuple[Row, Person]:
        """The finding and its person for a look in the clear, audited as `action`, or as `glass.break`
        where the case is another's. Raises as `identity`. Who is `named_officer` has nothing to show."""
        row = self._store.findings.finding(key) if is_key(key) else None
        if row is None or row.person_id is None or not user.may(Act.UNMASK, _scope(row)):
            raise NotAllowed("there is no such finding within your reach")
        if user.holds(row.assigned_to):
            self._note(user, action, row, None)
        else:
            self._break(user, row, reason)
        person = self._store.persons.person(row.person_id)
        if person is None:
            raise NotAllowed("there is no such finding within your reach")
        return row, person

    def waiting(self, user: User) -> tuple[BrokenGlass, ...]:
        """What waits for an answer by this supervisor: cases in reach, by other people."""
        return tuple(g for g in self._store.glass.waiting() if self._answers(user, g))

    def answer(self, user: User, glass_id: int, *, approved: bool) -> None:
        """Approve a broken glass, or not. Raises NotAllowed for what `waiting` does not show."""
        if glass_id not in {g.glass_id for g in self.waiting(user)}:
            raise NotAllowed("there is no such look for you to approve")
        action = "glass.approve" if approved else "glass.disapprove"
        with self._store.transaction():
            self._store.glass.answer(glass_id, user.reader.name, approved, self._clock())
            self._write(user, action, "glass", str(glass_id), {})

    def _answers(self, user: User, glass: BrokenGlass) -> bool:
        case = self._store.cases.find(glass.case_id)
        if case is None or glass.by == user.reader.name:
            return False
        scope = Scope(case.division or "", AccessScope(case.access))
        return user.may(Act.APPROVE_BREAK_GLASS, scope)

    def _break(self, user: User, row: Row, reason: GlassReason | None) -> None:
        if not user.may(Act.BREAK_GLASS, _scope(row)):
            raise NotAllowed("only who has the case sees the name")
        if reason is None:
            raise UsageError(
                "the case is not assigned to you", mend="take it, or say why you must look"
            )
        now = self._clock()
        used = self._store.glass.since(user.reader.name, now - timedelta(days=1))
        if used >= GLASS_A_DAY:
            self._note(user, "glass.alarm", row, reason)
            raise NotAllowed("the glass was broken too often today; your supervisor is told")
        with self._store.transaction():
            self._store.glass.add(BrokenGlass(row.case_id, user.reader.name, now, reason))
            self._note(user, "glass.break", row, reason)

    def _note(self, user: User, action: str, row: Row, reason: GlassReason | None) -> None:
        detail = {"reason": str(reason)} if reason else {}
        self._write(user, action, "finding", row.finding_key, detail)

    def _write(
        self, user: User, action: str, kind: str, subject: str, detail: dict[str, str]
    ) -> None:
        reader = user.reader
        protected = AccessScope.PROTECTION in reader.access
        purpose = Purpose.PROTECTION if protected else Purpose.CASEWORK
        self._store.audit.add(
            AuditNote(
                self._clock(), reader.name, reader.kind, action, purpose, kind, subject,
                json.dumps(detail),
            )
        )  # fmt: skip


def _scope(row: Row) -> Scope:
    return Scope(row.division or "", AccessScope(row.access))
