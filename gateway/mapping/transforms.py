"""The named transforms of mapping files: an explicit list, each one SQL expression.

An expression sees source columns (quoted, all text), fields of the same output that were made on
an earlier level, and the helper columns that the compiler adds for identity numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.mapping.sql_text import case, literal, name, pick
from gateway.mapping.values import Reason

Many = tuple[int, int]
NONE, ONE, SOME = (0, 0), (1, 1), (1, 4)
MAYBE = (0, 1)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one expression is made from; everything is quoted SQL already.

    `lookup` maps spelled text to value, or value to class.
    """

    columns: tuple[str, ...]
    using: str
    id_number: str
    lookup: Mapping[str, str]
    value: str
    between: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Transform:
    """A transform. `level` orders evaluation; `reason` is set when given text can be refused.

    `columns`, `using`, `codes`, `value` say how many of each a field must give (least, most).
    """

    name: str
    kind: str
    doc: str
    sql: Callable[[Inputs], str]
    reason: Reason | None = None
    level: int = 1
    columns: Many = ONE
    using: Many = NONE
    codes: Many = NONE
    value: Many = NONE


def clean_helper(column: str) -> str:
    """The helper column that holds a number column cleaned."""
    return name(f"clean {column}")


def digits_helper(column: str) -> str:
    """The helper column that holds the first 17 digits of a number as typed, as a number."""
    return name(f"17 digits of {column}")


def plain_helper(column: str) -> str:
    """The helper column that says whether a number is valid as it was typed."""
    return name(f"plain {column}")


def name_helper(column: str) -> str:
    """The helper column that says whether a name stands as it was typed."""
    return name(f"name {column}")


def wide_helper(column: str) -> str:
    """The helper column that holds a name, or a number, in one width of characters."""
    return name(f"wide {column}")


def key_helper(column: str) -> str:
    """The helper column that holds the key of a name."""
    return name(f"key {column}")


def valid_helper(column: str) -> str:
    """The helper column that says whether a cleaned number is valid."""
    return name(f"valid {column}")


def code_value(column: str, lookup: Mapping[str, str]) -> str:
    """The value that text stands for: first as it is, then folded; NULL when it is unlisted."""
    again = pick(f"upper(fold_code({column}))", lookup)
    return f"coalesce({case(column, lookup)}, CASE WHEN {column} <> '' THEN {again} END)"


def _macro(macro: str) -> Callable[[Inputs], str]:
    return lambda inputs: f"{macro}({inputs.columns[0]})"


def _name(inputs: Inputs) -> str:
    column = inputs.columns[0]
    return f"CASE WHEN {name_helper(column)} THEN {column} ELSE text_any({column}) END"


def _name_repairs(inputs: Inputs) -> str:
    column = inputs.columns[0]
    said = f"name_repairs_of({column}, {wide_helper(column)}, {key_helper(column)})"
    return f"CASE WHEN NOT plain_glyphs({column}) THEN {said} END"


def _key(inputs: Inputs) -> str:
    return " || '-' || ".join(f"text_any({c})" for c in inputs.columns)


def _first(inputs: Inputs) -> str:
    return f"coalesce({', '.join(f'text_any({c})' for c in inputs.columns)})"


def _int(inputs: Inputs) -> str:
    read = f"int_any({inputs.columns[0]})"
    if inputs.between is None:
        return read
    low, high = inputs.between
    within = f"CASE WHEN n BETWEEN {low} AND {high} THEN n END"
    return f"list_transform([{read}], lambda n: {within})[1]"


def _id_number(inputs: Inputs) -> str:
    column = inputs.columns[0]
    clean, born = clean_helper(column), f", {inputs.using}" if inputs.using else ""
    return f"CASE WHEN {valid_helper(column)} THEN {clean} ELSE id_fifteen({clean}{born}) END"


def _id_state(inputs: Inputs) -> str:
    kind, column = inputs.using or "NULL", inputs.columns[0]
    return f"id_state_of({kind}, {column}, {clean_helper(column)}, {inputs.id_number})"


def _id_repairs(inputs: Inputs) -> str:
    column = inputs.columns[0]
    wide, clean = wide_helper(column), clean_helper(column)
    return f"id_repairs_in({column}, {wide}, {clean}, {inputs.id_number})"


def _bool(inputs: Inputs) -> str:
    return f"CAST({code_value(inputs.columns[0], inputs.lookup)} AS BOOLEAN)"


def _grade(inputs: Inputs) -> str:
    return f"CAST({code_value(inputs.columns[0], inputs.lookup)} AS INTEGER)"


def _year(inputs: Inputs) -> str:
    return f"CAST(left(month_any({inputs.columns[0]}), 4) AS INTEGER)"


def _division(inputs: Inputs) -> str:
    """Twelve digits; a code that was given up becomes the one that took its place, NULL where a division
    was divided and nobody says which part (an empty text stands for it)."""
    code = f"division_any({inputs.columns[0]})"
    given_up = sorted(inputs.lookup.items(), key=lambda one: -len(one[0]))
    if not given_up:
        return code
    whens = " ".join(
        f"WHEN starts_with({code}, {literal(old)}) THEN {_now(code, old, new)}"
        for old, new in given_up
    )
    return f"CASE {whens} ELSE {code} END"


