"""What agrees between a row and a person, level by level: the Python twin of macros_linkage.sql.

For one pair, or the few of a look-up; the night compares in SQL. A parity test holds the two to
the same levels and scores.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from gateway.linkage.latin import is_latin, latin_level
from gateway.linkage.papers import is_paper, number_near, paper_near
from gateway.linkage.shapes import name_shape
from gateway.linkage.sounds import name_sound
from gateway.linkage.weights import CONFLICT, UNKNOWN, Weights
from gateway.model.addresses import read_address

LONG = 200
"""No name has more characters; what has is compared whole only."""
LUNAR = range(15, 61)
"""Days between a lunar date and the solar one it is taken for."""


@dataclass(frozen=True, slots=True)
class Face:
    """What one side tells of a child; None is not told. Numbers and names are keys, not as typed.

    `number_given` is what stands where a number should, when it is none of another kind; `firm` says
    that `id_number` is a child's and of its own row's birth date; `hint` is the number inside a
    G number.
    """

    name_key: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str | None = None
    id_number: str | None = field(default=None, repr=False)
    number_given: str | None = field(default=None, repr=False)
    firm: bool = False
    hint: str | None = field(default=None, repr=False)
    division: str | None = None
    insured_division: str | None = None
    guardian_name_key: str | None = field(default=None, repr=False)
    guardian_id: str | None = field(default=None, repr=False)
    former_name_key: str | None = field(default=None, repr=False)
    pet_name_key: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a waterfall: a comparison, its level, and how many bits that weighs."""

    comparison: str
    level: str
    bits: float


def compare(row: Face, person: Face) -> dict[str, str]:
    """The level of each comparison, in the order of the weights file."""
    name = name_level(row.name_key, person.name_key, (person.former_name_key, person.pet_name_key))
    same_day = row.birth_date is not None and row.birth_date == person.birth_date
    return {
        "number": number_level(row, person),
        "name": name,
        "birth_date": birth_level(row.birth_date, person.birth_date),
        "sex": sex_level(row.sex, person.sex),
        "household": household_level(
            row, person, twins=same_day and name not in ("same", "sound", UNKNOWN)
        ),
    }


@dataclass(frozen=True, slots=True)
class Scale:
    """The weights of a file, worked out once: bits of the prior and of each (comparison, level)."""

    prior: float
    bits: Mapping[tuple[str, str], float]

    @staticmethod
    def of(weights: Weights) -> "Scale":
        """The scale of a weights file, the veto included."""
        rows = weights.table().to_pylist()
        bits = {(str(r["comparison"]), str(r["level"])): float(r["weight"]) for r in rows}
        return Scale(weights.prior_weight, bits)

    def score(
        self, levels: Mapping[str, str], *, rarity: float = 0.0, strangers: float = 0.0
    ) -> float:
        """The bits of a pair; `rarity` counts where the name agrees."""
        named = rarity if levels["name"] == "same" else 0.0
        return (
            self.prior + max(strangers, 0) + named + sum(map(self.bits.__getitem__, levels.items()))
        )

    def parts(
        self, levels: Mapping[str, str], *, rarity: float = 0.0, strangers: float = 0.0
    ) -> tuple[Part, ...]:
        """The waterfall of a pair; its bits add up to the score."""
        parts = [Part("prior", "", self.prior)]
        if strangers > 0:
            parts.append(Part("strangers", "", strangers))
        for comparison, level in levels.items():
            parts.append(Part(comparison, level, self.bits[comparison, level]))
            if (comparison, level) == ("name", "same") and rarity:
                parts.append(Part("rarity", "", rarity))
        return tuple(parts)


def number_level(row: Face, person: Face) -> str:
    """`same`, `borrowed` (of another birth date than its row), `conflict` (the veto), `near` …"""
    if row.id_number is not None and row.id_number == person.id_number:
        own = birth_level(_born(row.id_number), row.birth_date) != "differs"
        return "same" if own else "borrowed"
    if row.firm and person.firm:
        return CONFLICT
    if row.hint is not None and row.hint == person.id_number:
        return "student"
    if row.number_given is None or person.number_given is None:
        return UNKNOWN
    if row.id_number is not None and person.id_number is not None:
        return "other" if row.birth_date is None and person.firm else "differs"
    if row.number_given == person.number_given and is_paper(row.number_given):
        return "paper"
    if number_near(row.number_given, person.number_given):
        return "near"
    return "paper_near" if paper_near(row.number_given, person.number_given) else "differs"


def name_level(one: str | None, other: str | None, borne: tuple[str | None, ...] = ()) -> str:
    """`same`, `former` (one of the names that the person has `borne`), `sound`,
    `shape` (looks alike), `one_character`, `dropped`, `given`, `surname` or `differs`; of two names
    in Latin letters a level of their own (gateway/linkage/latin.py)."""
    if one is None or other is None:
        return UNKNOWN
    if one == other:
        return "same"
    if one in borne:
        return "former"
    if is_latin(one) and is_latin(other):
        return latin_level(one, other)
    if name_sound(one) == name_sound(other):
        return "sound"
    alike = len(one) == len(other) and _shape(one) == _shape(other)
    if alike or _lost(one, other) or _lost(other, one):
        return "shape"
    if len(one) >= 3 and one[:1] == other[:1] and _one_other(one, other):
        return "one_character"
    if min(len(one), len(other)) >= 2 and (_one_more(one, other) or _one_more(other, one)):
        return "dropped"
    both_long = min(len(one), len(other)) >= 3
    if one[1:] == other[1:] or (both_long and one[-2:] == other[-2:]):
        return "given"
    return "surname" if one[:1] == other[:1] else "differs"


