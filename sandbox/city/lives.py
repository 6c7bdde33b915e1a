"""Live the city: every child's events from the opening of the book to the last night."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sandbox.city import (
    aids,
    care,
    days,
    family,
    flags,
    insurance,
    moving,
    schooling,
    upkeep,
    welfare,
)
from sandbox.city.chance import generator
from sandbox.city.codes import (
    DE_FACTO,
    DEATH_KNOWN_DAYS,
    DIED,
    EXCUSED_LEAVE,
    INSTITUTION,
    LEFT_BEHIND,
    LOW_INCOME,
    ORPHAN,
    OTHER,
    SEVERE,
    SUSPECTED,
    UNSAID,
    Kind,
)
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.fates import (
    ALLOWANCE,
    ATTENDANCE,
    BENEFIT,
    CARE,
    HELP,
    INSURED,
    SCHOOL,
    Attendance,
    Benefit,
    Insured,
    School,
    strike,
)
from sandbox.city.faults import PROFILES
from sandbox.city.model import City, Traits, disability_grade
from sandbox.city.turns import Turn, turns

DEMO_START = date(2025, 9, 1)
DEMO_NIGHTS = (date(2026, 9, 15), date(2026, 10, 15), date(2026, 11, 16))
FEWEST, LEAST_SEVERE, LEAST_UNNUMBERED = 1000, 7, 7


@dataclass(frozen=True)
class _Cast:
    """Who lives, and what was decided for them before the first event is written."""

    seed: int
    span: Span
    kids: Children
    plan: welfare.Plan
    population: Flags
    insured: Codes
    benefit: Codes
    turn: Turn
    moves: moving.Moves
    attendance: Codes


def live(
    children: int,
    seed: int,
    registry_share: float = 0.03,
    start: date = DEMO_START,
    nights: Sequence[date] = DEMO_NIGHTS,
    faults: str = "default",
) -> City:
    """Live a city of so many children.

    `registry_share` is the share of children in the welfare registry, `start` the day on which the
    book opens (regular events before it are entered with their true dates), `nights` the days on
    which rolls may be asked for. Raises ValueError for fewer than 1,000 children, a book that
    opens less than a year before the last night, or an unknown fault profile.
    """
    span = _checked(children, start, tuple(nights), faults)
    kids = family.found(children, seed, span)
    plan = welfare.plan(kids, seed, span, registry_share)
    known = (plan.category >= 0) | (plan.aid[kids.household] > 0)
    kids = family.with_lookalikes(kids, seed, np.flatnonzero(known))
    unnumbered = _unnumbered(kids, plan, span)
    people, homes = family.settle(kids, welfare.childless_homes(kids), seed, unnumbered)
    cast = _learned(_cast(kids, plan, span, seed))
    traits = _traits(cast)
    logs = {name: Log() for name in ("school", "cover", "welfare", "life", "aid")}
    _live_school(logs["school"], cast, traits)
    _live_cover(logs["cover"], cast)
    _live_welfare(logs, cast, traits)
    events = {name: log.close(span.last) for name, log in logs.items()}
    return City(seed, span, PROFILES[faults], kids, people, homes, traits, **events)


def _checked(children: int, start: date, nights: tuple[date, ...], faults: str) -> Span:
    if children < FEWEST:
        raise ValueError(f"a city has at least {FEWEST} children; ask for more")
    if faults not in PROFILES:
        raise ValueError(f"no fault profile {faults!r}; take one of {', '.join(PROFILES)}")
    if not nights or (max(nights) - start).days < 365:
        raise ValueError("the book opens at least a year before the last night; move the start")
    return Span.of(start, nights)


def _cast(kids: Children, plan: welfare.Plan, span: Span, seed: int) -> _Cast:
    population = plan.population(kids, span.last)
    masks = _masks(kids, plan, span, seed)
    school = strike(SCHOOL, masks, population, seed, "school")
    # Who left the province unnoticed is on no roll at all.
    away = school == School.AWAY
    masks = {who: mask & ~away for who, mask in masks.items()}
    insured = strike(INSURED, masks, population, seed, "insured")
    insured[away] = Insured.UNKNOWN
    benefit = strike(BENEFIT, masks, population, seed, "benefit")
    busy = (school > 0) | (insured > 0) | (benefit > 0)
    moves = moving.plan_moves(kids, plan, busy, span, seed)
    turn = turns(school, population, span, seed)
    grade = days.school_year(span.last) - days.entry_years(kids.birth) + 1
    there = (school == School.PLAIN) & (moves.leave == FAR) & (moves.shift == FAR)
    at_school = {"at_school": there & (moves.arrive < 0) & (grade >= 1) & (grade <= 9)}
    attendance = strike(ATTENDANCE, at_school, population, seed, "attendance")
    return _Cast(
        seed, span, kids, plan, population, insured, benefit, turn, moves, attendance
    )  # fmt: skip


def _masks(kids: Children, plan: welfare.Plan, span: Span, seed: int) -> Mapping[str, Flags]:
    """Whom each fate of fates.py can strike, as of the last night."""
    last, entry = span.last, days.entry_years(kids.birth)
    grade = days.school_year(last) - entry + 1
    settled = days.first_of_month(entry * 12 + 10) - 1
    leaves_school = days.first_of_month((entry + 9) * 12 + 8)
    age = last - kids.birth
    minor = days.add_years(kids.birth, 18) > last
    registered = plan.registered(last)
    within_stage = np.isin(grade, (2, 3, 4, 5, 8))
    entitled = welfare.paid_itself(plan, kids, span, seed) & registered & minor
    return {
        "of_age": (settled <= last) & (last < leaves_school),
        "first": grade == 1,
        "second_to_ninth": (grade >= 2) & (grade <= 9),
        "third_to_ninth": (grade >= 3) & (grade <= 9),
        "seventh": grade == 7,
        "within_stage": within_stage,
        "vanishing": within_stage & (len(span.nights) > 2),
        "absent_once": within_stage & (len(span.nights) > 1),
        "registered": registered & (grade >= 3) & (grade <= 9),
        "settled": minor & (age >= 500),
        "sixteen": minor & (age >= 16.7 * 365.25),
        "newborn": (age >= 1) & (age <= 85),
        "in_care": entitled & (plan.category == INSTITUTION) & (plan.entry < last - 100),
        "entitled": entitled & (plan.entry < last - 100) & ~welfare.in_hardship(plan, kids, last),
    }


def _learned(cast: _Cast) -> _Cast:
    """Welfare's plan after it has learned of moves and deaths."""
    plan = moving.learned(cast.plan, cast.kids, cast.moves)
    died = np.flatnonzero(cast.turn.kind == School.DIED)
    struck_off = cast.turn.day[died] + DEATH_KNOWN_DAYS
    return replace(cast, plan=welfare.with_exits(plan, died, struck_off, DIED))


