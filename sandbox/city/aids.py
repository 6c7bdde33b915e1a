"""What children with a right get beside benefits: student aid, the insurer's mark, rehabilitation.

Some are forgotten. The rolls of it carry nobody whose number is not given out yet.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandbox.city import days, places, state, text
from sandbox.city.codes import (
    BENEFIT_CATEGORIES,
    HARDSHIP,
    LOW_INCOME,
    MARKS,
    Kind,
    Status,
)
from sandbox.city.days import FAR, Codes, Column, Flags, Ints
from sandbox.city.enrolment import boarders
from sandbox.city.events import Events, Log
from sandbox.city.faces import names_of, numbers_of
from sandbox.city.family import Children, Span
from sandbox.city.fates import MARK, REHABILITATION, STUDENT_AID, Forgotten, strike
from sandbox.city.ledgers import yuan
from sandbox.city.model import City
from sandbox.city.text import Text
from sandbox.city.welfare import Plan

YEARLY = (100000, 100000, 125000, 200000)
"""Student aid of a year in fen: preschool, primary, lower and upper secondary school."""
STAGES = (1, 7, 10)
"""The first grade of each stage after preschool."""
_TITLES = ("学前资助", "小学生活补助", "初中生活补助", "助学金")
_TERM_MONTHS, _MARKED_AFTER, _SMALL, _REHABILITATED_AFTER = (5, 11), 15, 7, 20


@dataclass(frozen=True)
class Who:
    """Whom this is about: the plan of welfare, children, grades of disability (0 none), school events."""

    plan: Plan
    kids: Children
    span: Span
    seed: int
    disabled: Ints
    school: Events


def live(school: Log, cover: Log, life: Log, who: Who) -> None:
    """Write who gets what."""
    plan, kids, last = who.plan, who.kids, who.span.last
    population = plan.population(kids, last)
    pupil = _calm_pupils(who)
    right = plan.registered(last) & _aided_now(plan, kids, last - 400) & population
    medical = _medical_since(who)
    masks = {
        "aided_pupil": right & (pupil > 1),
        "boarding_pupil": right & (pupil > 7) & boarders(np.arange(len(kids))),
        "medical": population & (medical < last - 200),
        "small_disabled": population
        & (who.disabled > 0)
        & (days.add_years(kids.birth, _SMALL) > last + 60)
        & (kids.birth < last - 200),
    }
    aid = strike(STUDENT_AID, masks, population, who.seed, "student_aid")
    _student_aid(school, who, aid)
    mark = strike(MARK, masks, population, who.seed, "mark")
    _marks(cover, who, medical, mark)
    turn = strike(REHABILITATION, masks, population, who.seed, "rehabilitation")
    helped = np.flatnonzero((who.disabled > 0) & (turn == Forgotten.PLAIN))
    life.add(Kind.REHABILITATED, helped, kids.birth[helped] + _REHABILITATED_AFTER)


def _calm_pupils(who: Who) -> Ints:
    """The grade of who was on the roll a year ago and is now, enrolled both times; −1 for all others."""
    grade = np.full(len(who.kids), -1, np.int64)
    then, now = (state.pupils_of(who.school, who.span.last - ago) for ago in (300, 0))
    before = np.zeros(len(who.kids), np.bool_)
    before[then.child[then.status == Status.ENROLLED]] = True
    here = now.status == Status.ENROLLED
    grade[now.child[here]] = now.grade[here]
    return np.where(before, grade, -1)


def _aided_now(plan: Plan, kids: Children, day: int) -> Flags:
    """Who has a right to student aid on a day: by an own category, or by the household's."""
    own = np.isin(plan.category, (*BENEFIT_CATEGORIES, LOW_INCOME)) & plan.registered(day)
    return np.asarray(own | plan.aided(day)[kids.household])


