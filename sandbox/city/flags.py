"""What schools believe of children; their flags differ from the registry's by definition."""

import numpy as np

from sandbox.city.chance import uniform
from sandbox.city.codes import (
    FLAG_ORPHAN,
    FLAG_POOR,
    HARDSHIP,
    LEFT_BEHIND,
    LOW_INCOME,
    ORPHAN,
    Kind,
)
from sandbox.city.days import FAR, Flags
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.welfare import Plan

LEAST_BELIEVED = 8


def live(log: Log, kids: Children, plan: Plan, span: Span, seed: int, pupil: Flags) -> None:
    """Write the marks on school rolls; a few registered pupils are believed left behind, in every city."""
    category, child = plan.category, np.arange(len(kids))
    told = uniform(seed, "enrolment/flags", child) < 0.8
    marks = FLAG_ORPHAN * (category == ORPHAN) + FLAG_POOR * np.isin(
        category, (HARDSHIP, LOW_INCOME)
    )
    believed = np.where(~told & (child % 7 == 0), 1 + child % 2, 0)
    known = plan.registered(span.last) & (category != LEFT_BEHIND)
    believed[np.flatnonzero(pupil & known)[:LEAST_BELIEVED]] = 1
    log.add(Kind.FLAG, child, kids.birth, b=believed)
    known = np.flatnonzero(plan.entry < FAR)
    away = np.where(category == LEFT_BEHIND, 1 + child % 2, believed)
    log.add(Kind.FLAG, known, plan.entry[known], a=(marks * told)[known], b=away[known])
