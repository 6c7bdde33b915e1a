"""What welfare does month by month beside the registry's own benefit: arrears, second payments, disability
allowances, refunds of premiums; and the visits and reviews of townships."""

from dataclasses import dataclass

import numpy as np

from sandbox.city import chance, days
from sandbox.city.codes import (
    ARREARS,
    DE_FACTO,
    HARDSHIP,
    INSTITUTION,
    LIVING,
    LOW_INCOME,
    NURSING,
    ORPHAN,
    REFUND,
    SECOND,
    TOP_UP,
    Kind,
)
from sandbox.city.days import FAR, Codes, Column, Flags, Ints
from sandbox.city.events import Events, Log
from sandbox.city.family import Children, Span
from sandbox.city.fates import Allowance, Benefit, Care, Help
from sandbox.city.welfare import Plan

RISE = 2026 * 12 + 6
"""The month (July 2026) from which the standards are higher; it is paid as before, the rest a month later."""
PREMIUM = 40000
"""What a resident pays for a year, in fen."""
HELP_FULL, HELP_HALF = 40000, 20000
_ALLOWANCE = 8000
_VISITED_EVERY, _UNVISITED, _UNREVIEWED, _MISSED = 50, 100, 200, 3


@dataclass(frozen=True)
class Receivers:
    """Whose basic-living benefit is paid to themselves, until which month, and by which turn."""

    paid: Flags
    last_month: Ints
    turn: Codes


def standard(category: Column, month: int) -> Ints:
    """The monthly standard of each category in a month, in fen."""
    risen = 8000 if month >= RISE else 0
    return np.where(category == INSTITUTION, 172000, 127000) + risen


def benefits(log: Log, plan: Plan, span: Span, to: Receivers) -> None:
    """Write monthly payments: of every month on a day of the next one."""
    who = np.flatnonzero(to.paid & (plan.entry < FAR))
    since, turn = days.months(plan.entry[who]) + 1, to.turn[who]
    until = np.minimum(to.last_month[who], days.months(np.minimum(plan.exit[who], span.last)))
    closed = days.last_closed_month(span.last)
    for month in range(days.month_of(span.start), days.month_of(span.last) + 1):
        now = (since <= month) & (month <= until)
        day, owed = _pay_days(month, who), standard(plan.category[who], month)
        old = owed - np.where(
            (month == RISE) | (turn == Benefit.OLD_RATE), 8000 * (month >= RISE), 0
        )
        short = np.isin(turn, (Benefit.SHORT, Benefit.SETTLED)) & (month > closed - 3)
        amount = old - 20000 * short
        log.add(Kind.BENEFIT, who[now], day[now], a=month, b=amount[now])
        rest = np.where(turn == Benefit.SHORT, old, owed) - amount
        later = now & (rest > 0) & ~np.isin(turn, (Benefit.SHORT, Benefit.OLD_RATE))
        _pay(
            log,
            who[later],
            _pay_days(month + (month == RISE), who)[later],
            ARREARS,
            month,
            rest[later],
        )
        late = month > closed - 3
        for kind, of, sum_ in ((SECOND, Benefit.TWICE, 50000), (TOP_UP, Benefit.TOPPED_UP, 10000)):
            more = now & late & (turn == of)
            _pay(log, who[more], day[more], kind, month, np.full(int(more.sum()), sum_))


def _pay_days(month: int, who: Ints) -> Ints:
    due = int(days.first_of_month(np.array([month + 1]))[0])
    return due + 3 + who % 5


def _pay(log: Log, who: Ints, day: Ints, kind: int, month: int, amount: Ints) -> None:
    log.add(Kind.PAYMENT, who, day, row=kind, a=month, b=amount)


def poor_since(plan: Plan, children: Children) -> tuple[Ints, Ints]:
    """The day from which and the day until which low income or hardship is on record; FAR for never."""
    listed = np.isin(plan.category, (HARDSHIP, LOW_INCOME))
    own = np.where(listed, plan.entry, FAR)
    home = children.household
    aided = plan.aid[home] > 0
    begin = np.where(aided, plan.aid_begin[home], FAR)
    end = np.maximum(np.where(listed, plan.exit, 0), np.where(aided, plan.aid_stop[home], 0))
    return np.minimum(own, begin), end


