"""The file of every child who has a case, renewed by the night where the rolls say something new."""

from gateway.engine import Engine, load_step
from gateway.pipeline.plan import House
from gateway.pipeline.world import ROOM
from gateway.store import Run

_FILES = 2_000
WHOLE = ("whole_child", "whole_enrolment", "whole_coverage")


def keep_child_files(house: House, engine: Engine, run: Run) -> int:
    """Write the files that tonight changed; how many. To be asked after the cases were planned.

    A second call for the same run finds them written and changes nothing.
    """
    files = house.store.child_files
    engine.load("filed", files.newest())
    engine.run(load_step(ROOM, "macros_fact"))
    engine.run(load_step(ROOM, "child_facts"))
    written = 0
    for batch in engine.stream(load_step(ROOM, "child_files"), rows=_FILES):
        written += files.put(run.run_id, batch.to_pylist())
    engine.drop("filed", "filed_person", "filed_link", *WHOLE, "child_fact")
    return written
