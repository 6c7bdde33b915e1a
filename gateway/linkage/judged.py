"""Officers' judgements as tables for the night's steps.

A row is named `source/roll/table/row key`, as the store keeps it; a person is named by its own row.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

import pyarrow as pa

from gateway.linkage.judgements import Judged, Verdict
from gateway.model.tables import CHILD

SCHEMA: Final = pa.schema([
    (name, pa.string())
    for name in (
        "verdict", "source", "roll", "table_name", "row_key",
        "other_source", "other_roll", "other_table", "other_key",
    )
])  # fmt: skip
NOBODY: Final[Judged[str]] = Judged((), frozenset(), frozenset(), frozenset())
"""Nothing was said."""


def row_name(source: str, roll: str, table: str, row_key: str) -> str:
    """The name of a row, the same every night."""
    return f"{source}/{roll}/{table}/{row_key}"


def is_file(row: str) -> bool:
    """Whether a row's name is that of a file of the registry: a child of its own."""
    return row.split("/", 3)[2] == CHILD.name


def judged_pairs(judged: Judged[str]) -> pa.Table:
    """Every pair of rows of which officers' words say something, both ways round."""
    lines: list[tuple[str, ...]] = []
    for verdict, pairs in _said(judged):
        for pair in pairs:
            one, other = (tuple(row.split("/", 3)) for row in sorted(pair))
            lines += [(verdict, *one, *other), (verdict, *other, *one)]
    columns = list(zip(*lines, strict=True)) or [()] * len(SCHEMA)
    return pa.table([pa.array(c, pa.string()) for c in columns], schema=SCHEMA)


def _said(judged: Judged[str]) -> Iterator[tuple[str, Iterable[Iterable[str]]]]:
    yield Verdict.SAME, (p for rows in judged.sets for p in combinations(sorted(rows), 2))
    yield Verdict.NOT_SAME, judged.apart
    yield Verdict.UNSURE, judged.unsure
