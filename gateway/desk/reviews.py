"""Quarterly reviews (季度复核) made from a child's file, by the officer of one of the child's cases."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.casework import Decision, Event, decide
from gateway.desk.ports import Cases
from gateway.desk.sheets import SheetCases, SheetFile, SheetPersons
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.cases import CaseState, Resolution
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.reviews import Review, ReviewPoint, Standing, quarter_of

RULE = "REG-01"
LATEST = timedelta(days=92)
"""A review is written down within a quarter of the day on which it was made."""

_OPEN = (CaseState.IN_REVIEW, CaseState.CONFIRMED, CaseState.REFERRED, CaseState.WAITING)


class ReviewRows(Protocol):
    """Reviews by person."""

    def add_review(self, new: Review) -> int: ...


class ReviewFindings(Protocol):
    """Which cases of a rule a person has."""

    def cases_of(self, person_id: int, rule: str) -> tuple[int, ...]: ...


class ReviewStore(Protocol):
    """The store as reviews see it."""

    @property
    def cases(self) -> SheetCases: ...
    @property
    def persons(self) -> SheetPersons: ...
    @property
    def findings(self) -> ReviewFindings: ...
    @property
    def child_files(self) -> ReviewRows: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Reviews:
    """Records reviews; settles with them what asked for one."""

    def __init__(
        self, store: ReviewStore, *, clock: Callable[[], datetime], today: Callable[[], date]
    ) -> None:
        self._store = store
        self._clock = clock
        self._today = today

    def record(
        self, user: User, case_id: int, made_on: date,
        points: Mapping[ReviewPoint, Standing], note: str = "",
    ) -> Review:  # fmt: skip
        """Record the review of the child of a case that is the user's own.

        The child's REG-01 cases that the user works on are settled with it (handled offline). Raises
        NotAllowed for another's case and for a child with a named officer, UsageError for a day after
        today or too long ago, or when a point is missing.
        """
        file = self._mine(user, case_id)
        person = self._store.persons.person(file.person_id) if file.person_id else None
        if person is None or person.named_officer or file.person_id is None:
            raise NotAllowed("由专人办理 / with a named officer")
        if not self._today() - LATEST <= made_on <= self._today():
            raise UsageError("the review lies after today, or too long ago", where="made_on")
        if set(points) != set(ReviewPoint):
            raise UsageError("a point of the review is missing", where="points")
        new = Review(
            file.person_id, case_id, made_on, user.reader.name, self._clock(), dict(points), note
        )
        with self._store.transaction():
            number = self._store.child_files.add_review(new)
            for one in self._store.findings.cases_of(file.person_id, RULE):
                self._settle(user, one, new)
            self._note(user, case_id, number, new)
        return new

    def _mine(self, user: User, case_id: int) -> SheetFile:
        file = self._store.cases.find(case_id)
        if file is None or not user.may(Act.DECIDE_CASE, _scope(file)):
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        if not user.holds(file.assigned_to):
            raise NotAllowed("only the officer of a case reviews its child", mend="take the case")
        return file

    def _settle(self, user: User, case_id: int, review: Review) -> None:
        cases: Cases = self._store.cases
        file = cases.find(case_id)
        if file is None or not user.holds(file.assigned_to) or file.state not in _OPEN:
            return
        said = f"{review.quarter} · {review.made_on} · {review.by}"
        decision = Decision(
            Event.SETTLE, user.reader.name, self._clock(), reason=Resolution.HANDLED_OFFLINE,
            note=said,
        )  # fmt: skip
        cases.move(decide(file, decision, today=self._today()))

    def _note(self, user: User, case_id: int, number: int, review: Review) -> None:
        detail = json.dumps({"review": number, "quarter": quarter_of(review.made_on)})
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, "review.record",
                Purpose.CASEWORK, "case", str(case_id), detail,
            )
        )  # fmt: skip


def _scope(file: SheetFile) -> Scope:
    return Scope(file.division or "", AccessScope(file.access))
