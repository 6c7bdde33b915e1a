"""What a roll looks like as a whole: how often each column is blank, and how its codes are shared out.

Shares only, of all rows together; no value of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.engine import Engine
from gateway.mapping import RollMapping
from gateway.model.tables import table


@dataclass(frozen=True, slots=True)
class Profile:
    """Of so many rows: the share of blanks by column, and of rows by (column, code)."""

    rows: int
    blanks: Mapping[str, float]
    codes: Mapping[tuple[str, str], float]


def profile_of(engine: Engine, mapping: RollMapping, relation: str) -> Profile:
    """The profile of a roll's main table, as it stands in `relation`."""
    main = mapping.main
    lead = {"row_key", "row_ref", "row_digest"}
    given = [c for c in table(main.table).columns if c.name in main.fields and c.name not in lead]
    counts = ", ".join(f'count("{c.name}") AS "{c.name}"' for c in given)
    (row,) = engine.fetch(f"SELECT count(*) AS row_count, {counts} FROM {relation}").to_pylist()
    rows = int(row.pop("row_count"))
    blanks = {name: 1 - int(there) / max(rows, 1) for name, there in row.items()}
    codes: dict[tuple[str, str], float] = {}
    for column in (c.name for c in given if c.codes):
        found = engine.fetch(
            f'SELECT CAST("{column}" AS VARCHAR) AS code, count(*) AS n FROM {relation} '
            f'WHERE "{column}" IS NOT NULL GROUP BY ALL'
        ).to_pylist()
        codes |= {(column, one["code"]): one["n"] / max(rows, 1) for one in found}
    return Profile(rows, blanks, codes)
