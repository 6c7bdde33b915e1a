"""Single acts on a case: each checked for right, state and version, and written with its audit row."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime

from gateway.access import Act, Purpose, Scope, User
from gateway.casework import Decision, Event, Who, allowed, decide
from gateway.desk.bulk import BulkDone, Chosen, Preview
from gateway.desk.ports import CaseNotes, DeskStore, File
from gateway.desk.values import NEVER, Asked, CaseView, DeskSettings, Done, HistoryLine
from gateway.model.audit import AuditNote
from gateway.model.cases import CaseMove, CaseState
from gateway.model.desk import CallResult, CaseCall, CaseProposal, ProposalState
from gateway.model.errors import GatewayError, NotAllowed, StaleCase, UsageError
from gateway.model.outcomes import AccessScope

COUNTER: dict[CaseState, Event] = {
    CaseState.IN_REVIEW: Event.PUT_BACK,
    CaseState.CONFIRMED: Event.REVISE,
    CaseState.EXCUSED: Event.REVISE,
    CaseState.FALSE_ALARM: Event.REVISE,
    CaseState.SETTLED: Event.REVISE,
    CaseState.WAITING: Event.RESUME,
    CaseState.NOT_MINE: Event.TAKE,
}
"""What takes back a decision that led into a state. A referral has gone out: it cannot be undone."""

UNDONE = "undone"
"""The reason code of a counter-decision made by `undo`."""

_LEAVES = (Event.REFER, Event.CHECK_DATA)
"""What tells another body of the child."""

_NEEDS: dict[Event, Act] = {
    Event.ASSIGN: Act.ASSIGN_CASE,
    Event.RELEASE: Act.ASSIGN_CASE,
    Event.NOTE: Act.ANNOTATE_CASE,
}


class Desk:
    """What officers do. `clock` gives aware times, `today` the day where the site is."""

    def __init__(
        self,
        store: DeskStore,
        *,
        clock: Callable[[], datetime],
        today: Callable[[], date],
        settings: DeskSettings | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._today = today
        self._settings = settings or DeskSettings()

    def case(self, user: User, case_id: int) -> CaseView:
        """A case with its history, calls, and what this user may do. Raises NotAllowed; audited."""
        file = self._reach(user, case_id, Act.READ_FINDING)
        self._note(user, "case.show", file)
        notes: CaseNotes = self._store.case_notes
        return CaseView(
            file.case_id,
            file.version,
            file.state,
            file.rule,
            file.assigned_to or "",
            file.due_on,
            file.excuse_until,
            file.wait_until,
            file.waiting_on or "",
            _can(user, file),
            _undo_of(user, file),
            _history(file),
            notes.calls(case_id),
            notes.pending(case_id),
            file.person_id is not None and self._store.rights.disputed(file.person_id),
        )

    def decide(self, user: User, case_id: int, version: int, asked: Asked) -> Done:
        """Make one decision about a case as the user saw it (`version`).

        Where the site asks for two people the decision is kept as a proposal and moves nothing yet.
        Raises NotAllowed, StaleCase, and UsageError for what the state does not allow or lacks.
        """
        file = self._reach(user, case_id, _NEEDS.get(asked.event, Act.DECIDE_CASE))
        move = self._move(user, file, version, asked)
        with self._store.transaction():
            if self._settings.needs_second(file.rule, asked.event):
                return self._propose(user, file, asked)
            return self._write(user, file, move)

    def agree(self, user: User, case_id: int, *, yes: bool) -> Done:
        """Answer, as the second person, the decision that waits on this case.

        Raises UsageError when nothing waits or the user is the first person, StaleCase when the case
        has moved on meanwhile (the proposal is then closed).
        """
        file = self._reach(user, case_id, Act.DECIDE_CASE)
        pending = self._store.case_notes.pending(case_id)
        where = f"case {case_id}"
        if pending is None:
            raise UsageError("no decision waits for a second person", where=where)
        if pending.by == user.reader.name:
            raise UsageError("the second person must be another one / 须由另一人复核", where=where)
        if pending.version != file.version:
            self._answer(user, file, pending, ProposalState.STALE)
            raise StaleCase("the case was changed since it was proposed", where=where)
        if not yes:
            self._answer(user, file, pending, ProposalState.DECLINED)
            return Done(case_id, file.version, file.state)
        asked = Asked(
            Event(pending.event), pending.reason, pending.until, pending.on_whom, note=pending.note
        )
        move = self._move(user, file, file.version, asked, by=f"{pending.by} + {user.reader.name}")
        with self._store.transaction():
            self._answer(user, file, pending, ProposalState.AGREED)
            return self._write(user, file, move)

    def undo(self, user: User, case_id: int, version: int) -> Done:
        """Take back one's own last decision by a counter-decision. Raises UsageError when it cannot be."""
        file = self._reach(user, case_id, Act.DECIDE_CASE)
        event = _undo_of(user, file)
        if event is None:
            raise UsageError(
                "there is no decision of yours to take back",
                where=f"case {case_id}",
                mend="a referral, or somebody else's decision, is changed by a new decision",
            )
        move = self._move(user, file, version, Asked(event, reason=UNDONE))
        with self._store.transaction():
            return self._write(user, file, move)

    def call(
        self, user: User, case_id: int, result: CallResult, *, next_on: date | None = None,
        number: str = "", note: str = "",
    ) -> None:  # fmt: skip
        """Log one call about a case. Raises NotAllowed, UsageError for a next try in the past."""
        file = self._reach(user, case_id, Act.DECIDE_CASE)
        if next_on is not None and next_on < self._today():
            raise UsageError("the next try lies in the past", mend="give a later day")
        call = CaseCall(case_id, user.reader.name, self._clock(), result, next_on, number, note)
        with self._store.transaction():
            self._store.case_notes.add_call(call, file.access)
            self._note(user, "case.call", file)

    def preview(self, user: User, chosen: Sequence[Chosen], asked: Asked) -> Preview:
        """What a bulk decision would do: which cases move, and why the others do not. Writes nothing."""
        self._limit(chosen)
        moves, refused = [], []
        for one in chosen:
            try:
                file = self._reach(user, one.case_id, Act.DECIDE_IN_BULK)
                self._single(file, asked.event)
                self._move(user, file, one.version, asked)
                moves.append(one)
            except GatewayError as error:
                refused.append((one, error.what))
        return Preview(tuple(moves), tuple(refused))

    def decide_many(self, user: User, chosen: Sequence[Chosen], asked: Asked) -> BulkDone:
        """Make one decision about many cases; each for itself, so that one that changed stops no other."""
        self._limit(chosen)
        done, refused = [], []
        for one in chosen:
            try:
                file = self._reach(user, one.case_id, Act.DECIDE_IN_BULK)
                self._single(file, asked.event)
                done.append(self.decide(user, one.case_id, one.version, asked))
            except GatewayError as error:
                refused.append((one, error.what))
        return BulkDone(tuple(done), tuple(refused))

    def _limit(self, chosen: Sequence[Chosen]) -> None:
        if len(chosen) > self._settings.bulk_limit:
            raise UsageError(
                f"more than {self._settings.bulk_limit} cases at once",
                mend="narrow the filter, decide in parts",
            )

    def _single(self, file: File, event: Event) -> None:
        if self._settings.needs_second(file.rule, event):
            raise UsageError("this decision needs two people and is made one by one")

    def _reach(self, user: User, case_id: int, act: Act) -> File:
        # One answer for "not there" and "not yours": a number tells nobody that a case exists.
        file = self._store.cases.find(case_id)
        if file is not None and user.may(act, _scope(file)):
            return file
        if file is not None and user.may(Act.READ_FINDING, _scope(file)):
            raise NotAllowed(f"your roles do not allow: {act}", where=f"case {case_id}")
        raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")

    def _move(self, user: User, file: File, version: int, asked: Asked, by: str = "") -> CaseMove:
        if version != file.version:
            raise StaleCase(
                "the case was changed since it was read",
                where=f"case {file.case_id}",
                mend="read it again and decide again",
            )
        if asked.event in _LEAVES and (file.access != AccessScope.ORDINARY or file.rule in NEVER):
            raise NotAllowed(
                "由专人办理，不外发 / with a named officer: nothing is sent",
                where=f"case {file.case_id}",
            )
        decision = Decision(
            asked.event, by or user.reader.name, self._clock(), asked.reason, asked.until,
            asked.on_whom, asked.owner, asked.due_on, asked.assign_to, asked.note,
        )  # fmt: skip
        return decide(file, decision, today=self._today())

    def _write(self, user: User, file: File, move: CaseMove) -> Done:
        version = self._store.cases.move(move)
        self._note(user, f"case.{move.event}", file)
        return Done(file.case_id, version, move.to_state)

    def _propose(self, user: User, file: File, asked: Asked) -> Done:
        if self._store.case_notes.pending(file.case_id) is not None:
            raise UsageError(
                "a decision already waits for a second person", where=f"case {file.case_id}"
            )
        new = CaseProposal(
            file.case_id, file.version, asked.event, user.reader.name, self._clock(),
            asked.reason, asked.until, asked.on_whom, asked.note,
        )  # fmt: skip
        self._store.case_notes.propose(new, file.access)
        self._note(user, "case.propose", file)
        return Done(file.case_id, file.version, file.state, proposed=True)

    def _answer(self, user: User, file: File, pending: CaseProposal, state: ProposalState) -> None:
        with self._store.transaction():
            self._store.case_notes.answer(
                pending.proposal_id, state, user.reader.name, self._clock()
            )
            self._note(user, f"case.proposal_{state}", file)

    def _note(self, user: User, action: str, file: File) -> None:
        protection = file.access == AccessScope.PROTECTION
        purpose = Purpose.PROTECTION if protection else Purpose.CASEWORK
        detail = json.dumps({"version": file.version})
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, purpose,
                "case", str(file.case_id), detail,
            )
        )  # fmt: skip


def _scope(file: File) -> Scope:
    return Scope(file.division or "", AccessScope(file.access))


def _can(user: User, file: File) -> tuple[Event, ...]:
    moves = (m.event for m in allowed(file.state, Who.OFFICER))
    return tuple(e for e in moves if user.may(_NEEDS.get(e, Act.DECIDE_CASE), _scope(file)))


def _undo_of(user: User, file: File) -> Event | None:
    if not file.events or file.events[-1].by != user.reader.name:
        return None
    last = file.events[-1]
    return (
        COUNTER.get(file.state) if last.to_state is file.state and last.reason != UNDONE else None
    )


def _history(file: File) -> tuple[HistoryLine, ...]:
    return tuple(
        HistoryLine(
            e.version, e.event, e.to_state, e.by, e.at, e.reason or "", e.until,
            e.on_whom or "", e.note or "",
        )
        for e in file.events
    )  # fmt: skip
