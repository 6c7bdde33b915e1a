"""One search of the night: the rows of `roll_row` find their persons, and only where something changed.

The night has three searches (`Stage`), each with persons and rows of its own. What a search found is
kept by marks of its rows and persons (docs/decisions/0020); a mark that was not kept is looked for
anew, with all that compete with it. Where nothing was kept that is everything: there is one way only.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from math import inf

from gateway.engine import Engine, load_step

CROWD, FEW = 250_000, 20
"""A block of more pairs than CROWD pairs nobody; blocks with up to FEW on a side are never counted. A
number on more than FEW rows is nobody's."""
ENOUGH = 100_000
"""With so many persons their own names tell how rare a name is; with fewer the rolls are asked too."""
OF_A_YEAR = 200
"""So many children of a year tell how likely a child of that year is to be on a roll."""

Scale = Mapping[str, object]
"""Parameters of the steps that follow from the weights."""

_LOOSE = ("loose_rows", "loose_persons")
_NEAR = ("near_rows", "near_persons")
_SURE, _WIDE = ("blocks_sure", "blocks_own"), ("blocks_wide",)


class Stage(IntEnum):
    """The searches of a night, in their order: a later one knows what an earlier one has learned."""

    ASSISTANCE = 1
    ROLLS = 2
    RECORDS = 3


def match(engine: Engine, scale: Scale, stage: Stage, also: Sequence[str] = ()) -> None:
    """Find the rows of `roll_row` their persons: the sure ones by number, the rest by weight.

    What stands out is decided first: it teaches numbers, which the others are compared by once more.
    `also` are steps that compare what only these rolls tell.
    """
    values = {**scale, "stage": int(stage)}
    run(engine, "exact", "judged_links", "match", "loose_rows", values=values)
    if engine.count("judged_row"):
        run(engine, "judged_rest")
    run(engine, "fillers", values={"few": FEW})
    run(engine, "strangers", "row_letters", values=values)
    known = "persons" if engine.count("who") >= ENOUGH else "rolls"
    run(engine, f"names_of_{known}", "name_share", values=values)
    if stage is Stage.ROLLS:
        run(engine, "row_homes", "present", values={"enough": OF_A_YEAR})
    _pairs(engine, values, also)
    run(engine, "taken")
    run(engine, "decide", values={**values, "link": scale["settled"]})
    run(engine, "edges", "learn", values=values)
    _weigh(engine, values, also)
    run(engine, "decide", "alone", "edges", "keep", "links", "hold", values=values)
    _hold_by_number(engine, values, also)
    if engine.count("judged_row"):
        run(engine, "judged_hold")


def run(engine: Engine, *steps: str, values: Scale | None = None) -> None:
    """Run named steps of the room, one after the other."""
    for step in steps:
        engine.run(load_step("gateway.linkage", step), values)


def weigh(engine: Engine, values: Scale, also: Sequence[str] = ()) -> None:
    """Compare the pairs of `candidate` and weigh them; homes and letters only where rows tell any."""
    run(engine, *also, "both_sides", "pair_sounds", values=values)
    if engine.count("row_home"):
        run(engine, "pair_homes")
    if engine.count("row_letters"):
        run(engine, "pair_letters")
    run(engine, "compare", values=values)


def _hold_by_number(engine: Engine, values: Scale, also: Sequence[str]) -> None:
    """Hold everybody whose number stands on a row that is nobody's; for all rows, whatever changed."""
    run(engine, "borne", "no_candidates", "same_number", values={"few": FEW})
    _weigh(engine, {**values, "floor": -inf}, also)
    run(engine, "hold_numbers", values=values)


def _pairs(engine: Engine, values: Scale, also: Sequence[str]) -> None:
    """Compare all whose answer could be another than the one that was kept."""
    run(engine, "own_pairs", values={"few": FEW})
    run(engine, "every_row")
    for firm, sides in enumerate(_LOOSE):
        crowd = {"cap": CROWD, "few": FEW, "firm": bool(firm)}
        run(engine, f"sides_{sides}", "crowded", values=crowd)
    run(engine, "defaults")
    run(engine, "marks", "about", "changed", values=values)
    if engine.count("touched") and engine.count("batch"):
        run(engine, "near_persons", "settle", values=values)
        _compare(engine, _NEAR, (*_SURE, *_WIDE), values, also)
        run(engine, "near_rows")
    # Whom a changed person could have been is compared anew; who only competes keeps the pairs it had.
    # On a first night nobody has pairs yet.
    again = engine.count("kept_row") > 0
    if again:
        run(engine, "grow", values=values)
    run(engine, "redo_all")
    for blocks in (_SURE, _WIDE):
        _compare(engine, _LOOSE, blocks, values, also)
        run(engine, "settle", values=values)
    if again:
        _take_along(engine, values)
    run(engine, "carry_pairs", values=values)


def _take_along(engine: Engine, values: Scale) -> None:
    """All who compete with those that were compared, and who compete with these, until nobody is left."""
    run(engine, "grow", values=values)
    while engine.count("batch"):
        run(engine, "grow", values=values)


def _compare(
    engine: Engine, sides: Sequence[str], blocks: Sequence[str], values: Scale, also: Sequence[str]
) -> None:
    """Compare what the blocks bring together: loose rows with everybody, loose persons with rows."""
    run(engine, "no_candidates")
    for firm, side in enumerate(sides):
        run(engine, f"sides_{side}")
        if engine.count("row_side") and engine.count("person_side"):
            run(engine, *blocks, values={"firm": bool(firm)})
            if "blocks_wide" in blocks and engine.count("row_letters"):
                run(engine, "blocks_letters", values={"firm": bool(firm)})
    _weigh(engine, values, also)


def _weigh(engine: Engine, values: Scale, also: Sequence[str]) -> None:
    """What the candidates agree in, as pairs with a score, officers' words beside."""
    if engine.count("candidate"):
        weigh(engine, values, also)
        if engine.count("judged_row"):
            run(engine, "judged_pairs")
