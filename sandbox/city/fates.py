"""What goes wrong in some lives, and for how many: one table, read by schooling and insurance.

Within the population (registry and assistance) a fate strikes a share of those it can strike, but
at least its floor, so that even a small city has every finding and every excuse. Everybody else is
struck at the second share, without a floor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sandbox.city.chance import generator
from sandbox.city.days import Codes, Flags, Ints


class School(IntEnum):
    """Turns of a school career."""

    PLAIN = 0
    NEVER = 1
    LONG_GONE = 2
    AWAY = 3
    DROPPED = 4
    VANISHED = 5
    ABSENT_ONCE = 6
    ON_LEAVE = 7
    RESERVED = 8
    OVERDUE = 9
    RETURNED = 10
    ABROAD = 11
    TRANSFER_LOST = 12
    DIED = 13
    MISSING = 14
    UNKNOWN = 15
    CONTRADICTORY = 16
    LOST_BETWEEN = 17
    DEFERRED = 18


class Insured(IntEnum):
    """Turns of an insurance career."""

    PLAIN = 0
    UNKNOWN = 1
    UNPAID = 2
    SUPPLEMENT_ONLY = 3
    PAUSED = 4
    VOID = 5
    ENDED = 6
    CHANGING = 7
    WAITING = 8
    ELSEWHERE = 9
    MOVED = 10
    EMPLOYED = 11
    NEWBORN = 12
    TWICE = 13
    STARTS_LATER = 14


class Benefit(IntEnum):
    """Turns of a monthly benefit."""

    PLAIN = 0
    NEVER_PAID = 1
    STOPPED = 2
    SHORT = 3
    OLD_RATE = 4
    SETTLED = 5
    TWICE = 6
    TOPPED_UP = 7


class Attendance(IntEnum):
    """What a school's monthly report says of a pupil on its roll."""

    PLAIN = 0
    SUSPECTED = 1
    LONG_ABSENT = 2
    AWAY_WITH_LEAVE = 3
    FEW_DAYS = 4


class Care(IntEnum):
    """What the township does not do."""

    PLAIN = 0
    NOT_REVIEWED = 1
    UNVISITED = 2


class Allowance(IntEnum):
    """Turns of the disability allowances."""

    PLAIN = 0
    MISSED = 1


class Help(IntEnum):
    """Turns of help with the premium."""

    PLAIN = 0
    FORGOTTEN = 1
    REFUNDED = 2


class Kin(IntEnum):
    """What happens to a registered child's parents or guardian."""

    PLAIN = 0
    BOTH_DEAD = 1
    DEAD_AND_UNABLE = 2
    SHORT_TERM = 3
    TERM_ENDS = 4
    TERM_FAR = 5
    GUARDIAN_DEAD = 6
    GUARDIAN_HELD = 7
    GUARDIAN_YOUNG = 8


class File(IntEnum):
    """What the township leaves out of a file, or does not arrange."""

    PLAIN = 0
    BLANK = 1
    UNDATED = 2
    UNAGREED = 3
    RETURNED = 4
    RETURNED_LATELY = 5


class Forgotten(IntEnum):
    """What a child with a right does not get: student aid, the insurer's mark, rehabilitation."""

    PLAIN = 0
    FORGOTTEN = 1
    TOO_LITTLE = 2


@dataclass(frozen=True)
class Fate:
    """One row: the turn, whom it can strike (a named mask), shares inside and outside, floor.

    A fate that makes no finding takes at most a quarter of those it can strike.
    """

    turn: int
    who: str
    inside: float
    outside: float
    floor: int
    finding: bool = False


