"""School careers: preschool, entry, promotion, transfer, the next stage, and what goes wrong.

A record is one pupil at one school. Careers are lived one school year at a time, for all children
together; a year that began before the book opens is entered with the true day of joining.
"""

from dataclasses import dataclass

import numpy as np

from sandbox.city import days, places
from sandbox.city.chance import generator
from sandbox.city.codes import KEPT_DAYS, Kind, Status
from sandbox.city.days import FAR, Column, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.family import Children, Span
from sandbox.city.fates import School
from sandbox.city.moving import Moves
from sandbox.city.turns import Turn

PRESCHOOLERS, UPPER = 0.85, 0.56
"""Shares that go to preschool, and on to an upper-secondary school of the education bureau."""
_OFF_ROLL = (School.NEVER, School.LONG_GONE, School.AWAY)
_LAST_GRADES = (0, 6, 9, 12)
_FIRST_GRADE = np.array([-2, 1, 7, 10])


@dataclass(frozen=True)
class Pupils:
    """What a career depends on, by child. `entry` counts a deferral; `until` ends the career."""

    entry: Ints
    here: Ints
    until: Ints
    preschool: Flags
    upper: Flags
    special: Flags
    village: Ints
    lag: Ints
    choice: Ints


def pupils(children: Children, turn: Turn, moves: Moves, special: Flags, seed: int) -> Pupils:
    """Everybody's circumstances; the `special` go to special schools in the compulsory stage."""
    rng = generator(seed, "schooling")
    count, deferred = len(children), turn.kind == School.DEFERRED
    lag = np.minimum(rng.geometric(0.18, count), 40)
    lag[(turn.kind > 0) | (moves.shift < FAR)] = 2
    until = np.where(np.isin(turn.kind, _OFF_ROLL), -FAR, np.minimum(turn.ends, moves.leave))
    return Pupils(
        days.entry_years(children.birth) + deferred, moves.arrive, until,
        (rng.random(count) < PRESCHOOLERS) | deferred, rng.random(count) < UPPER, special,
        children.village.copy(), lag, rng.integers(0, 1 << 20, count),
    )  # fmt: skip


