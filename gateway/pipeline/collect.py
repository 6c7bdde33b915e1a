"""One roll of one night: reach the bureau, open what it sends, map it, freeze it, register it.

Whatever goes wrong here sets the roll aside whole and says so; the night goes on, and the rules that
need the roll are held. Everything that a verified roll leaves behind is registered in one transaction.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace

import pyarrow as pa

from gateway.engine import Engine, Snapshot, load_step
from gateway.engine.snapshots import Frozen
from gateway.mapping import MappedRoll, Signal, apply
from gateway.model.errors import (
    Busy,
    DeliveryIncomplete,
    EvidenceBroken,
    ExchangeRefused,
    GatewayError,
    LedgerUnbalanced,
    MappingFailed,
    PeerRefused,
    TransportError,
    Unreachable,
)
from gateway.model.exchange import Closing, Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.asking import anybody_new, fetch_answers, freeze_asked, load_asked
from gateway.pipeline.chains import chain_of
from gateway.pipeline.delta import (
    collect_changes,
    full_is_due,
    full_waits,
    overdue,
    take_changes,
)
from gateway.pipeline.fetched import KeptLine
from gateway.pipeline.harm import watch
from gateway.pipeline.merge import keep_unasked
from gateway.pipeline.plan import DeltaPlan, House, NightAsk, NightLine, RollPlan
from gateway.pipeline.standing import Counts, Standing, odd, standing
from gateway.pipeline.status import RollCounts, RollState, due_on, status_rows
from gateway.store import RowLedger

ROOM = "gateway.pipeline"
WARN_DAYS, URGENT_DAYS = 30, 7
_NOTHING = Delivery("", "", "", (), Closing(0, 0, "", ()))
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
    """One roll of one run. `asked` are the numbers of an `ask` roll; `gone` the tombstones beside a
    list of changes; `overdue`: a whole roll was due instead; `again`: it is
    read once more from the archive."""

    house: House
    ask: NightAsk
    run_id: int
    plan: RollPlan
    line: NightLine
    delivery: Delivery
    asked: tuple[str, ...] = ()
    gone: tuple[NightLine, Delivery] | None = None
    overdue: bool = False
    again: bool = False


def collect(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    """Bring one roll up to date. Raises only what must stop the run (LedgerUnbalanced, StoreError)."""
    plan = plan.at(ask.period)
    before = _before(house, ask, plan)
    if before is not None and _is_enough(house, ask, plan, before):
        return _already_verified(house, ask, plan)
    if before is not None and _in_order_now(house, ask, plan):
        return read_again(house, ask, run_id, plan)
    try:
        job = _fetch(house, ask, run_id, plan, before)
        if before is not None and not _replaces(job.delivery, before):
            return _as_kept(house, ask, plan, _not_replaced(plan, before))
        mapped, stands = _take(job)
        _give(plan, *job.line.receipts.values())
    except (TransportError, ExchangeRefused, DeliveryIncomplete, MappingFailed) as error:
        _give(plan, *([error.receipt] if isinstance(error, ExchangeRefused) else []))
        if not isinstance(error, Unreachable | Busy):
            house.store.fetched.forget(plan.source, plan.roll, ask.period)
        if before is not None:
            return _as_kept(house, ask, plan, _trouble(plan, error))
        state = _state_of(error, house, ask, plan)
        house.store.sources.put_status(run_id, status_rows(house, ask, plan, RollState(state)))
        return Collected(plan.source, plan.roll, state, note=_trouble(plan, error))
    return Collected(
        plan.source, plan.roll, stands.state, mapped.received,
        mapped.accepted, mapped.quarantined, mapped.superseded,
        tuple(_told(plan, signal) for signal in mapped.signals),
        stands.why or _ends_soon(ask, plan),
    )  # fmt: skip


def _give(plan: RollPlan, *receipts: str) -> None:
    """Hand receipts to the bureau. A place that takes none tonight costs the night nothing: the bureau
    sees its roll unanswered, and the receipts are in the store."""
    if plan.give is not None:
        with suppress(TransportError):
            for receipt in filter(None, receipts):
                plan.give(receipt)


def _ends_soon(ask: NightAsk, plan: RollPlan) -> str:
    """A warning in the last month of a grant, a louder one in its last week."""
    days = (plan.granted_until - ask.known_at.date()).days
    if days > WARN_DAYS:
        return ""
    urgent = "NOW: " if days <= URGENT_DAYS else ""
    return (
        f"{plan.source}/{plan.roll}: {urgent}the grant ends on {plan.granted_until}, in {days} days; "
        "after it the roll is not collected. Mend: renew it, and write the new date into the source's file"
    )


def _before(house: House, ask: NightAsk, plan: RollPlan) -> Delivery | None:
    """What counts for the period so far: the whole roll, or the changes."""
    for roll in (plan.roll, *((plan.delta.changed,) if plan.delta else ())):
        kept = house.store.deliveries.current(plan.source, roll, ask.period)
        if kept is not None:
            return kept.delivery
    return None


def _replaces(new: Delivery, before: Delivery) -> bool:
    """Whether a delivery may take the place of an earlier one: it names it, or it is whole where that
    was a list of changes."""
    return new.roll != before.roll or new.replaces == before.exchanges[0].exchange_id


def _is_enough(house: House, ask: NightAsk, plan: RollPlan, before: Delivery) -> bool:
    """Whether the period's roll is verified, no replacement waits, and nobody is left to be asked."""
    if _as_kept(house, ask, plan).state is not SourceState.VERIFIED:
        return False
    if plan.mode == "ask":
        return not anybody_new(house, ask, plan)
    return not ask.again and not _another_waits(ask, plan, before.exchanges[0].exchange_id)


