"""Text columns made quickly: pools looked up by index, digits laid out side by side, few patches."""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.city import days
from sandbox.city.days import Column, Flags, Ints

Text: TypeAlias = pa.Array
_FIRST_DAY, _LAST_DAY = days.day(1930, 1, 1), days.day(2040, 12, 31)
SHAPES = ("%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日")


def take(pool: Text, index: Column) -> Text:
    """The pool's texts at those indexes."""
    return pool.take(pa.array(index.astype(np.int32)))


def choose(values: Sequence[str], index: Column) -> Text:
    """`take` from a short list."""
    return take(pa.array(values, pa.string()), index)


def same(value: str, count: int) -> Text:
    """One text so many times."""
    return pa.repeat(pa.scalar(value, pa.string()), count)


def join(*parts: Text) -> Text:
    """The parts' texts end to end."""
    return pc.binary_join_element_wise(*parts, "")


def fixed(matrix: npt.NDArray[np.uint8]) -> Text:
    """Rows of an ASCII matrix as texts of one width."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32) if width else None
    data = np.ascontiguousarray(matrix)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def whole(values: Column, width: int) -> Text:
    """Whole numbers as digits, padded with zeros to a width."""
    out = np.empty((len(values), width), np.uint8)
    rest = values.astype(np.uint64)
    for at in range(width - 1, -1, -1):
        rest, out[:, at] = np.divmod(rest, np.uint64(10))
    return fixed(out + 48)


@cache
def _day_pool(shape: str) -> Text:
    stamps = np.arange(_FIRST_DAY, _LAST_DAY + 1).astype("M8[D]")
    texts = [stamp.strftime(shape) for stamp in stamps.tolist()]
    if shape in SHAPES[2:4] or "年" in shape:
        marks = shape[2], shape[5], shape[8:]
        texts = [_plain(t, marks) for t in texts]
    return pa.array([*texts, ""], pa.string())


def _plain(text: str, marks: tuple[str, str, str]) -> str:
    """A date without the zeros that people leave out, as 2012.9.3."""
    year, month, rest = text[:4], text[5:7], text[8:10]
    return f"{year}{marks[0]}{int(month)}{marks[1]}{int(rest)}{marks[2]}"


def dates(values: Column, shape: str = SHAPES[1]) -> Text:
    """Days in that shape; an empty text for days outside 1930–2040."""
    known = (values >= _FIRST_DAY) & (values <= _LAST_DAY)
    pool = _day_pool(shape)
    return take(pool, np.where(known, values - _FIRST_DAY, len(pool) - 1))


@cache
def _month_pool() -> Text:
    return pa.array([*(f"{y}{m:02d}" for y in range(1990, 2041) for m in range(1, 13)), ""])


def year_months(values: Column) -> Text:
    """Month indexes as yyyyMM; an empty text for −1."""
    pool = _month_pool()
    index = values - 1990 * 12
    return take(pool, np.where((index >= 0) & (index < len(pool)), index, len(pool) - 1))


def patch(column: Text, where: Ints, values: Sequence[str] | Text) -> Text:
    """The column with other texts at some rows; `where` is ascending."""
    if not len(where):
        return column
    mask = np.zeros(len(column), np.bool_)
    mask[where] = True
    new = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return pc.replace_with_mask(column, mask, new)


def blank(column: Text, where: Flags) -> Text:
    """The column with empty texts where told."""
    return pc.if_else(pa.array(where), pa.scalar("", pa.string()), column)


def at(column: Text, where: Ints) -> list[str]:
    """The texts at some rows as a list."""
    texts: list[str] = column.take(pa.array(where)).to_pylist()
    return texts
