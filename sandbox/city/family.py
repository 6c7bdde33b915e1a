"""Households and who lives in them: births, twins, names, villages, guardians, grown-ups."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sandbox.city import days, names, numbers, places
from sandbox.city.chance import generator
from sandbox.city.days import Codes, Column, Flags, Ints

SIZES = (0.56, 0.35, 0.075, 0.015)
"""Share of households with one to four children."""
TWINS = 0.035
"""Share of second children who are the first one's twin; two thirds are of the same sex."""
LOOKALIKES = 0.0005
"""Pairs of unrelated children with the same name and birth date, as a share of children."""
FATHER, MOTHER, GRANDPARENT, NOBODY = range(4)
NATIONS = ("01", "03", "11", "02", "15", "06", "36", "04", "05", "17")
_NATION_SHARES = (0.955, 0.012, 0.009, 0.006, 0.005, 0.004, 0.002, 0.002, 0.003, 0.002)
_DOTTED_FROM = 8


@dataclass(frozen=True)
class Span:
    """The days that matter: when the book opens, and the nights."""

    start: int
    nights: tuple[int, ...]

    @classmethod
    def of(cls, start: date, nights: tuple[date, ...]) -> "Span":
        """The span of calendar dates."""
        return cls(days.number(start), tuple(sorted(days.number(n) for n in nights)))

    @property
    def first(self) -> int:
        """The first night."""
        return self.nights[0]

    @property
    def last(self) -> int:
        """The last night; nothing later is lived."""
        return self.nights[-1]


@dataclass(frozen=True)
class Children:
    """One value per child, in the order of households; the index is the child's uid."""

    household: Ints
    second_twin: Flags
    birth: Ints
    male: Flags
    surname: Ints
    given: Ints
    nation: Codes
    village: Ints

    def __len__(self) -> int:
        return len(self.household)

    @property
    def households(self) -> int:
        """How many households have children."""
        return int(self.household[-1]) + 1


def found(count: int, seed: int, span: Span) -> Children:
    """Children under 18 on the first night or born until the last, household by household."""
    rng = generator(seed, "family")
    sizes = rng.choice(len(SIZES), count, p=SIZES) + 1
    household = np.repeat(np.arange(count), sizes)[:count]
    first = np.r_[True, np.diff(household) != 0]
    second = np.r_[False, first[:-1]] & ~first
    twin = second & (rng.random(count) < TWINS)
    male = rng.random(count) < 0.53
    twins = np.flatnonzero(twin)
    male[twins] = np.where(rng.random(len(twins)) < 2 / 3, male[twins - 1], ~male[twins - 1])
    homes = int(household[-1]) + 1
    nation = rng.choice(len(NATIONS), homes, p=_NATION_SHARES).astype(np.int8)[household]
    dotted = nation >= _DOTTED_FROM
    surname = np.where(dotted, 0, names.draw_surnames(rng, homes)[household])
    given = names.draw_given(rng, male, dotted)
    given = names.another_given(given, ~first & (given == np.r_[-1, given[:-1]]))
    return Children(
        household, twin, _births(rng, household, first, twin, span), male, surname, given, nation,
        places.draw_villages(rng, homes)[household],
    )  # fmt: skip


def _births(
    rng: np.random.Generator, household: Ints, first: Flags, twin: Flags, span: Span
) -> Ints:
    """Birth days: siblings in order with their gaps, whole households inside the span."""
    gap = np.where(first | twin, 0, rng.integers(420, 1900, len(household)))
    since = np.cumsum(gap)
    since -= since[first][household]
    low = int(days.add_years(np.array([span.first]), -18)[0]) + 1
    room = span.last - low - np.maximum.reduceat(since, np.flatnonzero(first))
    start = low + (rng.random(len(room)) * room).astype(np.int64)
    return np.asarray(start[household] + since)


