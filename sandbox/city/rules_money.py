"""The rules on what is paid, judged on one life: premiums, basic living, disability allowances."""

import numpy as np

from sandbox.city.biography import (
    Life,
    aid_since,
    card,
    cover_rows,
    minor,
    registered,
    registration,
    told,
)
from sandbox.city.care import HELP_FULL, HELP_HALF, PREMIUM, standard
from sandbox.city.codes import (
    ARREARS,
    BENEFIT_CATEGORIES,
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
    Cover,
    Kind,
)
from sandbox.city.days import last_closed_month, month_of, number, to_date
from sandbox.city.rules_cover import NEWBORN_DAYS
from sandbox.city.verdict import (
    EXCUSED,
    FIRES,
    HELD,
    NOT_APPLICABLE,
    SATISFIED,
    Verdict,
    aided,
)

REVIEWED_MONTHS, GRACE_MONTHS, SEVERE_GRADE = 6, 3, 2
_GROWN_UP = Verdict(NOT_APPLICABLE, "grown_up")
_NO_RIGHT = Verdict(NOT_APPLICABLE, "no_right")


def severe(life: Life, day: int) -> bool:
    """Whether a card says grade 1 or 2."""
    found = card(life, day)
    return found is not None and found[1] <= SEVERE_GRADE


