"""The reviewed weights of linkage, one versioned file for the night and for the single look-up.

Source: Fellegi and Sunter, A Theory for Record Linkage (1969): a level's weight is log2(m / u).
"""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from math import log2
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

import pyarrow as pa
from pydantic import Field, model_validator

from gateway.model.errors import SpecError
from gateway.specs import SpecModel, load_spec

Share = Annotated[float, Field(gt=0, le=1)]
Comparison = Literal["number", "name", "birth_date", "sex", "household", "school"]

LEVELS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "number": ("same", "borrowed", "student", "own", "near", "paper", "paper_near", "differs", "other"),
    "name": (
        "same", "former", "sound", "shape", "one_character", "dropped", "given", "surname",
        "spelling", "turned", "letters", "part_missing", "part", "differs",
    ),
    "birth_date": ("same", "day", "swapped", "digit", "lunar", "new_year", "differs"),
    "sex": ("same", "differs"),
    "household": (
        "guardian_number", "guardian_name", "guardian_of_twins", "address", "address_other_guardian",
        "village", "village_other_guardian", "town", "town_other_guardian", "county",
        "county_other_guardian", "insured_county", "other_guardian", "elsewhere", "differs",
    ),
    "school": ("same", "differs"),
})  # fmt: skip
"""Every level that the steps can say of a pair; what one side does not tell is `unknown`, weight 0."""

UNKNOWN: Final = "unknown"
CONFLICT: Final = "conflict"
"""Level of `number` for the veto: two good numbers, each of its own row's birth date, that differ."""


class Level(SpecModel):
    """How often a level is seen of one child (`m`) and of two (`u`)."""

    m: Share
    u: Share

    @property
    def weight(self) -> float:
        """Bits for (positive) or against (negative) one child."""
        return log2(self.m / self.u)


class Compared(SpecModel):
    """One comparison. With `term_frequency` the level `same` weighs by how rare the value is."""

    term_frequency: bool = False
    levels: Mapping[str, Level]


class Vetoes(SpecModel):
    """Weights fixed by hand, because they end the matter whatever else agrees."""

    number_conflict: Annotated[float, Field(le=-30)]


class Weights(SpecModel):
    """All that scores a pair. `link`, `ask` and `margin` are bits, the prior included in a score.

    A pair scores prior + levels + vetoes. From `link` on, and at least `margin` above the
    second-best, it is one child; from `ask` on a person is asked; below it is not. `second_row` is
    added where the child has another row of that roll already.
    """

    version: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")]
    basis: str
    prior: Annotated[float, Field(gt=0, lt=1)]
    link: float
    ask: float
    margin: Annotated[float, Field(ge=0)]
    second_row: Annotated[float, Field(le=0)]
    vetoes: Vetoes
    comparisons: Mapping[Comparison, Compared]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.ask > self.link:
            raise ValueError("ask is above link: nobody would be asked; lower ask")
        given = {str(name): compared.levels for name, compared in self.comparisons.items()}
        for name, levels in LEVELS.items():
            found = set(given.get(name, ()))
            if found != set(levels):
                odd = ", ".join(sorted(found ^ set(levels)))
                raise ValueError(f"{name} has other levels than the steps know: {odd}")
        return self

    @property
    def prior_weight(self) -> float:
        """Bits of a pair of which nothing is known."""
        return log2(self.prior / (1 - self.prior))

    def weight(self, comparison: str, level: str) -> float:
        """Bits of a level; 0 for `unknown`. Raises KeyError for a level that does not exist."""
        if level == UNKNOWN:
            return 0.0
        compared: Mapping[str, Compared] = {str(k): v for k, v in self.comparisons.items()}
        return compared[comparison].levels[level].weight

    def with_thresholds(self, link: float | None, ask: float | None) -> "Weights":
        """The same weights with a site's own thresholds; None keeps the file's.

        Raises SpecError where `ask` would stand above `link`.
        """
        chosen = self.model_copy(
            update={
                "link": self.link if link is None else link,
                "ask": self.ask if ask is None else ask,
            }
        )
        if chosen.ask > chosen.link:
            raise SpecError(
                f"ask ({chosen.ask:g} bits) is above link ({chosen.link:g}): nobody would be asked",
                where="site.toml [linkage]",
                mend="choose the two thresholds from the table of `cwg link eval`",
            )
        return chosen

    def table(self) -> pa.Table:
        """Table (comparison, level, weight, told) for the steps: vetoes and `unknown` included.

        `told` is the part of an explanation: `name=same:15.1`.
        """
        weighed = [
            (name, level, self.weight(name, level))
            for name, levels in LEVELS.items()
            for level in (*levels, UNKNOWN)
        ]
        weighed.append(("number", CONFLICT, self.vetoes.number_conflict))
        rows = [
            {"comparison": name, "level": level, "weight": bits, "told": told(name, level, bits)}
            for name, level, bits in weighed
        ]
        return pa.Table.from_pylist(rows)


def load_weights(source: Path | Traversable) -> Weights:
    """Read a weights file (mappings/linkage/weights.v1.yaml). Raises SpecError with its line."""
    return load_spec(source, Weights)


def told(comparison: str, level: str, bits: float) -> str:
    """One part of an explanation."""
    return f"{comparison}={level}" if level == UNKNOWN else f"{comparison}={level}:{bits:.1f}"


def probability(weight: float) -> float:
    """The probability that a pair of that score is one child."""
    return float(1 / (1 + 2.0**-weight))
