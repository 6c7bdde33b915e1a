"""No withheld cell can be solved from what is told: exactly, and not even by who knows that counts are
not negative."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.inquiry.suppression import SMALLEST, tell, with_totals, withheld

COUNTS = st.integers(1, 6).flatmap(
    lambda lines: st.integers(1, 6).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 500)),
                min_size=columns,
                max_size=columns,
            ),
            min_size=lines,
            max_size=lines,
        )
    )
)


def table_of(body: list[list[int]]) -> list[list[int]]:
    lines = [f"L{n}" for n in range(len(body))]
    columns = [f"C{n}" for n in range(len(body[0]))]
    counts = {
        (line, column): body[i][j]
        for i, line in enumerate(lines)
        for j, column in enumerate(columns)
    }
    return with_totals(lines, columns, counts)


def equations(table: list[list[int]], hidden: list[tuple[int, int]]) -> list[list[Fraction]]:
    """What each line and column says of the withheld cells: the total's sign is the other way."""
    place = {cell: n for n, cell in enumerate(hidden)}
    lines, columns = len(table), len(table[0])
    made = []
    groups = [[(i, j) for j in range(columns)] for i in range(lines)]
    groups += [[(i, j) for i in range(lines)] for j in range(columns)]
    for group in groups:
        row = [Fraction(0)] * len(hidden)
        for cell in group:
            if cell in place:
                row[place[cell]] = Fraction(-1 if cell == group[-1] else 1)
        made.append(row)
    return made


def solved(table: list[list[int]], hidden: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The withheld cells that the equations fix, by elimination."""
    rows, pivots = equations(table, hidden), []
    for column in range(len(hidden)):
        at = next((r for r in range(len(pivots), len(rows)) if rows[r][column]), None)
        if at is None:
            continue
        place = len(pivots)
        rows[place], rows[at] = rows[at], rows[place]
        first = rows[place][column]
        rows[place] = [value / first for value in rows[place]]
        for r in range(len(rows)):
            if r != place and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[place], strict=True)]
        pivots.append(column)
    return [
        hidden[column] for place, column in enumerate(pivots) if sum(map(bool, rows[place])) == 1
    ]


@settings(max_examples=150, deadline=None)
@given(COUNTS)
def test_no_withheld_cell_is_solved_from_the_sums(body: list[list[int]]) -> None:
    table = table_of(body)
    hidden = sorted(withheld(table))
    assert {
        (i, j) for i, row in enumerate(table) for j, n in enumerate(row) if 0 < n < SMALLEST
    } <= set(hidden)
    assert solved(table, hidden) == []
    assert all(table[i][j] > 0 for i, j in hidden), "one of a cycle may be one less"


def test_small_cells_alone_would_be_solved() -> None:
    """The check above can fail: this is what it is there for."""
    table = table_of([[3, 40], [50, 60]])
    small = [(0, 0)]
    assert solved(table, small) == small
    assert solved(table, [(0, 0), (0, 1)]) == [(0, 0), (0, 1)], "its column's sum gives it back"


def test_what_is_told_keeps_zeros_and_large_cells() -> None:
    told = tell(("EDU-01", "MED-01"), ("A", "B"), {("EDU-01", "A"): 3, ("EDU-01", "B"): 40,
                                                   ("MED-01", "A"): 50, ("MED-01", "B"): 60})  # fmt: skip
    assert (told.lines[-1], told.columns[-1]) == ("*", "*")
    assert told.cells[0][0] is None
    assert sum(cell is None for row in told.cells for cell in row) == 4
    assert told.cells[2][2] == 153
    assert tell(("EDU-01",), ("A",), {}).cells == ((0, 0), (0, 0))


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_nothing_is_withheld_without_a_small_cell(body: list[list[int]]) -> None:
    large = [[count * SMALLEST for count in row] for row in body]
    assert withheld(table_of(large)) == frozenset()
