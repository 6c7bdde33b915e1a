"""Rows of a query as an Arrow table."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa


def from_rows(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """A table of that schema; `rows` hold the columns in its order."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
