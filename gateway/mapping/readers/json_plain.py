"""JSON rows that are all alike, read straight into columns without a dictionary a row.

What the first rows hold tells the keys; then the parser itself insists that every row is a flat object
with no other key. Rows of which that is not true are left to `json_records`, which says what is wrong.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any

import msgspec

_SAMPLE_ROWS, _SAMPLE_BYTES, _LOOK_BYTES = 20, 64 * 1024, 1024 * 1024
_COMMA = re.compile(r"\s*,\s*")
_Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A longer number is no number that a reader keeps whole: the other way rounds it, and refuses it."""
_Scalar = str | _Int | float | bool | None


@dataclass(frozen=True, slots=True)
class PlainRows:
    """`count` rows that hold the declared columns `columns`; `cells` are those of the wanted ones.

    A key that a row leaves out is None.
    """

    count: int
    columns: frozenset[str]
    cells: Mapping[str, Sequence[object]]


def plain_rows(
    raw: bytes, rows_at: str, headings: Mapping[str, str], wanted: Collection[str]
) -> PlainRows | None:
    """The rows at a dotted path; None when the page is not so simple.

    `headings` maps each key to its declared column.
    """
    keys = _first_keys(raw, rows_at)
    columns = [headings[key] for key in keys if key in headings]
    if not keys or len(set(columns)) != len(keys):
        return None
    decoder, way = _decoder(keys, rows_at)
    try:
        rows = attrgetter(way)(decoder.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    cells = {
        column: list(map(attrgetter(f"cell_{i}"), rows))
        for i, column in enumerate(columns)
        if column in wanted
    }
    return PlainRows(len(rows), frozenset(columns), cells)


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
def _decoder(keys: tuple[str, ...], rows_at: str) -> tuple["msgspec.json.Decoder[Any]", str]:
    """The parser of one shape of page, and the dotted way from what it gives to the rows."""
    row = msgspec.defstruct(
        "Row",
        [(f"cell_{i}", _Scalar, None) for i in range(len(keys))],
        rename={f"cell_{i}": key for i, key in enumerate(keys)},
        forbid_unknown_fields=True,
        gc=False,
    )
    within: Any = list[row]  # type: ignore[valid-type]
    path = rows_at.split(".")
    for step in reversed(path):
        within = msgspec.defstruct("Step", [("step", within)], rename={"step": step}, gc=False)
    return msgspec.json.Decoder(within), ".".join(["step"] * len(path))
