"""A mapping file as SQL: one pass over the rows as sent, then one INSERT per output.

The pass makes table `checked`: each output's columns as `table.column`, `_problems` and `_warnings`
(`column:reason; …` or NULL) and, for rows with problems, `_original` (JSON of the columns read).
Values are made level by level in nested SELECTs, so that nothing is computed twice.
"""

import json
from dataclasses import dataclass

from gateway.mapping.codes import classes, lookup
from gateway.mapping.faults import Fault, any_quick, fault, grave_text, light_text
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import FieldSpec, OutputSpec
from gateway.mapping.sql_text import literal, name
from gateway.mapping.transforms import (
    FIELD_TRANSFORMS,
    NAMES,
    NUMBERS,
    OWN_LISTS,
    VALIDATED,
    Inputs,
    clean_helper,
    digits_helper,
    key_helper,
    name_helper,
    plain_helper,
    valid_helper,
    wide_helper,
)
from gateway.model.tables import LEAD, SQL, Table, table

SEPARATOR, NOTHING = "chr(31)", "chr(30)"
"""U+001F stands between the values of a digest's text, U+001E for null; no value holds either."""
HINTS = ("name_key", "id_number", "id_given", "birth_date", "sex", "division")
REFERENCE = "_row_ref"
"""The column of `checked` that holds row references, where the reader gave them."""
_LEVELS = (1, 2, 3)
_RELATION, _REF = "«relation»", "«reference»"


@dataclass(frozen=True, slots=True)
class Output:
    """One output: its table, and the INSERT that fills `mapped_<table>` from `checked`."""

    table: str
    distinct: bool
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class CompiledMapping:
    """The SQL of one mapping. `outputs` begin with the main one."""

    mapping: RollMapping
    outputs: tuple[Output, ...]
    body: str
    say: str

    def check(self, relation: str, *, referenced: bool) -> str:
        """The pass over a relation that has the used columns (and row references, or not)."""
        reference = f"{REFERENCE}, " if referenced else ""
        body = self.body.replace(_RELATION, relation).replace(_REF, reference)
        return f"CREATE OR REPLACE TABLE checked AS {body};\n{self.say}"

    def insert(self, output: Output, row_ref: str) -> str:
        """Accepted rows of `checked` into `mapped_<table>`; `row_ref` is SQL over `checked`."""
        spec = next(o for o in self.mapping.spec.outputs if o.table == output.table)
        values = [_column(spec, column.name, row_ref) for column in table(output.table).columns]
        accepted = "_problems IS NULL"
        if output.distinct:
            last = f"SELECT max(rowid) FROM checked WHERE {accepted} GROUP BY {output.key}"
            accepted = f"{accepted} AND rowid IN ({last})"
        return (
            f"INSERT INTO mapped_{output.table} SELECT {', '.join(values)} "
            f"FROM checked WHERE {accepted}"
        )

    def quarantine(self, row_ref: str) -> str:
        """Rows of `checked` with problems into `mapped_quarantine`; needs $source."""
        main = self.mapping.main
        hints = [_hint(main, column) for column in HINTS]
        first = r"regexp_extract(_problems, '^(.*?):([a-z]+)(; |$)', {0})"
        values = [
            "$source", literal(self.mapping.spec.roll), literal(main.table), row_ref,
            _alias(main, "row_key"), first.format(1), first.format(2), "_original", *hints, "_problems",
        ]  # fmt: skip
        return (
            f"INSERT INTO mapped_quarantine SELECT {', '.join(values)} "
            "FROM checked WHERE _problems IS NOT NULL"
        )

    def mark_broken(self, row_ref: str) -> str:
        """Rows of `checked` that `broken_row` names have that problem, and their own after it.

        Of a malformed row nothing else is said: its cells may not be where they seem.
        """
        return (
            "UPDATE checked SET _problems = CASE WHEN _problems IS NULL "
            "OR starts_with(broken_row.problem, '(') THEN broken_row.problem "
            "ELSE broken_row.problem || '; ' || _problems END, "
            f"_original = broken_row.original FROM broken_row WHERE broken_row.row_ref = {row_ref}"
        )

    def differing(self, output: Output) -> str:
        """How many keys of a distinct output have accepted rows with other facts."""
        return (
            "SELECT count(*) FROM (SELECT 1 FROM checked WHERE _problems IS NULL "
            f"GROUP BY {output.key} HAVING min({output.digest}) <> max({output.digest})) AS other"
        )


