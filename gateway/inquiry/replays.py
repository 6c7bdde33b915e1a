"""What a replay found, as findings are exported: scope, mask and audit as for the published night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.access import Purpose, Reader
from gateway.inquiry.export import export_rows
from gateway.inquiry.notes import Notes, Read
from gateway.inquiry.ports import Online
from gateway.inquiry.scope import holds
from gateway.inquiry.values import ExportRow, RunView
from gateway.inquiry.views import Views, run_view
from gateway.model.cases import CaseState
from gateway.model.errors import UsageError

LISTED = 50


@dataclass(frozen=True, slots=True)
class _Found:
    """A replay's finding in the shape of the online view's; it has no case."""

    finding_key: str
    rule: str
    rule_version: int
    run_id: int
    person_id: int | None
    source: str | None
    roll: str | None
    scope: str | None
    division: str | None
    severity: str
    owner: str
    answer: str
    reason: str
    access: str
    episode: date
    evidence: str
    state: CaseState = CaseState.OPEN
    due_on: date | None = None
    case_id: int = 0
    version: int = 0
    assigned_to: str | None = None
    unverified_since: date | None = None


class ReplayReads:
    """Reads of replay runs."""

    def __init__(self, store: Online, views: Views, notes: Notes) -> None:
        self._store = store
        self._views = views
        self._notes = notes

    def replays(self, reader: Reader, purpose: Purpose) -> tuple[RunView, ...]:
        """The newest replays, newest first. No child is read."""
        found = tuple(run_view(run) for run in self._store.runs.runs(LISTED, kinds=("replay",)))
        self._notes.write(reader, purpose, Read("replay.list", "run", "", len(found)))
        return found

    def export(self, reader: Reader, purpose: Purpose, run_id: int) -> tuple[ExportRow, ...]:
        """The findings of a replay in the reader's scope as `FIELDS`; `state` and `due` are None, for
        a replay opens no case. A child without a case has an empty name: a look names nobody anew.

        Raises UsageError when the run is not a replay.
        """
        known = {run.run for run in self.replays(reader, purpose)}
        if run_id not in known:
            raise UsageError(
                "that run is not one of the newest replays",
                where=f"run {run_id}",
                mend="see `cwg replay list`",
            )
        access = sorted(reader.access)
        rows = [_found(row) for row in self._store.replays.findings(run_id, access)]
        mine = [row for row in rows if holds(reader, row)]
        self._notes.write(reader, purpose, Read("replay.export", "run", str(run_id), len(mine)))
        return tuple(_without_case(row) for row in export_rows(self._views.of(mine)))


def _found(row: Any) -> _Found:
    return _Found(**dict(row._mapping))


def _without_case(row: ExportRow) -> ExportRow:
    return {**row, "state": None, "due": None}


def rows_of(found: Sequence[RunView]) -> list[dict[str, object]]:
    """Replays as rows to print."""
    return [
        {"run": r.run, "as_of": r.as_of, "known_at": r.known_at, "state": r.state} for r in found
    ]
