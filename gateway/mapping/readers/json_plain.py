"""JSON rows that are all alike, read straight into columns without a dictionary a row.

What the first rows hold tells the keys; then the parser itself insists that every row is a flat object
with no other key. A key that comes up later is asked for by its name, and the page parsed again, a few times.
Rows of which that is not true are left to `json_records`, which says what is wrong.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import attrgetter, is_not
from typing import Annotated, Any

import msgspec

_SAMPLE_ROWS, _SAMPLE_BYTES, _LOOK_BYTES = 20, 64 * 1024, 1024 * 1024
_LATER_KEYS = 4
_UNKNOWN = re.compile(r"unknown field `(.*)` - at `", re.DOTALL)
_STRANGE = re.compile(r'[}"\\\x00-\x1f\ud800-\udfff]')
"""In a key that nobody declared: a namespace, or what the parser takes into no name."""
_COMMA = re.compile(r"\s*,\s*")
_Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A longer number is no number that a reader keeps whole: the other way rounds it, and refuses it."""
_Scalar = str | _Int | float | bool | None


@dataclass(frozen=True, slots=True)
class PlainRows:
    """`count` rows that hold the declared columns `columns`; `cells` are those of the wanted ones.

    A key that a row leaves out is None. `unknown`: how many rows hold each key that nobody declared.
    """

    count: int
    columns: frozenset[str]
    cells: Mapping[str, Sequence[object]]
    unknown: Mapping[str, int]


def plain_rows(
    raw: bytes, rows_at: str, headings: Mapping[str, str], wanted: Collection[str]
) -> PlainRows | None:
    """The rows at a dotted path; None when the page is not so simple.

    `headings` maps each key to its declared column.
    """
    keys = _first_keys(raw, rows_at)
    if not keys:
        return None
    for _ in range(_LATER_KEYS + 1):
        columns = [headings.get(key, "") for key in keys]
        declared = list(filter(None, columns))
        if len(set(declared)) != len(declared) or any(map(_STRANGE.search, keys)):
            return None
        decoder, way = _decoder(keys, tuple(map(bool, columns)), rows_at)
        try:
            rows = attrgetter(way)(decoder.decode(raw))
        except msgspec.ValidationError as wrong:
            found = _UNKNOWN.search(str(wrong))
            if found is None or found[1] in keys:
                return None
            keys = (*keys, found[1])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        else:
            return _columns(rows, keys, columns, wanted)
    return None


def _columns(
    rows: Sequence[object], keys: Sequence[str], columns: Sequence[str], wanted: Collection[str]
) -> PlainRows:
    cells: dict[str, list[object]] = {}
    unknown: dict[str, int] = {}
    for i, (key, column) in enumerate(zip(keys, columns, strict=True)):
        if column in wanted:
            cells[column] = list(map(attrgetter(f"cell_{i}"), rows))
        elif not column:
            held = map(attrgetter(f"cell_{i}"), rows)
            unknown[key] = sum(map(is_not, held, repeat(msgspec.UNSET)))
    return PlainRows(len(rows), frozenset(filter(None, columns)), cells, unknown)


def _first_keys(raw: bytes, rows_at: str) -> tuple[str, ...]:
    """The keys of the first rows; none when the list of rows is not found near the start."""
    last = re.escape(rows_at.rpartition(".")[2].encode())
    found = re.search(rb'"%s"\s*:\s*\[\s*' % last, raw[:_LOOK_BYTES])
    if found is None:
        return ()
    text = raw[found.end() : found.end() + _SAMPLE_BYTES].decode(errors="ignore")
    keys: dict[str, None] = {}
    at = 0
    for _ in range(_SAMPLE_ROWS):
        try:
            row, at = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        keys.update(dict.fromkeys(row) if isinstance(row, dict) else {})
        comma = _COMMA.match(text, at)
        at = comma.end() if comma else len(text)
    return tuple(keys)


@lru_cache(maxsize=16)
def _decoder(
    keys: tuple[str, ...], declared: tuple[bool, ...], rows_at: str
) -> tuple["msgspec.json.Decoder[Any]", str]:
    """The parser of one shape of page, and the dotted way from what it gives to the rows."""
    fields = [_cell(i, known) for i, known in enumerate(declared)]
    row = msgspec.defstruct(
        "Row",
        fields,
        rename={f"cell_{i}": key for i, key in enumerate(keys)},
        forbid_unknown_fields=True,
        gc=False,
    )
    within: Any = list[row]  # type: ignore[valid-type]
    path = rows_at.split(".")
    for step in reversed(path):
        within = msgspec.defstruct("Step", [("step", within)], rename={"step": step}, gc=False)
    return msgspec.json.Decoder(within), ".".join(["step"] * len(path))


def _cell(number: int, declared: bool) -> tuple[str, Any, Any]:
    """What stands under a key; of one that nobody declared it must be told whether a row holds it."""
    if declared:
        return f"cell_{number}", _Scalar, None
    return f"cell_{number}", _Scalar | msgspec.UnsetType, msgspec.UNSET
