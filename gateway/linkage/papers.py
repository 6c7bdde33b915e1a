"""Numbers that were given and are not good ones: near a resident number, or of a paper of another kind.

The Python twin of number_near, paper and paper_near in macros_linkage.sql.
"""

import re

from gateway.linkage.latin import slips_between

_PAPER = re.compile(r"[A-Z]{1,3}[0-9]{6,10}|[0-9]{7}|[0-9]{9}")


def number_near(one: str, other: str) -> bool:
    """One wrong, missing or doubled digit, or two neighbours swapped, of a resident number."""
    if (
        min(len(one), len(other)) < 17
        or max(len(one), len(other)) > 60
        or abs(len(one) - len(other)) > 1
    ):
        return False
    if len(one) == len(other):
        off = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        swapped = len(off) == 2 and off[1] == off[0] + 1 and one[off[0]] == other[off[1]]
        return len(off) <= 1 or (swapped and one[off[1]] == other[off[0]])
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def is_paper(number: str) -> bool:
    """A passport's, a permit's or a school's number: no check digit tells a slip in it."""
    return len(number) < 17 and _PAPER.fullmatch(number) is not None


def paper_near(one: str, other: str) -> bool:
    """One slip in a number of a paper, but not at its end: there those of brothers and sisters differ."""
    end = 4 if max(len(one), len(other)) >= 11 else 2
    if one == other or one[-2:] != other[-2:] or not (is_paper(one) and is_paper(other)):
        return False
    return one[-end:] == other[-end:] and slips_between(one, other) <= 1