def _in_order_now(house: House, ask: NightAsk, plan: RollPlan) -> bool:
    """Whether an odd roll is in order by the bounds and the budget that stand in the file now."""
    if plan.mode == "ask" or plan.delta is not None:
        return False
    kept = house.store.sources.roll_counts(plan.source, plan.roll, ask.period)
    if kept is None or kept.state != SourceState.ODD:
        return False
    counts = Counts(kept.received, kept.accepted, kept.quarantined)
    return not odd(plan, ask.period, counts)


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
        return _as_kept(house, ask, plan, _ends_soon(ask, plan))
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


def _fetch(
    house: House, ask: NightAsk, run_id: int, plan: RollPlan, before: Delivery | None
) -> _Job:
    if ask.known_at.date() > plan.granted_until:
        raise PeerRefused(
            f"the grant for this roll ended on {plan.granted_until}",
            where=f"{plan.source}/{plan.roll}",
            mend="renew the grant, then write its new date into the source's file",
        )
    line = _line(house, ask, plan)
    if plan.mode == "ask":
        delivery, asked = fetch_answers(house, ask, plan, line, before)
        return _Job(house, ask, run_id, plan, line, delivery, asked)
    if plan.delta is not None:
        return _fetch_delta(_Job(house, ask, run_id, plan, line, _NOTHING), plan.delta)
    return _fetch_roll(house, ask, run_id, plan, line)


def _fetch_delta(job: _Job, delta: DeltaPlan) -> _Job:
    """A whole roll when one is due or lies ready, else the month's changes."""
    house, ask, plan = job.house, job.ask, job.plan
    due = full_is_due(house, ask, plan, delta)
    if due or full_waits(ask, plan):
        try:
            return replace(job, delivery=plan.adapter.collect(plan.roll, ask.period, job.line))
        except TransportError as error:
            if not due or not overdue(error, house, ask, plan):
                raise
    (line, delivery), gone = collect_changes(house, ask, plan, delta)
    return replace(job, line=line, delivery=delivery, gone=gone, overdue=due)


def _fetch_roll(house: House, ask: NightAsk, run_id: int, plan: RollPlan, line: KeptLine) -> _Job:
    try:
        delivery = plan.adapter.collect(plan.roll, ask.period, line)
    except (PeerRefused, DeliveryIncomplete, EvidenceBroken):
        # What an earlier night left may be of a delivery that the bureau no longer hands out.
        if not line.began_before:
            raise
        house.store.fetched.forget(plan.source, plan.roll, ask.period)
        line = _line(house, ask, plan)
        delivery = plan.adapter.collect(plan.roll, ask.period, line)
    return _Job(house, ask, run_id, plan, line, delivery)


def _line(house: House, ask: NightAsk, plan: RollPlan) -> KeptLine:
    return KeptLine(plan.line(), house.store, (plan.source, plan.roll, ask.period))


def _take(job: _Job) -> tuple[MappedRoll, Standing]:
    house, plan = job.house, job.plan
    with house.engine() as engine:
        if job.gone is not None:
            both = ((job.line, job.delivery), job.gone)
            mapped = take_changes(house, job.ask, plan, engine, both)
        else:
            exchanges = job.line.verified(job.delivery)
            mapped = apply(engine, plan.mapping, exchanges, spill_dir=house.spill_dir)
        watch(house, job.ask, job.run_id, plan, engine)
        if plan.mode == "ask":
            load_asked(engine, job.asked)
            keep_unasked(house, job.ask, plan, engine)
        stands = standing(engine, job.delivery, mapped, plan)
        if job.overdue:
            stands = Standing(SourceState.LATE)
        _settle(job, stands.state, mapped, engine)
    return mapped, stands


