"""Which values of a row were not taken, said as `column:reason` texts, one SQL expression each."""

from dataclasses import dataclass

from gateway.mapping.spec import FieldSpec
from gateway.mapping.sql_text import literal, name
from gateway.mapping.transforms import Transform
from gateway.mapping.values import Reason

BETWEEN = "; "
"""Stands between the texts of one row."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What can go wrong with one field.

    `quick` is a cheap SQL condition that is true whenever the fault is there (and sometimes when
    it is not); `said` is the text, NULL when there is no fault. `grave` says when it quarantines
    the row: None never, "" always, else while that field (quoted) is null.
    """

    quick: str
    said: str
    grave: str | None


def fault(
    field: FieldSpec, transform: Transform, alias: str, required: bool, unless: str
) -> Fault | None:
    """The fault that a field can have; None when it can have none."""
    if transform.reason is None and not required:
        return None
    columns = [name(c) for c in field.columns]
    filled = " OR ".join(f"{c} <> ''" for c in columns)
    quick = f"{alias} IS NULL" if required else f"({alias} IS NULL AND ({filled}))"
    label = field.columns[0] if field.columns else field.using
    missing = literal(f"{label}:{Reason.MISSING}") if required else "NULL"
    if transform.reason is None:
        text = missing
    else:
        given = " OR ".join(f"says_something({c})" for c in columns)
        refused = literal(f"{label}:{transform.reason}")
        text = f"CASE WHEN {given} THEN {refused} ELSE {missing} END"
    grave = unless if field.on_error == "quarantine" else None
    return Fault(quick, f"CASE WHEN {alias} IS NULL THEN {text} END", grave)


def any_quick(faults: list[Fault]) -> str:
    """Whether a row deserves a closer look."""
    return " OR ".join(f.quick for f in faults) or "false"


def grave_text(faults: list[Fault]) -> str:
    """All texts that quarantine the row, in the file's order; empty when there is none."""
    parts = [
        f"CASE WHEN {f.grave} IS NULL THEN {f.said} END" if f.grave else f.said
        for f in faults
        if f.grave is not None
    ]
    return _joined(parts)


def light_text(faults: list[Fault]) -> str:
    """All texts that only warn; empty when there is none."""
    parts = [
        f"CASE WHEN {f.grave} IS NOT NULL THEN {f.said} END" if f.grave else f.said
        for f in faults
        if f.grave is None or f.grave
    ]
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    return f"concat_ws({literal(BETWEEN)}, {', '.join(parts)})" if parts else "''"
