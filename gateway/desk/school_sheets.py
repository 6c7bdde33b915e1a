"""School check sheets (学校核查表): a class list for a school, in which nobody can tell who is asked about.

A sheet names pupils and their grade and asks where each one is; children with a case stand among
several times as many of the same grades from the school's own roll. It tells no rule and no reason.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.casework import Decision, Event, decide
from gateway.desk.sheets import SheetCases, SheetFile, SheetPerson, new_serial
from gateway.desk.values import NEVER
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.school_sheets import Pupil, SchoolAnswer, SchoolLine, SchoolSheet

OTHERS = 4
"""How many others stand on a sheet for each child with a case, at least."""

MOST = 200
Pupils = Callable[[str], Sequence[Pupil]]
"""The pupils of a school by name, as its own roll has them."""


class SchoolPerson(SheetPerson, Protocol):
    """The child, in the clear."""

    @property
    def id_number(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def school_name(self) -> str | None: ...


class SchoolPersons(Protocol):
    """People with a case; and whether a pupil is one, or is with a named officer."""

    def person(self, person_id: int) -> SchoolPerson | None: ...
    def strangers(self, pupils: Sequence[Pupil]) -> tuple[Pupil, ...]: ...


class SchoolFindings(Protocol):
    """What somebody works on."""

    def mine(self, accounts: Sequence[str]) -> Sequence[Any]: ...


class SchoolRows(Protocol):
    """School sheets by serial."""

    def add(self, sheet: SchoolSheet, lines: Sequence[SchoolLine]) -> None: ...
    def get(self, serial: str) -> SchoolSheet | None: ...
    def out(self, made_by: str) -> tuple[SchoolSheet, ...]: ...
    def told(self, serial: str, names: Mapping[int, str]) -> dict[int, int | None]: ...
    def close(
        self, serial: str, state: str, by: str, at: datetime,
        answers: Mapping[int, SchoolAnswer] | None = None,
    ) -> None: ...  # fmt: skip


class SchoolStore(Protocol):
    """The store as school sheets see it."""

    @property
    def cases(self) -> SheetCases: ...
    @property
    def persons(self) -> SchoolPersons: ...
    @property
    def findings(self) -> SchoolFindings: ...
    @property
    def school_sheets(self) -> SchoolRows: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """What goes into the workbook."""

    serial: str
    school: str = field(repr=False)
    lines: tuple[SchoolLine, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a workbook that came back would do: (case, answer), how many answers about others, and the
    lines that do not stand as they went out."""

    sheet: SchoolSheet
    cases: tuple[tuple[int, SchoolAnswer], ...]
    others: int
    odd: tuple[int, ...]
    answers: Mapping[int, SchoolAnswer]


