"""Source status: one row per source, table, scope and period, always present."""

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from gateway.model.exchange import Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.divisions import moved_by, now_called, now_within
from gateway.pipeline.plan import House, NightAsk, RollPlan
from gateway.store import STATUS

WHOLE = "*"


@dataclass(frozen=True, slots=True)
class RollCounts:
    """Rows of a roll; `by_county` is county → (accepted, quarantined)."""

    received: int
    accepted: int
    quarantined: int
    by_county: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RollState:
    """The state of a roll; delivery and counts are there only when it was verified."""

    state: SourceState
    delivery: Delivery | None = None
    counts: RollCounts | None = None


def status_rows(house: House, ask: NightAsk, plan: RollPlan, now: RollState) -> pa.Table:
    """The status rows of one roll and period: one for the whole (`*`), one per county, per table."""
    rows = [
        _row(house, ask, plan, table, scope, now)
        for table in plan.mapping.tables
        for scope in (WHOLE, *house.counties)
    ]
    return pa.Table.from_pylist(rows, schema=STATUS)


def _row(
    house: House, ask: NightAsk, plan: RollPlan, table: str, scope: str, now: RollState
) -> dict[str, object]:
    whole = scope == WHOLE
    received, accepted, quarantined = _sums(now.counts, scope)
    low, high = plan.limits(ask.period)
    return {
        "source": plan.source,
        "roll": plan.roll,
        "table_name": table,
        "scope": scope,
        "period": ask.period,
        "state": _scope_state(now, scope, plan, ask.period),
        "coverage": plan.coverage,
        "roll_date": ask.as_of if now.delivery else None,
        "due_on": due_on(house, ask, plan),
        "expected_rows": _expected(now.delivery, scope, moved_by(plan.divisions, ask.period)),
        "received": received,
        "accepted": accepted,
        "quarantined": quarantined,
        "error_budget": plan.error_budget,
        "low": low if whole else None,
        "high": high if whole else None,
        "unverified_since": None if now.delivery else due_on(house, ask, plan),
    }


def due_on(house: House, ask: NightAsk, plan: RollPlan) -> date:
    """The last day, a working day, on which the roll of this period is in time."""
    return house.calendar.next_working(ask.as_of.replace(day=plan.due_day))


def _scope_state(now: RollState, scope: str, plan: RollPlan, period: str) -> SourceState:
    if now.state is not SourceState.PARTIAL or now.delivery is None:
        return now.state
    # A county that the bureau itself named as missing is partial, and with it the roll as a whole;
    # what it did send is verified.
    # Of a divided county every part may be missing.
    missing = now.delivery.closing.held_scopes
    held = scope == WHOLE or any(scope in now_within(s, plan.divisions, period) for s in missing)
    return SourceState.PARTIAL if held else SourceState.VERIFIED


def _sums(counts: RollCounts | None, scope: str) -> tuple[int | None, int | None, int | None]:
    if counts is None:
        return None, None, None
    if scope == WHOLE:
        return counts.received, counts.accepted, counts.quarantined
    accepted, quarantined = counts.by_county.get(scope, (0, 0))
    return accepted + quarantined, accepted, quarantined


def _expected(delivery: Delivery | None, scope: str, moved: dict[str, str]) -> int | None:
    if delivery is None:
        return None
    if scope == WHOLE:
        return delivery.closing.rows
    return sum(s.rows for s in delivery.closing.scopes if now_called(s.division, moved) == scope)
