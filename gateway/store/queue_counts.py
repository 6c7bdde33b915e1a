"""Kept counts of the queue: what `Findings.counts` need not count at each page.

A count is the sum of signed rows. Whoever changes a case adds rows and touches nobody else's, so two
people at work neither wait for each other nor lose a count, in whatever order they work; the night
folds the rows of a group into one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    tuple_,
    union_all,
)

from gateway.store import queue_own as own
from gateway.store.database import insert_rows
from gateway.store.tables import case_file, finding, queue_count, queue_due

_OF_FINDING = ("rule", "owner", "severity", "access", "answer")
_SOME = 500
# Any fixed number that is nobody else's.
_RENEWAL_LOCK = 7_320_211_948


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of counts, and what its columns are of a finding and its case."""

    table: Table
    area_digits: int
    dated: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that make a group."""
        return (*_OF_FINDING, "area", "state", *(("due_on",) if self.dated else ()))

    @property
    def group(self) -> tuple[ColumnElement[Any], ...]:
        """The same, of the kept rows."""
        return tuple(self.table.c[name] for name in self.names)

    def anew(self, sign: int = 1) -> Select[Any]:
        """What the tables say: every group and its count, with that sign."""
        area = func.substr(func.coalesce(finding.c.division, ""), 1, self.area_digits)
        own: dict[str, ColumnElement[Any]] = {name: finding.c[name] for name in _OF_FINDING}
        own |= {
            "area": area.label("area"),
            "state": case_file.c.state,
            "due_on": case_file.c.due_on,
        }
        group = [own[name] for name in self.names]
        query = (
            select(*group, (sign * func.count()).label("count"))
            .select_from(finding)
            .group_by(*group)
        )
        query = query.join(case_file, case_file.c.case_id == finding.c.case_id)
        return query.where(case_file.c.due_on.is_not(None)) if self.dated else query

    def difference(self) -> Select[Any]:
        """Groups whose kept count is off, and by how much it has to grow."""
        kept = select(*self.group, -self.table.c.count)
        both = union_all(self.anew(), kept).subquery()
        group, off = [both.c[name] for name in self.names], func.sum(both.c.count)
        return select(*group, off).group_by(*group).having(off != 0)


BY_TOWNSHIP = Kept(queue_count, 9, dated=False)
BY_DUE_DATE = Kept(queue_due, 6, dated=True)
KEPT = (BY_TOWNSHIP, BY_DUE_DATE)


def take_out(connection: Connection, case_ids: Sequence[int]) -> None:
    """Count cases no longer. They must be locked; `put_in` follows in the same transaction."""
    _add(connection, case_ids, -1)
    for some in _parts(case_ids):
        own.leave_out(connection, some)


def put_in(connection: Connection, case_ids: Sequence[int]) -> None:
    """Count cases as they stand now."""
    _add(connection, case_ids, 1)
    for some in _parts(case_ids):
        own.list_again(connection, some)


def _add(connection: Connection, case_ids: Sequence[int], sign: int) -> None:
    for some in _parts(case_ids):
        for kept in KEPT:
            _insert(connection, kept, kept.anew(sign).where(case_file.c.case_id.in_(some)))


def _parts(case_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(case_ids), _SOME):
        yield case_ids[start : start + _SOME]


def put_in_from(connection: Connection, first: int) -> None:
    """Count the cases from this number on: new ones, which have never been counted and are nobody's."""
    for kept in KEPT:
        _insert(connection, kept, kept.anew().where(case_file.c.case_id >= first))


def settle(connection: Connection) -> None:
    """At the end of a night: one row for each group; a sum that is off has everything counted anew."""
    for kept in KEPT:
        _fold(connection, kept)
    if any(_sum_is_off(connection, kept) for kept in KEPT) or own.number_is_off(connection):
        renew(connection)


def _sum_is_off(connection: Connection, kept: Kept) -> bool:
    # A case is one finding: whoever has a due date need not be looked for among the findings.
    there = select(func.count()).select_from(case_file)
    if kept.dated:
        there = there.where(case_file.c.due_on.is_not(None))
    counted = connection.execute(select(func.sum(kept.table.c.count))).scalar_one() or 0
    return bool(connection.execute(there).scalar_one() != counted)


def renew(connection: Connection) -> None:
    """Make every kept count what the tables say.

    One statement finds the difference, so a move that is not yet committed is in neither side.
    """
    if connection.dialect.name != "sqlite":
        # Two renewals at once would both add the difference.
        connection.execute(select(func.pg_advisory_xact_lock(_RENEWAL_LOCK)))
    for kept in KEPT:
        _insert(connection, kept, kept.difference())
        _fold(connection, kept)
    own.renew(connection)


def _insert(connection: Connection, kept: Kept, query: Select[Any]) -> None:
    connection.execute(insert(kept.table).from_select((*kept.names, "count"), query))


def drifted(connection: Connection) -> int:
    """How many kept counts are not what the tables say; 0 is right."""
    return sum(_number(connection, kept.difference()) for kept in KEPT) + own.drifted(connection)


def _number(connection: Connection, query: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def _fold(connection: Connection, kept: Kept) -> None:
    # Only rows that this statement itself took away are added up: one that comes meanwhile stays.
    split = select(*kept.group).group_by(*kept.group).having(func.count() > 1)
    gone = delete(kept.table).where(tuple_(*kept.group).in_(split))
    rows = connection.execute(gone.returning(*kept.group, kept.table.c.count)).all()
    insert_rows(connection, kept.table, _folded(kept.names, rows))


def _folded(names: Sequence[str], rows: Sequence[Any]) -> list[dict[str, Any]]:
    sums: dict[tuple[Any, ...], int] = {}
    for *group, count in rows:
        sums[tuple(group)] = sums.get(tuple(group), 0) + count
    return [{**dict(zip(names, k, strict=True)), "count": n} for k, n in sums.items() if n]
