"""A slab: some consecutive rows of a roll, ready to be mapped in one go, in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gateway.engine import Engine
from gateway.mapping.values import Reason


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is not of the roll's form. `original` is JSON text of what was sent.

    `problem` is `column:reason`, several joined by `; `.
    """

    row_ref: str
    original: str
    problem: str = f"(row):{Reason.MALFORMED}"


class Slab(Protocol):
    """What every reader yields. All columns are text; an empty text may come as null."""

    @property
    def rows(self) -> int:
        """Rows in the slab, broken ones included."""

    @property
    def referenced(self) -> bool:
        """Whether the relation has column `_row_ref`; else `row_ref` counts rowids of `short_row`."""

    @property
    def row_ref(self) -> str:
        """SQL over `short_row` for a row's reference."""

    def check(self, engine: Engine, statement: Callable[[str, str], str]) -> tuple[Broken, ...]:
        """Run the pass that `statement` gives for a relation and a condition over it that holds for
        broken rows; gives those rows.

        Table `short_row` then has `rows` rows, also for the broken ones, as far as they were read.
        """
