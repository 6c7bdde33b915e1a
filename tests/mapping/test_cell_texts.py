"""Cells of a column become the texts that each cell alone becomes."""

from datetime import date, datetime, time, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mapping.readers.cell_texts import cell_texts
from gateway.sheets import Cell, cell_text

NUMBERS = st.one_of(
    st.floats(),
    st.integers(-(2**63), 2**63),
    st.sampled_from([0.0, -0.0, 1.0, 850.5, 1e15, 999_999_999_999_999.0, 4.11328e17, 2013.1]),
)
OTHERS = st.one_of(
    st.text(max_size=4),
    st.booleans(),
    st.sampled_from([date(2013, 5, 17), datetime(2013, 5, 17), datetime(2013, 5, 17, 8, 30)]),
    st.sampled_from([time(8, 30), timedelta(hours=30)]),
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(NUMBERS, max_size=6), st.lists(NUMBERS | OTHERS, max_size=6)))
def test_a_column_reads_as_its_cells_do(values: list[Cell]) -> None:
    found = cell_texts(values)
    assert found.type == pa.string()
    assert found.to_pylist() == list(map(cell_text, values))
