"""How often each level is seen of one child, learned from pairs of which nobody says whose they are.

Expectation and maximisation over patterns (pairs with the same levels, counted): Fellegi and Sunter
(1969); Dempster, Laird and Rubin (1977). Pure arithmetic over counts; no row and no person comes in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

from gateway.linkage.weights import UNKNOWN

Key = tuple[str, str]
"""A comparison and one of its levels."""

ROUNDS: Final = 200
STILL: Final = 1e-7
"""No share moves by more than this any more: the end."""
_FAR: Final = 500.0
"""Natural-log odds beyond which a pair is simply one child, or is not."""
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Pattern:
    """`pairs` pairs with these levels, comparison by comparison.

    `same` is an officer's word on all of them; None where nobody said anything.
    """

    levels: tuple[Key, ...]
    pairs: int
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What one session found. `seen` are expected pairs of one child at each level."""

    m: Mapping[Key, float]
    seen: Mapping[Key, float]
    matches: float
    rounds: int
    converged: bool


@dataclass(slots=True)
class _Lane:
    """A pattern on its way: its levels as places in the table of shares."""

    places: tuple[int, ...]
    fixed: float
    pairs: int
    same: bool | None


def learn(
    patterns: Sequence[Pattern],
    start: Mapping[Key, float],
    u: Mapping[Key, float],
    fixed: Mapping[Key, float],
    *,
    share: float = 0.5,
) -> Learned:
    """m of every level of `start`, beginning there, with `u` as it is.

    `fixed` are natural-log likelihood ratios of levels whose weight is not for learning; what a
    pair does not tell (`unknown`) says nothing. `share` is where the share of one-child pairs begins.
    """
    keys = sorted(start)
    place = {key: i for i, key in enumerate(keys)}
    lanes = [_lane(p, place, fixed) for p in patterns]
    groups = _groups(keys)
    m = [max(start[key], _LEAST) for key in keys]
    log_u = [log(max(u.get(key, _LEAST), _LEAST)) for key in keys]
    free = [key not in fixed for key in keys]
    bits = [fixed.get(key, 0.0) for key in keys]
    rounds, moved = 0, 1.0
    while moved >= STILL and rounds < ROUNDS:
        rounds += 1
        ratio = [log(m[i]) - log_u[i] if free[i] else bits[i] for i in range(len(keys))]
        seen, matches, total = _expected(lanes, ratio, share, len(keys))
        after = _shares(seen, groups)
        moved = max((abs(a - b) for a, b in zip(after, m, strict=True)), default=0.0)
        m, share = after, min(max(matches / max(total, 1), _LEAST), 1 - _LEAST)
    found = dict(zip(keys, m, strict=True))
    counts = dict(zip(keys, seen, strict=True))
    return Learned(found, counts, matches, rounds, moved < STILL)


def _lane(pattern: Pattern, place: Mapping[Key, int], fixed: Mapping[Key, float]) -> _Lane:
    told = [key for key in pattern.levels if key[1] != UNKNOWN]
    return _Lane(
        tuple(place[key] for key in told if key in place),
        # A level that cannot be learned here (the veto) still speaks.
        sum(fixed.get(key, 0.0) for key in told if key not in place),
        pattern.pairs,
        pattern.same,
    )


def _groups(keys: Sequence[Key]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for i, (comparison, _) in enumerate(keys):
        groups.setdefault(comparison, []).append(i)
    return list(groups.values())


def _expected(
    lanes: Sequence[_Lane], ratio: Sequence[float], share: float, size: int
) -> tuple[list[float], float, int]:
    seen, matches, total = [0.0] * size, 0.0, 0
    before = log(share) - log(1 - share)
    for lane in lanes:
        if lane.same is None:
            odds = before + lane.fixed + sum(ratio[i] for i in lane.places)
            likely = 1 / (1 + exp(-min(max(odds, -_FAR), _FAR)))
        else:
            likely = float(lane.same)
        weight = likely * lane.pairs
        matches += weight
        total += lane.pairs
        for i in lane.places:
            seen[i] += weight
    return seen, matches, total


def _shares(seen: Sequence[float], groups: Sequence[Sequence[int]]) -> list[float]:
    out = [0.0] * len(seen)
    for group in groups:
        told = sum(seen[i] for i in group)
        for i in group:
            out[i] = max(seen[i] / told, _LEAST) if told > 0 else _LEAST
    return out
