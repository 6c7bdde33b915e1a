"""How good the links are, by labels: precision, recall, calibration, and what each threshold costs.

Labels come from an invented city's truth or from officers' judgements. Only counts go in and out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

from gateway.linkage.weights import Weights, probability

ASKS: Final = range(-12, 13, 4)
LINKS: Final = range(-4, 17, 4)
"""The thresholds (bits) that the table of costs tells the price of."""


def weighed_low(weights: Weights) -> Weights:
    """The weights with `ask` as low as the table goes: what weighs less than a night's own `ask` is
    thrown away by it, and could not be counted. What is linked stays the same."""
    return weights.with_thresholds(None, min(weights.ask, float(ASKS[0])))


@dataclass(frozen=True, slots=True)
class Bin:
    """So many labelled pairs between `bits` and `bits` + 1, linked by the night or left open."""

    bits: int
    linked: bool
    same: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Pairs of one bin: the share that is one child, beside what the weights say of it."""

    bits: int
    pairs: int
    share: float
    said: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One pair of thresholds (bits): questions put to officers, wrong links, true pairs lost."""

    ask: int
    link: int
    questions: int
    wrong: int
    lost: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The links of a night against labels. `unseen` are true pairs that were never weighed."""

    bins: tuple[Bin, ...]
    unseen: int

    @property
    def right(self) -> int:
        """Links of one child."""
        return _count(self.bins, linked=True, same=True)

    @property
    def wrong(self) -> int:
        """Links of two children."""
        return _count(self.bins, linked=True, same=False)

    @property
    def true_pairs(self) -> int:
        """All pairs that are one child."""
        return sum(b.pairs for b in self.bins if b.same) + self.unseen

    @property
    def precision(self) -> float:
        """Of the links, how many are one child; 1 where nothing was linked."""
        links = self.right + self.wrong
        return self.right / links if links else 1.0

    @property
    def recall(self) -> float:
        """Of the true pairs, how many are linked; 1 where there are none."""
        return self.right / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def questions(self, ask: float) -> int:
        """The labelled pairs that a night with that `ask` leaves open (to a whole bit)."""
        return sum(b.pairs for b in self.bins if not b.linked and b.bits >= floor(ask))

    def calibration(self) -> tuple[Calibrated, ...]:
        """Every bin that holds pairs, lowest first."""
        return tuple(self._calibrated())

    def costs(self, asks: Sequence[int], links: Sequence[int]) -> tuple[Cost, ...]:
        """The price of every pair of thresholds with `ask` at most `link`.

        The margin to the second-best and one row a roll are not played through: what the night really
        asks is less.
        """
        return tuple(self._cost(ask, link) for link in links for ask in asks if ask <= link)

    def _cost(self, ask: int, link: int) -> Cost:
        return Cost(
            ask,
            link,
            questions=sum(b.pairs for b in self.bins if ask <= b.bits < link),
            wrong=sum(b.pairs for b in self.bins if b.bits >= link and not b.same),
            lost=self.unseen + sum(b.pairs for b in self.bins if b.bits < ask and b.same),
        )

    def _calibrated(self) -> Iterator[Calibrated]:
        for bits in sorted({b.bits for b in self.bins}):
            here = [b for b in self.bins if b.bits == bits]
            pairs = sum(b.pairs for b in here)
            same = sum(b.pairs for b in here if b.same)
            yield Calibrated(bits, pairs, same / pairs, probability(bits + 0.5))


def read_bins(rows: Iterable[Mapping[str, object]]) -> tuple[Bin, ...]:
    """Rows of gateway/linkage/sql/eval_bins.sql as values."""
    return tuple(
        Bin(int(str(r["bits"])), bool(r["linked"]), bool(r["same"]), int(str(r["pairs"])))
        for r in rows
    )


def _count(bins: Iterable[Bin], *, linked: bool, same: bool) -> int:
    return sum(b.pairs for b in bins if (b.linked, b.same) == (linked, same))
