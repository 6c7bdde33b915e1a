"""Village visit sheets (走访核实单): paper for a child director, and what comes back on it.

A sheet names the child and whom to ask for, an address and one neutral question; it tells no rule,
category, benefit, illness or number, so that whoever finds it on the road learns nothing of the family.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.casework import Decision, Event, decide
from gateway.desk.ports import Cases, File
from gateway.desk.values import NEVER
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.sheets import Seen, SheetState, VisitSheet

RETURN_WITHIN = timedelta(days=14)
ALPHABET = "BCDFGHJKMNPSTVWXYZ23456789"
"""Letters of a serial: no vowel, no R, no Q, so that chance never spells a rule, a category or a word."""


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """What stands on the paper."""

    serial: str
    name: str = field(repr=False)
    contact: str = field(repr=False)
    address: str = field(repr=False)
    printed_by: str = ""
    printed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a visitor wrote: what was seen, whether help is needed, when and by whom."""

    seen: Seen
    needs_help: bool
    visited_on: date
    visited_by: str = field(repr=False)
    note: str = field(default="", repr=False)


class SheetPerson(Protocol):
    """The child, in the clear; nothing of one whose items are with a named officer."""

    @property
    def name(self) -> str | None: ...
    @property
    def guardian_name(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def named_officer(self) -> bool: ...
    @property
    def disputed(self) -> bool: ...


class SheetPersons(Protocol):
    """People with a case."""

    def person(self, person_id: int) -> SheetPerson | None: ...


class SheetRows(Protocol):
    """Sheets by serial."""

    def add(self, new: VisitSheet) -> None: ...
    def get(self, serial: str) -> VisitSheet | None: ...
    def of_case(self, case_id: int) -> tuple[VisitSheet, ...]: ...
    def out(self, before: datetime) -> tuple[VisitSheet, ...]: ...
    def close(self, sheet: VisitSheet) -> None: ...


class SheetFile(File, Protocol):
    """A case with the person it is about."""

    @property
    def person_id(self) -> int | None: ...


class SheetCases(Cases, Protocol):
    """Cases, each with its person."""

    def find(self, case_id: int) -> SheetFile | None: ...


class SheetStore(Protocol):
    """The store as sheets see it."""

    @property
    def cases(self) -> SheetCases: ...
    @property
    def persons(self) -> SheetPersons: ...
    @property
    def sheets(self) -> SheetRows: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Sheets:
    """Prints sheets, takes them in, and notes their destruction."""

    def __init__(
        self, store: SheetStore, *, clock: Callable[[], datetime], today: Callable[[], date]
    ) -> None:
        self._store = store
        self._clock = clock
        self._today = today

    def print(self, user: User, case_id: int) -> PrintedSheet:
        """A sheet for the visit of one child, to be printed once.

        Raises NotAllowed when the case is out of reach or another officer's, and for children who are
        never visited on paper; the words do not tell why.
        """
        file = self._reach(user, case_id)
        person = self._store.persons.person(file.person_id) if file.person_id else None
        if person is None or _never(file) or person.named_officer or person.disputed:
            raise NotAllowed("由专人办理，不打印 / with a named officer: nothing is printed")
        now = self._clock()
        sheet = VisitSheet(new_serial(), case_id, user.reader.name, now)
        with self._store.transaction():
            self._store.sheets.add(sheet)
            self._note(user, "sheet.print", sheet)
        return PrintedSheet(
            sheet.serial, person.name or "", person.guardian_name or "", person.address or "",
            user.reader.name, self._today(),
        )  # fmt: skip

    def find(self, user: User, serial: str) -> VisitSheet:
        """A sheet by its serial, as typed or scanned. Raises NotAllowed when it is out of reach."""
        sheet = self._store.sheets.get(serial.strip().upper().replace("-", ""))
        if sheet is None:
            raise NotAllowed("there is no such sheet within your reach")
        file = self._store.cases.find(sheet.case_id)
        if file is None or not user.may(Act.PRINT_SHEETS, _scope(file)):
            raise NotAllowed("there is no such sheet within your reach")
        return sheet

    def take_in(self, user: User, serial: str, found: Returned) -> VisitSheet:
        """Record what a returned sheet says, and note it on its case; the case's state stays.

        Raises UsageError for a visit before the print or after today, StaleCase when it was taken in.
        """
        sheet = self.find(user, serial)
        if not sheet.printed_at.date() - timedelta(days=1) <= found.visited_on <= self._today():
            raise UsageError("the visit lies before the print or after today", where="visited_on")
        if not found.visited_by.strip():
            raise UsageError("nobody is named as the visitor", where="visited_by")
        closed = replace(
            sheet, state=SheetState.RETURNED, closed_by=user.reader.name, closed_at=self._clock(),
            seen=found.seen, needs_help=found.needs_help, visited_on=found.visited_on,
            visited_by=found.visited_by, note=found.note,
        )  # fmt: skip
        with self._store.transaction():
            self._store.sheets.close(closed)
            self._on_case(user, closed)
            self._note(user, "sheet.take_in", closed)
        return closed

    def destroy(self, user: User, serial: str) -> None:
        """Note that a sheet was destroyed without a visit."""
        sheet = self.find(user, serial)
        closed = replace(
            sheet,
            state=SheetState.DESTROYED,
            closed_by=user.reader.name,
            closed_at=self._clock(),
        )
        with self._store.transaction():
            self._store.sheets.close(closed)
            self._note(user, "sheet.destroy", closed)

    def overdue(self, user: User) -> tuple[VisitSheet, ...]:
        """Sheets in the user's reach that went out more than 14 days ago and are not back."""
        late = self._store.sheets.out(self._clock() - RETURN_WITHIN)
        files = ((sheet, self._store.cases.find(sheet.case_id)) for sheet in late)
        return tuple(s for s, f in files if f and user.may(Act.PRINT_SHEETS, _scope(f)))

    def _reach(self, user: User, case_id: int) -> SheetFile:
        file = self._store.cases.find(case_id)
        if file is None or not user.may(Act.PRINT_SHEETS, _scope(file)):
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        if not user.holds(file.assigned_to):
            raise NotAllowed(
                "only the officer of the case prints its sheet", mend="take the case first"
            )
        return file

    def _on_case(self, user: User, sheet: VisitSheet) -> None:
        file = self._store.cases.find(sheet.case_id)
        if file is None:
            raise NotAllowed("there is no such case", where=f"case {sheet.case_id}")
        said = f"{sheet.seen} · {sheet.visited_on} · {sheet.visited_by}"
        text = f"{said} · {sheet.note}" if sheet.note else said
        decision = Decision(
            Event.NOTE, user.reader.name, self._clock(), reason=f"visit_{sheet.seen}", note=text
        )
        self._store.cases.move(decide(file, decision, today=self._today()))

    def _note(self, user: User, action: str, sheet: VisitSheet) -> None:
        detail = json.dumps({"case": sheet.case_id})
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.CASEWORK,
                "sheet", sheet.serial, detail,
            )
        )  # fmt: skip


def new_serial() -> str:
    """A serial that says nothing of anybody."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def _never(file: SheetFile) -> bool:
    return file.access != AccessScope.ORDINARY or file.rule in NEVER


def _scope(file: File) -> Scope:
    return Scope(file.division or "", AccessScope(file.access))
