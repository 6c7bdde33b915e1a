"""Rolls whose rows are bent by a fault: a column more, two columns swapped, every row twice."""

from collections.abc import Sequence

import pyarrow as pa

from sandbox.bureaus.faults import DOUBLED, NEW_COLUMN, SWAPPED

BENT = (NEW_COLUMN, SWAPPED, DOUBLED)
SPARE = "备用字段"
"""The column that nobody was told of."""
NAME_AND_NUMBER = {
    "enrolment": ("xm", "sfzjh"),
    "coverage": ("psn_name", "certno"),
    "registry": ("姓名", "身份证件号码"),
    "assistance": ("姓名", "身份证号"),
}


def bend(table: pa.Table, roll: str, faults: Sequence[str]) -> pa.Table:
    """The rows of a roll as a bureau with these faults sends them."""
    if NEW_COLUMN in faults:
        table = table.append_column(SPARE, pa.array(["1"] * table.num_rows, pa.string()))
    if SWAPPED in faults:
        a, b = (table.column_names.index(name) for name in NAME_AND_NUMBER[roll])
        names, numbers = table.column(a), table.column(b)
        table = table.set_column(a, table.column_names[a], numbers)
        table = table.set_column(b, table.column_names[b], names)
    return pa.concat_tables([table, table]) if DOUBLED in faults else table
