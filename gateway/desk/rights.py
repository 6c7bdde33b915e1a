"""What a child or guardian may ask of their own data: to see it, to have it corrected or deleted, to have a
finding explained. An officer takes the request and answers it; data in doubt are sent to the bureau that
owns them (校核), and until the answer the case is *disputed*: outreach stops (gateway/store/interlock.py).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.casework import Decision, Event, decide
from gateway.desk.ports import File
from gateway.desk.values import NEVER
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.cases import CaseMove
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.rights import RefusalReason, RightsKind, RightsRequest, RightsState, Seen

ANSWER_DAYS = 15
"""Working days in which a request is answered."""

FORWARDED = (RightsKind.CORRECTION, RightsKind.DELETION)
"""What puts data in doubt."""

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """One request as it is taken. `bureaus` are recipients who are asked to check what they hold."""

    kind: RightsKind
    asked_by: Literal["child", "guardian"]
    text: str = ""
    bureaus: tuple[str, ...] = ()


class RightsFile(File, Protocol):
    """A case with its person."""

    @property
    def person_id(self) -> int | None: ...


class RightsCases(Protocol):
    """Cases, and their moves."""

    def find(self, case_id: int) -> RightsFile | None: ...
    def move(self, new: CaseMove) -> int: ...


class Entry(Protocol):
    """One entry of the audit."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def detail(self) -> str: ...


class RightsPerson(Protocol):
    """The child, as far as the interlock goes."""

    @property
    def named_officer(self) -> bool: ...


class RightsPersons(Protocol):
    """People with a case."""

    def person(self, person_id: int) -> RightsPerson | None: ...


class RightsBook(Protocol):
    """Requests (the store's)."""

    def add(self, new: RightsRequest) -> int: ...
    def find(self, request_id: int) -> RightsRequest | None: ...
    def open(self) -> tuple[RightsRequest, ...]: ...
    def of_person(self, person_id: int) -> tuple[RightsRequest, ...]: ...
    def answer(self, done: RightsRequest) -> None: ...
    def seen(self, person_id: int) -> Sequence[Entry]: ...


