"""Which values of a row were not taken, said as `column:reason` texts, one SQL expression each."""

from dataclasses import dataclass

from gateway.mapping.spec_models import FieldSpec
from gateway.mapping.sql_text import literal, name
from gateway.mapping.transforms import Transform
from gateway.mapping.values import Reason

BETWEEN = "; "
"""Stands between the texts of one row."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What can go wrong with one field.

    `quick` is a cheap SQL condition that is true whenever the fault is there (and sometimes when
    it is not); `said` are the texts, NULL when there is no fault. `grave` says when it quarantines
    the row: None never, "" always, else while that field (quoted) is null.
    """

    quick: str
    said: tuple[str, ...]
    grave: str | None


def fault(
    field: FieldSpec,
    transform: Transform,
    alias: str,
    required: bool,
    unless: str,
    divided: str = "",
) -> Fault | None:
    """The fault that a field can have; None when it can have none.

    `divided`: SQL that holds where a value is refused as Reason.DIVIDED; empty: nowhere.
    """
    if transform.reason is None and not required:
        return None
    filled = " OR ".join(f"{name(c)} <> ''" for c in field.columns)
    quick = f"{alias} IS NULL" if required else f"({alias} IS NULL AND ({filled}))"
    texts = [_text(column, transform, required) for column in field.columns]
    if divided:
        said_so = literal(f"{field.columns[0]}:{Reason.DIVIDED}")
        texts = [f"CASE WHEN {divided} THEN {said_so} ELSE {text} END" for text in texts]
    said = tuple(f"CASE WHEN {alias} IS NULL THEN {text} END" for text in texts)
    return Fault(quick, said, unless if field.on_error == "quarantine" else None)


def any_quick(faults: list[Fault]) -> str:
    """Whether a row deserves a closer look."""
    return " OR ".join(f.quick for f in faults) or "false"


def grave_text(faults: list[Fault]) -> str:
    """All texts that quarantine the row, in the file's order; empty when there is none."""
    parts = [
        f"CASE WHEN {f.grave} IS NULL THEN {text} END" if f.grave else text
        for f in faults
        if f.grave is not None
        for text in f.said
    ]
    return _joined(parts)


def light_text(faults: list[Fault]) -> str:
    """All texts that only warn; empty when there is none."""
    parts = [
        f"CASE WHEN {f.grave} IS NOT NULL THEN {text} END" if f.grave else text
        for f in faults
        if f.grave is None or f.grave
        for text in f.said
    ]
    return _joined(parts)


def _text(column: str, transform: Transform, required: bool) -> str:
    missing = literal(f"{column}:{Reason.MISSING}") if required else "NULL"
    if transform.reason is None:  # a key of several columns lacks those that are empty
        return f"CASE WHEN text_any({name(column)}) IS NULL THEN {missing} END"
    refused = literal(f"{column}:{transform.reason}")
    return f"CASE WHEN says_something({name(column)}) THEN {refused} ELSE {missing} END"


def _joined(parts: list[str]) -> str:
    """Each text once, where it first stands; two fields may read one column."""
    if not parts:
        return "''"
    once = "list_filter(said, lambda t, i: t IS NOT NULL AND list_position(said, t) = i)"
    text = f"array_to_string({once}, {literal(BETWEEN)})"
    return f"list_transform([[{', '.join(parts)}]], lambda said: {text})[1]"
