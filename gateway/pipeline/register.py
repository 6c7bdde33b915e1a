"""What a mapped roll leaves behind, in one transaction: frozen tables, the delivery, its ledger."""

import uuid
from dataclasses import dataclass

import pyarrow as pa

from gateway.engine import Engine, Snapshot, load_step
from gateway.engine.snapshots import Frozen
from gateway.mapping import MappedRoll
from gateway.model.exchange import Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.asking import freeze_asked
from gateway.pipeline.chains import chain_of
from gateway.pipeline.plan import House, NightAsk, NightLine, RollPlan
from gateway.pipeline.status import RollCounts, RollState, status_rows
from gateway.store import RowLedger

ROOM = "gateway.pipeline"
_SNAPSHOTS = uuid.UUID("6f1d4b0e-5d0a-4c3e-9c44-0b7f6f0e9a11")


@dataclass(frozen=True)
class Job:
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


def register(job: Job, state: SourceState, mapped: MappedRoll, engine: Engine) -> None:
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


def _say_replayed(job: Job, refused: pa.Table) -> None:
    """Rows that were refused before and are read now."""
    still = set(refused.column("row_ref").to_pylist())
    of = {"source": job.plan.source, "roll": job.plan.roll}
    known = job.house.store.quarantine.current().select(["source", "roll", "row_ref"]).to_pylist()
    mended = [r["row_ref"] for r in known if r.items() >= of.items() and r["row_ref"] not in still]
    job.house.store.quarantine.replayed(tuple(mended), job.ask.known_at)


def _freeze(job: Job, engine: Engine, table: str) -> Snapshot:
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
