"""The engine tables that the rules read (docs/rules.md); a roll that nobody delivers is empty."""

from typing import Final

import pyarrow as pa

from gateway.engine import Engine
from gateway.model.tables import table

ROLLS: Final = (
    "enrolment", "coverage", "child", "assistance_household", "assistance_member", "contribution",
    "disability", "guardian", "aid", "attendance", "death", "insured_identity", "rehabilitation",
    "visit",
)  # fmt: skip
"""Canonical tables of the world; each has `source` and `roll` beside its own columns."""

GONE: Final = ("child", "enrolment", "coverage")
"""Tables whose rows that left the roll are read too, from `<table>_gone`."""


THERE: Final = """
    SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()
"""


def roll_schemas() -> dict[str, pa.Schema]:
    """The tables of rolls, and of rows that left them, with their Arrow schemas."""
    origin = [("source", pa.string()), ("roll", pa.string())]
    leaving = [("last_period", pa.string()), ("absent_periods", pa.list_(pa.string()))]
    rolls = {name: pa.schema([*table(name).schema, *origin]) for name in ROLLS}
    gone = {f"{name}_gone": pa.schema([*rolls[name], *leaving]) for name in GONE}
    return rolls | gone


def complete_world(engine: Engine) -> None:
    """Make the tables of rolls that are not there, empty."""
    there = set(engine.fetch(THERE).column(0).to_pylist())
    for name, schema in roll_schemas().items():
        if name not in there:
            engine.create(name, schema)