def _unnumbered(kids: Children, plan: welfare.Plan, span: Span) -> Ints:
    """Registered children whom no household register holds yet, a few in every city."""
    kept = np.isin(plan.category, (LEFT_BEHIND, LOW_INCOME, OTHER))
    small = days.add_years(kids.birth, 16) > span.last
    some = kept & small & (kids.birth < span.first - 200) & plan.registered(span.last)
    return np.flatnonzero(some & (plan.entry < span.first))[:LEAST_UNNUMBERED]


def _traits(cast: _Cast) -> Traits:
    rng, kids = generator(cast.seed, "traits"), cast.kids
    category, homes = cast.plan.category, kids.households
    chance = rng.random(len(kids))
    disabled = np.where(category == SEVERE, chance < 0.6, chance < 0.012)
    disability = np.where(disabled, rng.integers(1, 8, len(kids)), 0).astype(np.int8)
    disability = _missed_severe(cast, disability)
    guardian = rng.choice(3, homes, p=[0.58, 0.30, 0.12]).astype(np.int8)
    guardian[kids.household[np.isin(category, (DE_FACTO, ORPHAN))]] = family.GRANDPARENT
    guardian[kids.household[category == INSTITUTION]] = family.NOBODY
    other = rng.random(homes) < 0.2
    head = np.where(other, np.where(guardian == 0, family.MOTHER, family.FATHER), guardian)
    return Traits(disability, guardian, head.astype(np.int8))


def _missed_severe(cast: _Cast, disability: Codes) -> Codes:
    """A few unregistered children of helped households are severely disabled, in every city."""
    plan, kids = cast.plan, cast.kids
    missed = plan.population(kids, cast.span.last) & ~plan.registered(cast.span.last)
    some = np.flatnonzero(missed & (plan.entry == FAR))[:LEAST_SEVERE]
    severe = disability.copy()
    severe[some] = np.where(disability_grade(cast.seed, some) <= 2, 4, 6)
    return severe


def _live_school(log: Log, cast: _Cast, traits: Traits) -> None:
    kids, turn = cast.kids, cast.turn
    special = (traits.disability > 0) & (np.arange(len(kids)) % 5 < 2)
    who = schooling.pupils(kids, turn, cast.moves, special, cast.seed)
    schooling.Careers(log, who, cast.moves, turn, cast.span).live()
    _live_reports(log, cast)


