"""What the night said, held against what really happened in the invented city."""

from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from gateway.engine import load_step
from gateway.pipeline import House, NightAsk, judge


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule against the truth. `*_clean` count children whose own valid number stands in the
    registry and in every roll: there the night must be without error, and holds nobody:
    a clean child that is held counts as missed."""

    rule: str
    truly: int
    found: int
    held: int
    missed: int
    false: int
    missed_clean: int
    false_clean: int

    def row(self) -> dict[str, object]:
        """The verdict as a row to print."""
        return asdict(self)


def compare(house: House, ask: NightAsk, city: Path) -> tuple[Verdict, ...]:
    """Judge the night again and compare it child by child with `<city>/truth`."""
    with house.engine() as engine:
        judge(house, engine, ask)
        engine.load("truth", pq.read_table(city / "truth" / f"{ask.period}.outcomes.parquet"))
        engine.load("truth_key", pq.read_table(city / "truth" / "keys.parquet"))
        rows = engine.fetch(load_step("gateway.cli", "truth")).to_pylist()
    return tuple(Verdict(**row) for row in rows)
