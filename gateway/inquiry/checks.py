"""Yes, no or not known about a child, asked by systems between nights.

An unknown child, a sealed one, one that is 专人办理 and one out of the client's reach take the same way
through this file and get the same answer: what is not said about them is that they are known.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from gateway.access import ApiScope, Client, Purpose, Scope
from gateway.inquiry.ports import RunRow
from gateway.model.answers import Ground, Kept, Question, Said, named_token, number_token
from gateway.model.audit import AuditNote
from gateway.model.errors import UsageError
from gateway.model.identifiers import clean_number, valid18
from gateway.model.names import name_key

_LETTER = {question: place for place, question in enumerate(Question)}


class WhyUnknown(StrEnum):
    """WhyUnknown an answer is *not known*."""

    HELD = "held"
    OUT_OF_COVERAGE = "out_of_coverage"
    AMBIGUOUS = "ambiguous"
    NOT_IN_SCOPE = "not_in_scope"


_WHY = {
    Said.HELD: WhyUnknown.HELD,
    Said.OUT_OF_COVERAGE: WhyUnknown.OUT_OF_COVERAGE,
    Said.AMBIGUOUS: WhyUnknown.AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. By `number`, or by `name`, `born` and `guardian` together.

    `as_of` None: the day of the published night. `case_ref` is the caller's own reference.
    """

    question: Question
    purpose: Purpose
    case_ref: str
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    guardian: str = field(default="", repr=False)
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer` is yes, no or not_known, then with `why`. The rest says what it rests on, and until
    which day it is good; None where there is nothing to rest on."""

    answer: str
    why: WhyUnknown | None
    roll_as_of: date | None
    coverage: str | None
    run_id: int | None
    until: date | None


class KeptAnswers(Protocol):
    """The compact table of the published night."""

    @property
    def index_key(self) -> str: ...
    def find(
        self, tokens: Sequence[str], *, named: bool = False
    ) -> Mapping[str, Sequence[Kept]]: ...
    def grounds(self) -> Mapping[tuple[str, str], Ground]: ...


class Interlock(Protocol):
    """Whose every item is 专人办理. Its `known` is (person id, number, name key, birth date)."""

    def shut(self, known: Sequence[Any]) -> frozenset[int]: ...


class AuditMany(Protocol):
    """The audit, several entries at once."""

    def add_all(self, new: Sequence[Any]) -> None: ...


class Runs(Protocol):
    """The published run."""

    def published(self) -> RunRow | None: ...


class CheckStore(Protocol):
    """The store as far as checks need it."""

    @property
    def answers(self) -> KeptAnswers: ...
    @property
    def persons(self) -> Interlock: ...
    @property
    def audit(self) -> AuditMany: ...
    @property
    def runs(self) -> Runs: ...
    def transaction(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whom a question is about, as the interlock knows people."""

    person_id: int
    id_number: str | None = field(repr=False)
    name_key: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)


_NOBODY = Kept(0, "", "".join(Said.HELD for _ in Question))
"""Stands in for whom nobody knows, so that the way is the same."""

_NO_GROUND = Ground(0, None, None, None)
_Grounds = Mapping[tuple[str, str], Ground]


class Checks:
    """Answers, each written to the audit before it is given. `clock` gives aware times."""

    def __init__(self, store: CheckStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._known: tuple[int, _Grounds] | None = None

    def answer(self, asked: Sequence[tuple[Client, Asked]]) -> tuple[Answer, ...]:
        """The answers, in the order of the questions; all of one call in one transaction.

        Raises NotAllowed for a scope or purpose that is not the client's (which tells of no child),
        UsageError for a number that cannot be one, StoreError, and then nothing is given out.
        """
        for client, one in asked:
            check_asked(client, one)
        return self.answer_checked(asked)

    def answer_checked(self, asked: Sequence[tuple[Client, Asked]]) -> tuple[Answer, ...]:
        """The same for questions that passed `check_asked` one by one. Raises StoreError."""
        questions = [one for _, one in asked]
        numbers = [clean_number(one.number) if one.number else None for one in questions]
        with self._store.transaction():
            run = self._store.runs.published()
            grounds = self._grounds_of(run)
            found = self._find(questions, numbers)
            open_to_all = self._open(questions, numbers, found)
            answers, notes = [], []
            for place, (client, one) in enumerate(asked):
                said = _said(one, found[place], grounds, run)
                nothing = Answer(
                    "not_known", WhyUnknown.NOT_IN_SCOPE, None, None, said.run_id, None
                )
                reached = client.reader.reaches(Scope((found[place] or _NOBODY).division))
                shown = found[place] is not None and reached and place in open_to_all
                answers.append(said if shown else nothing)
                notes.append(self._note(client, one, found[place] if shown else None))
            self._store.audit.add_all(notes)
        return tuple(answers)

    def _grounds_of(self, run: RunRow | None) -> _Grounds:
        """Read once a published run: they are written with the publishing, a few hundred of a province."""
        number = run.run_id if run else 0
        if self._known is None or self._known[0] != number:
            self._known = (number, self._store.answers.grounds())
        return self._known[1]

    def _find(
        self, asked: Sequence[Asked], numbers: Sequence[str | None]
    ) -> tuple[Kept | None, ...]:
        """The one kept answer of each question's child; None for nobody, and for several."""
        key = self._store.answers.index_key
        tokens = [_token(key, one, number) for one, number in zip(asked, numbers, strict=True)]
        by_number = [t for t, one in zip(tokens, asked, strict=True) if one.number]
        by_name = [t for t, one in zip(tokens, asked, strict=True) if not one.number]
        known = dict(self._store.answers.find(by_number)) if by_number else {}
        if by_name:
            known |= self._store.answers.find(by_name, named=True)
        several = [known.get(token, ()) for token in tokens]
        return tuple(some[0] if len(some) == 1 else None for some in several)

    def _open(
        self, asked: Sequence[Asked], numbers: Sequence[str | None], found: Sequence[Kept | None]
    ) -> frozenset[int]:
        """Places of the questions whose child is not 专人办理."""
        # Who is not known gets a number that nobody has, so that one never stands for another.
        subjects = [
            _Subject(kept.person_id if kept else -1 - place, number, name_key(one.name), one.born)
            for place, (one, number, kept) in enumerate(zip(asked, numbers, found, strict=True))
        ]
        shut = self._store.persons.shut(subjects)
        return frozenset(n for n, s in enumerate(subjects) if s.person_id not in shut)

    def _note(self, client: Client, asked: Asked, kept: Kept | None) -> AuditNote:
        detail = {
            "question": asked.question,
            "case_ref": asked.case_ref,
            "basis": client.purposes[asked.purpose],
        }
        return AuditNote(
            self._clock(), client.client_id, "client", "child.check", asked.purpose, "person",
            str(kept.person_id) if kept else "none", json.dumps(detail, ensure_ascii=False),
        )  # fmt: skip


def _said(asked: Asked, kept: Kept | None, grounds: _Grounds, run: RunRow | None) -> Answer:
    of = kept or _NOBODY
    ground = grounds.get((asked.question, of.division[:6]), _NO_GROUND)
    letter = Said(of.said[_LETTER[asked.question]])
    if not _speaks_for(ground, asked.as_of):
        letter = Said.HELD
    sure = letter in (Said.YES, Said.NO)
    answer = {Said.YES: "yes", Said.NO: "no"}.get(letter, "not_known")
    return Answer(
        answer, None if sure else _WHY[letter], ground.roll_as_of, ground.coverage,
        run.run_id if run else None, ground.until,
    )  # fmt: skip


def _speaks_for(ground: Ground, day: date | None) -> bool:
    if ground.roll_as_of is None or ground.until is None:
        return False
    return day is None or ground.roll_as_of <= day <= ground.until


def _token(key: str, one: Asked, number: str | None) -> str:
    if one.number:
        return number_token(key, number or "")
    born = one.born or date.min
    return named_token(key, name_key(one.name) or "", born, name_key(one.guardian) or "")


def check_asked(client: Client, asked: Asked) -> None:
    """Raises NotAllowed or UsageError for a question that may not, or cannot, be asked."""
    client.needs(ApiScope.CHECK)
    client.for_purpose(asked.purpose)
    by_name = bool(asked.name and asked.born and asked.guardian)
    if bool(asked.number) == by_name:
        raise UsageError(
            "a child is named by number, or by name, birth date and guardian together",
            where="children:check",
        )
    if asked.number and not valid18(clean_number(asked.number)):
        raise UsageError("that is not a resident identity number", where="value")
