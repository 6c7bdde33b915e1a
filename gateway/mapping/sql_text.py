"""Quoting: names and literals that come from specification files, never from rows."""

from collections.abc import Mapping


def name(text: str) -> str:
    """A quoted SQL name."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def case(expression: str, values: Mapping[str, str]) -> str:
    """`expression` looked up in constant pairs; NULL when it is none of them."""
    if not values:
        return "CAST(NULL AS VARCHAR)"
    pairs = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items())
    return f"CASE {expression} {pairs} END"
