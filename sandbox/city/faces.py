"""How people look in one roll: name, number, birth date, sex, guardian, with that roll's faults.

Without faults two rolls show the same face of the same child; faults.py says who has which.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow.compute as pc

from sandbox.city import chance, days, names, numbers, spoil, text
from sandbox.city.days import FAR, Codes, Column, Flags, Ints
from sandbox.city.family import FATHER, MOTHER, NOBODY
from sandbox.city.faults import ASPECTS, Marks, code
from sandbox.city.model import City
from sandbox.city.text import Text

INSTITUTION = "安禾市儿童福利院"
_ADULTS_KEEP = ("number_typo", "number_transposed", "number_fifteen")


def names_of(city: City, who: Column) -> Text:
    """True names."""
    surnames, given = names.pools()
    people = city.people
    return text.join(text.take(surnames, people.surname[who]), text.take(given, people.given[who]))


def numbers_of(city: City, who: Column) -> Text:
    """True resident numbers, whether or not they have been given out yet."""
    return text.fixed(numbers.digits(city.people.first_17[who]))


def siblings(city: City) -> Ints:
    """For each child a sibling who had a number on the first night, the elder first; −1 if none."""
    home, numbered = city.children.household, city.people.numbered[: len(city)] <= city.span.first
    elder = np.r_[False, (home[1:] == home[:-1]) & numbered[:-1]]
    younger = np.r_[(home[1:] == home[:-1]) & numbered[1:], False]
    at = np.arange(len(home))
    return np.where(elder, at - 1, np.where(younger, at + 1, -1))


def number_faults(city: City, roll: str, who: Column) -> Codes:
    """The fault of each person's number in a roll (code in ASPECTS["number"], 0 none).

    A fault that needs somebody who is not there (a sibling, a guardian) does not happen; grown-ups
    have only slips of the pen.
    """
    found = Marks(city.seed, city.faults, roll).of("number", who)
    child = who < len(city)
    keep = child | np.isin(found, [code(fault) for fault in _ADULTS_KEEP])
    kids = np.where(child, who, 0)
    keep &= ~((found == code("number_sibling")) & (siblings(city)[kids] < 0))
    custody = city.traits.guardian[city.children.household[kids]] == NOBODY
    keep &= ~((found == code("number_guardian")) & custody)
    return np.where(keep, found, 0).astype(np.int8)


def guardians(city: City, child: Column, other: Flags) -> Ints:
    """The person who is each child's guardian, or the other parent; −1 for an institution."""
    home = city.children.household[child]
    role = city.traits.guardian[home].astype(np.int64)
    second = np.where(role == FATHER, MOTHER, FATHER)
    person = city.homes.adult(np.where(other, second, role), home)
    return np.where(role == NOBODY, -1, person)


