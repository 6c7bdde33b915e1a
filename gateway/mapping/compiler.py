"""A mapping file as SQL: a short way for plain rows, a long way for the others, one INSERT per output.

The short way (short_pass.py) makes table `short_row` of a slab: each output's columns as
`table.column`, and `_cells`, the row as sent, where it is not plain. Those rows are gathered in
`odd_row`; the long way makes `long_row` of them, which has `_problems` and `_warnings`
(`column:reason; …` or NULL) and, for rows with problems, `_original` (JSON of the columns read).
Values are made level by level in nested SELECTs, so that nothing is computed twice.
"""

import json
from dataclasses import dataclass

from gateway.mapping.faults import Fault, any_quick, fault, grave_text, light_text
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
from gateway.mapping.short_pass import BROKEN, CELLS, short_pass
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import OutputSpec
from gateway.mapping.sql_text import literal, name
from gateway.mapping.transforms import (
    FIELD_TRANSFORMS,
    NAMES,
    NUMBERS,
    VALIDATED,
    clean_helper,
    divided,
    key_helper,
    name_helper,
    plain_helper,
    valid_helper,
    wide_helper,
)
from gateway.model.tables import SQL, table

HINTS = ("name_key", "id_number", "id_given", "birth_date", "sex", "division")
_PLAIN, _ACCEPTED = f"{CELLS} IS NULL", "_problems IS NULL"


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
    short: str
    long: str
    say: str

    def take(self, relation: str, broken: str, *, referenced: bool) -> str:
        """The short way over a relation that has the used columns (and row references, or not).

        `broken` is a condition over the relation; its rows are not plain, whatever they hold.
        """
        reference = f"{REFERENCE}, " if referenced else ""
        given = {RELATION: relation, BROKEN: broken, f"{REFERENCE}, ": reference}
        sql = self.short
        for place, text in given.items():
            sql = sql.replace(place, text)
        return f"CREATE OR REPLACE TABLE short_row AS {sql}"

    def keep_odd(self, row_ref: str) -> str:
        """Rows of `short_row` that are not plain into `odd_row`; `row_ref` is SQL over `short_row`."""
        return f"INSERT INTO odd_row SELECT {row_ref}, {CELLS} FROM short_row WHERE NOT ({_PLAIN})"

    def check(self) -> str:
        """The long way over `odd_row`, and what is wrong with its rows."""
        cells = ", ".join(
            f"cells[{n}] AS {name(c)}" for n, c in enumerate(self.mapping.used_columns, start=1)
        )
        odd = f"(SELECT row_ref AS {REFERENCE}, {cells} FROM odd_row)"
        return (
            f"CREATE OR REPLACE TABLE long_row AS {self.long.replace(RELATION, odd)};\n{self.say}"
        )

    def insert_plain(self, output: Output, row_ref: str) -> str:
        """Plain rows of `short_row` into `mapped_<table>`, of a distinct output one for each key."""
        accepted = _PLAIN
        if output.distinct:
            last = f"SELECT max(rowid) FROM short_row WHERE {_PLAIN} GROUP BY {output.key}"
            accepted = f"{_PLAIN} AND rowid IN ({last})"
        return self._insert(output, row_ref, f"short_row WHERE {accepted}")

    def insert_accepted(self, output: Output) -> str:
        """Rows of `long_row` without problems into `mapped_<table>`."""
        return self._insert(output, REFERENCE, f"long_row WHERE {_ACCEPTED}")

    def facts(self, output: Output, *, plain: bool) -> str:
        """What accepted rows say of each key of a distinct output, into `mapped_fact`."""
        rows = f"short_row WHERE {_PLAIN}" if plain else f"long_row WHERE {_ACCEPTED}"
        return (
            f"INSERT INTO mapped_fact SELECT DISTINCT {literal(output.table)}, {output.key}, "
            f"{output.digest} FROM {rows}"
        )

    def quarantine(self) -> str:
        """Rows of `long_row` with problems into `mapped_quarantine`; needs $source."""
        main = self.mapping.main
        hints = [_hint(main, column) for column in HINTS]
        first = r"regexp_extract(_problems, '^(.*?):([a-z]+)(; |$)', {0})"
        values = [
            "$source", literal(self.mapping.spec.roll), literal(main.table), REFERENCE,
            alias(main, "row_key"), first.format(1), first.format(2), "_original", *hints, "_problems",
        ]  # fmt: skip
        return (
            f"INSERT INTO mapped_quarantine SELECT {', '.join(values)} "
            "FROM long_row WHERE _problems IS NOT NULL"
        )

    def mark_broken(self) -> str:
        """Rows of `long_row` that `broken_row` names have that problem, and their own after it.

        Of a malformed row nothing else is said: its cells may not be where they seem.
        """
        return (
            "UPDATE long_row SET _problems = CASE WHEN _problems IS NULL "
            "OR starts_with(broken_row.problem, '(') THEN broken_row.problem "
            "ELSE broken_row.problem || '; ' || _problems END, "
            "_original = broken_row.original FROM broken_row "
            f"WHERE broken_row.row_ref = long_row.{REFERENCE}"
        )

    def _insert(self, output: Output, row_ref: str, rows: str) -> str:
        spec = next(o for o in self.mapping.spec.outputs if o.table == output.table)
        values = [_column(spec, column.name, row_ref) for column in table(output.table).columns]
        return f"INSERT INTO mapped_{output.table} SELECT {', '.join(values)} FROM {rows}"


