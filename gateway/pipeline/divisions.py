"""Divisions that were merged or renamed: since when, and what they are called now."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from gateway.specs import SpecModel, load_spec


class DivisionChange(SpecModel):
    """Code `old` (6, 9 or 12 digits, with all below it) is `new` from `since` on, by `source`."""

    old: str = Field(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12})$")
    new: str = Field(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12})$")
    since: date
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _same_level(self) -> Self:
        if len(self.old) != len(self.new) or self.old == self.new:
            raise ValueError("`old` and `new` are two different codes of one length")
        return self


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
    near = (c for c in known if c.old.startswith(within) or c.new.startswith(within))
    return (*(c for c in near if c.old not in said), *own)


def moved_by(changes: Iterable[DivisionChange], period: str) -> dict[str, str]:
    """Given-up code → the code in force at a period's end (`YYYY-MM`), one change after another."""
    moved: dict[str, str] = {}
    for change in sorted(changes, key=lambda one: one.since):
        if f"{change.since:%Y-%m}" > period:
            break
        moved = {old: now_called(new, {change.old: change.new}) for old, new in moved.items()}
        moved.pop(change.new, None)
        moved[change.old] = change.new
    return moved


def now_called(code: str, moved: dict[str, str]) -> str:
    """What a division is called; the code itself when nobody gave it up."""
    old = max((one for one in moved if code.startswith(one)), key=len, default="")
    return moved[old] + code[len(old) :] if old else code
