"""What a bureau is told of its rows that were refused: where, which column, why. Never who."""

from dataclasses import dataclass

import pyarrow as pa

from gateway.engine import Engine, load_step


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refused rows of one roll.

    `rows` has `row_ref` (exchange and row number, as sent), `column_name` and `reason`, a
    line for each thing that was wrong. `row_count` counts rows, not lines.
    """

    source: str
    roll: str
    row_count: int
    rows: pa.Table


def refusals(engine: Engine, source: str, roll: str) -> Refusals:
    """The refused rows that engine table `quarantine_rows` holds for a roll."""
    engine.create("asked_roll", pa.schema([("source", pa.string()), ("roll", pa.string())]))
    engine.run("INSERT INTO asked_roll VALUES ($source, $roll)", {"source": source, "roll": roll})
    rows = engine.fetch(load_step("gateway.mapping", "refusals"))
    engine.drop("asked_roll")
    return Refusals(source, roll, len(set(rows.column("row_ref").to_pylist())), rows)
