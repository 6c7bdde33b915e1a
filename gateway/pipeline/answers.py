"""What is answered between nights: kept answers by blind index, written when the night is published."""

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.model.answers import GROUND
from gateway.pipeline.plan import House
from gateway.store import Run

ROOM = "gateway.pipeline"


def keep_answers(house: House, engine: Engine, run: Run) -> None:
    """Write the answers of a judged world to the store; meant for the transaction that publishes it.

    Reads the engine tables of the world, `link`, `undecided`, `person` and `outcome`. Only buckets
    whose digest is another than the night before are written.
    """
    params = house.calendar.parameters(run.as_of) | {"index_key": house.store.answers.index_key}
    for step in ("answer_ground", "answer", "answer_bucket"):
        engine.run(load_step(ROOM, step), params)
    engine.load("answer_before", house.store.answers.digests())
    changed = engine.fetch(load_step(ROOM, "answer_changed"))
    names = ", ".join(GROUND.names)
    ground: pa.Table = engine.fetch(f"SELECT {names} FROM answer_ground ORDER BY question, county")
    house.store.answers.put(run.run_id, changed, ground)
    engine.drop("answer", "answer_bucket", "answer_before", "answer_ground")
