"""How townships keep the files of registered children, and what happens to their parents: who is struck."""

import numpy as np

from sandbox.city import days, files, kin
from sandbox.city.codes import DE_FACTO, INSTITUTION, LEFT_BEHIND, ORPHAN, OTHER, SEVERE
from sandbox.city.days import Flags
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.fates import FILE, KIN, strike
from sandbox.city.welfare import Plan

_STEADY = 250


def live(log: Log, plan: Plan, kids: Children, span: Span, seed: int, unsettled: Flags) -> None:
    """Write files and families; `unsettled` are children who are not at school or not insured."""
    last, category = span.last, plan.category
    minor = days.add_years(kids.birth, 18) > last
    here = plan.registered(last) & (plan.entry < last - _STEADY) & minor
    alone = np.isin(category, (ORPHAN, INSTITUTION, DE_FACTO))
    masks = {
        "filed": here,
        "undated": here
        & np.isin(category, (SEVERE, LEFT_BEHIND, OTHER))
        & (plan.entry < span.start),
        "both_away": here & files.both_away(plan),
        "unsettled": here & unsettled,
        "not_alone": here & ~alone,
        "in_family": here & (category != INSTITUTION),
    }
    population = plan.population(kids, last)
    turn = strike(FILE, masks, population, seed, "file")
    files.live(log, plan, span, turn)
    struck = strike(KIN, masks, population, seed, "kin")
    kin.live(log, plan, span, kids.birth, struck, kin.without_guardian(files.lacks(turn)))
