"""The short way through a mapping: what a field is when all its text is plain.

Plain is what needs no folding, repairing or looking twice: a number valid as typed, a date in one of
three shapes, a value spelled as its code list spells it. A row is plain when all its fields are; only
the others take the long way (gateway/mapping/transforms.py), which gives the same for plain rows, too
(a property test holds the two together). A value here is NULL where its column is not plain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.mapping.sql_text import case, literal
from gateway.mapping.transforms import Inputs, name_helper, plain_helper


@dataclass(frozen=True, slots=True)
class Short:
    """A field's value where it is plain, and the SQL condition that it is; empty: whenever the value
    is there or the column is null."""

    value: str
    plain: str = ""


def _macro(macro: str) -> Callable[[Inputs], Short]:
    return lambda inputs: Short(f"{macro}({inputs.columns[0]})")


def _as_it_is(test: Callable[[str], str]) -> Callable[[Inputs], Short]:
    def short(inputs: Inputs) -> Short:
        column = inputs.columns[0]
        return Short(f"CASE WHEN {test(column)} THEN {column} END")

    return short


def _name_repairs(inputs: Inputs) -> Short:
    column = inputs.columns[0]
    return Short("CAST(NULL AS VARCHAR)", f"({name_helper(column)} OR {column} IS NULL)")


def _id_state(inputs: Inputs) -> Short:
    column = inputs.columns[0]
    value = f"CASE WHEN {column} IS NULL THEN 'missing' ELSE 'valid' END"
    return Short(value, _plain_number(column))


def _id_repairs(inputs: Inputs) -> Short:
    return Short("CAST(NULL AS VARCHAR)", _plain_number(inputs.columns[0]))


def _plain_number(column: str) -> str:
    return f"({plain_helper(column)} OR {column} IS NULL)"


def _texts(inputs: Inputs) -> str:
    return " AND ".join(f"(plain_text({c}) OR {c} IS NULL)" for c in inputs.columns)


def _key(inputs: Inputs) -> Short:
    return Short(" || '-' || ".join(inputs.columns), _texts(inputs))


def _first(inputs: Inputs) -> Short:
    return Short(f"coalesce({', '.join(inputs.columns)})", _texts(inputs))


def _int(inputs: Inputs) -> Short:
    column = inputs.columns[0]
    number, low_high = f"try_cast({column} AS INTEGER)", inputs.between
    within = f" AND {number} BETWEEN {low_high[0]} AND {low_high[1]}" if low_high else ""
    return Short(
        f"CASE WHEN regexp_full_match({column}, '-?[0-9]{{1,9}}'){within} THEN {number} END"
    )


def _listed(kind: str) -> Callable[[Inputs], Short]:
    def short(inputs: Inputs) -> Short:
        value = case(inputs.columns[0], inputs.lookup)
        return Short(value if kind == "VARCHAR" else f"CAST({value} AS {kind})")

    return short


def _division(inputs: Inputs) -> Short:
    """A code that was given up goes the long way."""
    column = inputs.columns[0]
    if not inputs.lookup:
        return _macro("division_short")(inputs)
    given_up = " OR ".join(f"starts_with({column}, {literal(old)})" for old in inputs.lookup)
    return Short(f"CASE WHEN NOT ({given_up}) THEN division_short({column}) END")


def _month_start(inputs: Inputs) -> str:
    return f"try_cast(month_short({inputs.columns[0]}) || '-01' AS DATE)"


_NUMBER = _as_it_is(plain_helper)
_NAME = _as_it_is(name_helper)

SHORT: Final[Mapping[str, Callable[[Inputs], Short]]] = MappingProxyType(
    {
        "text": _as_it_is(lambda c: f"plain_text({c})"),
        "name": _NAME,
        "name_key": _NAME,
        "name_repairs": _name_repairs,
        "key": _key,
        "first": _first,
        "id_given": _as_it_is(lambda c: f"plain_id({c})"),
        "id_number": _NUMBER,
        "id": _NUMBER,
        "id_state": _id_state,
        "id_repairs": _id_repairs,
        "date": _macro("date_short"),
        "month": _macro("month_short"),
        "month_start": lambda inputs: Short(_month_start(inputs)),
        "month_end": lambda inputs: Short(f"last_day({_month_start(inputs)})"),
        "year": lambda inputs: Short(f"CAST(left(month_short({inputs.columns[0]}), 4) AS INTEGER)"),
        "grade": _listed("INTEGER"),
        "int": _int,
        "money": _macro("money_short"),
        "division": _division,
        "code": _listed("VARCHAR"),
        "bool": _listed("BOOLEAN"),
        "class": lambda inputs: Short(case(inputs.using, inputs.lookup), "TRUE"),
        "const": lambda inputs: Short(literal(inputs.value), "TRUE"),
    }
)
"""The short way of each transform, by its name."""
