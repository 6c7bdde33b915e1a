"""What a night's linkage says of itself: counts only, no person."""

from dataclasses import dataclass


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
    """Blocks of one kind (`name` or `birth_date`) too large to compare, and the rows in them."""

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
