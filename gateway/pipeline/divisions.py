"""Divisions that were merged, renamed or divided: since when, and what they are called now."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from gateway.specs import SpecModel, load_spec

Code = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$"
NOBODY_SAYS = ""
"""What a code of a divided division is called when the file does not say where its place went."""
_NONE_BELOW = "000"
"""Follows a county's, a town's code where no town, no village is meant."""


class DivisionPart(SpecModel):
    """What became of a part of a divided division: the codes `of` it (below the divided one), and with
    `rest` whatever no other part names."""

    new: str = Field(pattern=Code)
    of: tuple[str, ...] = ()
    rest: bool = False


class DivisionChange(SpecModel):
    """Code `old` (6, 9 or 12 digits, with all below it) is `new` from `since` on, by `source`; a division
    that was divided, or that only gave some places away, names its `parts` instead."""

    old: str = Field(pattern=Code)
    new: str = Field(default="", pattern=f"^$|{Code}")
    parts: tuple[DivisionPart, ...] = ()
    since: date
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.new) == bool(self.parts):
            raise ValueError("a change has either `new` or `parts`")
        if any(len(code) != len(self.old) for code in self.successors) or self.new == self.old:
            raise ValueError("`old` and `new` are two different codes of one length")
        if self.parts:
            self._check_parts()
        return self

    def _check_parts(self) -> None:
        named = [code for part in self.parts for code in part.of]
        if len(self.parts) < 2 or len(set(self.successors)) != len(self.parts):
            raise ValueError("a divided division has at least two parts, of different codes")
        if sum(part.rest for part in self.parts) > 1 or len(set(named)) != len(named):
            raise ValueError("one part is the `rest`, and no place is in two")
        if not all(code.startswith(self.old) and len(code) in (9, 12) for code in named) or any(
            len(code) == len(self.old) for code in named
        ):
            raise ValueError("`of` names towns (9 digits) or villages (12) of the old division")
        stays = next((part for part in self.parts if part.new == self.old), None)
        if stays is not None and not (stays.rest and named and not stays.of):
            raise ValueError(
                "a division that goes on is the `rest`, and the others say what they took"
            )

    @property
    def successors(self) -> tuple[str, ...]:
        """The divisions that hold what was `old`."""
        return (self.new,) if self.new else tuple(part.new for part in self.parts)

    @property
    def given_up(self) -> bool:
        """Whether the code is no longer in force."""
        return self.old not in self.successors

    @property
    def called(self) -> dict[str, str]:
        """Prefix of a code → what takes its place; the longest prefix counts. `NOBODY_SAYS`: not guessed."""
        if self.new:
            return {self.old: self.new}
        found = {code: part.new for part in self.parts for code in part.of}
        rest = next((part.new for part in self.parts if part.rest), NOBODY_SAYS)
        if rest != self.old:
            found[self.old] = rest
            found[f"{self.old}{_NONE_BELOW}"] = NOBODY_SAYS
        return found


class DivisionsFile(SpecModel):
    """`divisions.yaml` of a site."""

    changes: tuple[DivisionChange, ...]


class ShippedChanges(DivisionsFile):
    """The changes that ship (`mappings/codes/divisions/`), with where they are from."""

    zh: str = Field(min_length=1)
    source: str = Field(min_length=1)
    dated: date
    licence: str = Field(min_length=1)


def load_changes(site_file: Path, shipped: Path, division: str) -> tuple[DivisionChange, ...]:
    """A site's own changes and those that ship for its `division`: a province or a prefecture.

    What a site says of a code replaces what ships of it. Raises SpecError with file and line.
    """
    own = load_spec(site_file, DivisionsFile).changes if site_file.is_file() else ()
    said = {change.old for change in own}
    known = (
        change
        for path in sorted(shipped.glob("*.yaml"))
        for change in load_spec(path, ShippedChanges).changes
    )
    within = division.removesuffix("00").removesuffix("00")
    near = (c for c in known if any(x.startswith(within) for x in (c.old, *c.successors)))
    return (*(c for c in near if c.old not in said), *own)


def moved_by(changes: Iterable[DivisionChange], period: str) -> dict[str, str]:
    """Prefix of a code → what takes its place at a period's end (`YYYY-MM`), one change after another.

    `NOBODY_SAYS` where a division was divided and the code does not tell the part.
    """
    moved: dict[str, str] = {}
    for change in _until(changes, period):
        moved = {old: _after(new, change) for old, new in moved.items()}
        for code in change.successors:
            moved.pop(code, None)
            moved.pop(f"{code}{_NONE_BELOW}", None)
        moved |= change.called
    return moved


def now_called(code: str, moved: Mapping[str, str]) -> str:
    """What a division is called; the code itself when nobody gave it up, else `NOBODY_SAYS`.

    A place that went to a division whose towns are numbered anew is called as that division.
    """
    old = max((one for one in moved if code.startswith(one)), key=len, default=None)
    if old is None:
        return code
    new = moved[old]
    return new if len(new) < len(old) else new + code[len(old) :]


def _after(new: str, change: DivisionChange) -> str:
    """What is called `new` before a change: which part of a divided one it was in, nobody says."""
    return NOBODY_SAYS if change.parts and new == change.old else now_called(new, change.called)


def now_within(code: str, changes: Iterable[DivisionChange], period: str) -> frozenset[str]:
    """Every division that holds a part of what had that code: of a divided one, all its parts."""
    found = {code}
    for change in _until(changes, period):
        if change.old in found:
            found = (found - {change.old}) | set(change.successors)
    return frozenset(found)


def _until(changes: Iterable[DivisionChange], period: str) -> list[DivisionChange]:
    ordered = sorted(changes, key=lambda one: one.since)
    return [change for change in ordered if f"{change.since:%Y-%m}" <= period]
