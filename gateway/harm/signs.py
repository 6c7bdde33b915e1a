"""Signs of harm in one roll, found when it arrives: in its rows and in those that were refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa

from gateway.engine import Engine, load_step

ROOM = "gateway.harm"

SIGN = pa.schema([
    ("sign", pa.string()), ("table_name", pa.string()), ("row_ref", pa.string()),
    ("row_key", pa.string()), ("id_number", pa.string()), ("name_key", pa.string()),
    ("birth_date", pa.date32()), ("division", pa.string()), ("refused", pa.bool_()),
])  # fmt: skip
"""One sign: a row and what it shows. `refused`: the row was quarantined."""


class Sign(StrEnum):
    """What a sign is of (findings.md, HRM-01)."""

    STUDENT_MISSING = "student_missing"
    TRAFFICKED = "trafficked"
    ABUSED = "abused"
    ABANDONED = "abandoned"
    UNGUARDED = "unguarded"
    CHILD_ALONE = "child_alone"
    CHILD_HEAD = "child_head"
    NO_ADULT_LEFT = "no_adult_left"
    CHILD_EMPLOYED = "child_employed"
    CHILD_PARENT = "child_parent"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class RawSign:
    """How a bureau writes a sign in a column of its own, for rows that could not be read."""

    table_name: str
    column: str
    text: str
    sign: Sign


_STEPS = (
    ("signs_enrolment", ("enrolment",)),
    ("signs_child", ("child",)),
    ("signs_coverage", ("coverage",)),
    ("signs_household", ("assistance_member",)),
    ("signs_guardian", ("guardian",)),
)
"""Named steps and the mapped tables that each reads."""

_RAW = pa.schema([
    ("table_name", pa.string()), ("source_column", pa.string()), ("text", pa.string()),
    ("sign", pa.string()),
])  # fmt: skip


def find_signs(
    engine: Engine, tables: Iterable[str], raw: Iterable[RawSign], as_of: date
) -> pa.Table:
    """Signs (`SIGN`) in `mapped_<table>` of the tables named, and in `quarantine_rows`.

    Nothing is held and no rule is asked: a sign is looked at the night its row comes.
    """
    here = set(tables)
    params = {
        "adult_born_by": _years_before(as_of, 18),
        "working_born_by": _years_before(as_of, 16),
    }
    params["as_of"] = as_of
    found = [
        engine.fetch(load_step(ROOM, step), params)
        for step, needed in _STEPS
        if here.issuperset(needed)
    ]
    rows = [
        {
            "table_name": r.table_name,
            "source_column": r.column,
            "text": r.text,
            "sign": r.sign.value,
        }
        for r in raw
    ]
    engine.load("harm_raw", pa.Table.from_pylist(rows, schema=_RAW))
    found.append(engine.fetch(load_step(ROOM, "signs_refused"), params))
    engine.drop("harm_raw")
    return pa.concat_tables([part.select(SIGN.names).cast(SIGN) for part in found])


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
