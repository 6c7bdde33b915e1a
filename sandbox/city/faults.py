"""Faults of rolls: how often, and on whom.

A fault belongs to a person in a source: the same row is wrong in the same way every night. The
rates are shares of people in a roll; registry rates are this project's own, lower ones, because
the registry is the base list that the others are compared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sandbox.city.chance import uniform
from sandbox.city.days import Codes, Column

ROLLS = ("enrolment", "coverage", "registry", "assistance")
Rates = tuple[float, float, float, float]

ASPECTS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "number": (
        "number_missing", "number_typo", "number_transposed", "number_fifteen", "number_student",
        "number_sibling", "number_guardian", "number_temporary", "number_scientific",
        "number_left_to_head",
    ),
    "dress": ("quoted", "full_width", "spaces"),
    "check": ("lower_x",),
    "name": (
        "name_homophone", "name_lookalike", "name_changed", "surname_changed", "name_dropped",
    ),
    "dot": ("dot_other",),
    "rare": ("rare_lost",),
    "birth": ("birth_digit", "birth_lunar", "birth_swapped", "birth_new_year", "birth_missing"),
    "sex": ("sex_wrong",),
    "guardian": ("guardian_missing", "guardian_other"),
    "place": ("moved",),
    "address": ("address_style",),
    "division": ("division_missing",),
    "double": ("duplicate",),
    "junk": ("junk_date", "junk_code"),
})  # fmt: skip
"""Faults by aspect. Of one aspect a row has at most one; their order is the order of the codes."""

FAULTS = tuple(fault for aspect in ASPECTS.values() for fault in aspect)

_DEFAULT: Mapping[str, Rates] = MappingProxyType({
    "number_missing": (0.03, 0.03, 0.01, 0.03),
    "number_typo": (0.010, 0.010, 0.002, 0.010),
    "number_transposed": (0.004, 0.004, 0.001, 0.006),
    "number_fifteen": (0.004, 0.006, 0.001, 0.010),
    "number_student": (0.02, 0.0, 0.0, 0.0),
    "number_sibling": (0.001, 0.0015, 0.0, 0.002),
    "number_guardian": (0.002, 0.003, 0.001, 0.004),
    "number_temporary": (0.001, 0.002, 0.001, 0.003),
    "number_scientific": (0.0, 0.0, 0.0, 0.001),
    "number_left_to_head": (0.0, 0.0, 0.0, 0.30),
    "quoted": (0.002, 0.002, 0.005, 0.005),
    "full_width": (0.006, 0.008, 0.004, 0.010),
    "spaces": (0.015, 0.020, 0.010, 0.030),
    "lower_x": (0.10, 0.15, 0.05, 0.20),
    "name_homophone": (0.015, 0.020, 0.002, 0.025),
    "name_lookalike": (0.006, 0.008, 0.001, 0.010),
    "name_changed": (0.006, 0.006, 0.0, 0.006),
    "surname_changed": (0.002, 0.0025, 0.0, 0.003),
    "name_dropped": (0.003, 0.0035, 0.0, 0.004),
    "dot_other": (0.40, 0.40, 0.20, 0.60),
    "rare_lost": (0.20, 0.20, 0.05, 0.30),
    "birth_digit": (0.008, 0.010, 0.001, 0.012),
    "birth_lunar": (0.004, 0.008, 0.0, 0.012),
    "birth_swapped": (0.002, 0.0025, 0.0, 0.003),
    "birth_new_year": (0.002, 0.004, 0.0, 0.006),
    "birth_missing": (0.005, 0.010, 0.0, 0.02),
    "sex_wrong": (0.004, 0.005, 0.001, 0.006),
    "guardian_missing": (0.03, 0.0, 0.01, 0.08),
    "guardian_other": (0.18, 0.0, 0.02, 0.30),
    "moved": (0.06, 0.09, 0.0, 0.12),
    "address_style": (0.30, 0.0, 0.05, 0.0),
    "division_missing": (0.0, 0.01, 0.0, 0.0),
    "duplicate": (0.005, 0.008, 0.0, 0.012),
    "junk_date": (0.0002, 0.0002, 0.001, 0.0005),
    "junk_code": (0.0002, 0.0002, 0.001, 0.0005),
})  # fmt: skip

_DOUBLED = (
    "name_homophone", "name_lookalike", "name_changed", "surname_changed", "name_dropped",
    "birth_digit", "birth_lunar", "birth_swapped", "birth_new_year", "birth_missing",
)  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """A named table of rates: fault → share in enrolment, coverage, registry, assistance."""

    name: str
    rates: Mapping[str, Rates]

    def rate(self, fault: str, roll: str) -> float:
        """The share of people whose rows in that roll have the fault."""
        return self.rates[fault][ROLLS.index(roll)]


def _hard() -> Mapping[str, Rates]:
    rates = dict(_DEFAULT)
    for fault in _DOUBLED:
        first, second, third, fourth = rates[fault]
        rates[fault] = (2 * first, 2 * second, 2 * third, 2 * fourth)
    rates["number_missing"] = (0.10, 0.10, 0.02, 0.10)
    rates["guardian_missing"] = (0.50, 0.0, 0.05, 0.50)
    rates["moved"] = (0.25, 0.25, 0.0, 0.25)
    return MappingProxyType(rates)


PROFILES: Mapping[str, Profile] = MappingProxyType({
    "default": Profile("default", _DEFAULT),
    "hard": Profile("hard", _hard()),
    "none": Profile("none", MappingProxyType(dict.fromkeys(FAULTS, (0.0, 0.0, 0.0, 0.0)))),
})  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """Draws the faults of people in one roll."""

    seed: int
    profile: Profile
    roll: str

    def of(self, aspect: str, people: Column) -> Codes:
        """The fault of each person in that aspect: 0 none, else 1 + its place in ASPECTS."""
        rates = [self.profile.rate(fault, self.roll) for fault in ASPECTS[aspect]]
        if not any(rates):
            return np.zeros(len(people), np.int8)
        chance = uniform(self.seed, f"fault/{self.roll}/{aspect}", people)
        code = np.searchsorted(np.cumsum(rates), chance, side="right") + 1
        return np.where(code > len(rates), 0, code).astype(np.int8)


def code(fault: str) -> int:
    """The code that `Marks.of` gives a fault within its aspect."""
    for faults in ASPECTS.values():
        if fault in faults:
            return faults.index(fault) + 1
    raise KeyError(fault)
