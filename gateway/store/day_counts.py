"""Counts of a night by rule and county, kept so that a chart over months reads a few hundred rows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from gateway.model.cases import CaseState
from gateway.model.teams import DayCount, Judged
from gateway.store.database import Database, upsert_rows
from gateway.store.runs import NIGHTS, Run
from gateway.store.tables import case_event, case_file, day_count, finding, run

LIVE = (
    CaseState.OPEN, CaseState.REOPENED, CaseState.IN_REVIEW, CaseState.CONFIRMED,
    CaseState.NOT_MINE, CaseState.REFERRED, CaseState.WAITING, CaseState.AWAITING_REVERIFY,
    CaseState.AWAITING_SIGNATURE, CaseState.LOST_SUBJECT,
)  # fmt: skip
CLOSED = (
    CaseState.EXCUSED, CaseState.FALSE_ALARM, CaseState.SETTLED, CaseState.RESOLVED,
    CaseState.LAPSED, CaseState.AGED_OUT,
)  # fmt: skip
_COUNTY = func.coalesce(func.substr(finding.c.division, 1, 6), "")
_LONGEST = timedelta(hours=8)
_EVENTS = 50_000


class DayCounts:
    """Writes and reads counts; ordinary findings only, so that no total tells of others."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, of: Run) -> None:
        """Count what stands after a night; the same day again replaces its counts."""
        ordinary = finding.c.access == "ordinary"
        joined = finding.join(case_file, case_file.c.case_id == finding.c.case_id)
        live, waits = (
            case_file.c.state.in_(LIVE),
            case_file.c.state == CaseState.BASELINE_PENDING,
        )
        query = (
            select(
                finding.c.rule, _COUNTY,
                _sum(live), _sum(and_(live, case_file.c.due_on < of.as_of)), _sum(waits),
                _sum(and_(case_file.c.opened_on == of.as_of, ~waits)),
            )
            .select_from(joined).where(ordinary).group_by(finding.c.rule, _COUNTY)
        )  # fmt: skip
        with self._db.write() as c:
            before = c.execute(
                select(func.max(run.c.started_at)).where(
                    run.c.kind.in_(NIGHTS), run.c.as_of < of.as_of
                )
            ).scalar()
            resolved = self._resolved(c, before)
            rows = [
                {
                    "as_of": of.as_of, "rule": r[0], "county": r[1], "open": r[2], "overdue": r[3],
                    "baseline": r[4], "found": r[5], "resolved": resolved.get((r[0], r[1]), 0),
                }
                for r in c.execute(query).all()
            ]  # fmt: skip
            upsert_rows(c, day_count, rows)

    def since(self, day: date, divisions: Sequence[str]) -> tuple[DayCount, ...]:
        """Counts from a day on, of counties that lie wholly within the divisions (prefixes)."""
        columns = [day_count.c[name] for name in DayCount.__slots__]
        query = select(*columns).where(day_count.c.as_of >= day).order_by(day_count.c.as_of)
        with self._db.read() as c:
            rows = [DayCount(*row) for row in c.execute(query).all()]
        return tuple(row for row in rows if any(row.county.startswith(d) for d in divisions))

    def judged(self, since: datetime, divisions: Sequence[str]) -> tuple[Judged, ...]:
        """How officers judged since a time, by rule."""
        named = ("take", "confirm", "dismiss", "excuse", "settle", "refer")
        query = (
            select(
                finding.c.rule, case_event.c.case_id, case_event.c.event, case_event.c.by,
                case_event.c.at,
            )
            .select_from(case_event)
            .join(finding, finding.c.case_id == case_event.c.case_id)
            .where(
                case_event.c.at >= since, case_event.c.event.in_(named),
                finding.c.access == "ordinary", _within(divisions),
            )
            .order_by(case_event.c.case_id, case_event.c.version).limit(_EVENTS)
        )  # fmt: skip
        with self._db.read() as c:
            return _judged(c.execute(query).all())

    def _resolved(self, connection: Any, since: datetime | None) -> dict[tuple[str, str], int]:
        closed = (
            case_event.c.to_state.in_(CLOSED),
            case_event.c.from_state.in_(LIVE),
            finding.c.access == "ordinary",
        )
        joined = case_event.join(finding, finding.c.case_id == case_event.c.case_id)
        query = select(finding.c.rule, _COUNTY, func.count()).select_from(joined).where(*closed)
        if since is not None:
            query = query.where(case_event.c.at >= since)
        rows = connection.execute(query.group_by(finding.c.rule, _COUNTY)).all()
        return {(row[0], row[1]): row[2] for row in rows}


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _within(prefixes: Sequence[str]) -> Any:
    return or_(
        finding.c.case_id.is_(None),
        *(
            finding.c.division.between(p.ljust(12, "0"), p.ljust(12, "9"))
            if p
            else finding.c.case_id.is_not(None)
            for p in prefixes
        ),
    )


def _judged(rows: Sequence[Any]) -> tuple[Judged, ...]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    minutes: dict[str, list[float]] = defaultdict(list)
    taken: dict[tuple[int, str], datetime] = {}
    for rule, case_id, event, by, at in rows:
        if event == "take":
            taken[case_id, by] = at
            continue
        counts[rule][0] += event == "confirm"
        counts[rule][1] += event == "dismiss"
        began = taken.pop((case_id, by), None)
        if began is not None and at - began <= _LONGEST:
            minutes[rule].append((at - began).total_seconds() / 60)
    return tuple(
        Judged(rule, yes, no, round(median(minutes[rule])) if minutes[rule] else None)
        for rule, (yes, no) in sorted(counts.items())
    )
