"""Which outcomes are clean: the numbers alone are enough to see them.

A child is clean for a rule when its own valid number stands in every row that it has in the rolls
that the rule reads, when no other child's row there shows its number, and when none of those rows
is junk. Every rule reads the registry and the assistance roll: they make the population.
"""

import numpy as np

from sandbox.city import state
from sandbox.city.days import Column, Flags
from sandbox.city.faces import number_faults, siblings
from sandbox.city.faults import ROLLS, Marks, code
from sandbox.city.model import City

READS = (
    ("EDU", "enrolment"), ("EDU-09", "coverage"), ("IDN", "enrolment"), ("IDN", "coverage"),
    ("MED", "coverage"), ("REG-05", "enrolment"), ("REG-07", "coverage"), ("REG-07", "enrolment"),
)  # fmt: skip
"""The rolls that rules read beside the population's, by the first letters of their ids."""


class Cleanness:
    """Which children are clean for which rule on a night, given the nights before."""

    def __init__(self, city: City, night: int, earlier: tuple[int, ...]) -> None:
        self._good = {roll: own_number(city, roll, night) for roll in ROLLS}
        self._there = {roll: _listed(city, roll, (night,)) for roll in ROLLS[1:]}
        everybody = np.arange(len(city))
        junk = Marks(city.seed, city.faults, "registry").of("junk", everybody) > 0
        self._written_right = (number_faults(city, "registry", everybody) == 0) & ~junk
        mark = Marks(city.seed, city.faults, "registry").of("guardian", everybody)
        self._guardian_written = mark != code("guardian_missing")
        self._there["enrolment"] = _listed(city, "enrolment", (*earlier, night))

    def of(self, rule: Column, child: Column) -> Flags:
        """The cleanness of pairs of rule and child."""
        base = self._fits("registry") & self._fits("assistance")
        out: Flags = base[child]
        for letters, roll in READS:
            here = np.char.startswith(rule, letters)
            out[here] &= self._fits(roll)[child[here]]
        # A guardian whom a clerk left out is blank in the file, whoever guards the child.
        here = rule == "REG-03"
        out[here] &= self._guardian_written[child[here]]
        # A registered child without a number yet is what this rule asks about.
        here = rule == "REG-02"
        out[here] = self._written_right[child[here]]
        return out

    def _fits(self, roll: str) -> Flags:
        return np.asarray(self._good[roll] | ~self._there[roll])


def own_number(city: City, roll: str, night: int) -> Flags:
    """Children whose rows in a roll show their own valid number, and no other child's row does."""
    everybody = np.arange(len(city))
    found = number_faults(city, roll, everybody)
    junk = Marks(city.seed, city.faults, roll).of("junk", everybody) > 0
    good: Flags = (found == 0) & ~junk & (city.people.numbered[: len(city)] <= night)
    borrower = np.flatnonzero(found == code("number_sibling"))
    good[siblings(city)[borrower]] = False
    return good


def _listed(city: City, roll: str, nights: tuple[int, ...]) -> Flags:
    """Children who have a row in a roll on one of the nights."""
    out = np.zeros(len(city), np.bool_)
    for night in nights:
        if roll == "enrolment":
            out[state.pupils(city, night).child] = True
        elif roll == "coverage":
            out[state.covers(city, night).child] = True
        elif roll == "registry":
            out[state.registered(city, night).child] = True
        else:
            listed = np.zeros(city.homes.households + city.homes.childless, np.bool_)
            listed[state.aided(city, night).home] = True
            out |= listed[city.children.household] & state.household_members(city, night)
    return out
