"""A column of a workbook's cells as Arrow text, each as `cell_text` writes it: asked once a value."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gateway.sheets import EXACT, Cell, cell_text


def cell_texts(values: Sequence[Cell]) -> pa.Array:
    """The texts; a blank is null. Whole numbers are written by Arrow."""
    kinds = set(map(type, values))
    if kinds <= {float, int}:
        whole = _whole_numbers(values)
        if whole is not None:
            return whole
    if bool in kinds and kinds & {float, int}:  # True equals 1, and is written otherwise
        return pa.array(map(cell_text, values), pa.string())
    texts = {value: cell_text(value) for value in set(values)}
    return pa.array(map(texts.__getitem__, values), pa.string())


def _whole_numbers(values: Sequence[Cell]) -> pa.Array | None:
    """None when one has a fraction, or more digits than a spreadsheet keeps."""
    try:
        numbers = pa.array(values, pa.float64())
        if pc.any(pc.greater_equal(pc.abs(numbers), EXACT)).as_py():
            return None
        return numbers.cast(pa.int64()).cast(pa.string())
    except pa.ArrowInvalid:
        return None
