"""Resident numbers (GB 11643) in columns: given out so that no two people share one.

The pair of numbers of twins are neighbours; unrelated people of one county and birthday are not.
"""

import numpy as np
import numpy.typing as npt

from sandbox.city import days
from sandbox.city.days import Column, Flags, Ints

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int32)
CHECKS = np.frombuffer(b"10X98765432", np.uint8)
_SLOTS, _STRIDE = 250, 37

Digits = npt.NDArray[np.uint8]


def assign(area: Column, birth: Column, male: Flags, second_twin: Flags) -> Ints:
    """The first 17 digits of everybody's number, as integers.

    `area` holds six-digit codes. A second twin stands directly after the first. Raises ValueError
    when one county and birthday has more people than the format has room for.
    """
    cell = area * np.int64(1 << 20) + (birth + 40000)
    slot = _rank_in(cell, second_twin)
    if slot.size and slot.max() >= _SLOTS:
        raise ValueError("too many children for six counties; ask for fewer than five million")
    slot = (cell * 97 + slot * _STRIDE) % _SLOTS
    twins = np.flatnonzero(second_twin)
    slot[twins] = slot[twins - 1]
    order = 4 * slot + 2 * second_twin + male
    year, month, of_month = days.split(birth)
    return np.asarray(((area * 10000 + year) * 10000 + month * 100 + of_month) * 1000 + order)


def _rank_in(cell: Ints, second_twin: Flags) -> Ints:
    """How many earlier people, second twins not counted, are in the same cell."""
    order = np.argsort(cell, kind="stable")
    counted = ~second_twin[order]
    seen: Ints = np.cumsum(counted) - counted
    fresh = np.r_[True, np.diff(cell[order]) != 0]
    rank = np.empty(len(cell), np.int64)
    rank[order] = seen - np.maximum.accumulate(np.where(fresh, seen, 0))
    return rank


def digits(first_17: Column) -> Digits:
    """The 18 characters of each number, as an ASCII matrix of shape (n, 18)."""
    out = np.empty((len(first_17), 18), np.uint8)
    high, low = first_17 // 10**9, first_17 % 10**9
    for part, first, width in ((high, 0, 8), (low, 8, 9)):
        rest = part.astype(np.uint32)
        for at in range(first + width - 1, first - 1, -1):
            rest, out[:, at] = np.divmod(rest, np.uint32(10))
    total = out[:, :17].astype(np.int32) @ WEIGHTS
    out[:, :17] += 48
    out[:, 17] = CHECKS[total % 11]
    return out


def check_character(first_17: str) -> str:
    """The check character of 17 digits."""
    total = sum(int(d) * int(w) for d, w in zip(first_17, WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def valid(text: str) -> bool:
    """Whether the text is 18 characters with the right check character."""
    return len(text) == 18 and text[:17].isdigit() and check_character(text[:17]) == text[17]
