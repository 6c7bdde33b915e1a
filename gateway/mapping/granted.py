"""A mapping cut down to what a grant allows: a column outside it is dropped before anything is stored."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import ColumnSpec, OutputSpec
from gateway.model.errors import SpecError
from gateway.model.tables import table

OUTSIDE = "outside the grant"


def granted(mapping: RollMapping, fields: Sequence[str] | None) -> RollMapping:
    """The mapping with every column outside `fields` (by its name or another heading of it) ignored,
    and every canonical field that is made of one left out. None grants all that the mapping names.

    Raises SpecError when a field that every row needs would be left out.
    """
    if fields is None:
        return mapping
    allowed = set(fields)
    spec = mapping.spec
    kept = {n for n, c in spec.columns.items() if allowed & {n, c.zh, *c.also} - {""}}
    columns = {
        n: c if n in kept or c.ignore else c.model_copy(update={"ignore": OUTSIDE})
        for n, c in spec.columns.items()
    }
    outputs = tuple(_output(mapping, output, kept) for output in spec.outputs)
    columns = {n: _unread(n, c, outputs) for n, c in columns.items()}
    changed = spec.model_copy(update={"columns": columns, "outputs": outputs})
    return replace(mapping, spec=changed)


def _output(mapping: RollMapping, output: OutputSpec, kept: set[str]) -> OutputSpec:
    lost = {n for n, f in output.fields.items() if not set(f.columns) <= kept}
    while more := {
        n for n, f in output.fields.items() if n not in lost and {f.using, f.unless} & lost
    }:
        lost |= more
    for name in sorted(lost):
        if name == "row_key" or table(output.table).column(name).required:
            raise SpecError(
                f"the grant leaves out what `{name}` of table {output.table!r} is made of",
                where=mapping.name,
                mend="apply for that column too, or use a mapping that does without it",
            )
    fields = {n: f for n, f in output.fields.items() if n not in lost}
    absent = output.absent | dict.fromkeys(lost, OUTSIDE)
    return output.model_copy(update={"fields": fields, "absent": absent})


def _unread(name: str, column: ColumnSpec, outputs: Sequence[OutputSpec]) -> ColumnSpec:
    """A granted column that only served a lost field is not read either."""
    read = any(name in f.columns for output in outputs for f in output.fields.values())
    return column if read or column.ignore else column.model_copy(update={"ignore": OUTSIDE})
