"""Every read of findings and of the night's ledger: scope, purpose, mask, audit, in one place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from gateway.access import Purpose, Reader
from gateway.inquiry.cursors import open_cursor, seal_cursor
from gateway.inquiry.export import export_rows
from gateway.inquiry.ledger import crowds_of, rolls_of, rules_of
from gateway.inquiry.notes import Notes, Read
from gateway.inquiry.ports import Online
from gateway.inquiry.replays import ReplayReads
from gateway.inquiry.scope import holds, is_key, wanted_of
from gateway.inquiry.values import (
    EVERYTHING,
    ExportRow,
    Filters,
    Finding,
    FindingPage,
    NightView,
    RunView,
    Tally,
)
from gateway.inquiry.views import Views, run_view
from gateway.inquiry.words import RuleBook
from gateway.model.errors import ViewMoved
from gateway.model.exchange import Grade
from gateway.model.identifiers import clean_number, valid18
from gateway.model.queue import FindingFilter
from gateway.policy import Rule
from gateway.specs import Text

MAX_PAGE = 500
LISTED = 50
"""Findings on a page of the list."""

MAX_SEARCH = 100
CASE_DIGITS = 15
"""A case number is shorter than any identity number."""


class Inquiry:
    """Reads of the published run.

    `rules` are those whose words are shown, `grades` the evidence grade of each source, `clock` the
    time that audit rows carry. Every method but `ready` and `titles` writes an audit row before it
    returns: when that fails, nothing is given out.
    """

    def __init__(
        self,
        store: Online,
        rules: Iterable[Rule],
        *,
        grades: Mapping[str, Grade],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._book = RuleBook(rules, store.rulebooks.of_run)
        self.views = self._views = Views(store, self._book, grades)
        self.notes = self._notes = Notes(store.audit, clock)
        self.looks = ReplayReads(store, self._views, self._notes)

    def ready(self) -> RunView | None:
        """The published run, or None before the first one. Really asks the database.

        Raises StoreError when it does not answer or is of another version. No child is read.
        """
        self._store.check()
        return self._published()

    def titles(self, reader: Reader) -> dict[str, Text]:
        """Titles by id of the rules whose findings the reader may see. Read from files."""
        return self._book.titles(reader.access)

    def findings(
        self,
        reader: Reader,
        purpose: Purpose,
        filters: Filters = EVERYTHING,
        *,
        cursor: str = "",
        limit: int = LISTED,
    ) -> FindingPage:
        """One page of the findings in the reader's scope.

        Raises UsageError for a filter or cursor that cannot be, ViewMoved when another run was
        published since the cursor was given.
        """
        page = self._page(reader, filters, cursor, limit)
        self._notes.write(reader, purpose, _read("finding.list", page, filters))
        return page

    def finding(self, reader: Reader, purpose: Purpose, key: str) -> Finding | None:
        """One finding; None when there is none of that key in the reader's scope."""
        if not is_key(key):
            return None
        row = self._store.findings.finding(key)
        found = self._views.of([row]) if row is not None and holds(reader, row) else ()
        self._notes.write(reader, purpose, Read("finding.show", "finding", key, len(found)))
        return found[0] if found else None

    def search(self, reader: Reader, purpose: Purpose, text: str) -> FindingPage:
        """Findings of one case number, of one child by number, or of everybody of one exact name.

        What was searched for is nowhere written down: the audit says that and how many were found.
        """
        run = self._published()
        wanted = self._searched(reader, text.strip())
        found = self._store.findings.page(wanted, limit=MAX_SEARCH).rows if run and wanted else ()
        page = FindingPage(run, self._views.of(found), "")
        self._notes.write(reader, purpose, _read("finding.search", page, EVERYTHING))
        return page

    def _searched(self, reader: Reader, text: str) -> FindingFilter | None:
        everything = wanted_of(reader, EVERYTHING)
        if everything is None or not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < CASE_DIGITS:
            return replace(everything, case_id=int(text))
        number, persons = clean_number(text) or "", self._store.persons
        found = persons.find(number) if valid18(number) else persons.find_name(text)
        return replace(everything, person_ids=found) if found else None

    def household(self, reader: Reader, purpose: Purpose, key: str) -> tuple[Finding, ...]:
        """The other findings about the child of a finding and about its siblings, within reach."""
        row = self._store.findings.finding(key) if is_key(key) else None
        wanted = wanted_of(reader, EVERYTHING)
        if row is None or wanted is None or not holds(reader, row) or row.person_id is None:
            return ()
        people = self._store.persons.people([row.person_id])
        home = people[0].household_key if people else None
        ids = self._store.persons.household(home) if home else (row.person_id,)
        page = self._store.findings.page(replace(wanted, person_ids=ids), limit=MAX_SEARCH)
        found = self._views.of([r for r in page.rows if r.finding_key != key])
        self._notes.write(reader, purpose, Read("finding.household", "finding", key, len(found)))
        return found

    def tallies(
        self, reader: Reader, purpose: Purpose, filters: Filters = EVERYTHING
    ) -> tuple[Tally, ...]:
        """How many findings there are in the reader's scope, by rule, county and state."""
        tallies = self._tallies(reader, filters)
        self._notes.write(reader, purpose, _counted(tallies, self._run_id()))
        return tallies

    def listing(
        self,
        reader: Reader,
        purpose: Purpose,
        filters: Filters,
        beside: Filters,
        *,
        cursor: str = "",
    ) -> tuple[FindingPage, tuple[Tally, ...]]:
        """A page of findings and the counts within `beside`, both of one state of the database.

        Raises as `findings`.
        """
        with self._store.reading():
            page = self._page(reader, filters, cursor, LISTED)
            tallies = self._tallies(reader, beside)
        run = str(page.run.run) if page.run else "none"
        with self._store.transaction():  # Two entries, one wait for the disk.
            self._notes.write(reader, purpose, _read("finding.list", page, filters))
            self._notes.write(reader, purpose, _counted(tallies, run))
        return page, tallies

    def _tallies(self, reader: Reader, filters: Filters) -> tuple[Tally, ...]:
        wanted = wanted_of(reader, filters)
        groups = self._store.findings.counts(wanted) if wanted else ()
        return tuple(Tally(g.rule, g.county or "", g.state, g.count) for g in groups)

    def export(
        self, reader: Reader, purpose: Purpose, filters: Filters = EVERYTHING
    ) -> Iterator[ExportRow]:
        """Every finding in scope as `FIELDS`; see `everything`."""
        for found in self.everything(reader, purpose, filters):
            yield from export_rows((found,))

    def everything(
        self, reader: Reader, purpose: Purpose, filters: Filters = EVERYTHING
    ) -> Iterator[Finding]:
        """Every finding in scope, page by page, each page audited before it is given.

        Raises ViewMoved when another run is published meanwhile: what was given is then not whole.
        """
        cursor, more = "", True
        while more:
            page = self._page(reader, filters, cursor, MAX_PAGE)
            self._notes.write(reader, purpose, _read("finding.export", page, filters))
            yield from page.findings
            cursor = page.next_cursor
            more = bool(cursor)

    def night(self, reader: Reader, purpose: Purpose) -> NightView | None:
        """The ledger of the published night; None before the first one.

        Rules whose findings the reader may not see are left out, sums and all.
        """
        run = self._published()
        rolls = rolls_of(self._store, run) if run else ()
        rules = rules_of(self._store, run, self.titles(reader)) if run else ()
        read = Read("run.show", "run", self._run_id(), len(rolls) + len(rules))
        self._notes.write(reader, purpose, read)
        if run is None:
            return None
        restricted = self._store.harm.restricted(run.run)
        return NightView(run, rolls, rules, restricted, crowds_of(self._store, run))

    def _page(self, reader: Reader, filters: Filters, cursor: str, limit: int) -> FindingPage:
        run = self._published()
        wanted = wanted_of(reader, filters)
        if run is None or wanted is None:
            return FindingPage(run, (), "")
        place = open_cursor(cursor, run.run, wanted)
        page = self._store.findings.page(wanted, cursor=place, limit=max(1, min(limit, MAX_PAGE)))
        found = self._views.of(page.rows)
        if self._run_id() != str(run.run):
            raise ViewMoved("another night was published meanwhile", mend="start at the first page")
        return FindingPage(run, found, seal_cursor(page.next_cursor, run.run, wanted))

    def _published(self) -> RunView | None:
        run = self._store.runs.published()
        return None if run is None else run_view(run)

    def _run_id(self) -> str:
        run = self._store.runs.published()
        return "none" if run is None else str(run.run_id)


def _counted(tallies: Iterable[Tally], run: str) -> Read:
    return Read("finding.count", "run", run, sum(tally.count for tally in tallies))


def _read(action: str, page: FindingPage, filters: Filters) -> Read:
    run = str(page.run.run) if page.run else "none"
    return Read(action, "run", run, len(page.findings), filters)
