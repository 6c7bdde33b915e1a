"""What both ways through a mapping are written from: layers of SELECTs, names of columns, digests."""

from gateway.mapping.codes import classes, lookup
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import FieldSpec, OutputSpec
from gateway.mapping.sql_text import name
from gateway.mapping.transforms import (
    OWN_LISTS,
    VALIDATED,
    Inputs,
    digits_helper,
    plain_helper,
)
from gateway.model.tables import LEAD, Table, table

SEPARATOR, NOTHING = "chr(31)", "chr(30)"
"""U+001F stands between the values of a digest's text, U+001E for null; no value holds either."""
LEVELS = (1, 2, 3)
RELATION = "«relation»"
"""Where a pass names what it reads."""
REFERENCE = "_row_ref"
"""The column that holds row references, where the reader gives them."""


def main_and_distinct(mapping: RollMapping) -> list[OutputSpec]:
    """The outputs in the order in which they are written: the main one first."""
    return [mapping.main, *(o for o in mapping.spec.outputs if o.distinct)]


def layer(sql: str, expressions: list[str]) -> str:
    """One SELECT more around `sql`, with further columns."""
    return f"SELECT *, {', '.join(expressions)} FROM ({sql})" if expressions else sql


def alias(output: OutputSpec, field: str) -> str:
    """The quoted name of a field's column in a pass."""
    return name(f"{output.table}.{field}")


def columns_of(outputs: list[OutputSpec], transforms: frozenset[str]) -> list[str]:
    """The quoted source columns that fields with one of some transforms read first."""
    fields = (f for o in outputs for f in o.fields.values() if f.transform in transforms)
    return sorted({name(f.columns[0]) for f in fields})


def inputs(mapping: RollMapping, output: OutputSpec, field: FieldSpec) -> Inputs:
    """What a field's expression is made from."""
    words: dict[str, str] = {}
    if field.transform == "class":
        words = classes(mapping.codes[field.codes])
    elif field.transform == "code":
        words = lookup(mapping.codes[field.codes], field.crosswalk)
    elif field.transform == "division":
        words = dict(mapping.moved)
    elif field.transform in OWN_LISTS:
        words = lookup(mapping.codes[OWN_LISTS[field.transform]])
    return Inputs(
        columns=tuple(name(c) for c in field.columns),
        using=alias(output, field.using) if field.using else "",
        id_number=alias(output, "id_number"),
        lookup=words,
        value=field.value,
        between=field.between,
    )


def number_tests(outputs: list[OutputSpec]) -> tuple[list[str], list[str]]:
    """Helper columns that say of each number whether it is valid as typed: digits first, then that."""
    asked = columns_of(outputs, VALIDATED)
    digits = [f"try_cast(left({c}, 17) AS BIGINT) AS {digits_helper(c)}" for c in asked]
    plain = [f"id_valid18_of({c}, {digits_helper(c)}) AS {plain_helper(c)}" for c in asked]
    return digits, plain


def required(output: OutputSpec, field_name: str) -> bool:
    """Whether a row without that field is refused."""
    field = output.fields[field_name]
    return field.required or table(output.table).column(field_name).required


def digest(output: OutputSpec, of: Table) -> str:
    """The digest of an output's canonical row text, from its columns in a pass."""
    lead = [c.name for c in LEAD if c.name not in ("row_ref", "row_digest")]
    names = [*lead, *(c.name for c in of.facts)]
    parts = [
        f"coalesce(CAST({alias(output, n)} AS VARCHAR), {NOTHING})"
        if n in output.fields
        else NOTHING
        for n in names
    ]
    return f"sha256(concat({f', {SEPARATOR}, '.join(parts)}))"