class RightsStore(Protocol):
    """The store as rights see it."""

    @property
    def cases(self) -> RightsCases: ...
    @property
    def persons(self) -> RightsPersons: ...
    @property
    def rights(self) -> RightsBook: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Rights:
    """Takes requests, answers them, and says who saw. `working_days` counts by the site's calendar."""

    def __init__(
        self,
        store: RightsStore,
        *,
        clock: Callable[[], datetime],
        today: Callable[[], date],
        working_days: Callable[[date, int], date],
    ) -> None:
        self._store = store
        self._clock = clock
        self._today = today
        self._working_days = working_days

    def request(self, user: User, case_id: int, wish: Wish) -> RightsRequest:
        """Take a request about the child of a case; a wish for correction or deletion is forwarded to the
        bureaus as 校核, in the same transaction, and disputes the case.

        Raises NotAllowed when the case is out of reach or its child has a named officer, UsageError for
        a wish that asks nobody or too much.
        """
        file, person_id = self._reach(user, case_id)
        forwarded = wish.kind in FORWARDED
        if forwarded != bool(wish.bureaus):
            raise UsageError(
                "a correction or deletion is asked of the bureaus that hold the data, nothing else is",
                where=f"case {case_id}",
                mend="name them with --bureau, or leave them out",
            )
        if len(wish.text) > LONGEST:
            raise UsageError("the wish is too long", mend=f"{LONGEST} characters")
        due = self._working_days(self._today(), ANSWER_DAYS)
        new = RightsRequest(
            0, person_id, wish.kind, wish.asked_by, self._clock(), user.reader.name, due,
            wish=wish.text,
        )  # fmt: skip
        with self._store.transaction():
            number = self._store.rights.add(new)
            for bureau in dict.fromkeys(wish.bureaus):
                file = self._check(user, file, bureau)
            self._note(user, "rights.request", case_id, {"request": number, "kind": wish.kind})
        return replace(new, request_id=number)

    def answer(
        self, user: User, case_id: int, request_id: int, text: str,
        refused: RefusalReason | None = None,
    ) -> RightsRequest:  # fmt: skip
        """Answer or refuse a request; a correction or deletion that is answered disputes nothing more.

        Raises NotAllowed, UsageError for no such request or an answer without words, StaleCase when it
        is answered already.
        """
        _, person_id = self._reach(user, case_id)
        found = self._store.rights.find(request_id)
        if found is None or found.person_id != person_id:
            raise UsageError(
                "there is no such request of that child", where=f"request {request_id}"
            )
        if not text.strip() or len(text) > LONGEST:
            raise UsageError(
                "an answer says something, and a refusal says why",
                mend=f"1 to {LONGEST} characters",
            )
        done = replace(
            found,
            state=RightsState.REFUSED if refused else RightsState.ANSWERED,
            reason=refused.value if refused else None,
            answered_by=user.reader.name,
            answered_at=self._clock(),
            answer=text,
        )
        with self._store.transaction():
            self._store.rights.answer(done)
            detail = {"request": request_id, "reason": done.reason or ""}
            self._note(user, f"rights.{done.state}", case_id, detail)
        return done

    def of_case(self, user: User, case_id: int) -> tuple[RightsRequest, ...]:
        """Requests of the child of a case with their words, oldest first; audited. Raises NotAllowed."""
        _, person_id = self._reach(user, case_id, Act.READ_FINDING)
        found = self._store.rights.of_person(person_id)
        self._note(user, "rights.list", case_id, {"count": len(found)})
        return found

    def who_saw(self, user: User, case_id: int) -> tuple[Seen, ...]:
        """Who saw or was told of the child, by kind and purpose, as the family may be shown it. Child
        protection is not in it; that somebody is, tells nobody anything."""
        _, person_id = self._reach(user, case_id, Act.READ_FINDING)
        entries = self._store.rights.seen(person_id)
        self._note(user, "rights.who_saw", case_id, {"count": len(entries)})
        return tuple(_seen(entry) for entry in entries)

    def open(self, user: User) -> tuple[RightsRequest, ...]:
        """Requests that nobody has answered: numbers, kinds and days."""
        if not user.may(Act.READ_NIGHT, Scope(_anywhere(user))):
            raise NotAllowed("your roles do not allow that")
        return self._store.rights.open()

    def _reach(
        self, user: User, case_id: int, act: Act = Act.DECIDE_CASE
    ) -> tuple[RightsFile, int]:
        file = self._store.cases.find(case_id)
        # One answer for "not there" and "not yours": a number tells nobody that a case exists.
        if file is None or not user.may(act, Scope(file.division or "", AccessScope(file.access))):
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        person = None if file.person_id is None else self._store.persons.person(file.person_id)
        if person is None or file.person_id is None:
            raise UsageError("that case is about a roll, not a child", where=f"case {case_id}")
        if person.named_officer or file.access != AccessScope.ORDINARY or file.rule in NEVER:
            raise NotAllowed("由专人办理 / with a named officer", where=f"case {case_id}")
        return file, file.person_id

    def _check(self, user: User, file: RightsFile, bureau: str) -> RightsFile:
        decision = Decision(
            Event.CHECK_DATA, user.reader.name, self._clock(), "wrong_data", on_whom=bureau
        )
        self._store.cases.move(decide(file, decision, today=self._today()))
        found = self._store.cases.find(file.case_id)
        return found or file

    def _note(self, user: User, action: str, case_id: int, detail: Mapping[str, object]) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.RIGHTS_REQUEST,
                "case", str(case_id), json.dumps(detail),
            )
        )  # fmt: skip


def _seen(entry: Entry) -> Seen:
    try:
        said = json.loads(entry.detail)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    who = said.get("recipient") or {"person": "officer", "client": entry.actor}.get(
        entry.actor_kind, entry.actor_kind
    )
    fields = said.get("fields") or ()
    return Seen(entry.at, str(who), entry.action, entry.purpose, tuple(map(str, fields)))


def _anywhere(user: User) -> str:
    return user.reader.divisions[0] if user.reader.divisions else ""
