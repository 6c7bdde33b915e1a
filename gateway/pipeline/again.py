"""Quarantined rolls read once more, after their mapping was mended: from the archive, through the same
door, as they came. Nothing is fetched, and a row that was accepted before is not there twice."""

from collections.abc import Iterator
from datetime import timedelta

from gateway.model.errors import ExchangeRefused, MappingFailed, UsageError
from gateway.pipeline.collect import Collected, read_again
from gateway.pipeline.plan import House, NightAsk, RollPlan

LEASE = timedelta(minutes=30)


def read_quarantined(house: House, ask: NightAsk) -> tuple[Collected, ...]:
    """Read every roll of the night's month that has quarantined rows, in the order in which they came.

    Raises UsageError when there is none, RunLocked, LedgerUnbalanced. A roll that still cannot be mapped
    stays as it was, and says so.
    """
    with house.store.hold_lock(house.node, house.clock(), LEASE):
        plans = list(_refused(house, ask))
        if not plans:
            raise UsageError(
                "no roll of this month has quarantined rows that can be read again",
                where=ask.period,
                mend="see `cwg quarantine list`; a roll of changes waits for its next whole one",
            )
        inputs = f"{ask.period}/quarantine"
        run = house.store.runs.begin_run(
            ask.as_of, ask.known_at, "replay", False, inputs, house.clock()
        )
        done = tuple(_again(house, ask, run.run_id, plan) for plan in plans)
        house.store.runs.finish_run(run.run_id, "done", house.clock())
    return done


def _refused(house: House, ask: NightAsk) -> Iterator[RollPlan]:
    rows = house.store.quarantine.current().select(["source", "roll"]).to_pylist()
    held = {(row["source"], row["roll"]) for row in rows}
    found = [
        (kept.delivery_id, plan)
        for plan in house.rolls
        if (plan.source, plan.roll) in held and plan.mode == "roll" and plan.delta is None
        if (kept := house.store.deliveries.current(plan.source, plan.roll, ask.period))
    ]
    for _, plan in sorted(found, key=lambda pair: pair[0]):
        yield plan


def _again(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    try:
        return read_again(house, ask, run_id, plan)
    except (ExchangeRefused, MappingFailed) as error:
        kept = house.store.sources.roll_counts(plan.source, plan.roll, ask.period)
        assert kept is not None  # noqa: S101 (a delivery that counts has a status)
        return Collected(
            plan.source, plan.roll, kept.state, kept.received, kept.accepted,  # type: ignore[arg-type]
            kept.quarantined, kept.superseded, note=str(error),
        )  # fmt: skip
