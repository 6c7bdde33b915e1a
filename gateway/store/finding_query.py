"""What a filter asks of the tables: the findings themselves, and the counts that are kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)

from gateway.model.queue import FindingFilter
from gateway.store.queue_counts import BY_DUE_DATE, BY_TOWNSHIP
from gateway.store.tables import case_file, escalation, finding, person, queue_own

Columns = Mapping[str, ColumnElement[Any]]
Place = tuple[str, int]
"""Severity and case number of the last finding of a page."""

_OF_CASE = ("state", "due_on", "assigned_to", "version")
_LISTED = {
    "access": "access", "rules": "rule", "states": "state", "owners": "owner",
    "severities": "severity", "answers": "answer", "assigned_to": "assigned_to",
}  # fmt: skip
"""Fields of a filter that list values of a column."""
_KEPT = (*_LISTED, "divisions", "due_before")
_OTHERS = tuple(of.name for of in fields(FindingFilter) if of.name not in _KEPT)

_ONLINE: Columns = {
    name: case_file.c[name] if name in _OF_CASE else finding.c[name]
    for name in (*_LISTED.values(), "due_on")
}


def joined(query: Select[Any]) -> Select[Any]:
    """A query over findings and their cases."""
    return query.select_from(finding).join(case_file, case_file.c.case_id == finding.c.case_id)


def filtered(query: Select[Any], wanted: FindingFilter) -> Select[Any]:
    """A query over the findings that are wanted, and their cases."""
    # The first half is never true. It keeps SQLite from sorting all of a county's findings for each page
    # instead of reading the first fifty in order.
    inside = or_(finding.c.finding_key.is_(None), _within(finding.c.division, wanted.divisions))
    query = joined(query).where(inside, *_asked(_ONLINE, wanted))
    if wanted.person_ids:
        query = query.where(finding.c.person_id.in_(wanted.person_ids))
    if wanted.case_id is not None:
        query = query.where(finding.c.case_id == wanted.case_id)
    if wanted.unverified:
        query = query.where(finding.c.unverified_since.is_not(None))
    if wanted.born is not None:
        born = person.c.birth_year.between(*wanted.born)
        mine = person.c.person_id == finding.c.person_id
        query = query.where(select(person.c.person_id).where(mine, born).exists())
    if wanted.unseen:
        shown = (
            escalation.c.case_id == finding.c.case_id,
            escalation.c.due_on == case_file.c.due_on,
        )
        query = query.where(~select(escalation.c.case_id).where(*shown).exists())
    return query


def in_order(
    columns: Sequence[ColumnElement[Any]], wanted: FindingFilter, after: Place | None, most: int
) -> Select[Any]:
    """The first so many of the findings wanted, by severity and case number, beginning after a place."""
    order = (finding.c.severity, finding.c.case_id)
    query = filtered(select(*columns), wanted).order_by(*order).limit(most)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    if not wanted.assigned_to or any(getattr(wanted, name) for name in _OTHERS):
        return query
    # Without the list, a database may look through every finding for the few that are somebody's.
    place = (queue_own.c.severity, queue_own.c.case_id)
    first = select(queue_own.c.case_id).where(*_own(wanted)).order_by(*place).limit(most)
    if after is not None:
        first = first.where(tuple_(*place) > tuple_(*after))
    return query.where(finding.c.case_id.in_(first))


def counted(wanted: FindingFilter) -> Select[Any]:
    """Counts by rule, county and state: the kept ones, where they tell what is wanted."""
    if any(getattr(wanted, name) for name in _OTHERS):
        return anew(wanted)
    if wanted.assigned_to:
        county = func.substr(queue_own.c.division, 1, 6)
        group = (queue_own.c.rule, county, queue_own.c.state)
        query = select(*group, func.count()).where(*_own(wanted))
        return query.group_by(*group).order_by(*group)
    kept = BY_TOWNSHIP if wanted.due_before is None else BY_DUE_DATE
    if max(map(len, wanted.divisions), default=0) > kept.area_digits:
        return anew(wanted)
    own = kept.table.c
    group = (own.rule, func.nullif(func.substr(own.area, 1, 6), ""), own.state)
    query = select(*group, func.sum(own.count)).group_by(*group).order_by(*group)
    query = query.where(
        _within(own.area, wanted.divisions, kept.area_digits), *_asked(dict(own), wanted)
    )
    return query.having(func.sum(own.count) != 0)


def anew(wanted: FindingFilter) -> Select[Any]:
    """The same counts, of the findings themselves."""
    group = (finding.c.rule, func.substr(finding.c.division, 1, 6), case_file.c.state)
    return filtered(select(*group, func.count()), wanted).group_by(*group).order_by(*group)


def _own(wanted: FindingFilter) -> list[ColumnElement[bool]]:
    return [_within(queue_own.c.division, wanted.divisions), *_asked(dict(queue_own.c), wanted)]


def _asked(columns: Columns, wanted: FindingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, column in _LISTED.items():
        values = getattr(wanted, name)
        if values or name == "access":
            found.append(columns[column].in_(values))
    if wanted.due_before is not None:
        found.append(columns["due_on"] < wanted.due_before)
    return found


def _within(
    column: ColumnElement[Any], prefixes: Sequence[str], digits: int = 12
) -> ColumnElement[bool]:
    # A range of whole codes uses the index under any collation, LIKE does not.
    ranges = (
        column.between(prefix.ljust(digits, "0"), prefix.ljust(digits, "9")) if prefix else true()
        for prefix in prefixes
    )
    return or_(false(), *ranges)