class SchoolSheets:
    """Makes sheets, previews and takes in what came back."""

    def __init__(
        self, store: SchoolStore, pupils: Pupils, *,
        clock: Callable[[], datetime], today: Callable[[], date],
    ) -> None:  # fmt: skip
        self._store = store
        self._pupils = pupils
        self._clock = clock
        self._today = today

    def schools(self, user: User) -> dict[str, int]:
        """The schools of the children whose cases are the user's own: school → children."""
        found: dict[str, set[int]] = {}
        for file, person in self._mine(user):
            found.setdefault(person.school_name or "", set()).add(file.person_id or 0)
        return {school: len(ids) for school, ids in sorted(found.items()) if school}

    def make(self, user: User, school: str) -> MadeSheet:
        """A sheet for one school about the user's own cases there.

        Raises UsageError when no case of the user's is there, or when the school's roll has too few
        others for anybody to stand among.
        """
        asked = [(f, p) for f, p in self._mine(user) if p.school_name == school]
        if not asked:
            raise UsageError("no case of yours is at that school", where="school")
        pupils = self._pupils(school)
        children: dict[int | None, tuple[SheetFile, SchoolPerson]] = {}
        for file, person in asked:  # The oldest case of a child stands for the child.
            children.setdefault(file.person_id, (file, person))
        mine = [
            SchoolLine(0, p.name or "", _grade(p, pupils), f.case_id) for f, p in children.values()
        ]
        lines = _mixed(mine, self._store.persons.strangers(pupils))
        now = self._clock()
        sheet = SchoolSheet(new_serial(), school, user.reader.name, now)
        with self._store.transaction():
            self._store.school_sheets.add(sheet, lines)
            self._note(user, "school_sheet.make", sheet.serial, len(mine))
        return MadeSheet(sheet.serial, school, lines)

    def out(self, user: User) -> tuple[SchoolSheet, ...]:
        """The user's own sheets that are not back."""
        return self._store.school_sheets.out(user.reader.name)

    def read_back(
        self, user: User, serial: str, rows: Mapping[int, tuple[str, SchoolAnswer]]
    ) -> ReadBack:
        """What a workbook would do; writes nothing. Raises NotAllowed for a sheet that is another's."""
        sheet = self._own(user, serial)
        told = self._store.school_sheets.told(serial, {n: name for n, (name, _) in rows.items()})
        answers = {n: answer for n, (_, answer) in rows.items() if n in told}
        cases = [(told[n], answer) for n, answer in answers.items()]
        return ReadBack(
            sheet,
            tuple((case, answer) for case, answer in cases if case is not None),
            sum(1 for case, _ in cases if case is None),
            tuple(sorted(set(rows) - set(told))),
            answers,
        )

    def take_in(self, user: User, found: ReadBack) -> None:
        """Note on each case what its school says; states stay, officers decide. Raises StaleCase when
        it was taken in already."""
        serial = found.sheet.serial
        self._own(user, serial)
        with self._store.transaction():
            self._store.school_sheets.close(
                serial, "returned", user.reader.name, self._clock(), found.answers
            )
            for case_id, answer in found.cases:
                file = self._store.cases.find(case_id)
                if file is not None:
                    self._on_case(user, file, answer, serial)
            self._note(user, "school_sheet.take_in", serial, len(found.cases))

    def destroy(self, user: User, serial: str) -> None:
        """Note that a sheet was destroyed without an answer."""
        self._own(user, serial)
        with self._store.transaction():
            self._store.school_sheets.close(serial, "destroyed", user.reader.name, self._clock())
            self._note(user, "school_sheet.destroy", serial, 0)

    def _own(self, user: User, serial: str) -> SchoolSheet:
        sheet = self._store.school_sheets.get(serial.strip().upper())
        if sheet is None or sheet.made_by != user.reader.name:
            raise NotAllowed("there is no such sheet of yours")
        return sheet

    def _mine(self, user: User) -> list[tuple[SheetFile, SchoolPerson]]:
        found = []
        for row in self._store.findings.mine([user.reader.name, *sorted(user.stands_in)])[:MOST]:
            file = self._store.cases.find(row.case_id)
            if file is None or file.person_id is None or not _may(user, file):
                continue
            person = self._store.persons.person(file.person_id)
            if person is not None and not person.named_officer:
                found.append((file, person))
        return found

    def _on_case(self, user: User, file: SheetFile, answer: SchoolAnswer, serial: str) -> None:
        decision = Decision(
            Event.NOTE, user.reader.name, self._clock(), reason=f"school_{answer}", note=serial
        )
        self._store.cases.move(decide(file, decision, today=self._today()))

    def _note(self, user: User, action: str, serial: str, count: int) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.CASEWORK,
                "school_sheet", serial, json.dumps({"count": count}),
            )
        )  # fmt: skip


def _may(user: User, file: SheetFile) -> bool:
    # Never harm, never sealed, never IDN-02: those children are asked about bureau to bureau only.
    if file.access != AccessScope.ORDINARY or file.rule in NEVER:
        return False
    return user.may(Act.PRINT_SHEETS, Scope(file.division or "", AccessScope.ORDINARY))


def _grade(person: SchoolPerson, pupils: Sequence[Pupil]) -> int:
    """The child's grade on the roll; of a child whom the roll has not, that of most who are as old."""
    for pupil in pupils:
        if person.id_number and pupil.id_number == person.id_number:
            return pupil.grade
    born = person.birth_date
    as_old = [p.grade for p in pupils if born and p.birth_date and p.birth_date.year == born.year]
    return max(set(as_old), key=as_old.count) if as_old else 0


def _mixed(mine: Sequence[SchoolLine], others: Sequence[Pupil]) -> tuple[SchoolLine, ...]:
    grades = {line.grade for line in mine}
    names = {line.name for line in mine}
    same = [p for p in others if p.grade in grades and p.name not in names]
    wanted = OTHERS * len(mine)
    if len(same) < wanted:
        raise UsageError(
            "the school's roll has too few pupils of these grades to stand among / 同年级学生过少",
            mend="ask the school by telephone, or visit",
        )
    drawn = secrets.SystemRandom().sample(same, wanted)
    lines = [*mine, *(SchoolLine(0, p.name, p.grade) for p in drawn)]
    lines.sort(key=lambda line: (line.grade, line.name))
    return tuple(
        SchoolLine(n, line.name, line.grade, line.case_id) for n, line in enumerate(lines, 1)
    )