def _live_reports(log: Log, cast: _Cast) -> None:
    """What schools report of pupils who are on their roll, in the weeks before the last night."""
    kind = cast.attendance
    who = np.flatnonzero(kind)
    open_days = moving.school_days(cast.span)[-20:]
    day = open_days[who % len(open_days)]
    missed = np.where(kind[who] == Attendance.FEW_DAYS, 3, 16)
    reason = np.full(len(who), UNSAID)
    reason[kind[who] == Attendance.SUSPECTED] = SUSPECTED
    reason[kind[who] == Attendance.AWAY_WITH_LEAVE] = EXCUSED_LEAVE
    log.add(Kind.ABSENT, who, day, a=missed, b=reason)


def _live_cover(log: Log, cast: _Cast) -> None:
    kids, kind, span, seed = cast.kids, cast.insured, cast.span, cast.seed
    policy = insurance.policies(kids, kind, cast.moves, span, seed)
    insurance.live(log, policy, kind, span, seed)
    insurance.second_relations(log, kids, policy, kind, span)
    insurance.changes_of_village(log, cast.moves, policy, kind > 0)
    died = np.flatnonzero((cast.turn.kind == School.DIED) & (policy.opened < FAR))
    insurance.deaths(log, died, cast.turn.day[died])


def _live_welfare(logs: Mapping[str, Log], cast: _Cast, traits: Traits) -> None:
    plan, span = cast.plan, cast.span
    paid = welfare.paid_itself(plan, cast.kids, span, cast.seed)
    closed = days.last_closed_month(span.last)
    stopped = closed - 1 - np.arange(len(cast.kids)) % 5
    last_month = np.where(cast.benefit == Benefit.STOPPED, stopped, 1 << 16)
    last_month[cast.benefit == Benefit.NEVER_PAID] = 0
    welfare.live(logs["welfare"], plan)
    care.benefits(logs["welfare"], plan, span, care.Receivers(paid, last_month, cast.benefit))
    welfare.live_homes(logs["aid"], plan)
    away = np.flatnonzero(cast.turn.kind == School.AWAY)
    moving.live(logs["life"], cast.moves, away, span)
    died = np.flatnonzero(cast.turn.kind == School.DIED)
    logs["life"].add(Kind.DEATH, died, cast.turn.day[died])
    carded = np.flatnonzero(traits.disability)
    born, worse = cast.kids.birth[carded], disability_grade(cast.seed, carded)
    logs["life"].add(Kind.CARD, carded, born, a=traits.disability[carded], b=worse)
    grade = days.school_year(span.last) - days.entry_years(cast.kids.birth) + 1
    calm = (cast.turn.kind == School.PLAIN) & (cast.moves.leave == FAR)
    flags.live(logs["life"], cast.kids, plan, span, cast.seed, calm & (grade > 1) & (grade <= 9))
    _live_care(logs, cast, traits)
    adrift = (cast.turn.kind == School.DROPPED) | (cast.turn.kind == School.NEVER)
    adrift |= np.isin(cast.insured, (Insured.UNKNOWN, Insured.UNPAID, Insured.ENDED))
    upkeep.live(logs["welfare"], plan, cast.kids, span, cast.seed, adrift)
    disabled = np.zeros(len(cast.kids), np.int64)
    disabled[carded] = worse
    who = aids.Who(plan, cast.kids, span, cast.seed, disabled, logs["school"].close(span.last))
    aids.live(logs["school"], logs["cover"], logs["life"], who)


def _live_care(logs: Mapping[str, Log], cast: _Cast, traits: Traits) -> None:
    """Allowances, help with premiums, visits, and who is forgotten there."""
    kids, plan, last = cast.kids, cast.plan, cast.span.last
    here, population = plan.registered(last) & (plan.entry < last - 250), cast.population
    grade = np.where(traits.disability > 0, disability_grade(cast.seed, np.arange(len(kids))), 0)
    minor = days.add_years(kids.birth, 18) > last
    poor, until = care.poor_since(plan, kids)
    steady = (poor < last - 150) & (until > last) & minor
    allowed = (grade > 0) & (kids.birth < last - 150) & (grade <= 2) & minor | (grade > 0) & steady
    helped = steady & (poor < last - 450) & (cast.insured == Insured.PLAIN)
    priority = here & ((grade > 0) | (plan.category == SEVERE) | (cast.turn.kind == School.DROPPED))
    masks = {"priority": priority, "reviewed": here, "allowed": allowed, "helped": helped}
    missed = strike(ALLOWANCE, masks, population, cast.seed, "allowance")
    care.allowances(logs["welfare"], plan, kids, cast.span, grade, missed)
    turn = strike(CARE, masks, population, cast.seed, "care")
    care.visits(logs["welfare"], plan, cast.span, cast.seed, turn)
    paid = logs["cover"].close(last)
    paid = paid.where(paid.kind == Kind.PAID)
    rights = care.help_rights(plan, kids, (grade > 0) & (grade <= 2))
    forgotten = strike(HELP, masks, population, cast.seed, "help")
    care.premiums(logs["cover"], logs["welfare"], paid, rights, forgotten)
