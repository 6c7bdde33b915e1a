"""Reads of a team's work: workload, what is overdue for long, the baseline, and counts over time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from gateway.access import Purpose, Reader
from gateway.inquiry.notes import Notes, Read
from gateway.inquiry.scope import wanted_of
from gateway.inquiry.values import EVERYTHING
from gateway.model.teams import Batch, DayCount, Judged, Load

SHOWN_DAYS = 60


@dataclass(frozen=True, slots=True)
class OverTime:
    """Counts of the last nights (oldest first), and how officers judged in that time."""

    days: tuple[DayCount, ...] = field(default=())
    judged: tuple[Judged, ...] = field(default=())


class DayRows(Protocol):
    """Counts by day."""

    def since(self, day: date, divisions: Sequence[str]) -> tuple[DayCount, ...]: ...
    def judged(self, since: datetime, divisions: Sequence[str]) -> tuple[Judged, ...]: ...


class OversightStore(Protocol):
    """The store as oversight sees it."""

    @property
    def findings(self) -> Any: ...
    @property
    def day_counts(self) -> DayRows: ...


class Oversight:
    """Sums about work; no child is read."""

    def __init__(self, store: OversightStore, notes: Notes) -> None:
        self._store = store
        self._notes = notes

    def workload(self, reader: Reader, purpose: Purpose, today: date) -> tuple[Load, ...]:
        """What each account works on, within reach; most overdue first."""
        wanted = wanted_of(reader, EVERYTHING)
        found: tuple[Load, ...] = self._store.findings.workload(wanted, today) if wanted else ()
        self._notes.write(reader, purpose, Read("team.workload", "team", "", len(found)))
        return found

    def baseline(self, reader: Reader, purpose: Purpose) -> tuple[Batch, ...]:
        """What of the first night waits for release, by township and rule."""
        wanted = wanted_of(reader, EVERYTHING)
        found: tuple[Batch, ...] = self._store.findings.baseline(wanted) if wanted else ()
        self._notes.write(reader, purpose, Read("team.baseline", "team", "", len(found)))
        return found

    def over_time(self, reader: Reader, purpose: Purpose, now: datetime, today: date) -> OverTime:
        """The last `SHOWN_DAYS` days."""
        first = today - timedelta(days=SHOWN_DAYS)
        days = self._store.day_counts.since(first, reader.divisions)
        judged = self._store.day_counts.judged(now - timedelta(days=SHOWN_DAYS), reader.divisions)
        self._notes.write(reader, purpose, Read("team.over_time", "team", "", len(days)))
        return OverTime(days, judged)
