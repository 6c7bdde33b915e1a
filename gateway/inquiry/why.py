"""Why a row is a child's: the waterfall of its link, in words, for console and API alike."""

from dataclasses import dataclass

from gateway.linkage.explain import read_waterfall, words
from gateway.linkage.levels import Part
from gateway.model.child_files import Fact
from gateway.specs import Text


@dataclass(frozen=True, slots=True)
class WhyPart:
    """One part: a comparison and its level in words, and how many bits that weighs."""

    text: Text
    bits: float


@dataclass(frozen=True, slots=True)
class Why:
    """The link of one row. `parts` add up to `weight` (bits, the prior included), to a decimal;
    `against` are those that spoke against, the strongest first.

    `second` is the weight of the next-best person for the row and `margin` how far that is below:
    None where nobody else was like it. Who that is, is not told: it is another child.
    """

    method: str
    weight: float | None
    parts: tuple[WhyPart, ...]
    against: tuple[WhyPart, ...]
    second: float | None
    margin: float | None


def why(fact: Fact) -> Why | None:
    """Why a row of a child's file is the child's; None for the child's own row, which nothing links."""
    waterfall = read_waterfall(fact.why, fact.weight, None, fact.second)
    if not waterfall.parts:
        return None
    return Why(
        fact.method,
        waterfall.weight,
        tuple(map(_said, waterfall.parts)),
        tuple(map(_said, waterfall.against)),
        waterfall.second_weight,
        waterfall.margin,
    )


def _said(part: Part) -> WhyPart:
    zh, en = words(part)
    return WhyPart(Text(zh=zh, en=en), part.bits)
