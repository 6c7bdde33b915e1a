"""What is recorded of the parents and guardians of registered children: the events, and their roll."""

import numpy as np
import pyarrow as pa

from sandbox.city import days, rowkeys, text
from sandbox.city.codes import (
    AT_WORK,
    DE_FACTO,
    DEAD_KIN,
    DETOX,
    DISABLED_KIN,
    ILL,
    INSTITUTION,
    KIN_STATES,
    LACKS_GUARDIAN,
    LEFT_BEHIND,
    MISSING_KIN,
    ORPHAN,
    OUT_OF_REACH,
    PRISON,
    ROLES,
    THE_FATHER,
    THE_GUARDIAN,
    THE_MOTHER,
    WELL,
    YOUNG,
    Kind,
)
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.events import Log
from sandbox.city.faces import INSTITUTION as HOME
from sandbox.city.faces import guardians, names_of, numbers_of
from sandbox.city.family import Span
from sandbox.city.fates import Kin
from sandbox.city.model import City
from sandbox.city.text import Text
from sandbox.city.welfare import Plan

_UNABLE = (ILL, DISABLED_KIN, PRISON, DETOX, OUT_OF_REACH)
_LONG, _SHORT_DAYS, _SHORT_TERM, _ENDS_IN, _STRUCK = 500, 60, 150, 25, 120


def live(log: Log, plan: Plan, span: Span, births: Ints, turn: Codes, blank: Flags) -> None:
    """Write what the registry knows of parents and guardians, from the day of entry; of `blank` files no
    guardian."""
    who = np.flatnonzero(plan.entry < FAR)
    entry, category = plan.entry[who], plan.category[who]
    orphan, alone = np.isin(category, (ORPHAN, INSTITUTION)), category == DE_FACTO
    away = category == LEFT_BEHIND
    father = np.where(orphan | alone, DEAD_KIN, np.where(away, AT_WORK, WELL))
    both_away = away & (who % 2 == 1)
    unable = np.array(_UNABLE)[who % len(_UNABLE)]
    mother = np.where(orphan, DEAD_KIN, np.where(alone, unable, np.where(both_away, AT_WORK, WELL)))
    since = np.where(orphan | alone, np.maximum(entry - _LONG, births[who]), entry)
    _write(log, who, since, THE_FATHER, father)
    _write(log, who, since, THE_MOTHER, mother)
    there = ~blank[who]
    _write(log, who[there], entry[there], THE_GUARDIAN, np.full(int(there.sum()), WELL))
    _turns(log, plan, span, turn)


def _turns(log: Log, plan: Plan, span: Span, turn: Codes) -> None:
    def of(kind: Kin) -> tuple[Ints, Ints]:
        who = np.flatnonzero((turn == kind) & (plan.entry < FAR))
        return who, np.maximum(plan.entry[who] + 1, span.last - _STRUCK - who % 40)

    who, day = of(Kin.BOTH_DEAD)
    _write(log, who, day, THE_FATHER, np.where(who % 2, DEAD_KIN, MISSING_KIN))
    _write(log, who, day + 3, THE_MOTHER, np.full(len(who), DEAD_KIN))
    who, day = of(Kin.DEAD_AND_UNABLE)
    _write(log, who, day, THE_FATHER, np.full(len(who), DEAD_KIN))
    # Of a term that is not said to end, half a year must have gone by.
    unable = np.array((ILL, DISABLED_KIN, PRISON))[who % 3]
    _write(log, who, day, THE_MOTHER, unable, np.where(unable == PRISON, day + _LONG, 0))
    who, day = of(Kin.SHORT_TERM)
    _write(log, who, day, THE_FATHER, np.full(len(who), DEAD_KIN))
    short = np.full(len(who), DETOX)
    _write(log, who, day, THE_MOTHER, short, np.where(who % 2, day + _SHORT_TERM, 0))
    for kind, ends in ((Kin.TERM_ENDS, _ENDS_IN), (Kin.TERM_FAR, _LONG)):
        who, day = of(kind)
        role = np.where(who % 2, THE_FATHER, THE_MOTHER)
        until = np.full(len(who), span.last + ends)
        _write(log, who, day, role, np.where(who % 3, PRISON, DETOX), until)
    for kind, state in ((Kin.GUARDIAN_DEAD, DEAD_KIN), (Kin.GUARDIAN_HELD, PRISON)):
        who, day = of(kind)
        _write(log, who, day, THE_GUARDIAN, np.full(len(who), state))
    who, day = of(Kin.GUARDIAN_YOUNG)
    born = days.add_years(np.full(len(who), span.last), -18) + 1 + who % 700
    _write(log, who, day, THE_GUARDIAN, np.full(len(who), YOUNG), born)


def _write(
    log: Log, who: Ints, day: Ints, role: Ints | int, state: Ints, until: Ints | int = 0
) -> None:
    log.add(Kind.KIN, who, day, row=role, a=state, b=until)


def roll(city: City, day: int) -> pa.Table:
    """`guardian`: one row a registered child and role, as recorded last."""
    events = city.welfare.until(day)
    events = events.where(events.kind == Kind.KIN)
    at = np.full(len(city) * len(ROLES), -1, np.int64)
    at[events.subject.astype(np.int64) * len(ROLES) + events.row] = np.arange(len(events))
    events = events.where(at[at >= 0])
    child, role = events.subject.astype(np.int64), events.row.astype(np.int64)
    state, until = events.a.astype(np.int64), events.b.astype(np.int64)
    person = _people(city, child, role)
    named, there, young = np.maximum(person, 0), person >= 0, state == YOUNG
    births = np.where(young, until, city.people.birth[named])
    name = names_of(city, named)
    name = text.patch(name, np.flatnonzero(~there), [HOME] * int((~there).sum()))
    return pa.table({
        "序号": text.whole(np.arange(1, len(events) + 1), 6),
        "档案编号": rowkeys.keys(child, rowkeys.REGISTRY),
        "儿童姓名": names_of(city, child),
        "监护角色": text.choose(ROLES, role),
        "姓名": name,
        "身份证件号": text.blank(numbers_of(city, named), ~there | young),
        "出生日期": text.blank(text.dates(births), ~there),
        "现状": text.choose(KIN_STATES, state),
        "起始日期": text.dates(events.day.astype(np.int64)),
        "预计终止日期": _ends(until, young),
        "备注": text.same("", len(events)),
    })  # fmt: skip


def _people(city: City, child: Ints, role: Ints) -> Ints:
    """Who stands in each row; −1 for an institution."""
    parent = city.homes.adult(np.minimum(role, THE_MOTHER), city.children.household[child])
    guardian = guardians(city, child, np.zeros(len(child), np.bool_))
    return np.where(role == THE_GUARDIAN, guardian, parent)


def _ends(until: Ints, young: Flags) -> Text:
    return text.blank(text.dates(np.where(until > 0, until, FAR)), young)


def without_guardian(lacks: Ints) -> Flags:
    """Whose files name no guardian."""
    return (lacks & LACKS_GUARDIAN) > 0
