"""Small cells of a table with totals are withheld, and others with them, so that no sum gives one back.

A table with its totals is a set of equations: every line adds up to its total. Seen as a graph whose
vertices are the lines (the line of totals included) and whose edges are the withheld cells, a cell can be
solved from the sums exactly when its edge lies on no cycle (the solutions of an incidence system are its
cycles). So each small cell is put on a cycle of withheld cells. All of them hold at least 1, so the cycle's
cells may in truth be one more or one less, in turn, without any becoming negative: no small cell is known
for sure even to who knows that counts are not negative. (Complementary suppression: Willenborg, de Waal,
Elements of Statistical Disclosure Control, chapter 4.)
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALLEST = 5
"""Counts from 1 to one less than this are small. A count of 0 is told."""

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by line and column, with totals last in both; None where a cell is withheld."""

    lines: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]


def with_totals(
    lines: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> list[list[int]]:
    """The full table, its totals last; what is not counted is 0."""
    body = [[counts.get((line, column), 0) for column in columns] for line in lines]
    body.append([sum(column) for column in zip(*body, strict=True)] if body else [])
    return [[*row, sum(row)] for row in body]


def withheld(table: Sequence[Sequence[int]], smallest: int = SMALLEST) -> frozenset[Cell]:
    """The cells of a table with totals that are not told: small ones, and those that guard them."""
    small = [
        (i, j) for i, row in enumerate(table) for j, count in enumerate(row) if 0 < count < smallest
    ]
    hidden = set(small)
    # The smallest first: what guards it is often what guards the next one too.
    for cell in sorted(small, key=lambda c: (table[c[0]][c[1]], c)):
        hidden.update(_way_round(table, cell, hidden))
    return frozenset(hidden)


def tell(
    lines: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> Table:
    """The table as it may be told; `*` names the totals."""
    full = with_totals(lines, columns, counts)
    hidden = withheld(full)
    cells = tuple(
        tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
        for i, row in enumerate(full)
    )
    return Table((*lines, "*"), (*columns, "*"), cells)


def _way_round(table: Sequence[Sequence[int]], cell: Cell, hidden: set[Cell]) -> Iterator[Cell]:
    """The cheapest way from a cell's line to its column over other cells that are not 0; what is withheld
    already costs nothing. There always is one: over the totals."""
    start, goal = ("line", cell[0]), ("column", cell[1])
    best: dict[tuple[str, int], tuple[int, tuple[str, int] | None]] = {start: (0, None)}
    queue = [(0, start)]
    while queue:
        cost, here = heapq.heappop(queue)
        if here == goal:
            break
        if cost > best[here][0]:
            continue
        for there, (i, j) in _next(table, here):
            if (i, j) == cell or not table[i][j]:
                continue
            more = cost + (0 if (i, j) in hidden else table[i][j])
            if there not in best or more < best[there][0]:
                best[there] = (more, here)
                heapq.heappush(queue, (more, there))
    at: tuple[str, int] | None = goal
    while at is not None and (before := best[at][1]) is not None:
        yield (before[1], at[1]) if before[0] == "line" else (at[1], before[1])
        at = before


def _next(
    table: Sequence[Sequence[int]], here: tuple[str, int]
) -> Iterator[tuple[tuple[str, int], Cell]]:
    kind, n = here
    if kind == "line":
        for j in range(len(table[n])):
            yield ("column", j), (n, j)
    else:
        for i in range(len(table)):
            yield ("line", i), (i, n)
