"""What a night keeps of its answer, so that the next one links only what changed.

Any earlier night's will do: rows and persons are told by marks of all that they say. What was kept
under other weights, thresholds or steps is forgotten, and everything is linked.
"""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from gateway.engine import Engine, load_step
from gateway.linkage.weights import Weights

KEPT: Final = (
    "kept_person", "kept_row", "kept_number", "kept_edge", "kept_pair", "kept_about", "kept_lesson",
    "kept_link", "kept_undecided",
)  # fmt: skip
"""The tables that a night leaves for the next one."""
BASIS: Final = "kept_basis"
"""The table of one row that says under which weights and steps they were made."""


def expect(engine: Engine, weights: Weights) -> None:
    """Make the tables of KEPT ready for a night: as an earlier one left them, or empty."""
    basis = _basis(weights)
    fits = engine.exists(BASIS) and engine.value(f"SELECT basis FROM {BASIS}") == basis
    if not fits or not all(engine.exists(name) for name in KEPT):
        engine.drop(*KEPT)
    engine.run(f"CREATE OR REPLACE TABLE {BASIS} AS SELECT $basis AS basis", {"basis": basis})
    for step in ("kept", "kept_next"):
        engine.run(load_step("gateway.linkage", step))


def _basis(weights: Weights) -> str:
    return sha256(f"{weights.model_dump_json()}{_steps()}".encode()).hexdigest()


@cache
def _steps() -> str:
    """A digest of all that the answer follows from beside weights and rows."""
    texts = [(name, text.read_text(encoding="utf-8")) for name, text in sources()]
    parts = (texts, version("pypinyin"), version("duckdb"))
    return sha256(repr(parts).encode()).hexdigest()


def sources() -> list[tuple[str, Traversable]]:
    """The files by which a night links: this room's code, steps and lists, and the engine's macros,
    which fold names and read numbers and addresses."""
    room, macros = files("gateway.linkage"), files("gateway.engine").joinpath("sql")
    found = [*room.iterdir(), *room.joinpath("sql").iterdir(), *macros.iterdir()]
    return sorted((f.name, f) for f in found if f.name.endswith((".py", ".sql", ".csv")))