def _settle(job: _Job, state: SourceState, mapped: MappedRoll, engine: Engine) -> None:
    """Freeze the mapped tables, then register them, the delivery and its ledger in one transaction."""
    store, ask, plan, delivery = job.house.store, job.ask, job.plan, job.delivery
    frozen = [_freeze(job, engine, name) for name in mapped.tables]
    if plan.mode == "ask":
        frozen.append(freeze_asked(job.house, engine, ask, plan, delivery))
    refused = engine.fetch(load_step(ROOM, "quarantine_rows"))
    counts = _counts(engine, mapped, plan.mapping.main.table)
    now = RollState(state, delivery, counts)
    with store.transaction():
        for snapshot in frozen:
            store.snapshots.add(snapshot)
        if job.again:
            _say_replayed(job, refused)
        put = store.quarantine.put if job.gone is None else store.quarantine.add
        put(job.run_id, plan.source, plan.roll, ask.period, refused)
        if plan.delta is not None and job.gone is None:
            # A whole roll also ends what was refused in the changes before it.
            for name in (plan.delta.changed, plan.delta.gone):
                store.quarantine.put(job.run_id, plan.source, name, ask.period, refused.slice(0, 0))
        entry = RowLedger(
            plan.source, plan.roll, ask.period,
            mapped.received, mapped.accepted, mapped.quarantined, mapped.superseded,
        )  # fmt: skip
        store.sources.put_ledger(job.run_id, (entry,))
        store.sources.put_status(job.run_id, status_rows(job.house, ask, plan, now))
        for one in (delivery, *((job.gone[1],) if job.gone else ())):
            store.deliveries.add(one, ask.known_at)
        store.fetched.forget(plan.source, plan.roll, ask.period)
        if plan.tells_refused and mapped.quarantined:
            first = delivery.exchanges[0].exchange_id
            of = (plan.source, plan.roll, ask.period)
            store.refusals.add(of, first, mapped.quarantined, ask.known_at)


def _say_replayed(job: _Job, refused: pa.Table) -> None:
    """Rows that were refused before and are read now."""
    still = set(refused.column("row_ref").to_pylist())
    of = {"source": job.plan.source, "roll": job.plan.roll}
    known = job.house.store.quarantine.current().select(["source", "roll", "row_ref"]).to_pylist()
    mended = [r["row_ref"] for r in known if r.items() >= of.items() and r["row_ref"] not in still]
    job.house.store.quarantine.replayed(tuple(mended), job.ask.known_at)


def read_again(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    """Map the period's delivery once more, from the archive. Raises ExchangeRefused, MappingFailed."""
    kept = house.store.deliveries.current(plan.source, plan.roll, ask.period)
    assert kept is not None  # noqa: S101 (only a roll that is here is read again)
    plan = plan.at(ask.period)
    job = _Job(house, ask, run_id, plan, plan.line(), kept.delivery, again=True)
    mapped, stands = _take(job)
    return Collected(
        plan.source, plan.roll, stands.state, mapped.received, mapped.accepted, mapped.quarantined,
        mapped.superseded, tuple(_told(plan, signal) for signal in mapped.signals), stands.why,
    )  # fmt: skip


def _freeze(job: _Job, engine: Engine, table: str) -> Snapshot:
    # The id follows from the delivery: a night cut off here writes the same file again.
    house, ask, plan = job.house, job.ask, job.plan
    name = f"{job.delivery.exchanges[0].exchange_id}/{table}"
    if job.again:
        name = f"{name}/{ask.known_at.isoformat()}"
    of = Frozen(
        str(uuid.uuid5(_SNAPSHOTS, name)), plan.source, plan.roll, table, ask.period, ask.known_at
    )
    chain = chain_of(house, ask, (plan.source, plan.roll, table))
    return house.snapshots.freeze(engine, f"mapped_{table}", of, chain)


def _counts(engine: Engine, mapped: MappedRoll, main: str) -> RollCounts:
    engine.run(f"CREATE OR REPLACE TEMP VIEW counted AS FROM mapped_{main}")
    rows = engine.fetch(load_step(ROOM, "county_counts")).to_pylist()
    engine.drop("counted")
    by_county = {row["county"]: (row["accepted"], row["quarantined"]) for row in rows}
    return RollCounts(mapped.received, mapped.accepted, mapped.quarantined, by_county)


def _state_of(error: GatewayError, house: House, ask: NightAsk, plan: RollPlan) -> SourceState:
    if isinstance(error, DeliveryIncomplete):
        return SourceState.PARTIAL
    if isinstance(error, TransportError):
        late = ask.as_of > due_on(house, ask, plan)
        return SourceState.LATE if late else SourceState.EXPECTED
    return SourceState.REFUSED
