"""One roll of one night: reach the bureau, open what it sends, map it, freeze it, register it.

Whatever goes wrong here sets the roll aside whole and says so; the night goes on, and the rules that
need the roll are held. Everything that a verified roll leaves behind is registered in one transaction.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from gateway.mapping import MappedRoll, apply
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
from gateway.pipeline.asking import anybody_new, fetch_answers, load_asked
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
from gateway.pipeline.notes import ends_soon, not_replaced, signalled, trouble
from gateway.pipeline.plan import DeltaPlan, House, NightAsk, RollPlan
from gateway.pipeline.register import Job, register
from gateway.pipeline.standing import Counts, Standing, odd, standing
from gateway.pipeline.status import RollState, due_on, status_rows

_NOTHING = Delivery("", "", "", (), Closing(0, 0, "", ()))


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
            return _as_kept(house, ask, plan, not_replaced(plan, before))
        mapped, stands = _take(job)
        _give(plan, *job.line.receipts.values())
    except (TransportError, ExchangeRefused, DeliveryIncomplete, MappingFailed) as error:
        _give(plan, *([error.receipt] if isinstance(error, ExchangeRefused) else []))
        if not isinstance(error, Unreachable | Busy):
            house.store.fetched.forget(plan.source, plan.roll, ask.period)
        if before is not None:
            return _as_kept(house, ask, plan, trouble(plan, error))
        state = _state_of(error, house, ask, plan)
        house.store.sources.put_status(run_id, status_rows(house, ask, plan, RollState(state)))
        return Collected(plan.source, plan.roll, state, note=trouble(plan, error))
    return Collected(
        plan.source, plan.roll, stands.state, mapped.received,
        mapped.accepted, mapped.quarantined, mapped.superseded,
        tuple(signalled(plan, signal) for signal in mapped.signals),
        stands.why or ends_soon(ask, plan),
    )  # fmt: skip


def _give(plan: RollPlan, *receipts: str) -> None:
    """Hand receipts to the bureau. A place that takes none tonight costs the night nothing: the bureau
    sees its roll unanswered, and the receipts are in the store."""
    if plan.give is not None:
        with suppress(TransportError):
            for receipt in filter(None, receipts):
                plan.give(receipt)


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


def _already_verified(house: House, ask: NightAsk, plan: RollPlan) -> Collected:
    """A period already verified is not fetched again; a bureau that cannot be reached is a warning."""
    probe = plan.adapter.probe(plan.line())
    if probe.reachable:
        return _as_kept(house, ask, plan, ends_soon(ask, plan))
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


def _fetch(
    house: House, ask: NightAsk, run_id: int, plan: RollPlan, before: Delivery | None
) -> Job:
    if ask.known_at.date() > plan.granted_until:
        raise PeerRefused(
            f"the grant for this roll ended on {plan.granted_until}",
            where=f"{plan.source}/{plan.roll}",
            mend="renew the grant, then write its new date into the source's file",
        )
    line = _line(house, ask, plan)
    if plan.mode == "ask":
        delivery, asked = fetch_answers(house, ask, plan, line, before)
        return Job(house, ask, run_id, plan, line, delivery, asked)
    if plan.delta is not None:
        return _fetch_delta(Job(house, ask, run_id, plan, line, _NOTHING), plan.delta)
    return _fetch_roll(house, ask, run_id, plan, line)


def _fetch_delta(job: Job, delta: DeltaPlan) -> Job:
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


def _fetch_roll(house: House, ask: NightAsk, run_id: int, plan: RollPlan, line: KeptLine) -> Job:
    try:
        delivery = plan.adapter.collect(plan.roll, ask.period, line)
    except (PeerRefused, DeliveryIncomplete, EvidenceBroken):
        # What an earlier night left may be of a delivery that the bureau no longer hands out.
        if not line.began_before:
            raise
        house.store.fetched.forget(plan.source, plan.roll, ask.period)
        line = _line(house, ask, plan)
        delivery = plan.adapter.collect(plan.roll, ask.period, line)
    return Job(house, ask, run_id, plan, line, delivery)


def _line(house: House, ask: NightAsk, plan: RollPlan) -> KeptLine:
    return KeptLine(plan.line(), house.store, (plan.source, plan.roll, ask.period))


def _take(job: Job) -> tuple[MappedRoll, Standing]:
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
        register(job, stands.state, mapped, engine)
    return mapped, stands


def read_again(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    """Map the period's delivery once more, from the archive. Raises ExchangeRefused, MappingFailed."""
    kept = house.store.deliveries.current(plan.source, plan.roll, ask.period)
    assert kept is not None  # noqa: S101 (only a roll that is here is read again)
    plan = plan.at(ask.period)
    job = Job(house, ask, run_id, plan, plan.line(), kept.delivery, again=True)
    mapped, stands = _take(job)
    return Collected(
        plan.source, plan.roll, stands.state, mapped.received, mapped.accepted, mapped.quarantined,
        mapped.superseded, tuple(signalled(plan, signal) for signal in mapped.signals), stands.why,
    )  # fmt: skip


def _state_of(error: GatewayError, house: House, ask: NightAsk, plan: RollPlan) -> SourceState:
    if isinstance(error, DeliveryIncomplete):
        return SourceState.PARTIAL
    if isinstance(error, TransportError):
        late = ask.as_of > due_on(house, ask, plan)
        return SourceState.LATE if late else SourceState.EXPECTED
    return SourceState.REFUSED
