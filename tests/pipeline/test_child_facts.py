"""What the lines of a child's file say, and which of them only class 3 may tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.engine import Engine, EngineSettings, load_step
from gateway.model.child_files import FACTS
from gateway.pipeline.world import ROOM
from gateway.policy.examples import load_world

ONE = 1


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill: Path = tmp_path_factory.mktemp("spill")
    with Engine(EngineSettings(spill, memory_limit="300MB", threads=1)) as made:
        yield made


def lines(engine: Engine, **world: list[dict[str, Any]]) -> list[dict[str, Any]]:
    load_world(engine, world)
    engine.run(
        "CREATE OR REPLACE TABLE link AS SELECT *, CAST(NULL AS DOUBLE) AS second_weight, "
        "CAST(NULL AS VARCHAR) AS explanation FROM link"
    )
    engine.run("CREATE OR REPLACE TABLE planned AS SELECT 1 AS person_id, 'opened' AS event")
    engine.run("CREATE OR REPLACE TABLE filed AS SELECT 1 AS person_id, '' AS digest")
    engine.run(load_step(ROOM, "macros_fact"))
    engine.run(load_step(ROOM, "child_facts"))
    return engine.fetch("SELECT * FROM child_fact ORDER BY line").to_pylist()


@pytest.mark.parametrize(
    ("row", "sealed"),
    [
        ({"category": "101"}, False),
        ({"category": "501"}, True),
        ({"category": None}, False),
        ({"category": None, "health": "艾滋病"}, True),
        ({"category": "101", "exit_reason": "依法收养"}, True),
    ],
    ids=["orphan", "hiv", "no-category", "no-category-hiv", "adopted"],
)
@pytest.mark.parametrize("table", ["child", "child_gone"])
def test_a_line_is_told_or_sealed_never_neither(
    engine: Engine, table: str, row: dict[str, Any], sealed: bool
) -> None:
    found = lines(engine, **{table: [{"person_id": ONE, **row}]})
    assert [one["sealed"] for one in found] == [sealed]


@pytest.mark.parametrize("table", ["enrolment", "enrolment_gone", "coverage", "coverage_gone"])
def test_who_left_a_roll_keeps_the_last_that_it_said(engine: Engine, table: str) -> None:
    base = table.removesuffix("_gone")
    (one,) = lines(engine, **{table: [{"person_id": ONE, "status": "01"}]})
    cells = one["line"].split("\x1f")
    values = dict(zip(FACTS[base], cells[-len(FACTS[base]) :], strict=True))
    assert values == dict.fromkeys(FACTS[base], "") | {"status": "01"}
    assert cells[: -len(FACTS[base])] == [
        *one["row_name"].split("\x1f"), "number", "1.0", "", "", "" if table != base else "1",
    ]  # fmt: skip
