"""Natural row keys of each roll; they say nothing about the child, nor about another roll's key."""

import numpy as np

from sandbox.city import text
from sandbox.city.days import Column, Ints
from sandbox.city.text import Text

TWICE = 1_000_000_000
"""Added to the number of a record that stands in a roll for the second time."""
SECOND_SERIAL = 50
"""Added to the serial number of a member listed for the second time."""
CHILD_SERIAL = 5
"""Serial number of a household's eldest child; grown-ups come before."""

ENROLMENT, COVERAGE, REGISTRY, FAMILY, CARD = range(5)
_PREFIXES = ("E", "R", "DA", "F", "DB")
# Odd and no multiple of five, so that multiplying modulo 10^11 is one to one.
_FACTORS = (3_141_592_653, 2_718_281_829, 1_618_033_989, 1_414_213_561, 1_732_050_807)


def scrambled(ids: Column, kind: int) -> Ints:
    """Eleven-digit numbers, one for each record number below two milliards."""
    return np.asarray((ids.astype(np.int64) * _FACTORS[kind] + 17 * kind + 5) % 10**11)


def keys(ids: Column, kind: int) -> Text:
    """Row keys of a kind: a prefix and eleven digits."""
    return text.join(text.same(_PREFIXES[kind], len(ids)), text.whole(scrambled(ids, kind), 11))


def serials(serial: Column) -> Text:
    """成员序号: two digits."""
    return text.whole(np.asarray(serial), 2)


def member_keys(home: Column, serial: Column) -> Text:
    """FAMILY_ID-成员序号."""
    return text.join(keys(home, FAMILY), text.same("-", len(home)), serials(serial))


def in_key_order(ids: Column, double: Column, kind: int) -> tuple[Ints, Ints]:
    """The rows of a roll in the order of their keys, the `double` ones twice.

    Gives for each row its index into `ids` and the number that makes its key. The order by key
    tells nothing about which rows of two rolls belong to one child.
    """
    pick = np.r_[np.arange(len(ids)), np.flatnonzero(double)]
    number = ids[pick] + TWICE * (np.arange(len(pick)) >= len(ids))
    order = np.argsort(scrambled(number, kind))
    return pick[order], number[order]
