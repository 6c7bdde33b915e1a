"""Statistics for systems: one fixed table, of the whole site, small cells withheld (suppression.py).

There is one table and no choice of filters: two tables that share a total would let their difference tell
what each withholds. It is computed over the whole site for whoever asks, and a client with some divisions is
shown their columns of it, not a table of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from gateway.access import ApiScope, Client, Purpose
from gateway.inquiry.notes import Notes, Read
from gateway.inquiry.ports import Group
from gateway.inquiry.suppression import Table, tell
from gateway.model.audit import AuditLog
from gateway.model.cases import CaseState
from gateway.model.outcomes import AccessScope
from gateway.model.queue import FindingFilter
from gateway.policy.rule import Rule

OVER = (
    CaseState.EXCUSED, CaseState.FALSE_ALARM, CaseState.SETTLED, CaseState.RESOLVED,
    CaseState.LAPSED, CaseState.LOST_SUBJECT, CaseState.AGED_OUT, CaseState.CONTINUED,
)  # fmt: skip
"""States of cases that ask nothing of anybody any more."""
NOWHERE = "unknown"
"""The column of findings whose division no row tells."""


class Counted(Protocol):
    """Findings, counted."""

    def counts(self, wanted: FindingFilter) -> Sequence[Group]: ...


class Published(Protocol):
    """The published run."""

    def published(self) -> Any: ...


class StatisticsStore(Protocol):
    """The store as far as this needs it."""

    @property
    def findings(self) -> Counted: ...
    @property
    def runs(self) -> Published: ...
    @property
    def audit(self) -> AuditLog: ...


class Statistics:
    """`rules` are those of the site, `counties` its own (six digits); `clock` gives aware times."""

    def __init__(
        self,
        store: StatisticsStore,
        rules: Iterable[Rule],
        counties: Sequence[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        told = {r.id for r in rules if r.file.access is AccessScope.ORDINARY}
        self._rules = tuple(sorted(rule for rule in told if not rule.startswith("SRC")))
        self._counties = (*counties, NOWHERE)
        self._notes = Notes(store.audit, clock)

    def findings(self, client: Client) -> tuple[int, Table] | None:
        """Open findings of the published run about children, by rule and county: the run's number and the
        table, totals (`*`) last. None before the first night. Raises NotAllowed."""
        client.needs(ApiScope.STATISTICS)
        run = self._store.runs.published()
        if run is None:
            return None
        states = tuple(state for state in CaseState if state not in OVER)
        wanted = FindingFilter(("ordinary",), ("",), rules=self._rules, states=states)
        counts: dict[tuple[str, str], int] = {}
        for group in self._store.findings.counts(wanted):
            place = group.county if group.county in self._counties else NOWHERE
            key = (group.rule, place or NOWHERE)
            counts[key] = counts.get(key, 0) + group.count
        table = _columns(tell(self._rules, self._counties, counts), client.divisions)
        read = Read("statistics.findings", "run", str(run.run_id), 0)
        self._notes.write(client.reader, _purpose(client), read)
        return run.run_id, table


def _columns(table: Table, divisions: Sequence[str]) -> Table:
    """Of somebody's divisions only; the totals are of who has the whole site."""
    if "" in divisions:
        return table
    keep = [j for j, c in enumerate(table.columns) if any(d and c.startswith(d) for d in divisions)]
    return Table(
        table.lines,
        tuple(table.columns[j] for j in keep),
        tuple(tuple(row[j] for j in keep) for row in table.cells),
    )


def _purpose(client: Client) -> Purpose:
    return Purpose.SUPERVISION if Purpose.SUPERVISION in client.purposes else Purpose.CASEWORK
