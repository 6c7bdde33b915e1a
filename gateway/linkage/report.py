"""What a night's linkage says of itself: counts only, no person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class RollLinks:
    """One roll of one source: rows of tonight, how many are linked, how many persons are held."""

    source: str
    roll: str
    rows: int
    linked: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Values of one kind (`CROWD_WORDS`) that stand on too many rows to tell anybody apart, and the
    rows in them."""

    kind: str
    blocks: int
    rows: int


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The night in numbers; `minted` persons are new, the others carried their id."""

    per_roll: tuple[RollLinks, ...]
    persons: int
    minted: int
    crowds: tuple[Crowd, ...] = ()


CROWD_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "name": ("姓名", "name"),
    "birth_date": ("出生日期", "birth date"),
    "number": ("证件号码", "number"),
    "guardian": ("监护人", "guardian"),
})  # fmt: skip
"""Each kind of crowd in Chinese and English."""