def _now(code: str, old: str, new: str) -> str:
    if not new:
        return "NULL"
    if len(new) < len(old):  # a place in a division that numbers its towns anew
        return literal(new.ljust(12, "0"))
    return f"{literal(new)} || substr({code}, {len(old) + 1})"


def divided(column: str, lookup: Mapping[str, str]) -> str:
    """Whether a column holds a code of a divided division that does not tell the part; SQL."""
    unsaid = [literal(old) for old, new in lookup.items() if not new]
    code = f"division_any({column})"
    return " OR ".join(f"starts_with({code}, {old})" for old in unsaid)


def _month_start(inputs: Inputs) -> str:
    return f"try_cast(month_any({inputs.columns[0]}) || '-01' AS DATE)"


TRANSFORMS: Final[tuple[Transform, ...]] = (
    Transform("text", "text", "folded text on one line; a word for nothing is null", _macro("text_any")),
    Transform("name", "text", "a name as shown", _name),
    Transform(
        "name_key", "text", "what two spellings of one name share",
        lambda inputs: key_helper(inputs.columns[0]),
    ),
    Transform(
        "name_repairs", "text", "what making the key took, codes of name_repair joined with a comma",
        _name_repairs,
    ),
    Transform("key", "text", "the row's own key; several columns are joined with -", _key, columns=SOME),
    Transform(
        "first", "text", "the first of several columns that holds something", _first,
        columns=SOME,
    ),
    Transform(
        "id_given", "text", "a number as typed, cleaned",
        lambda inputs: clean_helper(inputs.columns[0]),
    ),
    Transform(
        "id_number", "text",
        "the number when valid after repair; `with` a birth date, which settles the century of 15 digits",
        _id_number, level=2, using=MAYBE,
    ),
    Transform(
        "id_state", "text", "what the given number is; `with` the document type",
        _id_state, level=3, using=MAYBE,
    ),
    Transform(
        "id_repairs", "text", "what reading the number took, codes of id_repair joined with a comma",
        _id_repairs, level=3,
    ),
    Transform(
        "id", "text", "another person's number when valid after repair",
        _id_number, reason=Reason.UNREADABLE, level=2,
    ),
    Transform("date", "date", "a date in any shape", _macro("date_any"), Reason.UNREADABLE),
    Transform("month", "month", "YYYY-MM from a month or a date", _macro("month_any"), Reason.UNREADABLE),
    Transform("month_start", "date", "the first day of a month", _month_start, Reason.UNREADABLE),
    Transform(
        "month_end", "date", "the last day of a month",
        lambda inputs: f"last_day({_month_start(inputs)})", Reason.UNREADABLE,
    ),
    Transform("year", "int", "the year of a month or a date", _year, Reason.UNREADABLE),
    Transform("grade", "int", "a grade of school, from code list grade", _grade, Reason.UNLISTED),
    Transform("int", "int", "a whole number, `between` two limits", _int, Reason.UNREADABLE),
    Transform("money", "money", "yuan, at most two decimals", _macro("money_any"), Reason.UNREADABLE),
    Transform(
        "division", "text", "a division of 6, 9 or 12 digits as 12",
        _division, Reason.UNREADABLE,
    ),
    Transform(
        "code", "text", "a value of a code list, from its code, name or another spelling",
        lambda inputs: code_value(inputs.columns[0], inputs.lookup), Reason.UNLISTED, codes=ONE,
    ),
    Transform("bool", "bool", "yes or no, from code list yes_no", _bool, Reason.UNLISTED),
    Transform(
        "class", "text", "the class of another field's code",
        lambda inputs: case(inputs.using, inputs.lookup),
        level=2, columns=NONE, using=ONE, codes=ONE,
    ),
    Transform(
        "const", "text", "always the same `value`",
        lambda inputs: literal(inputs.value), columns=NONE, value=ONE,
    ),
)  # fmt: skip
"""In the order of docs/mapping.md."""

FIELD_TRANSFORMS: Final[Mapping[str, Transform]] = MappingProxyType(
    {transform.name: transform for transform in TRANSFORMS}
)
NUMBERS: Final = frozenset({"id_number", "id", "id_given", "id_state", "id_repairs"})
"""Transforms that need the helper columns of their number column."""
OWN_LISTS: Final[Mapping[str, str]] = MappingProxyType({"bool": "yes_no", "grade": "grade"})
"""Transforms that always read the same code list."""

VALIDATED: Final = frozenset({"id_number", "id"})
"""Those of them that ask whether it is valid."""

NAMES: Final = frozenset({"name", "name_key", "name_repairs"})
"""Transforms that need the helper columns of their name column."""

IDENTIFYING: Final = NUMBERS | {"key", "first"}
"""Transforms whose columns say who or what a row is about."""
