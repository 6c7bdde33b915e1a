"""Chance that stays the same: one number per (seed, stream, person), without any order of drawing.

A fault belongs to a person in a source, so it must be the same every night and whatever else is
drawn. A hash gives that; a generator that is drawn in order would not.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from sandbox.city.days import Column

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def generator(seed: int, stream: str) -> np.random.Generator:
    """A generator of its own for one named part of the city."""
    return np.random.default_rng([seed, _stream_number(stream)])


def bits(seed: int, stream: str, ids: Column) -> npt.NDArray[np.uint64]:
    """64 random bits for each id (SplitMix64)."""
    start = np.uint64(_stream_number(f"{seed}/{stream}"))
    state = ids.astype(np.uint64) * _GOLDEN + start
    state ^= state >> np.uint64(30)
    state *= _MIX_1
    state ^= state >> np.uint64(27)
    state *= _MIX_2
    state ^= state >> np.uint64(31)
    return state


def uniform(seed: int, stream: str, ids: Column) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each id."""
    return (bits(seed, stream, ids) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(seed: int, stream: str, ids: Column, limit: int) -> npt.NDArray[np.int64]:
    """A whole number in [0, limit) for each id."""
    return (bits(seed, stream, ids) % np.uint64(limit)).astype(np.int64)


def _stream_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
