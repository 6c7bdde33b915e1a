"""Changes between two whole rolls: rows that came or changed, and rows that left (tombstones).

Both come as deliveries of their own, under roll names of their own, so that the signed contract says
what they are: nobody can take a list of changes for a whole roll. They are applied to the state of the
month before, and to no other. At a stated interval a whole roll is due again; while it is not here
the rules that need the roll are held.
"""

from dataclasses import replace

from gateway.engine import Engine
from gateway.mapping import MappedRoll, RollMapping, apply
from gateway.model.errors import Busy, PeerRefused, TransportError
from gateway.model.exchange import Delivery
from gateway.pipeline.chains import chain_of
from gateway.pipeline.merge import apply_changes
from gateway.pipeline.plan import DeltaPlan, House, NightAsk, NightLine, RollPlan


def months(earlier: str, later: str) -> int:
    """Months from one `YYYY-MM` to another."""
    a, b = ((int(text[:4]), int(text[5:])) for text in (earlier, later))
    return (b[0] - a[0]) * 12 + b[1] - a[1]


def full_is_due(house: House, ask: NightAsk, plan: RollPlan, delta: DeltaPlan) -> bool:
    """Whether the stated interval has passed since the last whole roll."""
    periods = [
        kept.delivery.period
        for kept in house.store.deliveries.history(plan.source, plan.roll)
        if kept.state == "current" and kept.delivery.period <= ask.period
    ]
    return not periods or months(max(periods), ask.period) >= delta.full_every


def follows(house: House, ask: NightAsk, plan: RollPlan) -> bool:
    """Whether the state of the month before is here, so that this month's changes can be applied."""
    main = plan.mapping.main.table
    chain = chain_of(house, ask, (plan.source, plan.roll, main))
    return bool(chain) and months(chain[-1].period, ask.period) == 1


def full_waits(ask: NightAsk, plan: RollPlan) -> bool:
    """Whether a whole roll lies ready, due or not."""
    try:
        return bool(plan.adapter.waiting(plan.roll, ask.period, plan.line()))
    except TransportError:
        return False


def collect_changes(
    house: House, ask: NightAsk, plan: RollPlan, delta: DeltaPlan
) -> tuple[tuple[NightLine, Delivery], tuple[NightLine, Delivery]]:
    """Both deliveries of a month: what changed, what left. Raises Busy while one is missing,
    PeerRefused when they cannot be applied to what is here."""
    if not follows(house, ask, plan):
        raise PeerRefused(
            "changes do not follow the month before, and cannot be applied",
            where=f"{plan.source}/{plan.roll} {ask.period}",
            mend="ask the bureau for a whole roll",
        )
    changed, gone = delta.line(delta.changed), delta.line(delta.gone)
    return (
        (changed, plan.adapter.collect(delta.changed, ask.period, changed)),
        (gone, plan.adapter.collect(delta.gone, ask.period, gone)),
    )


def take_changes(
    house: House,
    ask: NightAsk,
    plan: RollPlan,
    engine: Engine,
    both: tuple[tuple[NightLine, Delivery], tuple[NightLine, Delivery]],
) -> MappedRoll:
    """Map both deliveries and apply them: `mapped_<table>` are then the whole roll of the month."""
    (changed, rows), (gone, tombstones) = both
    main = plan.mapping.main.table
    left = _map(house, engine, _named(plan.mapping, tombstones.roll), gone, tombstones)
    engine.run(f"CREATE OR REPLACE TABLE gone_keys AS SELECT row_key FROM mapped_{main}")
    came = _map(house, engine, _named(plan.mapping, rows.roll), changed, rows)
    apply_changes(house, ask, plan, engine)
    engine.drop("gone_keys")
    return replace(
        came,
        received=came.received + left.received,
        accepted=came.accepted + left.accepted,
        quarantined=came.quarantined + left.quarantined,
        superseded=came.superseded + left.superseded,
        signals=(*came.signals, *left.signals),
    )


def overdue(error: TransportError, house: House, ask: NightAsk, plan: RollPlan) -> bool:
    """Whether a whole roll that is due has not come, while changes could still be applied."""
    return isinstance(error, Busy) and follows(house, ask, plan)


def _map(
    house: House, engine: Engine, mapping: RollMapping, line: NightLine, delivery: Delivery
) -> MappedRoll:
    return apply(engine, mapping, line.verified(delivery), spill_dir=house.spill_dir)


def _named(mapping: RollMapping, roll: str) -> RollMapping:
    """The roll's own mapping for a delivery under another roll name: the columns are the same."""
    return replace(mapping, spec=mapping.spec.model_copy(update={"roll": roll}))
