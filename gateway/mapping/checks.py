"""The JSON Schema of a canonical table as SQL: the same answer for a row, at the engine's speed.

Types are held by the engine's own columns; what is left are required values and the form of months.
"""

from gateway.mapping.sql_text import literal, name
from gateway.model.tables import Table, json_schema


def broken_rule(of: Table) -> str:
    """An SQL condition that is true for rows which the table's JSON Schema refuses."""
    properties = json_schema(of)["properties"]
    parts = [f"{name(column.name)} IS NULL" for column in of.columns if column.required]
    parts += [
        f"NOT regexp_matches({name(column.name)}, {literal(properties[column.name]['pattern'])})"
        for column in of.columns
        if column.kind == "month"
    ]
    return " OR ".join(f"coalesce({part}, false)" for part in parts)
