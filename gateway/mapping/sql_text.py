"""Quoting: names and literals that come from specification files, never from rows."""

from collections.abc import Mapping


def name(text: str) -> str:
    """A quoted SQL name."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def case(expression: str, values: Mapping[str, str]) -> str:
    """A column looked up in constant pairs; NULL when it is none of them.

    DuckDB works out `expression` once per pair: give it a column, else use `pick`.
    """
    if not values:
        return "CAST(NULL AS VARCHAR)"
    pairs = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items())
    return f"CASE {expression} {pairs} END"


def pick(expression: str, values: Mapping[str, str]) -> str:
    """Any expression, worked out once, looked up in constant pairs; NULL when it is none."""
    pairs = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in values.items())
    return f"map {{{pairs}}}[{expression}]" if values else "CAST(NULL AS VARCHAR)"
