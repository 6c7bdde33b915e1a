"""Reports of harm that somebody types in, and ordinary marks of who is not to be contacted."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from gateway.access import Act, Purpose, Scope, User, may
from gateway.desk.sheets import SheetCases, SheetFile
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.identifiers import clean_number, valid18
from gateway.model.names import name_key
from gateway.model.outcomes import AccessScope

MARKS = ("named_officer", "no_contact")
"""专人办理 and 不得联系: to everybody they say the same words as a case of harm does."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reports. `reporter`: how they are reached, empty when they stay unnamed."""

    text: str = field(repr=False)
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    place: str = field(default="", repr=False)
    reporter: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OwnMark:
    """A mark that somebody set and has not taken back, by the number of a case of the child."""

    mark_id: int
    case_id: int
    mark: str
    at: datetime


class ReportStore(Protocol):
    """The store as reports and marks see it."""

    @property
    def harm(self) -> Any: ...
    @property
    def cases(self) -> SheetCases: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Reports:
    """Takes in reports, sealed for child protection at once; sets marks and takes them back."""

    def __init__(self, store: ReportStore, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def report(self, user: User, told: Reported) -> int:
        """Keep a report; the number of its case. Nobody but child protection can read it afterwards,
        not even who typed it. Raises NotAllowed, UsageError for an empty text or a wrong number."""
        if not may(user.roles, Act.REPORT_HARM):
            raise NotAllowed("your roles do not take in reports")
        if not told.text.strip():
            raise UsageError("what was seen or heard is missing", where="text")
        number = clean_number(told.number) or ""
        if told.number and not valid18(number):
            raise UsageError(
                "the number is not one that can be", where="number", mend="leave it out"
            )
        about = {
            "id_number": number or None, "name": told.name or None,
            "name_key": name_key(told.name), "birth_date": told.born, "place": told.place,
        }  # fmt: skip
        with self._store.transaction():
            made = int(self._store.harm.report(about, told.reporter, told.text, self._clock()))
            # The audit names no case: who reads it must not learn who reported whom.
            self._note(user, "report.take_in", "report", "new")
        return made

    def mark(self, user: User, case_id: int, mark: str) -> None:
        """Say 专人办理 of the child of a case from now on. Raises NotAllowed, UsageError."""
        if mark not in MARKS:
            raise UsageError("that is not a mark", where="mark")
        file = self._reach(user, case_id)
        with self._store.transaction():
            self._store.harm.mark(file.person_id, mark, user.reader.name, self._clock())
            self._note(user, "mark.set", "case", str(case_id))

    def own_marks(self, user: User) -> tuple[OwnMark, ...]:
        """The marks that this user set. Nobody sees another's: the rest would tell who is in danger."""
        rows = self._store.harm.marks_by(user.reader.name)
        return tuple(OwnMark(*row) for row in rows)

    def end_mark(self, user: User, mark_id: int) -> None:
        """Take back a mark of the user's own. Raises NotAllowed for any other."""
        if mark_id not in {mark.mark_id for mark in self.own_marks(user)}:
            raise NotAllowed("there is no such mark of yours")
        with self._store.transaction():
            self._store.harm.end_mark(mark_id, self._clock())
            self._note(user, "mark.end", "mark", str(mark_id))

    def _reach(self, user: User, case_id: int) -> SheetFile:
        file = self._store.cases.find(case_id)
        if file is None or file.person_id is None:
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        if not user.may(Act.DECIDE_CASE, Scope(file.division or "", AccessScope(file.access))):
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        return file

    def _note(self, user: User, action: str, kind: str, subject: str) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.PROTECTION,
                kind, subject, json.dumps({}),
            )
        )  # fmt: skip
