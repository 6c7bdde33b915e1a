"""One roll of one night: reach the bureau, open what it sends, map it, freeze it, register it.

Whatever goes wrong here sets the roll aside whole and says so; the night goes on, and the rules that
need the roll are held. Everything that a verified roll leaves behind is registered in one transaction.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.engine import Engine, Snapshot, load_step
from gateway.engine.snapshots import Frozen
from gateway.mapping import MappedRoll, Signal, apply
from gateway.model.errors import (
    DeliveryIncomplete,
    ExchangeRefused,
    GatewayError,
    LedgerUnbalanced,
    MappingFailed,
    PeerRefused,
    TransportError,
)
from gateway.model.exchange import Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.plan import House, NightAsk, NightLine, RollPlan
from gateway.pipeline.status import RollCounts, RollState, due_on, status_rows
from gateway.store import RowLedger

ROOM = "gateway.pipeline"
_SNAPSHOTS = uuid.UUID("6f1d4b0e-5d0a-4c3e-9c44-0b7f6f0e9a11")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a night did with one roll. `note` is one line for the operator; empty when all is well."""

    source: str
    roll: str
    state: SourceState
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    superseded: int = 0
    signals: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Job:
    """One roll of one run."""

    house: House
    ask: NightAsk
    run_id: int
    plan: RollPlan


