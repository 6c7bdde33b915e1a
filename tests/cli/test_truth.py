"""The night held against the truth of a city: found, held, missed, false; and the same of clean children."""

from pathlib import Path

import pyarrow as pa
import pytest

from gateway.engine import Engine, EngineSettings, load_step

CHILD = 1


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize(
    ("truth", "said", "counted"),
    [
        ("fires", "fires", {"truly", "found"}),
        ("fires", "held", {"truly", "held"}),
        ("fires", None, {"truly", "missed"}),
        ("satisfied", "fires", {"false"}),
        ("satisfied", "held", set()),
    ],
)
def test_each_child_is_counted_once(
    tmp_path: Path, truth: str, said: str | None, counted: set[str], clean: bool
) -> None:
    if clean:
        # A clean child that is held is not found either.
        strict = {"missed": "missed_clean", "held": "missed_clean", "false": "false_clean"}
        counted = counted | {strict[name] for name in counted & strict.keys()}
    with Engine(EngineSettings(tmp_path, memory_limit="200MB", threads=1)) as engine:
        engine.load("truth", pa.table({
            "rule": ["EDU-01"], "child": [CHILD], "outcome": [truth], "clean": [clean],
        }))  # fmt: skip
        engine.load("truth_key", pa.table({
            "child": [CHILD], "roll": ["registry"], "row_key": ["R1"],
        }))  # fmt: skip
        engine.load("person_key", pa.table({
            "person_id": [7], "roll": ["registry"], "row_key": ["R1"],
        }))  # fmt: skip
        engine.load("outcome", pa.table({
            "person_id": pa.array([7], pa.int64()), "rule": ["EDU-01"], "kind": [said or "satisfied"],
        }))  # fmt: skip
        (row,) = engine.fetch(load_step("gateway.cli", "truth")).to_pylist()
    assert {name for name, count in row.items() if count and name != "rule"} == counted