def compile_mapping(mapping: RollMapping) -> CompiledMapping:
    """The SQL of a checked mapping file."""
    outputs = main_and_distinct(mapping)
    compiled = tuple(
        Output(o.table, o.distinct, alias(o, "row_key"), alias(o, "row_digest")) for o in outputs
    )
    return CompiledMapping(
        mapping, compiled, short_pass(mapping), _body(mapping, outputs), _say(mapping, outputs)
    )


def _body(mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    sql = f"SELECT {REFERENCE}, {', '.join(map(name, mapping.used_columns))} FROM {RELATION}"
    for expressions in _helpers(outputs):
        sql = layer(sql, expressions)
    for level in LEVELS:
        sql = layer(sql, _values(mapping, outputs, level))
    faults = _faults(mapping, outputs)
    return _final(layer(sql, [f"{any_quick(faults)} AS _odd"]), mapping, outputs)


def _say(mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    """What is wrong with the odd rows: a second, small pass over what they were read from."""
    faults = _faults(mapping, outputs)
    cells = json.dumps(dict.fromkeys(mapping.used_columns, "VARCHAR"), ensure_ascii=False)
    read = ", ".join(f"_cells.{name(c)} AS {name(c)}" for c in mapping.used_columns)
    values = ", ".join(alias(o, f) for o in outputs for f in o.fields)
    odd = (
        f"SELECT rowid AS place, {values}, json_transform(_original, {literal(cells)}) AS _cells "
        "FROM long_row WHERE _original IS NOT NULL"
    )
    said = f"nullif({grave_text(faults)}, '') AS grave, nullif({light_text(faults)}, '') AS light"
    return (
        f"CREATE OR REPLACE TABLE said AS SELECT place, {said} "
        f"FROM (SELECT place, {values}, {read} FROM ({odd}));\n"
        "UPDATE long_row SET _problems = grave, _warnings = light, "
        "_original = CASE WHEN grave IS NOT NULL THEN _original END "
        "FROM said WHERE long_row.rowid = said.place"
    )


def _helpers(outputs: list[OutputSpec]) -> tuple[list[str], ...]:
    """Clean values first: a number that is valid as typed is not cleaned, a plain name not folded."""
    numbers, asked = columns_of(outputs, NUMBERS), columns_of(outputs, VALIDATED)
    named = columns_of(outputs, NAMES)
    names = [f"plain_name({c}) AS {name_helper(c)}" for c in named]
    digits, plain = number_tests(outputs)
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


def _values(mapping: RollMapping, outputs: list[OutputSpec], level: int) -> list[str]:
    found = []
    for output in outputs:
        for field_name, field in output.fields.items():
            transform = FIELD_TRANSFORMS[field.transform]
            if transform.level == level:
                sql = transform.sql(inputs(mapping, output, field))
                found.append(f"{sql} AS {alias(output, field_name)}")
    return found


def _faults(mapping: RollMapping, outputs: list[OutputSpec]) -> list[Fault]:
    found = []
    for output in outputs:
        for field_name, field in output.fields.items():
            unless = alias(output, field.unless) if field.unless else ""
            transform = FIELD_TRANSFORMS[field.transform]
            found.append(
                fault(
                    field,
                    transform,
                    alias(output, field_name),
                    required(output, field_name),
                    unless,
                    divided(name(field.columns[0]), mapping.moved)
                    if field.transform == "division"
                    else "",
                )
            )
    return [f for f in found if f is not None]


def _final(sql: str, mapping: RollMapping, outputs: list[OutputSpec]) -> str:
    columns = [alias(o, f) for o in outputs for f in o.fields]
    digests = [f"{digest(o, table(o.table))} AS {alias(o, 'row_digest')}" for o in outputs]
    pairs = ", ".join(f"{literal(c)}: {name(c)}" for c in mapping.used_columns)
    return (
        f"SELECT {REFERENCE}, {', '.join([*columns, *digests])}, "
        "CAST(NULL AS VARCHAR) AS _problems, CAST(NULL AS VARCHAR) AS _warnings, "
        f"CASE WHEN _odd THEN CAST(to_json({{{pairs}}}) AS VARCHAR) END AS _original "
        f"FROM ({sql})"
    )


def _column(output: OutputSpec, column: str, row_ref: str) -> str:
    if column == "row_ref":
        return row_ref
    if column == "row_digest" or column in output.fields:
        return alias(output, column)
    return f"CAST(NULL AS {SQL[table(output.table).column(column).kind]})"


def _hint(output: OutputSpec, column: str) -> str:
    kind = "DATE" if column == "birth_date" else "VARCHAR"
    return alias(output, column) if column in output.fields else f"CAST(NULL AS {kind})"