def birth_level(one: date | None, other: date | None) -> str:
    """`same`, a slip that clerks make (`day`, `swapped`, `new_year`, `lunar`, `digit`), `differs`."""
    if one is None or other is None:
        return UNKNOWN
    days = abs((one - other) // timedelta(days=1))
    if days <= 1:
        return "day" if days else "same"
    same_year = one.year == other.year
    if same_year and (one.month, one.day) == (other.day, other.month):
        return "swapped"
    if same_year and (1, 1) in ((one.month, one.day), (other.month, other.day)):
        return "new_year"
    if days in LUNAR:
        return "lunar"
    year_off = abs(one.year - other.year) == 1 and one.month == other.month
    if year_off and abs(one.day - other.day) <= 1:
        return "digit"
    slips = sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True))
    return "digit" if slips == 1 else "differs"


def sex_level(one: str | None, other: str | None) -> str:
    """0 unknown or 9 unsaid (GB/T 2261.1) say nothing."""
    if one not in ("1", "2") or other not in ("1", "2"):
        return UNKNOWN
    return "same" if one == other else "differs"


def place_level(one: str | None, other: str | None) -> str:
    """The same home as far as both sides tell: village; town or county where one tells no more."""
    if one is None or other is None:
        return UNKNOWN
    if one[:6] != other[:6]:
        return "elsewhere"
    if one[6:9] in ("", "000") or other[6:9] in ("", "000"):
        return "county"
    if one[:9] != other[:9]:
        return "elsewhere"
    if one[9:12] == "000" or other[9:12] == "000":
        return "town"
    return "village" if one == other else "elsewhere"


def household_level(row: Face, person: Face, *, twins: bool) -> str:
    """The strongest of the guardian's number, name, and the home: household is one fact."""
    names = (row.guardian_name_key, person.guardian_name_key)
    same_id = row.guardian_id is not None and row.guardian_id == person.guardian_id
    same_name = names[0] is not None and names[0] == names[1]
    at_home = not same_id and same_home(row, person)
    if twins and (same_id or same_name or at_home):
        return "guardian_of_twins"
    if same_id:
        return "guardian_number"
    if at_home:
        return "address" if same_name or None in names else "address_other_guardian"
    if same_name:
        return "guardian_name"
    if None in names:
        return _untold_home(row, person)
    place = place_level(row.division, person.division)
    if place in ("village", "town", "county"):
        return f"{place}_other_guardian"
    return "other_guardian" if place == UNKNOWN else "differs"


def _untold_home(row: Face, person: Face) -> str:
    """Where one side names no guardian: the place, or the county of the insurance of who moved."""
    counties = [d and d[:6] for d in (row.division, row.insured_division, person.division)]
    if None not in counties and counties[0] != counties[1] == counties[2]:
        return "insured_county"
    return place_level(row.division or row.insured_division, person.division)


def same_home(row: Face, person: Face) -> bool:
    """One home in two spellings: road or village, and the same numbers or the last of them.

    A division that both write must not be another; where one writes none, the places' codes must not.
    """
    if row.address is None or person.address is None:
        return False
    one, other = read_address(row.address), read_address(person.address)
    if one.key is None or other.key is None or one.place != other.place:
        return False
    ends = one.number.endswith("-" + other.number) or other.number.endswith("-" + one.number)
    if one.number != other.number and not ends:
        return False
    if not one.division or not other.division:
        return place_level(row.division, person.division) != "elsewhere"
    return one.division in other.division or other.division in one.division


def _shape(name: str) -> str:
    """How the first four characters look; behind them a name is compared as written."""
    return name_shape(name[:4]) + name[4:]


def _born(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _lost(name: str, pattern: str) -> bool:
    """Whether a character that a system could not write (? or □) stands for one of the name's."""
    wild = "".join(".*" if c == "%" else "." if c in "?□_" else re.escape(c) for c in pattern)
    return re.fullmatch(wild, name, re.DOTALL) is not None


def _one_other(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    for place in range(3):
        if one[place : place + 1] != other[place : place + 1]:
            return one[place + 1 :] == other[place + 1 :]
    if len(one) > LONG:
        return False
    return _bytes_apart(one[3:].encode(), other[3:].encode()) <= 3


def _one_more(long: str, short: str) -> bool:
    return len(long) == len(short) + 1 and (
        long[: len(short)] == short or any(long[:i] + long[i + 1 :] == short for i in range(1, 4))
    )


def _bytes_apart(one: bytes, other: bytes) -> int:
    """Levenshtein distance of UTF-8 bytes, as DuckDB counts it."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