def allowances(
    log: Log, plan: Plan, children: Children, span: Span, grade: Ints, missed: Codes
) -> None:
    """Write the two disability allowances of children with a card (`grade` 1 to 4; 0 for none)."""
    poor, until = poor_since(plan, children)
    who = np.flatnonzero(grade)
    last = days.last_closed_month(span.last)
    for month in range(days.month_of(span.start), days.month_of(span.last) + 1):
        first = int(days.first_of_month(np.array([month]))[0])
        given = (children.birth[who] < first) & ~(
            (missed[who] == Allowance.MISSED) & (month > last - _MISSED)
        )
        day = _pay_days(month, who)
        for kind, right in (
            (NURSING, grade[who] <= 2),
            (LIVING, (days.months(poor[who]) < month) & (until[who] > first)),
        ):
            now = given & right
            _pay(log, who[now], day[now], kind, month, np.full(int(now.sum()), _ALLOWANCE))


def premiums(
    cover: Log, ledger: Log, paid: Events, rights: tuple[tuple[Ints, Ints, int], ...], turn: Codes
) -> None:
    """Write what is paid for the families when a premium comes in; a few are forgotten, or refunded.

    `rights` are days from which and until which a help is due by child, and its amount in fen.
    """
    child, day = paid.subject.astype(np.int64), paid.day.astype(np.int64)
    given = np.zeros(len(child), np.int64)
    for since, until, amount in rights:
        now = (since[child] <= day) & (until[child] > day)
        given = np.maximum(given, np.where(now, amount, 0))
    helped = (given > 0) & (turn[child] == Help.PLAIN)
    cover.add(
        Kind.HELPED, child[helped], day[helped], paid.row[helped], paid.a[helped], given[helped]
    )
    late = (given > 0) & (turn[child] == Help.REFUNDED)
    ledger.add(
        Kind.PAYMENT, child[late], day[late] + 40, REFUND, days.months(day[late] + 40), given[late]
    )


def help_rights(
    plan: Plan, children: Children, severe: Flags
) -> tuple[tuple[Ints, Ints, int], ...]:
    """Days from which and until which each help with the premium is due by child, and its amount."""
    home = children.household
    full = np.isin(plan.category, (DE_FACTO, ORPHAN, INSTITUTION, HARDSHIP))
    half = plan.category == LOW_INCOME
    # A card of assistance counts from the first day of its month.
    kind, begun = plan.aid[home], days.first_of_month(days.months(plan.aid_begin[home]))
    never = np.full(len(children), FAR)
    return (
        (np.where(full, plan.entry, FAR), plan.exit, HELP_FULL),
        (np.where(half, plan.entry, FAR), plan.exit, HELP_HALF),
        (np.where(kind == 3, begun, FAR), plan.aid_stop[home], HELP_FULL),
        (np.where((kind > 0) & (kind < 3), begun, FAR), plan.aid_stop[home], HELP_HALF),
        (np.where(severe, children.birth, FAR), never, HELP_HALF),
    )  # fmt: skip


def visits(log: Log, plan: Plan, span: Span, seed: int, turn: Codes) -> None:
    """Write reviews in every quarter and visits every fifty days, while a child is registered."""
    who = np.flatnonzero(plan.entry < FAR)
    quarter = days.month_of(span.start) // 3
    while (first := int(days.first_of_month(np.array([quarter * 3]))[0])) <= span.last:
        day = first + 5 + chance.below(seed, f"review/{quarter}", who, 66)
        stopped = (turn[who] == Care.NOT_REVIEWED) & (day > span.last - _UNREVIEWED)
        _seen(log, plan, who[~stopped], day[~stopped], 1)
        quarter += 1
    for round_ in range((span.last - span.start) // _VISITED_EVERY + 1):
        day = span.start + round_ * _VISITED_EVERY + who % _VISITED_EVERY
        stopped = (turn[who] == Care.UNVISITED) & (day > span.last - _UNVISITED)
        _seen(log, plan, who[~stopped], day[~stopped], 0)


def _seen(log: Log, plan: Plan, who: Ints, day: Ints, kind: int) -> None:
    now = (plan.entry[who] <= day) & (day < plan.exit[who])
    log.add(Kind.VISIT, who[now], day[now], a=kind)