SCHOOL = (
    Fate(School.DROPPED, "second_to_ninth", 0.008, 0.001, 5, finding=True),
    Fate(School.NEVER, "of_age", 0.006, 0.001, 5, finding=True),
    Fate(School.VANISHED, "vanishing", 0.003, 0.0004, 2, finding=True),
    Fate(School.LOST_BETWEEN, "seventh", 0.02, 0.002, 5, finding=True),
    Fate(School.DEFERRED, "first", 0.02, 0.005, 1),
    Fate(School.LONG_GONE, "third_to_ninth", 0.001, 0.0002, 1),
    Fate(School.AWAY, "registered", 0.001, 0.0, 1),
    Fate(School.ABSENT_ONCE, "absent_once", 0.002, 0.0002, 1),
    Fate(School.ON_LEAVE, "second_to_ninth", 0.004, 0.001, 2),
    Fate(School.RESERVED, "second_to_ninth", 0.001, 0.0002, 1),
    Fate(School.OVERDUE, "second_to_ninth", 0.003, 0.0005, 5, finding=True),
    Fate(School.RETURNED, "second_to_ninth", 0.003, 0.001, 1),
    Fate(School.ABROAD, "second_to_ninth", 0.0, 0.0001, 1),
    Fate(School.TRANSFER_LOST, "second_to_ninth", 0.002, 0.0005, 5, finding=True),
    Fate(School.DIED, "second_to_ninth", 0.0005, 0.0002, 6, finding=True),
    Fate(School.MISSING, "second_to_ninth", 0.0005, 0.0001, 1),
    Fate(School.UNKNOWN, "second_to_ninth", 0.001, 0.0003, 1),
    Fate(School.CONTRADICTORY, "within_stage", 0.001, 0.0002, 1),
)
INSURED = (
    Fate(Insured.UNKNOWN, "settled", 0.010, 0.012, 4, finding=True),
    Fate(Insured.UNPAID, "settled", 0.008, 0.010, 2, finding=True),
    Fate(Insured.PAUSED, "settled", 0.005, 0.003, 4, finding=True),
    Fate(Insured.VOID, "settled", 0.002, 0.001, 2, finding=True),
    Fate(Insured.ENDED, "settled", 0.005, 0.004, 3, finding=True),
    Fate(Insured.TWICE, "settled", 0.004, 0.002, 7, finding=True),
    Fate(Insured.NEWBORN, "newborn", 0.3, 0.1, 1),
    Fate(Insured.EMPLOYED, "sixteen", 0.02, 0.01, 1),
    Fate(Insured.CHANGING, "settled", 0.004, 0.001, 2),
    Fate(Insured.WAITING, "settled", 0.004, 0.001, 2),
    Fate(Insured.ELSEWHERE, "settled", 0.010, 0.012, 2),
    Fate(Insured.MOVED, "settled", 0.008, 0.006, 2),
    Fate(Insured.SUPPLEMENT_ONLY, "settled", 0.001, 0.0003, 0),
    Fate(Insured.STARTS_LATER, "settled", 0.005, 0.001, 9, finding=True),
)
BENEFIT = (
    Fate(Benefit.SHORT, "in_care", 0.05, 0.0, 6, finding=True),
    Fate(Benefit.NEVER_PAID, "entitled", 0.04, 0.0, 4, finding=True),
    Fate(Benefit.STOPPED, "entitled", 0.05, 0.0, 3, finding=True),
    Fate(Benefit.TWICE, "entitled", 0.03, 0.0, 5, finding=True),
    Fate(Benefit.SHORT, "entitled", 0.03, 0.0, 5, finding=True),
    Fate(Benefit.OLD_RATE, "entitled", 0.02, 0.0, 3, finding=True),
    Fate(Benefit.SETTLED, "entitled", 0.02, 0.0, 1),
    Fate(Benefit.TOPPED_UP, "entitled", 0.02, 0.0, 1),
)
ATTENDANCE = (
    Fate(Attendance.SUSPECTED, "at_school", 0.006, 0.001, 3, finding=True),
    Fate(Attendance.LONG_ABSENT, "at_school", 0.004, 0.001, 3, finding=True),
    Fate(Attendance.AWAY_WITH_LEAVE, "at_school", 0.003, 0.001, 2),
    Fate(Attendance.FEW_DAYS, "at_school", 0.003, 0.001, 2),
)