class Faces:
    """The faces of the people of some rows in one roll on one day. `who` indexes city.people."""

    def __init__(self, city: City, roll: str, day: int, who: Ints) -> None:
        self._city, self._who, self._day = city, who, day
        self._roll = roll
        self._marks = Marks(city.seed, city.faults, roll)

    def fault(self, aspect: str) -> Codes:
        """Each row's fault in an aspect."""
        return self._marks.of(aspect, self._who)

    def chance(self, use: str) -> Ints:
        """A whole number of chance for each row, the same every night."""
        return chance.below(self._city.seed, f"{self._roll}/{use}", self._who, 1 << 30)

    def numbers(self) -> Text:
        """Numbers as the roll shows them."""
        city, who = self._city, self._who
        shown = text.blank(numbers_of(city, who), city.people.numbered[who] > self._day)
        found = number_faults(city, self._roll, who)
        lost = (found == code("number_missing")) | (found == code("number_left_to_head"))
        shown = text.blank(shown, lost)
        shown = self._spoil(shown, found, "number", spoil.NUMBER)
        shown = self._borrowed(shown, found)
        shown = self._spoil(shown, self.fault("dress"), "dress", spoil.DRESS)
        empty = np.flatnonzero(lost)
        words = [spoil.null_word(c) for c in self.chance("null")[empty].tolist()]
        shown = text.patch(shown, empty, words)
        ends_in_x = pc.ends_with(shown, "X").to_numpy(zero_copy_only=False)
        lower = np.flatnonzero((self.fault("check") > 0) & ends_in_x)
        return text.patch(shown, lower, [t[:-1] + "x" for t in text.at(shown, lower)])

    def _borrowed(self, shown: Text, found: Codes) -> Text:
        """Numbers of somebody else: a sibling, the guardian."""
        city, who = self._city, self._who
        at = np.flatnonzero(found == code("number_sibling"))
        shown = text.patch(shown, at, numbers_of(city, siblings(city)[who[at]]))
        at = np.flatnonzero(found == code("number_guardian"))
        lender = guardians(city, who[at], np.zeros(len(at), np.bool_))
        return text.patch(shown, at, numbers_of(city, lender))

    def _spoil(
        self, column: Text, found: Codes, aspect: str,
        slips: Mapping[str, Callable[[str, int], str]],
    ) -> Text:  # fmt: skip
        """Spoil the texts of rows with faults; empty texts stay empty."""
        where = np.flatnonzero(found)
        kinds, before = found[where].tolist(), text.at(column, where)
        after = before.copy()
        for at, choice in enumerate(self.chance(aspect)[where].tolist()):
            slip = slips.get(ASPECTS[aspect][kinds[at] - 1])
            if slip and before[at]:
                after[at] = slip(before[at], choice)
        return text.patch(column, where, after)

    def names(self) -> Text:
        """Names as the roll shows them."""
        city, who = self._city, self._who
        found = self.fault("name")
        shown = names_of(city, who)
        at = np.flatnonzero((found == code("surname_changed")) & (who < len(city)))
        shown = text.patch(shown, at, self._mothers_names(who[at]))
        shown = self._spoil(shown, found, "name", spoil.NAME)
        odd = np.flatnonzero(names.ODD[city.people.given[who]])
        dots, rare, luck = self.fault("dot"), self.fault("rare"), self.chance("odd")
        after = []
        for row, name in zip(odd.tolist(), text.at(shown, odd), strict=True):
            name = spoil.other_dot(name, int(luck[row])) if dots[row] else name
            after.append(names.rare_written(name, int(luck[row])) if rare[row] else name)
        return text.patch(shown, odd, after)

    def _mothers_names(self, child: Ints) -> Text:
        city = self._city
        mother = city.homes.adult(MOTHER, city.children.household[child])
        surnames, given = names.pools()
        own = city.people.surname[child]
        # The names of dotted families have no surname to change.
        surname = np.where(own > 0, np.maximum(city.people.surname[mother], 1), 0)
        return text.join(text.take(surnames, surname), text.take(given, city.people.given[child]))

    def births(self) -> Ints:
        """Birth days as the roll shows them; days.FAR when missing."""
        found, luck = self.fault("birth"), self.chance("birth")
        born = self._city.people.birth[self._who].copy()
        at = np.flatnonzero(found)
        if not len(at):
            return born
        return _wrong_births(born, found, luck, at)

    def males(self) -> Flags:
        """Sex as the roll shows it."""
        return self._city.people.male[self._who] ^ (self.fault("sex") > 0)

    def guardians(self) -> tuple[Text, Text]:
        """Guardians' names and numbers as the roll shows them (children's rolls only)."""
        found = self.fault("guardian")
        person = guardians(self._city, self._who, found == code("guardian_other"))
        named, numbered = names_of(self._city, person), numbers_of(self._city, person)
        custody = np.flatnonzero(person < 0)
        named = text.patch(named, custody, [INSTITUTION] * len(custody))
        lost = np.flatnonzero(found == code("guardian_missing"))
        words = [spoil.null_word(c) for c in self.chance("guardian")[lost]]
        named = text.patch(named, lost, words)
        return named, text.blank(numbered, (person < 0) | (found == code("guardian_missing")))

    def junked(self, column: Text, fault: str, junk: str) -> Text:
        """The column with junk in the rows of people with that fault (`junk_date`, `junk_code`)."""
        where = np.flatnonzero(self.fault("junk") == code(fault))
        return text.patch(column, where, [junk] * len(where))

    def places(self, village: Ints) -> Ints:
        """Villages as the roll shows them: some rolls still have another address."""
        moved = self.fault("place") > 0
        return np.where(moved, (village + 1 + self.chance("place") % 400) % 480, village)


def _wrong_births(born: Ints, found: Codes, luck: Ints, at: Ints) -> Ints:
    """Birth days with a digit wrong, by the lunar calendar, with day and month swapped, …"""
    fault, choice, true = found[at], luck[at], born[at]
    year, month, of_month = days.split(true)
    first = days.first_of_month(days.months(true))
    shift = np.where(choice % 2 == 0, 10, 1)
    wrong_digit = np.where(
        choice % 3 == 0,
        days.add_years(true, -1),
        first + np.where(of_month > shift, of_month - shift, of_month + shift) - 1,
    )
    # The lunar date lies three to seven weeks before the solar one that it is taken for.
    lunar = true - 20 - choice % 30
    swappable = of_month <= 12
    swapped = days.first_of_month(year * 12 + np.where(swappable, of_month, month) - 1)
    swapped += np.where(swappable, month, of_month) - 1
    new_year = days.first_of_month(year * 12)
    shown = np.choose(fault, [true, wrong_digit, lunar, swapped, new_year, np.full(len(at), FAR)])
    out = born.copy()
    out[at] = shown
    return out