def _student_aid(log: Log, who: Who, turn: Codes) -> None:
    """Half of the year's aid in May and in November, to pupils on the roll who have a right by then."""
    everybody = np.flatnonzero(boarders(np.arange(len(who.kids))))
    log.add(Kind.BOARDS, everybody, who.kids.birth[everybody], a=1)
    for month in range(days.month_of(who.span.start) - 12, days.month_of(who.span.last) + 1):
        if month % 12 + 1 not in _TERM_MONTHS:
            continue
        day = int(days.first_of_month(np.array([month]))[0]) + 19
        rows = state.pupils_of(who.school, day)
        listed = np.isin(rows.status, (Status.ENROLLED, Status.RETURNED))
        child, grade = rows.child[listed], rows.grade[listed]
        child, at = np.unique(child, return_index=True)
        stage = np.digitize(grade[at], STAGES)
        given = _aided_now(who.plan, who.kids, day) & (turn != Forgotten.FORGOTTEN)
        some = given[child] & who.plan.registered(day)[child]
        amount = np.array(YEARLY)[stage] // 2
        less = np.where(turn[child] == Forgotten.TOO_LITTLE, amount // 2, amount)
        log.add(Kind.STUDENT_AID, child[some], day, row=stage[some], a=month, b=less[some])


def _medical_since(who: Who) -> Ints:
    """The first day of a right to medical help by child; FAR for none."""
    plan, kids = who.plan, who.kids
    own = np.where(np.isin(plan.category, (HARDSHIP, LOW_INCOME)), plan.entry, FAR)
    home, severe = kids.household, (who.disabled > 0) & (who.disabled <= 2)
    begun = np.where(plan.aid[home] > 0, plan.aid_begin[home], FAR)
    since = np.minimum(np.minimum(own, begun), np.where(severe, kids.birth, FAR))
    return np.maximum(since, kids.birth)


def _marks(log: Log, who: Who, since: Ints, turn: Codes) -> None:
    marked = np.flatnonzero((since < FAR) & (turn != Forgotten.FORGOTTEN))
    plan, home = who.plan, who.kids.household[marked]
    hard = (plan.category[marked] == HARDSHIP) | (plan.aid[home] == 3)
    poor = (plan.category[marked] == LOW_INCOME) | (plan.aid[home] > 0)
    day = since[marked] + _MARKED_AFTER
    # A mark that was not renewed ran out at the end of a year.
    ended = days.day(days.to_date(who.span.last).year - 1, 12, 31)
    until = np.where(turn[marked] == Forgotten.TOO_LITTLE, ended, 0)
    log.add(Kind.MARKED, marked, day, row=np.where(hard, 0, np.where(poor, 1, 2)), a=day, b=until)


def _told(city: City, log: Events, kind: Kind, day: int) -> Events:
    events = log.until(day)
    return events.where((events.kind == kind) & (city.people.numbered[events.subject] <= day))


def _person(city: City, child: Column) -> dict[str, Text]:
    return {
        "序号": text.whole(np.arange(1, len(child) + 1), 6),
        "姓名": names_of(city, child),
        "性别": text.choose(("女", "男"), city.people.male[child]),
        "身份证号": numbers_of(city, child),
    }


def student_aid(city: City, day: int) -> pa.Table:
    """`student_aid`: what was paid in the last two years."""
    events = _told(city, city.school, Kind.STUDENT_AID, day)
    events = events.where(events.day > day - 731)
    return pa.table({
        **_person(city, events.subject),
        "资助项目": text.choose(_TITLES, events.row),
        "发放年月": text.year_months(events.a.astype(np.int64)),
        "金额": yuan(events.b.astype(np.int64)),
        "发放日期": text.dates(events.day.astype(np.int64)),
    })  # fmt: skip


def identities(city: City, day: int) -> pa.Table:
    """`help_identity`: whom the insurer marks for medical help."""
    events = _told(city, city.cover, Kind.MARKED, day)
    child, until = events.subject, events.b.astype(np.int64)
    return pa.table({
        **_person(city, child),
        "人员编号": text.whole(child.astype(np.int64), 20),
        "出生日期": text.dates(city.people.birth[child]),
        "救助身份": text.choose(MARKS, events.row),
        "开始日期": text.dates(events.a.astype(np.int64)),
        "结束日期": text.dates(np.where(until > 0, until, FAR)),
        "区划代码": _villages(city, day, child),
    })  # fmt: skip


def rehabilitation(city: City, day: int) -> pa.Table:
    """`rehabilitation`: what disabled children were given."""
    events = _told(city, city.life, Kind.REHABILITATED, day)
    child = events.subject
    return pa.table({
        **_person(city, child),
        "出生日期": text.dates(city.people.birth[child]),
        "康复项目": text.same("康复训练", len(child)),
        "完成日期": text.dates(events.day.astype(np.int64)),
        "区划代码": _villages(city, day, child),
    })  # fmt: skip


def _villages(city: City, day: int, child: Column) -> Text:
    return text.take(places.village_texts()["code"], state.villages(city, day)[child])
