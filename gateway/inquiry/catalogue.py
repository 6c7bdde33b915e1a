"""What is public about the checks (rules, code lists), and nights and refused rows by reference only."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.access import Client, Purpose
from gateway.inquiry.ports import RunRow
from gateway.inquiry.values import RunView
from gateway.inquiry.views import run_view
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.codes import CodeList
from gateway.model.outcomes import AccessScope, OutcomeCount
from gateway.policy.rule import Rule

NIGHTS = ("night", "partial")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was set aside: its reference, column and reason; never what it says."""

    number: int
    source: str
    roll: str
    period: str
    row_ref: str
    column: str
    reason: str
    division: str | None


@dataclass(frozen=True, slots=True)
class RowSums:
    """What became of a roll's rows in one run."""

    source: str
    roll: str
    period: str
    received: int
    accepted: int
    quarantined: int
    superseded: int


@dataclass(frozen=True, slots=True)
class PastNight:
    """A night with its sums; rules that a client may not see are left out."""

    run: RunView
    rolls: tuple[RowSums, ...]
    rules: tuple[OutcomeCount, ...]


class Line(Protocol):
    """A line of the row ledger."""

    @property
    def source(self) -> str: ...
    @property
    def roll(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def received(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def quarantined(self) -> int: ...
    @property
    def superseded(self) -> int: ...


class Ledgers(Protocol):
    """Row ledgers of runs."""

    def ledger(self, run_id: int) -> Sequence[Line]: ...


class Runs(Protocol):
    """Runs, newest first."""

    def runs(self, limit: int = 50, kinds: tuple[str, ...] = ()) -> Sequence[RunRow]: ...


class Sums(Protocol):
    """The five sums of each rule."""

    def outcome_counts(self, run_id: int) -> Sequence[OutcomeCount]: ...


class Refused(Protocol):
    """Rows that were set aside, by reference."""

    def listed(
        self, sources: Sequence[str], after: int, limit: int, exchange: str = ""
    ) -> Sequence[Mapping[str, Any]]: ...


class CatalogueStore(Protocol):
    """The store as far as this needs it."""

    @property
    def runs(self) -> Runs: ...
    @property
    def sources(self) -> Ledgers: ...
    @property
    def night(self) -> Sums: ...
    @property
    def quarantine(self) -> Refused: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Catalogue:
    """Reads that name no child. `clock` gives aware times."""

    def __init__(
        self,
        store: CatalogueStore,
        rules: Sequence[Rule],
        codes: Mapping[str, CodeList],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self.rules: Mapping[str, Rule] = {
            rule.id: rule
            for rule in sorted(rules, key=lambda r: (r.id, r.file.version))
            if rule.file.access is not AccessScope.PROTECTION
        }
        self.codes = codes
        self._clock = clock

    def nights(self, limit: int) -> tuple[RunView, ...]:
        """The newest nights, newest first."""
        return tuple(run_view(run) for run in self._store.runs.runs(limit, NIGHTS))

    def night(self, run_id: int) -> PastNight | None:
        """One of the newest thousand nights, with its sums; None when there is none of that number."""
        runs = self._store.runs.runs(1000, NIGHTS)
        run = next((one for one in runs if one.run_id == run_id), None)
        if run is None:
            return None
        rolls = tuple(
            RowSums(
                line.source, line.roll, line.period, line.received, line.accepted,
                line.quarantined, line.superseded,
            )
            for line in self._store.sources.ledger(run_id)
        )  # fmt: skip
        ordinary = {r.id for r in self.rules.values() if r.file.access is AccessScope.ORDINARY}
        sums = self._store.night.outcome_counts(run_id)
        return PastNight(run_view(run), rolls, tuple(s for s in sums if s.rule in ordinary))

    def refused(
        self, client: Client, after: int, limit: int, exchange: str = ""
    ) -> tuple[RefusedRow, ...]:
        """Rows of the client's sources that were set aside and still count, in order of their number;
        with `exchange` those of one sealed exchange.

        Of its divisions only; a row that tells no division is of whoever has the whole site.
        """
        rows = self._store.quarantine.listed(client.sources, after, limit, exchange)
        found = tuple(RefusedRow(**row) for row in rows)
        shown = tuple(
            row
            for row in found
            if any((row.division or "").startswith(d) for d in client.divisions)
        )
        detail = json.dumps({"sources": list(client.sources), "count": len(shown)})
        self._store.audit.add(
            AuditNote(
                self._clock(), client.client_id, "client", "quarantine.list", Purpose.DATA_QUALITY,
                "client", client.client_id, detail,
            )
        )  # fmt: skip
        return shown