def helps(life: Life, night: int) -> list[tuple[int, int]]:
    """The helps with the premium that stand tonight: the day from which, and fen a year."""
    found, out = registration(life, night), []
    if (
        found is not None
        and found.exit is None
        and found.category in (*BENEFIT_CATEGORIES, LOW_INCOME)
    ):
        out.append((found.entry, HELP_HALF if found.category == LOW_INCOME else HELP_FULL))
    kind, since = aided(life, night), aid_since(life, night)
    if kind and since is not None:
        first = number(to_date(0).replace(year=since // 12, month=since % 12 + 1))
        out.append((first, HELP_FULL if kind == 3 else HELP_HALF))
    if severe(life, night):
        out.append((number(life.birth), HELP_HALF))
    return out


def med_03(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Contribution help missed."""
    if not minor(life, night):
        return _GROWN_UP
    given = helps(life, night)
    if not given:
        return _NO_RIGHT
    year = to_date(night).year
    events = list(told(life, night))
    paid = [e for e in events if e.kind == Kind.PAID and e.a == year]
    if not paid:
        return Verdict(NOT_APPLICABLE, "nothing_paid")
    helped = sum(e.b for e in events if e.kind == Kind.HELPED and e.a == year)
    own = PREMIUM * len(paid) - helped
    if own <= PREMIUM - max(amount for _, amount in given):
        return Verdict(SATISFIED, "share_kept")
    refunds = (
        e for e in events if e.kind == Kind.PAYMENT and e.row == REFUND and e.a // 12 >= year
    )
    if any(refunds):
        return Verdict(EXCUSED, "help_on_file")
    first = min(e.day for e in paid)
    then = [amount for since, amount in given if since <= first]
    if own <= PREMIUM - max(then, default=0):
        return Verdict(EXCUSED, "recognised_later")
    return Verdict(FIRES, "paid_above_share")


def med_08(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Covered but waiting."""
    if not minor(life, night):
        return _GROWN_UP
    rows = [row for row in cover_rows(life, night) if row.state == Cover.ACTIVE]
    if not rows:
        return Verdict(NOT_APPLICABLE, "not_covered")
    if any(row.since <= night for row in rows):
        return Verdict(SATISFIED, "effective")
    if night - number(life.birth) <= NEWBORN_DAYS:
        return Verdict(EXCUSED, "newborn")
    found = registration(life, night)
    listed = (
        registered(life, night) and found is not None and found.category in (HARDSHIP, LOW_INCOME)
    )
    if listed or aided(life, night) or severe(life, night):
        return Verdict(EXCUSED, "exempt_group")
    return Verdict(FIRES, "waiting")


def _rights(life: Life, night: int, month: int) -> list[int]:
    """The categories whose basic living a child had a right to in a month."""
    first = to_date(0).replace(year=month // 12, month=month % 12 + 1)
    # An age is reached on the day after the birthday.
    if not minor(life, number(first) - 1):
        return []
    found, out = registration(life, night), []
    if found is not None and found.category in BENEFIT_CATEGORIES and month_of(found.entry) < month:
        out.append(found.category)
    since = aid_since(life, night)
    if aided(life, night) == 3 and since is not None and since < month:
        out.append(HARDSHIP)
    return out


def _months(night: int) -> list[int]:
    closed = last_closed_month(night)
    return [closed - n for n in range(REVIEWED_MONTHS)]


def _paid(life: Life, night: int, month: int, beside: tuple[int, ...]) -> int:
    """Fen of basic living for a month, with payments of these kinds beside it."""
    return sum(
        e.b
        for e in told(life, night)
        if e.a == month and (e.kind == Kind.BENEFIT or (e.kind == Kind.PAYMENT and e.row in beside))
    )


def _standard(rights: list[int], month: int) -> int:
    return int(standard(np.array(rights), month).max())


def _owed(rights: list[int], month: int, night: int) -> int:
    """The standard that counts: for three months after a rise the one before it is enough."""
    today = month_of(night)
    risen = [_standard(rights, m) for m in range(month - GRACE_MONTHS, month + 1)]
    change = next((m for m in range(month, month - 24, -1)
                   if _standard(rights, m) != _standard(rights, m - 1)), None)  # fmt: skip
    if change is not None and today < change + GRACE_MONTHS:
        return _standard(rights, change - 1)
    return risen[-1]


def wel_03(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Paid above the highest standard, or recognised twice."""
    regular = False
    for month in _months(night):
        rights = _rights(life, night, month)
        paid = _paid(life, night, month, (SECOND,))
        regular = regular or paid > 0
        if rights and paid > _standard(rights, month):
            return Verdict(FIRES, "above_highest")
    if _recognised_twice(life, night):
        return Verdict(FIRES, "recognised_twice")
    return (
        Verdict(SATISFIED, "within_standard") if regular else Verdict(NOT_APPLICABLE, "no_payment")
    )


_KINDS = {ORPHAN: "orphan", INSTITUTION: "orphan", DE_FACTO: "unattended",
          HARDSHIP: "hardship", LOW_INCOME: "low"}  # fmt: skip
_EXCLUDED = (
    {"orphan", "hardship"}, {"orphan", "low"}, {"hardship", "low"}, {"unattended", "hardship"},
    {"unattended", "low"},
)  # fmt: skip


def _recognised_twice(life: Life, night: int) -> bool:
    found = registration(life, night)
    own = _KINDS.get(found.category, "") if found is not None else ""
    home = ("", "low", "low", "hardship")[aided(life, night)]
    return {own, home} in _EXCLUDED


def wel_04(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Paid below entitlement."""
    rights_of = {m: rights for m in _months(night) if (rights := _rights(life, night, m))}
    # Months in an institution are asked about by the rule on its standard.
    entitled = [(m, rights) for m, rights in rights_of.items() if INSTITUTION not in rights]
    if not entitled:
        return Verdict(NOT_APPLICABLE, "institutional") if rights_of else _NO_RIGHT
    paid = {m: _paid(life, night, m, (ARREARS, TOP_UP, SECOND)) for m, _ in entitled}
    if not any(paid.values()):
        return Verdict(NOT_APPLICABLE, "nothing_paid")
    some = [(m, rights) for m, rights in entitled if paid[m] > 0]
    if any(paid[m] < _owed(rights, m, night) for m, rights in some):
        return Verdict(FIRES, "below_standard")
    if any(paid[m] < _standard(rights, m) for m, rights in some):
        return Verdict(EXCUSED, "recent_rise")
    return Verdict(SATISFIED, "standard_paid")


def wel_08(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Disability allowance missed, in the last closed month, from the month after the right began."""
    if not minor(life, night):
        return _GROWN_UP
    found, closed = card(life, night), last_closed_month(night)
    if found is None:
        return _NO_RIGHT
    born = month_of(number(life.birth))
    due = []
    if found[1] <= SEVERE_GRADE and born < closed:
        due.append(NURSING)
    poor = _poor_since(life, night)
    if poor is not None and max(poor, born) < closed:
        due.append(LIVING)
    if not due:
        return Verdict(
            NOT_APPLICABLE, "not_yet_due" if poor or found[1] <= SEVERE_GRADE else "no_right"
        )
    paid = {e.row for e in told(life, night) if e.kind == Kind.PAYMENT and e.a == closed}
    missing = [kind for kind in due if kind not in paid]
    return Verdict(FIRES, "allowance_missing") if missing else Verdict(SATISFIED, "allowance_paid")


def _poor_since(life: Life, night: int) -> int | None:
    """The month from which low income or hardship is on record."""
    found, begun = registration(life, night), []
    if registered(life, night) and found is not None and found.category in (HARDSHIP, LOW_INCOME):
        begun.append(month_of(found.entry))
    since = aid_since(life, night)
    if aided(life, night) and since is not None:
        begun.append(since)
    return min(begun, default=None)


def wel_10(life: Life, night: int, _: tuple[int, ...]) -> Verdict:
    """Institutional standard missed, in the last closed month."""
    if not minor(life, night):
        return _GROWN_UP
    found, closed = registration(life, night), last_closed_month(night)
    if found is None or found.category != INSTITUTION:
        return Verdict(NOT_APPLICABLE, "not_in_care")
    if month_of(found.entry) >= closed:
        return Verdict(NOT_APPLICABLE, "not_yet_due")
    paid = _paid(life, night, closed, (ARREARS, TOP_UP, SECOND))
    if paid >= _standard([INSTITUTION], closed):
        return Verdict(SATISFIED, "standard_paid")
    if paid >= _owed([INSTITUTION], closed, night):
        return Verdict(EXCUSED, "recent_rise")
    return Verdict(FIRES, "below_institutional")


__all__ = ["HELD", "med_03", "med_08", "wel_03", "wel_04", "wel_08", "wel_10"]
