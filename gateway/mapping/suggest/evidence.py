"""What the values of a column say about it: the share of them that a transform would read."""

import re
from collections.abc import Callable, Mapping, Sequence

from gateway.mapping.codes import lookup, spell
from gateway.mapping.spec_models import FieldSpec
from gateway.model.codes import CodeList
from gateway.model.identifiers import clean_number, valid18
from gateway.model.names import fold_text

_LOOKED_AT = 150
_DATE = re.compile(
    r"(18|19|20|21)\d{2}([-./。、年]? ?\d{1,2}[-./。、月]? ?\d{1,2}日?)( .*)?|[2-5]\d{4}"
)
_MONTH = re.compile(r"(18|19|20|21)\d{2}[-./。、年]? ?\d{1,2}月?")
_MONEY = re.compile(r"[¥￥]? ?-?[\d,]{1,12}(\.\d{1,2})? ?元?")
_INT = re.compile(r"-?\d{1,9}(\.0+)?")
_DIVISION = re.compile(r"[1-9]\d{5}(\d{3}(\d{3})?)?")
_NAME = re.compile(r"[㐀-鿿𠀀-𲎯·•]{2,6}")


def _number(text: str) -> bool:
    clean = clean_number(text) or ""
    return valid18(clean) or bool(re.fullmatch(r"\d{15}|\d{17}[\dX]|[GJL]\d{17}[\dX]", clean))


_READS: Mapping[str, Callable[[str], bool]] = {
    "id_number": _number,
    "id_state": _number,
    "id": _number,
    "date": lambda text: bool(_DATE.fullmatch(text)),
    "month": lambda text: bool(_MONTH.fullmatch(text) or _DATE.fullmatch(text)),
    "month_start": lambda text: bool(_MONTH.fullmatch(text) or _DATE.fullmatch(text)),
    "month_end": lambda text: bool(_MONTH.fullmatch(text) or _DATE.fullmatch(text)),
    "year": lambda text: bool(_MONTH.fullmatch(text) or _DATE.fullmatch(text)),
    "money": lambda text: bool(_MONEY.fullmatch(text)),
    "int": lambda text: bool(_INT.fullmatch(text)),
    "division": lambda text: bool(_DIVISION.fullmatch(text)),
    "name": lambda text: bool(_NAME.fullmatch(text)),
}


def said(values: Sequence[str]) -> list[str]:
    """The values that say something, as many as are looked at."""
    found = (fold_text(value) for value in values)
    return [value for value in found if value][:_LOOKED_AT]


def share(field: FieldSpec, values: Sequence[str], codes: Mapping[str, CodeList]) -> float | None:
    """The share of values that a field's transform reads; None when nothing can be said."""
    shown = said(values)
    if not shown:
        return None
    if field.transform in ("code", "bool", "grade"):
        return code_share(field, shown, codes)
    reads = _READS.get(field.transform)
    return None if reads is None else sum(map(reads, shown)) / len(shown)


def code_share(field: FieldSpec, shown: Sequence[str], codes: Mapping[str, CodeList]) -> float:
    """The share of values that stand in a field's code list."""
    name = {"bool": "yes_no", "grade": "grade"}.get(field.transform, field.codes)
    words = lookup(codes[name], field.crosswalk)
    return sum(spell(value) in words for value in shown) / len(shown)


def fitting_crosswalk(
    field: FieldSpec, values: Sequence[str], codes: Mapping[str, CodeList]
) -> str:
    """The crosswalk (or none: "") under which most values are listed; the field's own wins ties."""
    shown = said(values)
    ways = [field.crosswalk, "", *codes[field.codes].crosswalks]
    if not shown:
        return field.crosswalk
    scored = [code_share(field.model_copy(update={"crosswalk": w}), shown, codes) for w in ways]
    return ways[scored.index(max(scored))]
