"""The tables that linkage reads and those that it makes on its way."""

from typing import Final

import pyarrow as pa

from gateway.engine import Engine
from gateway.model.tables import (
    AID,
    ASSISTANCE_HOUSEHOLD,
    ASSISTANCE_MEMBER,
    ATTENDANCE,
    CHILD,
    CONTRIBUTION,
    COVERAGE,
    DEATH,
    DISABILITY,
    ENROLMENT,
    INSURED_IDENTITY,
    REHABILITATION,
    Table,
)

SCRATCH: Final = (
    "row_side", "person_side", "roll_row", "record_row", "base_row", "night", "who", "seeker",
    "rest", "candidate", "other_row", "own_pair", "pair", "standing", "taken", "found", "lesson",
    "learned", "open_row", "open_side", "day_side", "name_side", "guardian_side", "stranger",
    "name_count", "name_rarity", "unseen_name", "name_sound", "level_weight", "shared_row",
    "shared_number", "twin_row", "shared_home", "known_row", "twin_no", "carried_row", "carried_number",
    "carried_any", "carried_twice", "keeper", "carried", "new_row", "borne_name", "fresh", "char_sound",
    "surname_sound", "char_shape", "crowded", "crowded_name", "crowded_day", "crowded_number",
    "crowded_guardian", "default_value", "base_number", "filler_number",
    "maybe_same", "twin_link", "known_otherwise", "death_row", "dead_person", "household",
    "judged_pair", "judged_row", "judged_first", "judged_same", "parted_row", "unsure_row",
    "record_link", "school_level", "row_home", "home", "home_side", "home_pair", "both_sides",
    "row_letters", "letters_pair",
    "compared_pair",
    "changed_person", "row_mark", "number_node", "about",
    "lost_row", "redo", "batch", "compared", "touched", "touched_number", "near_person",
    "edge", "kept_on", "learned_now", "borne", "present", "nobodys", "numbered_row",
)  # fmt: skip
"""Views and tables of one night's linkage that nobody reads afterwards; views first."""

RECORDS: Final[tuple[Table, ...]] = (
    AID, ATTENDANCE, CONTRIBUTION, DEATH, DISABILITY, INSURED_IDENTITY, REHABILITATION,
)  # fmt: skip
"""Rolls on which a child has many rows: those that say the same of it are linked as one record."""

_SOURCE = (pa.field("source", pa.string()), pa.field("roll", pa.string()))
_GONE = (
    pa.field("last_period", pa.string()),
    pa.field("absent_periods", pa.list_(pa.string())),
)
_HINTS = (
    "source", "roll", "table_name", "row_ref", "column_name", "reason", "name_key", "id_number",
    "id_given", "birth_date", "sex", "division",
)  # fmt: skip


def world_schemas() -> dict[str, pa.Schema]:
    """Every table that linkage reads, with its columns."""
    current = {
        t.name: pa.schema([*t.schema, *_SOURCE])
        for t in (CHILD, ENROLMENT, COVERAGE, ASSISTANCE_HOUSEHOLD, ASSISTANCE_MEMBER, *RECORDS)
    }
    gone = {
        f"{t.name}_gone": pa.schema([*t.schema, *_SOURCE, *_GONE])
        for t in (CHILD, ENROLMENT, COVERAGE)
    }
    hints = pa.schema(
        [pa.field(c, pa.date32() if c == "birth_date" else pa.string()) for c in _HINTS]
    )
    known = pa.schema([
        ("person_id", pa.int64()), *_SOURCE, ("row_key", pa.string()), ("id_number", pa.string()),
    ])  # fmt: skip
    return {**current, **gone, "quarantine": hints, "known_person": known}


def complete_world(engine: Engine) -> None:
    """Make the tables that are not there, empty: an absent source has no rows."""
    for name, schema in world_schemas().items():
        if not engine.exists(name):
            engine.create(name, schema)
