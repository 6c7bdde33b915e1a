"""The short way as one pass: plain rows are ready after it, of the others the text is kept.

It compiles in a tenth of the time that the long way needs, and costs a plain row half of it.
"""

from gateway.mapping.parts import (
    LEVELS,
    REFERENCE,
    RELATION,
    alias,
    columns_of,
    digest,
    inputs,
    layer,
    main_and_distinct,
    number_tests,
    required,
)
from gateway.mapping.short import SHORT, Short
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import FieldSpec, OutputSpec
from gateway.mapping.sql_text import name
from gateway.mapping.transforms import FIELD_TRANSFORMS, NAMES, VALIDATED, name_helper
from gateway.model.tables import table

CELLS = "_cells"
"""The column that holds the used columns of a row that is not plain, in the mapping's order."""
BROKEN = "«broken»"
"""Where the pass says which rows of its relation the reader found broken."""
_NUMBER_FACTS = ("id_state", "id_repairs")


def short_pass(mapping: RollMapping) -> str:
    """A SELECT over RELATION that gives each output's columns and CELLS."""
    outputs = main_and_distinct(mapping)
    columns = ", ".join(map(name, mapping.used_columns))
    sql = f"SELECT {REFERENCE}, {columns}, {BROKEN} AS _broken FROM {RELATION}"
    digits, numbers = number_tests(outputs)
    names = [f"plain_name({c}) AS {name_helper(c)}" for c in columns_of(outputs, NAMES)]
    for expressions in (digits, [*numbers, *names]):
        sql = layer(sql, expressions)
    fields = [(o, f, _short(mapping, o, field)) for o in outputs for f, field in o.fields.items()]
    for level in LEVELS:
        made = [
            f"{short.value} AS {alias(o, f)}"
            for o, f, short in fields
            if FIELD_TRANSFORMS[o.fields[f].transform].level == level
        ]
        sql = layer(sql, made)
    return _final(layer(sql, [f"{_plain(fields)} AS _plain"]), mapping, outputs)


def _short(mapping: RollMapping, output: OutputSpec, field: FieldSpec) -> Short:
    short = SHORT[field.transform](inputs(mapping, output, field))
    number = output.fields.get("id_number")
    if field.transform in _NUMBER_FACTS and (number is None or number.columns != field.columns):
        return Short(short.value, "FALSE")  # what it says of one column would rest on another
    if field.transform == "id_given" and name(field.columns[0]) in columns_of([output], VALIDATED):
        return Short(name(field.columns[0]), "TRUE")  # the validated field asks more
    return short


def _plain(fields: list[tuple[OutputSpec, str, Short]]) -> str:
    """Whether all fields of a row are plain and none that it needs is missing."""
    tests = ["NOT _broken"]
    for output, field_name, short in fields:
        value = alias(output, field_name)
        if required(output, field_name):
            tests.append(f"{value} IS NOT NULL")
        if short.plain:
            tests.append(short.plain)
        elif not required(output, field_name):
            column = name(output.fields[field_name].columns[0])
            tests.append(f"({value} IS NOT NULL OR {column} IS NULL)")
    return f"coalesce({' AND '.join(t for t in dict.fromkeys(tests) if t != 'TRUE')}, FALSE)"


def _final(sql: str, mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    columns = [alias(o, f) for o in outputs for f in o.fields]
    digests = [f"{digest(o, table(o.table))} AS {alias(o, 'row_digest')}" for o in outputs]
    cells = ", ".join(map(name, mapping.used_columns))
    return (
        f"SELECT {REFERENCE}, {', '.join([*columns, *digests])}, "
        f"CASE WHEN NOT _plain THEN [{cells}] END AS {CELLS} FROM ({sql})"
    )
