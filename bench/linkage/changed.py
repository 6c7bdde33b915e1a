"""A night on which one row in a hundred changed, after a night that linked everything."""

import tempfile
from pathlib import Path

from bench.linkage import measure
from bench.linkage.cities import AS_OF
from gateway.engine import Engine, SnapshotStore
from gateway.linkage import known_person_query, link
from gateway.linkage.kept import BASIS, KEPT
from gateway.linkage.weights import load_weights

ROLLS = ("child", *measure.ROLLS)
_LUCK = "hash('changed', row_key) % 1000"
"""Of every roll, by the row's key: three in a thousand are new, three go, four tell something else."""
_WAIT = f"CREATE OR REPLACE TABLE {{roll}}_later AS SELECT * FROM {{roll}} WHERE {_LUCK} < 3"
_HOLD = f"DELETE FROM {{roll}} WHERE {_LUCK} < 3"
_COME = "INSERT INTO {roll} SELECT * FROM {roll}_later"
_GO = f"DELETE FROM {{roll}} WHERE {_LUCK} BETWEEN 3 AND 5"
_MOVE = f"""
UPDATE {{roll}} SET division = left(division, 6) || '099001'
WHERE {_LUCK} BETWEEN 6 AND 9
"""
_LOSE = f"UPDATE {{roll}} SET id_number = NULL, id_given = NULL WHERE {_LUCK} = 9"


def one_round(folder: Path, memory: str) -> dict[str, float]:
    """CPU seconds of the limit, of the changed night, and of the same night linked whole."""
    engine, spill = measure.open_engine(memory, 2)
    ids, weights = measure.Ids(), load_weights(measure.WEIGHTS)
    with engine:
        measure.load_city(engine, folder)
        for roll in ROLLS:
            engine.run(_WAIT.format(roll=roll))
            engine.run(_HOLD.format(roll=roll))
        link(engine, as_of=AS_OF, ids=ids, weights=weights)
        kept = _kept(engine)
        engine.run(f"CREATE OR REPLACE TABLE known_person AS {known_person_query()}")
        rows = sum(engine.count(roll) for roll in ROLLS)
        for roll in ROLLS:
            for step in (_GO, _MOVE, _LOSE, _COME):
                engine.run(step.format(roll=roll))
            # A night's rolls are read anew: no table with rows struck out and written over.
            engine.run(f"CREATE OR REPLACE TABLE {roll} AS FROM {roll}")
            engine.drop(f"{roll}_later")
        engine.pack()
        bare = measure.bare_join(engine)
        changed = _spent(engine, ids)
        peak = measure.peak_gb()
        found = _answer(engine)
        engine.drop(BASIS, *KEPT)
        whole = _spent(engine, ids)
        same = _answer(engine) == found
    measure.forget(spill)
    return {
        "rows": rows, "bare_cpu": bare.cpu, "cpu": changed.cpu, "wall": changed.wall,
        "whole_cpu": whole.cpu, "kept_cpu": kept, "same": same, "peak_gb": peak,
    }  # fmt: skip


def _spent(engine: Engine, ids: measure.Ids) -> measure.Spent:
    clock = measure.Clock()
    link(engine, as_of=AS_OF, ids=ids, weights=load_weights(measure.WEIGHTS))
    return clock.spent()


def _kept(engine: Engine) -> float:
    """CPU seconds of writing what is kept, encrypted, and reading it again."""
    clock = measure.Clock()
    with tempfile.TemporaryDirectory(prefix="cwg-bench-") as folder:
        store = SnapshotStore(Path(folder), bytes(32))
        store.remember(engine, (BASIS, *KEPT), "bench")
        store.recall(engine, (BASIS, *KEPT))
    return clock.spent().cpu


def _answer(engine: Engine) -> object:
    """A digest of the links and questions, the numbers of persons who are new left out."""
    links = "table_name, row_ref, method, weight, explanation, current, second_weight"
    doubts = "table_name, row_ref, quarantined, why, weight"
    return (
        engine.value(f"SELECT sum(hash({links})) FROM link"),
        engine.value(f"SELECT sum(hash({doubts})) FROM undecided"),
    )