class Careers:
    """The careers being lived; `live` writes every event of every school year."""

    def __init__(self, log: Log, who: Pupils, moves: Moves, turn: Turn, span: Span) -> None:
        self._log, self._who, self._moves, self._turn = log, who, moves, turn
        self._opening = days.school_year(span.start)
        self._closing = days.school_year(span.last)
        self._record = np.full(len(who.entry), -1, np.int64)
        self._stage = np.full(len(who.entry), -1, np.int64)
        self._records = 0

    def live(self) -> None:
        """Live every school year from the opening of the book to the last night."""
        self._long_gone()
        for year in range(self._opening, self._closing + 1):
            grade = year - self._who.entry + 1
            attends = self._attending(year, grade)
            self._enter(year, grade, attends)
            self._transfer(year, grade, attends)
            self._strike(year, attends)
            self._finish(year, grade, attends)

    def _attending(self, year: int, grade: Ints) -> Flags:
        who = self._who
        stage = stages(grade)
        goes = (stage == 1) | (stage == 2) | (stage == 0) & who.preschool
        goes |= (stage == 3) & who.upper
        opens, closes = days.day(year, 9, 1), days.day(year + 1, 7, 1)
        return np.asarray(goes & (who.here < closes) & (who.until > opens))

    def _enter(self, year: int, grade: Ints, attends: Flags) -> None:
        """New records for a new stage or an arrival; the others go up a grade."""
        who, stage = self._who, stages(grade)
        opens = days.day(year, 9, 1)
        new = np.flatnonzero(attends & (stage != self._stage))
        first = _FIRST_GRADE[stage[new]]
        began = year - (grade[new] - first)
        earlier = (began < year) & (who.here[new] < 0) & (year == self._opening)
        start = days.first_of_month(np.where(earlier, began, year) * 12 + 8) + who.lag[new]
        day = np.where(earlier, start, np.maximum(start, who.here[new] + 4))
        left = self._record[new]
        self._log.add(Kind.OFF, new[left >= 0], day[left >= 0], left[left >= 0])
        self._join(new, day, np.maximum(np.where(earlier, first, grade[new]), 0), stage[new])
        up = attends & (grade > 0)
        up[new[~earlier]] = False
        up[new[grade[new] == first]] = False
        promoted = np.flatnonzero(up)
        self._log.add(Kind.GRADE, promoted, opens, self._record[promoted], b=grade[promoted])

    def _join(self, child: Ints, day: Column, grade: Ints, stage: Ints) -> None:
        who = self._who
        school = places.school_of(stage, who.village[child], who.choice[child])
        special = who.special[child] & ((stage == 1) | (stage == 2))
        school = np.where(special, places.special_school_of(who.village[child]), school)
        self._record[child] = self._records + np.arange(len(child))
        self._stage[child] = stage
        self._records += len(child)
        self._log.add(Kind.JOIN, child, day, self._record[child], school, grade)

    def _transfer(self, year: int, grade: Ints, attends: Flags) -> None:
        """Moves inside the city change the school; moves away end in a transfer out."""
        moves = self._moves
        there = attends & (self._record >= 0)
        gone = np.flatnonzero(there & _in_year(moves.leave, year))
        self._leave(gone, moves.leave[gone], Status.TRANSFERRED)
        moved = np.flatnonzero(there & _in_year(moves.shift, year))
        day = moves.shift[moved]
        self._leave(moved, day, Status.TRANSFERRED)
        self._who.village[moved] = moves.to[moved]
        arrival = day + 2 + self._who.choice[moved] % 18
        self._join(moved, arrival, np.maximum(grade[moved], 0), self._stage[moved])

    def _leave(self, child: Ints, day: Column, status: Column | Status, until: int = 0) -> None:
        record = self._record[child]
        code = status if isinstance(status, np.ndarray) else int(status)
        self._log.add(Kind.STATUS, child, day, record, code, until)
        self._log.add(Kind.OFF, child, day + KEPT_DAYS, record)

    def _strike(self, year: int, attends: Flags) -> None:
        """The turns of this school year, on the record that the child has now."""
        turn = self._turn
        now = np.flatnonzero(attends & _in_year(turn.day, year) & (self._record >= 0))
        kind, day, record = turn.kind[now], turn.day[now], self._record[now]
        vanish = np.isin(kind, (School.VANISHED, School.ABSENT_ONCE))
        self._log.add(Kind.OFF, now[vanish], day[vanish], record[vanish])
        away = np.isin(kind, (School.ON_LEAVE, School.RESERVED, School.OVERDUE, School.RETURNED))
        stays = away | (kind == School.UNKNOWN)
        self._log.add(
            Kind.STATUS, now[stays], day[stays], record[stays],
            turn.status[now][stays], turn.until[now][stays],
        )  # fmt: skip
        back = kind == School.RETURNED
        self._log.add(Kind.STATUS, now[back], day[back] + 45, record[back], Status.RETURNED)
        leaves = ~vanish & ~stays & (turn.status[now] > 0)
        self._leave(now[leaves], day[leaves], turn.status[now][leaves])

    def _finish(self, year: int, grade: Ints, attends: Flags) -> None:
        """Graduation at the end of a stage; those who go nowhere leave the roll a year later."""
        day = days.day(year + 1, 6, 25)
        through = attends & (self._who.until > day) & np.isin(grade, _LAST_GRADES)
        done = np.flatnonzero(through & (self._record >= 0))
        record = self._record[done]
        self._log.add(Kind.STATUS, done, day, record, Status.GRADUATED)
        last = (grade[done] == 12) | (grade[done] == 9) & ~self._who.upper[done]
        last |= self._turn.kind[done] == School.LOST_BETWEEN
        self._log.add(Kind.OFF, done[last], day + KEPT_DAYS, record[last])

    def _long_gone(self) -> None:
        """Dropouts whose record is off the roll before the first night."""
        child = np.flatnonzero(self._turn.kind == School.LONG_GONE)
        joined = days.first_of_month(self._who.entry[child] * 12 + 8) + 2
        self._join(child, joined, np.ones(len(child), np.int64), np.ones(len(child), np.int64))
        self._leave(child, self._turn.day[child], Status.WITHDRAWN)


def stages(grade: Ints) -> Ints:
    """0 preschool, 1 primary, 2 lower, 3 upper secondary, −1 none, by grade (−2 to 12)."""
    return np.asarray(np.digitize(grade, [-2, 1, 7, 10, 13]) - 1) - 5 * (grade > 12)


def _in_year(day: Ints, year: int) -> Flags:
    return (day >= days.day(year, 9, 1)) & (day < days.day(year + 1, 9, 1))
