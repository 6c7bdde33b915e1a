"""The pupils of a school, as its roll was last frozen."""

from collections.abc import Iterable
from datetime import datetime

from gateway.engine import Engine, SnapshotStore, load_step
from gateway.model.school_sheets import Pupil
from gateway.pipeline.chains import as_chain
from gateway.pipeline.world import ROOM
from gateway.store import Store

TABLE = "enrolment"
COLUMNS = (
    "row_key", "name", "grade", "id_number", "name_key", "birth_date", "school_name", "status_class",
)  # fmt: skip


def pupils_of(
    store: Store, snapshots: SnapshotStore, engine: Engine,
    rolls: Iterable[tuple[str, str]], school: str, known_at: datetime,
) -> tuple[Pupil, ...]:  # fmt: skip
    """Who is enrolled at a school by any of the rolls (source, roll) as known at a time."""
    found: list[Pupil] = []
    for source, roll in rolls:
        chain = store.snapshots.chain(source, roll, TABLE, known_at)
        if chain:
            snapshots.scan(engine, as_chain(chain), "pupil_roll", COLUMNS)
            rows = engine.fetch(load_step(ROOM, "pupils"), {"school": school}).to_pylist()
            found += [Pupil(**row) for row in rows]
    return tuple(found)
