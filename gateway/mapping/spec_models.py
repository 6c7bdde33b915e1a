"""The parts of a mapping file, as values (docs/mapping.md)."""

from typing import Literal

from pydantic import Field

from gateway.mapping.contents import Content
from gateway.specs import SpecModel


class ColumnSpec(SpecModel):
    """A column of the roll. `also` are other headings for it; `ignore` is why it is not taken.

    `title`: it stands above the heading of a form, as `名称：值`, for all rows.
    """

    zh: str = ""
    also: tuple[str, ...] = ()
    ignore: str = ""
    title: bool = False


class FieldSpec(SpecModel):
    """How one canonical column is made. `given` are source columns, `using` another field."""

    given: str | tuple[str, ...] = Field(default=(), alias="from")
    transform: str = Field(alias="as")
    using: str = Field(default="", alias="with")
    codes: str = ""
    crosswalk: str = ""
    value: str = ""
    between: tuple[int, int] | None = None
    required: bool = False
    on_error: Literal["quarantine", "warn"] = "quarantine"
    unless: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The source columns."""
        return (self.given,) if isinstance(self.given, str) else self.given


class PreferSpec(SpecModel):
    """Rows whose `field` is one of `among` go before others of the same key."""

    field: str
    among: tuple[str, ...]


class OutputSpec(SpecModel):
    """One canonical table. `distinct`: a row per key, not per row of the roll; the last one counts.

    `absent` names the table's columns that this roll does not hold, each with the reason. `prefer`
    says which row of a key counts, before "the last one" does; the first condition weighs most.
    """

    table: str
    distinct: bool = False
    prefer: tuple[PreferSpec, ...] = ()
    fields: dict[str, FieldSpec]
    absent: dict[str, str] = Field(default_factory=dict)


class MappingSpec(SpecModel):
    """A whole mapping file."""

    bureau: str
    roll: str
    version: int
    zh: str
    basis: str
    contents: tuple[Content, ...]
    columns: dict[str, ColumnSpec]
    outputs: tuple[OutputSpec, ...]
