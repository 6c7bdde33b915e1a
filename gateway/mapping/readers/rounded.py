"""Numbers that a spreadsheet has rounded (4.11328E+17): their last digits are lost.

They are told by their form, in every content, and their rows are refused: a digit put back would be
a guess about a person.
"""

import json
import mmap
import re
from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from gateway.mapping.readers.csv_repair import split_line
from gateway.mapping.values import Reason

FORM = r"^\s*'?-?[0-9](\.[0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}\s*$"
_FORM = re.compile(FORM)
_SIGNS = (b"E+", b"e+")
"""As spreadsheets write them; a search that costs next to nothing."""


def rounded_cells(data: pa.Table, columns: Collection[str]) -> dict[int, list[str]]:
    """Row → `column:rounded` of each rounded cell in text columns."""
    found: dict[int, list[str]] = {}
    for column in columns:
        values = data.column(column)
        for part in ("E", "e"):
            if not pc.any(pc.match_substring(values, part)).as_py():
                continue
            hit = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(values, FORM), False))
            for row in hit.to_pylist():
                found.setdefault(row, []).append(f"{column}:{Reason.ROUNDED}")
            break
    return found


def rounded_lines(
    lines: BinaryIO, columns: Sequence[str], exact: Collection[str]
) -> Iterator[tuple[int, str, str]]:
    """(line from 0, its JSON text, problem) of CSV lines in UTF-8 with a rounded cell."""
    lines.flush()
    with mmap.mmap(lines.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if all(text.find(sign) < 0 for sign in _SIGNS):
            return
        for place, line in enumerate(iter(text.readline, b"")):
            if any(sign in line for sign in _SIGNS):
                yield from _line(place, line, columns, exact)


def _line(
    place: int, line: bytes, columns: Sequence[str], exact: Collection[str]
) -> Iterator[tuple[int, str, str]]:
    cells, _ = split_line(line)
    row = {c: v or None for c, v in zip(columns, cells, strict=False) if not c.startswith("(")}
    problems = [f"{c}:{Reason.ROUNDED}" for c in exact if _FORM.match(row.get(c) or "")]
    if problems:
        yield place, json.dumps(row, ensure_ascii=False), "; ".join(problems)