def collect(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    """Bring one roll up to date. Raises only what must stop the run (LedgerUnbalanced, StoreError)."""
    kept = house.store.deliveries.current(plan.source, plan.roll, ask.period)
    if kept is not None and _as_kept(house, ask, plan).state is SourceState.VERIFIED:
        first = kept.delivery.exchanges[0].exchange_id
        if not ask.again and not _another_waits(ask, plan, first):
            return _already_verified(house, ask, plan)
    try:
        line, delivery = _fetch(house, ask, plan)
        if kept is not None and delivery.replaces != kept.delivery.exchanges[0].exchange_id:
            return _as_kept(house, ask, plan, _not_replaced(plan, kept.delivery))
        mapped = _take(_Job(house, ask, run_id, plan), line, delivery)
    except (TransportError, ExchangeRefused, DeliveryIncomplete, MappingFailed) as error:
        if kept is not None:
            return _as_kept(house, ask, plan, _trouble(plan, error))
        state = _state_of(error, house, ask, plan)
        house.store.sources.put_status(run_id, status_rows(house, ask, plan, RollState(state)))
        return Collected(plan.source, plan.roll, state, note=_trouble(plan, error))
    return Collected(
        plan.source, plan.roll, _verified_state(delivery, mapped, plan), mapped.received,
        mapped.accepted, mapped.quarantined, mapped.superseded,
        tuple(_told(plan, signal) for signal in mapped.signals),
    )  # fmt: skip


def _another_waits(ask: NightAsk, plan: RollPlan, first: str) -> bool:
    """Whether a delivery lies ready besides the verified one; a place that fails shows none."""
    try:
        return any(
            found != first for found in plan.adapter.waiting(plan.roll, ask.period, plan.line())
        )
    except TransportError:
        return False


def _trouble(plan: RollPlan, error: GatewayError) -> str:
    """What went wrong as one line for the operator: which roll, what, and the mend."""
    which = "" if plan.source in error.where else f"{plan.source}/{plan.roll}: "
    mend = "" if error.mend else " Mend: ask the bureau, or wait for the next night"
    return f"{which}{error}{mend}"


def _told(plan: RollPlan, signal: Signal) -> str:
    """A signal of the mapping as one line for the operator."""
    why = f" ({signal.reason})" if signal.reason else ""
    kind = signal.kind.replace("_", " ")
    return f"{plan.source}/{plan.roll}: {kind} {signal.subject}{why}, {signal.rows} rows"


def _already_verified(house: House, ask: NightAsk, plan: RollPlan) -> Collected:
    """A period already verified is not fetched again; a bureau that cannot be reached is a warning."""
    probe = plan.adapter.probe(plan.line())
    if probe.reachable:
        return _as_kept(house, ask, plan)
    note = (
        f"{plan.source} cannot be reached; its roll of {ask.period} was verified before and is used"
    )
    return _as_kept(house, ask, plan, note)


def _as_kept(house: House, ask: NightAsk, plan: RollPlan, note: str = "") -> Collected:
    """What an earlier run kept of this period's roll."""
    kept = house.store.sources.roll_counts(plan.source, plan.roll, ask.period)
    if kept is None:
        raise LedgerUnbalanced(
            "a verified roll has no ledger",
            where=f"{plan.source}/{plan.roll} {ask.period}",
            mend="restore the database from the last backup; then run the night again",
        )
    return Collected(
        plan.source, plan.roll, SourceState(kept.state), kept.received, kept.accepted,
        kept.quarantined, kept.superseded, note=note,
    )  # fmt: skip


def _not_replaced(plan: RollPlan, kept: Delivery) -> str:
    return (
        f"the roll of {kept.period} that came first is kept: the newer one does not name it "
        f"[{plan.source}/{plan.roll}] "
        f"Mend: ask the bureau for one that replaces {kept.exchanges[0].exchange_id}"
    )


def _fetch(house: House, ask: NightAsk, plan: RollPlan) -> tuple[NightLine, Delivery]:
    if ask.known_at.date() > plan.granted_until:
        raise PeerRefused(
            f"the grant for this roll ended on {plan.granted_until}",
            where=f"{plan.source}/{plan.roll}",
            mend="renew the grant, then write its new date into the source's file",
        )
    line = plan.line()
    return line, plan.adapter.collect(plan.roll, ask.period, line)


def _take(job: _Job, line: NightLine, delivery: Delivery) -> MappedRoll:
    house = job.house
    with house.engine() as engine:
        exchanges = line.verified(delivery)
        mapped = apply(engine, job.plan.mapping, exchanges, spill_dir=house.spill_dir)
        _settle(job, delivery, mapped, engine)
    return mapped


def _settle(job: _Job, delivery: Delivery, mapped: MappedRoll, engine: Engine) -> None:
    """Freeze the mapped tables, then register them, the delivery and its ledger in one transaction."""
    store, ask, plan = job.house.store, job.ask, job.plan
    frozen = [_freeze(job, delivery, engine, name) for name in mapped.tables]
    refused = engine.fetch(load_step(ROOM, "quarantine_rows"))
    counts = _counts(engine, mapped, plan.mapping.main.table)
    state = RollState(_verified_state(delivery, mapped, plan), delivery, counts)
    with store.transaction():
        for snapshot in frozen:
            store.snapshots.add(snapshot)
        store.quarantine.put(job.run_id, plan.source, plan.roll, ask.period, refused)
        entry = RowLedger(
            plan.source, plan.roll, ask.period,
            mapped.received, mapped.accepted, mapped.quarantined, mapped.superseded,
        )  # fmt: skip
        store.sources.put_ledger(job.run_id, (entry,))
        store.sources.put_status(job.run_id, status_rows(job.house, ask, plan, state))
        store.deliveries.add(delivery, ask.known_at)


def _freeze(job: _Job, delivery: Delivery, engine: Engine, table: str) -> Snapshot:
    # The id follows from the delivery: a night cut off here writes the same file again.
    house, ask, plan = job.house, job.ask, job.plan
    name = f"{delivery.exchanges[0].exchange_id}/{table}"
    of = Frozen(
        str(uuid.uuid5(_SNAPSHOTS, name)), plan.source, plan.roll, table, ask.period, ask.known_at
    )
    chain = house.store.snapshots.chain(plan.source, plan.roll, table, ask.known_at)
    return house.snapshots.freeze(engine, f"mapped_{table}", of, as_chain(chain))


def as_chain(rows: Sequence[object]) -> list[Snapshot]:
    """The store's register rows as the engine's snapshots (they have the same fields)."""
    return [Snapshot(*(getattr(row, name) for name in Snapshot.__slots__)) for row in rows]


def _counts(engine: Engine, mapped: MappedRoll, main: str) -> RollCounts:
    engine.run(f"CREATE OR REPLACE TEMP VIEW counted AS FROM mapped_{main}")
    rows = engine.fetch(load_step(ROOM, "county_counts")).to_pylist()
    engine.drop("counted")
    by_county = {row["county"]: (row["accepted"], row["quarantined"]) for row in rows}
    return RollCounts(mapped.received, mapped.accepted, mapped.quarantined, by_county)


def _verified_state(delivery: Delivery, mapped: MappedRoll, plan: RollPlan) -> SourceState:
    if not plan.low <= mapped.accepted <= plan.high:
        return SourceState.ODD
    if delivery.closing.held_scopes:
        return SourceState.PARTIAL
    return SourceState.VERIFIED


def _state_of(error: GatewayError, house: House, ask: NightAsk, plan: RollPlan) -> SourceState:
    if isinstance(error, DeliveryIncomplete):
        return SourceState.PARTIAL
    if isinstance(error, TransportError):
        late = ask.as_of > due_on(house, ask, plan)
        return SourceState.LATE if late else SourceState.EXPECTED
    return SourceState.REFUSED
