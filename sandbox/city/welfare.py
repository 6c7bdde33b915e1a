"""Hardship in households and the children the welfare registry knows: the plan, and its events."""

from dataclasses import dataclass, replace

import numpy as np

from sandbox.city import days
from sandbox.city.chance import generator
from sandbox.city.codes import (
    AGED_OUT,
    BENEFIT_CATEGORIES,
    DE_FACTO,
    HARDSHIP,
    IMPROVED,
    INSTITUTION,
    LEFT_BEHIND,
    LOW_INCOME,
    ORPHAN,
    OTHER,
    SEVERE,
    Kind,
)
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.family import Children, Span

AIDED = 0.06
"""Households on the assistance roll, as a share of households with children; most are childless."""
AIDED_WITH_CHILDREN = 0.45
AID_TYPES = (1, 2, 3)
_AID_SHARES = (0.30, 0.60, 0.10)
LEAST_REGISTERED, LEAST_AIDED_HOMES, LEAST_MISSED, LEAST_ALONE = 110, 25, 6, 40
"""Floors for small cities, so that every rule has somebody to find."""
YEARLY_EXITS = 0.04
OVERSTAYING, OVERSTAY_DAYS = 0.15, 150
"""Grown-up children whose exit is forgotten: their share, and for how long."""


@dataclass(frozen=True)
class Plan:
    """What welfare will do: spells of assistance by household, of registration by child.

    Days are days.FAR when they never come. Households are numbered with children first, then
    the childless ones.
    """

    aid: Codes
    aid_begin: Ints
    aid_stop: Ints
    entry: Ints
    category: Codes
    exit: Ints
    reason: Codes

    def aided(self, day: int) -> Flags:
        """Households whose assistance is in force on a day."""
        return (self.aid > 0) & (self.aid_begin <= day) & (self.aid_stop > day)

    def registered(self, day: int) -> Flags:
        """Children in the registry on a day."""
        return (self.entry <= day) & (self.exit > day)

    def population(self, children: Children, day: int) -> Flags:
        """Registered children and minors of households with assistance in force."""
        minor = (days.add_years(children.birth, 18) > day) & (children.birth <= day)
        aided = self.aided(day)[children.household]
        return minor & (aided | self.registered(day))


def childless_homes(children: Children) -> int:
    """How many childless households the assistance roll has."""
    return round(AIDED * (1 - AIDED_WITH_CHILDREN) * children.households)


def plan(children: Children, seed: int, span: Span, share: float) -> Plan:
    """Who is helped and who is registered; `share` of all children are in the registry."""
    rng = generator(seed, "welfare")
    homes = children.households
    with_children = max(LEAST_AIDED_HOMES, round(AIDED * AIDED_WITH_CHILDREN * homes))
    aid = np.zeros(homes + childless_homes(children), np.int8)
    helped = np.r_[rng.choice(homes, with_children, replace=False), np.arange(homes, len(aid))]
    aid[helped] = rng.choice(AID_TYPES, len(helped), p=_AID_SHARES)
    begin = span.last - rng.integers(40, 1800, len(aid))
    stopped = rng.random(len(aid)) < 0.06
    stop = np.where(stopped, rng.integers(span.last - 330, span.last, len(aid)), FAR)
    begin = np.where(stopped, np.minimum(begin, stop - 60), begin)
    category = _categories(rng, children, aid, share)
    entry, leave, reason = _spells(rng, children, category, span, seed)
    return Plan(aid, begin, stop, entry, category, leave, reason)


def _categories(rng: np.random.Generator, children: Children, aid: Codes, share: float) -> Codes:
    """The registry category of each child; −1 for those who are not registered."""
    category = np.full(len(children), -1, np.int8)
    target = min(len(children), max(LEAST_REGISTERED, round(share * len(children))))
    kind = aid[children.household]
    aided = rng.permutation(np.flatnonzero(kind))
    missed = max(LEAST_MISSED, round(0.2 * len(aided) * (1 - share)))
    # Minors only may be missed; a few helped children are grown up, so leave some more than six.
    known = max(0, min(round(0.68 * target) if share < 1 else len(aided), len(aided) - 2 * missed))
    category[aided[:known]] = np.where(kind[aided[:known]] == 3, HARDSHIP, LOW_INCOME)
    others = rng.permutation(np.flatnonzero(kind == 0))[: target - known]
    category[others] = _other_categories(rng, len(others), len(children))
    return category


