"""What came is not always the whole roll: the rows that it does not speak of are kept as last known."""

from gateway.engine import Engine, load_step
from gateway.pipeline.chains import chain_of
from gateway.pipeline.plan import House, NightAsk, RollPlan

ROOM = "gateway.pipeline"


def keep_unasked(house: House, ask: NightAsk, plan: RollPlan, engine: Engine) -> None:
    """Add to each `mapped_<table>` the last known rows of persons who are not in `asked_rows`."""
    for table in plan.mapping.tables:
        _merge(house, ask, (plan.source, plan.roll, table), engine, "keep_unasked")


def apply_changes(house: House, ask: NightAsk, plan: RollPlan, engine: Engine) -> None:
    """Add to each `mapped_<table>` the rows of the month before that neither changed nor left."""
    *others, main = plan.mapping.tables
    _merge(house, ask, (plan.source, plan.roll, main), engine, "apply_changes")
    # A tombstone is of a row of the roll; what stands once for several of its rows stays.
    engine.run("DELETE FROM gone_keys")
    for table in others:
        _merge(house, ask, (plan.source, plan.roll, table), engine, "apply_changes")


def _merge(
    house: House, ask: NightAsk, of: tuple[str, str, str], engine: Engine, step: str
) -> None:
    chain = chain_of(house, ask, of)
    if not chain:
        return
    table = f"mapped_{of[2]}"
    house.snapshots.scan(engine, chain, "merge_before")
    engine.run(f"CREATE OR REPLACE VIEW merge_new AS FROM {table}")
    engine.run(load_step(ROOM, step))
    engine.drop("merge_new", "merge_before")
    engine.run(f"CREATE OR REPLACE TABLE {table} AS FROM merge_rows")
    engine.drop("merge_rows")