CARE = (
    Fate(Care.UNVISITED, "priority", 0.1, 0.0, 6, finding=True),
    Fate(Care.NOT_REVIEWED, "reviewed", 0.02, 0.0, 6, finding=True),
)
ALLOWANCE = (Fate(Allowance.MISSED, "allowed", 0.1, 0.0, 6, finding=True),)
HELP = (
    Fate(Help.FORGOTTEN, "helped", 0.04, 0.0, 6, finding=True),
    Fate(Help.REFUNDED, "helped", 0.01, 0.0, 1),
)

KIN = (
    Fate(Kin.BOTH_DEAD, "not_alone", 0.01, 0.0, 6, finding=True),
    Fate(Kin.DEAD_AND_UNABLE, "not_alone", 0.01, 0.0, 6, finding=True),
    Fate(Kin.SHORT_TERM, "not_alone", 0.01, 0.0, 3),
    Fate(Kin.TERM_ENDS, "not_alone", 0.01, 0.0, 6, finding=True),
    Fate(Kin.TERM_FAR, "not_alone", 0.01, 0.0, 3),
    Fate(Kin.GUARDIAN_DEAD, "in_family", 0.01, 0.0, 3, finding=True),
    Fate(Kin.GUARDIAN_HELD, "in_family", 0.01, 0.0, 3, finding=True),
    Fate(Kin.GUARDIAN_YOUNG, "in_family", 0.01, 0.0, 3, finding=True),
)
FILE = (
    Fate(File.UNDATED, "undated", 0.01, 0.0, 2, finding=True),
    Fate(File.UNAGREED, "both_away", 0.2, 0.0, 6, finding=True),
    Fate(File.RETURNED, "unsettled", 0.2, 0.0, 6, finding=True),
    Fate(File.RETURNED, "filed", 0.01, 0.0, 4),
    Fate(File.RETURNED_LATELY, "unsettled", 0.05, 0.0, 1),
    Fate(File.BLANK, "filed", 0.05, 0.0, 27, finding=True),
)
STUDENT_AID = (
    Fate(Forgotten.FORGOTTEN, "aided_pupil", 0.03, 0.0, 6, finding=True),
    Fate(Forgotten.TOO_LITTLE, "boarding_pupil", 0.05, 0.0, 3, finding=True),
)
MARK = (
    Fate(Forgotten.FORGOTTEN, "medical", 0.03, 0.0, 6, finding=True),
    Fate(Forgotten.TOO_LITTLE, "medical", 0.01, 0.0, 3, finding=True),
)
REHABILITATION = (Fate(Forgotten.FORGOTTEN, "small_disabled", 0.2, 0.0, 6, finding=True),)


def strike(
    table: tuple[Fate, ...], masks: Mapping[str, Flags], population: Flags, seed: int, axis: str
) -> Codes:
    """The turn of each child on one axis; 0 where nothing happens. Nobody is struck twice."""
    turns = np.zeros(len(population), np.int8)
    rng = generator(seed, f"fates/{axis}")
    for fate in table:
        for inside in (True, False):
            free = masks[fate.who] & (turns == 0) & (population == inside)
            candidates = np.flatnonzero(free)
            count = _count(fate, len(candidates), inside)
            turns[_pick(rng, candidates, count)] = fate.turn
    return turns


def _count(fate: Fate, candidates: int, inside: bool) -> int:
    if not inside:
        return round(fate.outside * candidates)
    wanted = max(fate.floor, round(fate.inside * candidates))
    return min(wanted, candidates if fate.finding else -(-candidates // 4))


def _pick(rng: np.random.Generator, candidates: Ints, count: int) -> Ints:
    return candidates[rng.choice(len(candidates), count, replace=False, shuffle=False)]
