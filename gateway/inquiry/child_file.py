"""One child, one file (一人一档): what the rolls said and what people did, each with source and night."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from gateway.access import User
from gateway.inquiry.evidence import Rolls
from gateway.inquiry.fact_words import FactWords, Shown
from gateway.inquiry.ports import Online, Person, Row
from gateway.inquiry.scope import wanted_of
from gateway.inquiry.unmask import Unmasking
from gateway.inquiry.values import EVERYTHING, Finding
from gateway.inquiry.views import Views
from gateway.inquiry.why import Why, why
from gateway.model.child_files import FACTS, Fact, NightFile
from gateway.model.outcomes import AccessScope
from gateway.model.reviews import Review
from gateway.model.unmask import GlassReason
from gateway.specs import Text

_MOST = 100


@dataclass(frozen=True, slots=True)
class FactLine:
    """A row of a roll. `first` is the night that first told it, `gone` the night from which no roll
    tells it any more; `period` the month of the roll that brought it (empty: not known)."""

    fact: Fact
    shown: tuple[Shown, ...] = field(repr=False)
    period: str
    first: date
    gone: date | None

    @property
    def why(self) -> Why | None:
        """Why this row is the child's; None for the child's own row."""
        return why(self.fact)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the time line. `on` is a day, a month or a year; `kind` fact, finding, decision,
    call, visit or review; `by` a roll's source or an account; `night` when a night told it."""

    on: str
    kind: str
    text: Text = field(repr=False)
    by: str
    night: date | None = None


@dataclass(frozen=True, slots=True)
class ChildFile:
    """A child in the clear. `closed`: every item is with a named officer, and nothing else stands here.
    `hidden`: class 3 has more, which is with those who may read it (按规定保障)."""

    key: str
    case_id: int
    closed: bool
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    sex: str = ""
    guardian: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    division: str = ""
    hidden: bool = False
    tables: Mapping[str, tuple[FactLine, ...]] = field(default_factory=dict, repr=False)
    findings: tuple[Finding, ...] = ()
    reviews: tuple[Review, ...] = field(default=(), repr=False)
    moments: tuple[Moment, ...] = field(default=(), repr=False)


class Files(Protocol):
    """Children's files by person."""

    def of(self, person_id: int, *, sealed: bool) -> tuple[NightFile, ...]: ...
    def hidden(self, person_id: int) -> bool: ...
    def reviews(self, person_id: int) -> tuple[Review, ...]: ...


class FileStore(Online, Protocol):
    """The store as a child's file sees it; cases, calls and sheets as the store has them."""

    @property
    def child_files(self) -> Files: ...
    @property
    def cases(self) -> Any: ...
    @property
    def case_notes(self) -> Any: ...
    @property
    def sheets(self) -> Any: ...


class ChildFiles:
    """Opens files, for who has the case; for others with a reason, as any name in the clear."""

    def __init__(
        self, store: FileStore, unmasking: Unmasking, views: Views, words: FactWords
    ) -> None:
        self._store = store
        self._unmasking = unmasking
        self._views = views
        self._words = words

    def open(self, user: User, key: str, reason: GlassReason | None = None) -> ChildFile:
        """The file of the child of a finding. Raises as `Unmasking.identity` does; audited there."""
        row, person = self._unmasking.admit(user, key, reason, "file.show")
        if person.named_officer:
            return ChildFile(key, row.case_id, closed=True)
        return self._file(user, row, person)

    def _file(self, user: User, row: Row, person: Person) -> ChildFile:
        files, number = self._store.child_files, person.person_id
        sealed = AccessScope.SEALED in user.reader.access
        lines = self._lines(files.of(number, sealed=sealed))
        rows = self._rows(user, number)
        reviews = files.reviews(number)
        moments = (*self._told(lines), *self._done(rows), *map(self._reviewed, reviews))
        return ChildFile(
            row.finding_key, row.case_id, False, person.name or "", person.id_number or "",
            person.birth_date, person.sex or "", person.guardian_name or "", person.address or "",
            person.division or "", not sealed and files.hidden(number), _by_table(lines),
            self._views.of(rows), reviews,
            tuple(sorted(moments, key=lambda m: (m.on, m.kind), reverse=True)),
        )  # fmt: skip

    def _rows(self, user: User, person_id: int) -> Sequence[Row]:
        wanted = wanted_of(user.reader, EVERYTHING, person_ids=(person_id,))
        return self._store.findings.page(wanted, limit=_MOST).rows if wanted else ()

    def _lines(self, nights: Sequence[NightFile]) -> tuple[FactLine, ...]:
        days = {one.run_id: self._store.runs.run(one.run_id).as_of for one in nights}
        rolls = Rolls(self._store)
        told: dict[tuple[str, str], tuple[Fact, date, date | None]] = {}
        for night in nights:
            facts = {(f.table, f.ref): f for f in (*night.facts, *night.sealed)}
            day = days[night.run_id]
            for place, (fact, first, gone) in list(told.items()):
                if place not in facts and gone is None:
                    told[place] = (fact, first, day)
            for place, fact in facts.items():
                told[place] = (fact, told[place][1] if place in told else day, None)
        return tuple(
            FactLine(
                fact, self._words.shown(fact), rolls.period_of(fact.source, fact.roll, fact.ref) or "",
                first, gone,
            )
            for fact, first, gone in told.values()
        )  # fmt: skip

    def _told(self, lines: Sequence[FactLine]) -> list[Moment]:
        return [
            Moment(
                line.fact.when, "fact", self._words.summary(line.fact), line.fact.source, line.first
            )
            for line in lines
        ]

    def _done(self, rows: Sequence[Row]) -> list[Moment]:
        found: list[Moment] = []
        for row in rows:
            case = self._store.cases.find(row.case_id)
            for event in case.events if case else ():
                by_night = event.run_id is not None
                kind = "finding" if by_night else "decision"
                night = self._store.runs.run(event.run_id).as_of if by_night else None
                day = (night or event.at.date()).isoformat()
                text = self._words.event(row.rule, event)
                found.append(Moment(day, kind, text, "" if by_night else event.by, night))
            found += [
                Moment(call.at.date().isoformat(), "call", self._words.call(call.result), call.by)
                for call in self._store.case_notes.calls(row.case_id)
            ]
            found += [
                Moment(s.visited_on.isoformat(), "visit", self._words.seen(s.seen), s.visited_by)
                for s in self._store.sheets.of_case(row.case_id)
                if s.seen
            ]
        return found

    def _reviewed(self, review: Review) -> Moment:
        return Moment(
            review.made_on.isoformat(), "review", self._words.review(review), review.by
        )  # fmt: skip


def _by_table(lines: Sequence[FactLine]) -> dict[str, tuple[FactLine, ...]]:
    found = {
        name: tuple(
            sorted(
                (line for line in lines if line.fact.table == name),
                key=lambda line: (line.gone is None, line.fact.current, line.fact.when),
                reverse=True,
            )
        )
        for name in FACTS
    }
    return {name: of_table for name, of_table in found.items() if of_table}