def compile_mapping(mapping: RollMapping) -> CompiledMapping:
    """The SQL of a checked mapping file."""
    outputs = [mapping.main, *(o for o in mapping.spec.outputs if o.distinct)]
    compiled = tuple(
        Output(o.table, o.distinct, _alias(o, "row_key"), _alias(o, "row_digest")) for o in outputs
    )
    return CompiledMapping(mapping, compiled, _body(mapping, outputs), _say(mapping, outputs))


def _body(mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    sql = f"SELECT {_REF}{', '.join(map(name, mapping.used_columns))} FROM {_RELATION}"
    for expressions in _helpers(outputs):
        sql = _layer(sql, expressions)
    for level in _LEVELS:
        sql = _layer(sql, _values(mapping, outputs, level))
    faults = _faults(outputs)
    return _final(_layer(sql, [f"{any_quick(faults)} AS _odd"]), mapping, outputs)


def _say(mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    """What is wrong with the odd rows: a second, small pass over what they were read from."""
    faults = _faults(outputs)
    cells = json.dumps(dict.fromkeys(mapping.used_columns, "VARCHAR"), ensure_ascii=False)
    read = ", ".join(f"_cells.{name(c)} AS {name(c)}" for c in mapping.used_columns)
    values = ", ".join(_alias(o, f) for o in outputs for f in o.fields)
    odd = (
        f"SELECT rowid AS place, {values}, json_transform(_original, {literal(cells)}) AS _cells "
        "FROM checked WHERE _original IS NOT NULL"
    )
    said = f"nullif({grave_text(faults)}, '') AS grave, nullif({light_text(faults)}, '') AS light"
    return (
        f"CREATE OR REPLACE TABLE odd_row AS SELECT place, {said} "
        f"FROM (SELECT place, {values}, {read} FROM ({odd}));\n"
        "UPDATE checked SET _problems = grave, _warnings = light, "
        "_original = CASE WHEN grave IS NOT NULL THEN _original END "
        "FROM odd_row WHERE checked.rowid = odd_row.place"
    )


def _layer(sql: str, expressions: list[str]) -> str:
    return f"SELECT *, {', '.join(expressions)} FROM ({sql})" if expressions else sql


def _helpers(outputs: list[OutputSpec]) -> tuple[list[str], ...]:
    """Clean values first: a number that is valid as typed is not cleaned, a plain name not folded."""
    numbers, asked = _columns_of(outputs, NUMBERS), _columns_of(outputs, VALIDATED)
    named = _columns_of(outputs, NAMES)
    names = [f"plain_name({c}) AS {name_helper(c)}" for c in named]
    digits = [f"try_cast(left({c}, 17) AS BIGINT) AS {digits_helper(c)}" for c in asked]
    plain = [f"id_valid18_of({c}, {digits_helper(c)}) AS {plain_helper(c)}" for c in asked]
    cleaned = {c: _unless(plain_helper(c), c, f"id_clean({c})") for c in asked}
    clean = [f"{cleaned.get(c, f'id_clean({c})')} AS {clean_helper(c)}" for c in numbers]
    wide = [f"{_unless(name_helper(c), c, f'fold_width({c})')} AS {wide_helper(c)}" for c in named]
    wide += [
        f"{_unless(plain_helper(c), c, f'fold_width({c})')} AS {wide_helper(c)}" for c in asked
    ]
    keys = [
        f"{_unless(name_helper(c), c, f'name_key_of(fold_text_of({wide_helper(c)}))')} AS {key_helper(c)}"
        for c in named
    ]
    valid = [
        f"CASE WHEN {plain_helper(c)} THEN TRUE WHEN {clean_helper(c)} = {c} THEN FALSE "
        f"ELSE id_valid18({clean_helper(c)}) END AS {valid_helper(c)}"
        for c in asked
    ]
    return [*digits, *names], plain, [*clean, *wide], [*valid, *keys]


def _unless(plain: str, column: str, otherwise: str) -> str:
    return f"CASE WHEN {plain} THEN {column} ELSE {otherwise} END"


def _columns_of(outputs: list[OutputSpec], transforms: frozenset[str]) -> list[str]:
    fields = (f for o in outputs for f in o.fields.values() if f.transform in transforms)
    return sorted({name(f.columns[0]) for f in fields})


def _values(mapping: RollMapping, outputs: list[OutputSpec], level: int) -> list[str]:
    found = []
    for output in outputs:
        for field_name, field in output.fields.items():
            transform = FIELD_TRANSFORMS[field.transform]
            if transform.level == level:
                sql = transform.sql(_inputs(mapping, output, field))
                found.append(f"{sql} AS {_alias(output, field_name)}")
    return found


def _inputs(mapping: RollMapping, output: OutputSpec, field: FieldSpec) -> Inputs:
    words: dict[str, str] = {}
    if field.transform == "class":
        words = classes(mapping.codes[field.codes])
    elif field.transform == "code":
        words = lookup(mapping.codes[field.codes], field.crosswalk)
    elif field.transform in OWN_LISTS:
        words = lookup(mapping.codes[OWN_LISTS[field.transform]])
    return Inputs(
        columns=tuple(name(c) for c in field.columns),
        using=_alias(output, field.using) if field.using else "",
        id_number=_alias(output, "id_number"),
        lookup=words,
        value=field.value,
        between=field.between,
    )


def _faults(outputs: list[OutputSpec]) -> list[Fault]:
    found = []
    for output in outputs:
        for field_name, field in output.fields.items():
            required = field.required or table(output.table).column(field_name).required
            unless = _alias(output, field.unless) if field.unless else ""
            transform = FIELD_TRANSFORMS[field.transform]
            found.append(fault(field, transform, _alias(output, field_name), required, unless))
    return [f for f in found if f is not None]


def _final(sql: str, mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    columns = [_alias(o, f) for o in outputs for f in o.fields]
    digests = [f"{_digest(o, table(o.table))} AS {_alias(o, 'row_digest')}" for o in outputs]
    pairs = ", ".join(f"{literal(c)}: {name(c)}" for c in mapping.used_columns)
    return (
        f"SELECT {_REF}{', '.join([*columns, *digests])}, "
        "CAST(NULL AS VARCHAR) AS _problems, CAST(NULL AS VARCHAR) AS _warnings, "
        f"CASE WHEN _odd THEN CAST(to_json({{{pairs}}}) AS VARCHAR) END AS _original "
        f"FROM ({sql})"
    )


def _digest(output: OutputSpec, of: Table) -> str:
    lead = [c.name for c in LEAD if c.name not in ("row_ref", "row_digest")]
    names = [*lead, *(c.name for c in of.facts)]
    parts = [
        f"coalesce(CAST({_alias(output, n)} AS VARCHAR), {NOTHING})"
        if n in output.fields
        else NOTHING
        for n in names
    ]
    return f"sha256(concat({f', {SEPARATOR}, '.join(parts)}))"


def _column(output: OutputSpec, column: str, row_ref: str) -> str:
    if column == "row_ref":
        return row_ref
    if column == "row_digest" or column in output.fields:
        return _alias(output, column)
    return f"CAST(NULL AS {SQL[table(output.table).column(column).kind]})"


def _hint(output: OutputSpec, column: str) -> str:
    kind = "DATE" if column == "birth_date" else "VARCHAR"
    return _alias(output, column) if column in output.fields else f"CAST(NULL AS {kind})"


def _alias(output: OutputSpec, field: str) -> str:
    return name(f"{output.table}.{field}")