def _other_categories(rng: np.random.Generator, count: int, children: int) -> Codes:
    """Categories of registered children whose households get no assistance."""
    alone = min(max(LEAST_ALONE, round(0.0043 * children)), 3 * count // 4)
    kinds = np.full(count, LEFT_BEHIND, np.int8)
    kinds[:alone] = np.resize([DE_FACTO, ORPHAN, DE_FACTO, INSTITUTION, DE_FACTO, ORPHAN], alone)
    rest = count - alone
    kinds[alone:] = rng.choice([SEVERE, LEFT_BEHIND, OTHER], rest, p=[0.35, 0.4, 0.25])
    return kinds


def _spells(
    rng: np.random.Generator, children: Children, category: Codes, span: Span, seed: int
) -> tuple[Ints, Ints, Codes]:
    """Entry day, exit day and reason of each registered child."""
    count, known = len(children), category >= 0
    grown = days.add_years(children.birth, 18)
    early = span.last - rng.integers(100, 1300, count)
    late = span.last - rng.integers(2, 100, count)
    entry = np.where(rng.random(count) < 0.94, early, late)
    entry = np.clip(entry, children.birth + 3, np.maximum(grown - 90, children.birth + 3))
    leaves = rng.random(count) < YEARLY_EXITS * 300 / 365
    leave = np.where(leaves, rng.integers(span.last - 300, span.last, count), FAR)
    leave = np.where(leave > entry + 60, np.minimum(leave, grown), grown)
    reason = np.where(leave == grown, AGED_OUT, IMPROVED).astype(np.int8)
    forgotten = generator(seed, "welfare/overstay").random(count) < OVERSTAYING
    leave = np.where((reason == AGED_OUT) & forgotten, grown + OVERSTAY_DAYS, leave)
    return np.where(known, entry, FAR), np.where(known, leave, FAR), reason


def with_exits(plan: Plan, who: Ints, day: Ints, reason: int) -> Plan:
    """The plan with earlier exits for some children, where they are registered by then."""
    leave, why = plan.exit.copy(), plan.reason.copy()
    sooner = (day < leave[who]) & (plan.entry[who] < day)
    leave[who[sooner]], why[who[sooner]] = day[sooner], reason
    return replace(plan, exit=leave, reason=why)


def with_stops(plan: Plan, homes: Ints, day: Ints) -> Plan:
    """The plan with assistance stopped earlier for some households, where it had begun."""
    stop = plan.aid_stop.copy()
    sooner = (day < stop[homes]) & (plan.aid_begin[homes] < day)
    stop[homes[sooner]] = day[sooner]
    return replace(plan, aid_stop=stop)


def in_hardship(plan: Plan, children: Children, day: int) -> Flags:
    """Children of households with extreme-hardship assistance in force."""
    return np.asarray((plan.aided(day) & (plan.aid == 3))[children.household])


def paid_itself(plan: Plan, children: Children, span: Span, seed: int) -> Flags:
    """Children whose basic-living benefit is paid to them, not through the household."""
    entitled = np.isin(plan.category, BENEFIT_CATEGORIES)
    through_home = in_hardship(plan, children, span.last)
    lone = generator(seed, "paid").random(len(children)) < 0.3
    return np.asarray(entitled & (~through_home | lone))


def live(log: Log, plan: Plan) -> None:
    """Write entries and exits."""
    known = np.flatnonzero(plan.entry < FAR)
    log.add(Kind.ENTRY, known, plan.entry[known], a=plan.category[known])
    log.add(Kind.EXIT, known, plan.exit[known], a=plan.reason[known])


def live_homes(log: Log, plan: Plan) -> None:
    """Write the beginnings and ends of assistance, by household."""
    homes = np.flatnonzero(plan.aid)
    amount = 31000 + homes * 700 % 60000 + 25000 * (plan.aid[homes] == 3)
    log.add(Kind.AID_BEGIN, homes, plan.aid_begin[homes], a=plan.aid[homes], b=amount)
    log.add(Kind.AID_STOP, homes, plan.aid_stop[homes])
