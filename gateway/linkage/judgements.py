"""What officers said of pairs, as an algebra: same is transitive, not-same blocks along same-chains.

A contradiction (two rows said to be not the same, and one by a chain of *same*) is reported and
never settled by the machine: until an officer takes something back, every pair of that set is
unsure. An unsure pair is nobody's to decide but an officer's. So it is where words about other rows
chain together two rows that each stand for a child of their own (files of the registry), and nobody
said so of the files themselves: the chain is cut, and asked about.
Rows are named by any hashable key; the answer depends on what was said, never on the order.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Generic, TypeVar

Row = TypeVar("Row", bound=Hashable)


class Verdict(StrEnum):
    """What was said of two rows, or follows from it."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Said(Generic[Row]):
    """One standing judgement; the two rows have no order."""

    one: Row
    other: Row
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judged(Generic[Row]):
    """What follows from all standing judgements.

    `sets` are rows of one child (two or more each); `apart` are pairs of rows that are two children;
    `unsure` are pairs that only an officer may join or part; `contradictions` are the not-same pairs
    inside one set, and the pairs of files that only other rows chain together.
    """

    sets: tuple[frozenset[Row], ...]
    apart: frozenset[frozenset[Row]]
    contradictions: frozenset[frozenset[Row]]
    unsure: frozenset[frozenset[Row]]

    def verdict(self, one: Row, other: Row) -> Verdict | None:
        """What is known of two rows; None when nobody said anything that leads there."""
        pair = frozenset((one, other))
        if pair in self.apart:
            return Verdict.NOT_SAME
        if any(one in rows and other in rows for rows in self.sets):
            return Verdict.SAME
        return Verdict.UNSURE if pair in self.unsure else None

    @property
    def same(self) -> frozenset[frozenset[Row]]:
        """Every pair of rows of one child."""
        return frozenset(frozenset(p) for rows in self.sets for p in combinations(rows, 2))


def nobody(_: object) -> bool:
    """No row stands for a child of its own."""
    return False


def judge(said: Iterable[Said[Row]], own: Callable[[Row], bool] = nobody) -> Judged[Row]:
    """All that follows from what was said. A row said to differ from itself is a contradiction.

    `own` tells rows that stand for a child of their own: two of them are one child only along words
    that were said of such rows.
    """
    everything = frozenset(said)
    home = _homes(everything)
    chained = _chained(everything, home, own)
    denied = {
        frozenset((home[s.one], home[s.other])): frozenset((s.one, s.other))
        for s in everything
        if s.verdict is Verdict.NOT_SAME
    }
    broken = {next(iter(homes)) for homes in denied if len(homes) == 1}
    broken |= {home[row] for pair in chained for row in pair}
    direct = _pairs(everything, Verdict.NOT_SAME)
    contradictions = frozenset(p for p in direct if len({home[row] for row in p}) == 1)
    members: dict[Row, set[Row]] = {}
    for row, first in home.items():
        members.setdefault(first, set()).add(row)
    apart = {
        frozenset((one, other))
        for homes in denied
        if len(homes) == 2 and not homes & broken
        for left, right in [tuple(homes)]
        for one in members[left]
        for other in members[right]
    }
    apart |= direct - contradictions
    whole = [frozenset(r) for first, r in members.items() if len(r) > 1 and first not in broken]
    torn = {frozenset(p) for first in broken for p in combinations(members[first], 2)}
    known = apart | {p for p in _pairs(everything, Verdict.UNSURE) if any(p <= r for r in whole)}
    return Judged(
        tuple(sorted(whole, key=lambda rows: sorted(map(repr, rows)))),
        frozenset(apart),
        contradictions | chained,
        frozenset((torn | _pairs(everything, Verdict.UNSURE)) - known),
    )


def _chained(
    said: frozenset[Said[Row]], home: Mapping[Row, Row], own: Callable[[Row], bool]
) -> frozenset[frozenset[Row]]:
    """Pairs of own rows in one same-set that no words about own rows lead between."""
    files = [row for row in home if own(row)]
    direct = _homes(frozenset(s for s in said if own(s.one) and own(s.other)))
    return frozenset(
        frozenset((one, other))
        for one, other in combinations(files, 2)
        if home[one] == home[other] and direct.get(one, one) != direct.get(other, other)
    )


def _pairs(said: frozenset[Said[Row]], verdict: Verdict) -> set[frozenset[Row]]:
    return {frozenset((s.one, s.other)) for s in said if s.verdict is verdict}


def _homes(said: frozenset[Said[Row]]) -> Mapping[Row, Row]:
    """Each row → one row of its same-set, the same for all of them."""
    home: dict[Row, Row] = {}

    def find(row: Row) -> Row:
        while home.setdefault(row, row) != row:
            home[row] = home[home[row]]
            row = home[row]
        return row

    for one in said:
        left, right = find(one.one), find(one.other)
        if one.verdict is Verdict.SAME and left != right:
            low, high = sorted((left, right), key=repr)
            home[high] = low
    return {row: find(row) for row in list(home)}