def with_lookalikes(children: Children, seed: int, wanted: Ints) -> Children:
    """Some only children, none of them `wanted`, get the name, sex and birth date of another child.

    The others are half `wanted` children (of the registry), half anybody.
    """
    rng = generator(seed, "lookalikes")
    size = np.bincount(children.household)[children.household]
    free = np.flatnonzero(size == 1)
    free = free[~np.isin(free, wanted)]
    pairs = min(max(4, round(LOOKALIKES * len(children))), len(free) // 4)
    shadows = rng.choice(free, 2 * pairs, replace=False)
    models, shadows = shadows[:pairs].copy(), shadows[pairs:]
    near = min(pairs // 2, len(wanted))
    models[:near] = rng.choice(wanted, near, replace=False)
    changed = {}
    for field in ("birth", "male", "surname", "given", "nation"):
        column = getattr(children, field).copy()
        column[shadows] = column[models]
        changed[field] = column
    return replace(children, **changed)


@dataclass(frozen=True)
class People:
    """Everybody: children first (index = uid), then fathers, mothers and grandparents by household,
    then the two members of each childless household on the assistance roll."""

    birth: Ints
    male: Flags
    surname: Ints
    given: Ints
    nation: Codes
    first_17: Ints
    numbered: Ints
    """The day from which a number exists (household registration); days.FAR when it never does."""


@dataclass(frozen=True)
class Homes:
    """Which people are whose: indexes into People, by household."""

    children: int
    households: int
    childless: int

    def adult(self, role: Column | int, household: Column) -> Ints:
        """The father, mother or grandparent (FATHER, MOTHER, GRANDPARENT) of households."""
        return np.asarray(self.children + role * self.households + household)

    def childless_adult(self, which: int, household: Column) -> Ints:
        """The head (0) or the other member (1) of childless households, numbered from 0."""
        base = self.children + 3 * self.households
        return np.asarray(base + which * self.childless + household)


def settle(children: Children, childless: int, seed: int, unnumbered: Ints) -> tuple[People, Homes]:
    """The whole population with its numbers; the `unnumbered` children never get one."""
    rng = generator(seed, "grown-ups")
    homes = Homes(len(children), children.households, childless)
    eldest = np.flatnonzero(np.r_[True, np.diff(children.household) != 0])
    born, year = children.birth[eldest], 365.25
    father = born - (rng.uniform(22, 38, len(born)) * year).astype(np.int64)
    mother = born - (rng.uniform(20, 36, len(born)) * year).astype(np.int64)
    elder = father - (rng.uniform(22, 30, len(born)) * year).astype(np.int64)
    lone = days.day(1936, 1, 1) + rng.integers(0, 18000, 2 * childless)
    count = 3 * len(born) + 2 * childless
    male = np.r_[np.tile([True, False], (len(born), 1)).T.ravel(), rng.random(len(born)) < 0.5,
                 rng.random(childless) < 0.7, rng.random(childless) < 0.3]  # fmt: skip
    nation = np.r_[np.tile(children.nation[eldest], 3), np.zeros(2 * childless, np.int8)]
    dotted = nation >= _DOTTED_FROM
    surname = names.draw_surnames(rng, count)
    lineal = rng.random(len(born)) < 0.96
    surname[: len(born)] = np.where(lineal, children.surname[eldest], surname[: len(born)])
    village = np.r_[np.tile(children.village[eldest], 3), places.draw_villages(rng, 2 * childless)]
    people = People(
        np.r_[children.birth, father, mother, elder, lone],
        np.r_[children.male, male],
        np.r_[children.surname, np.where(dotted, 0, surname)],
        np.r_[children.given, names.draw_given(rng, male, dotted)],
        np.r_[children.nation, nation].astype(np.int8),
        np.zeros(0, np.int64),
        np.r_[_registration(rng, children, unnumbered), np.zeros(count, np.int64)],
    )  # fmt: skip
    return _with_numbers(people, np.r_[children.village, village], children), homes


def _registration(rng: np.random.Generator, children: Children, never: Ints) -> Ints:
    """The day on which a child is entered in a household register; a few never are."""
    soon = children.birth + rng.integers(5, 50, len(children))
    soon[never] = days.FAR
    return np.where(rng.random(len(children)) < 0.004, days.FAR, soon)


def _with_numbers(people: People, village: Ints, children: Children) -> People:
    area = 419901 + places.county_of(village)
    twins = np.zeros(len(people.birth), np.bool_)
    twins[: len(children)] = children.second_twin
    return replace(people, first_17=numbers.assign(area, people.birth, people.male, twins))
