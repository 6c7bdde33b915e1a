"""The list of cases that are somebody's own: a copy of what the queue filters by, kept in step with them.

An account's list and counts are read from one index. Without it a database joins every case of the account
with its finding, or looks through all findings for those few. A row belongs to its case, so whoever has
the case locked may write it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, true

from gateway.store.bulk import insert_statement
from gateway.store.tables import case_file, finding, queue_own

_NAMES = [column.name for column in queue_own.c]


def leave_out(connection: Connection, case_ids: Sequence[int]) -> None:
    """Take cases from the list."""
    connection.execute(delete(queue_own).where(queue_own.c.case_id.in_(case_ids)))


def list_again(connection: Connection, case_ids: Sequence[int]) -> None:
    """Put cases that were left out on the list as they stand now; those that are nobody's stay off it."""
    some = _anew().where(case_file.c.case_id.in_(case_ids))
    connection.execute(insert(queue_own).from_select(_NAMES, some))


def renew(connection: Connection) -> None:
    """Make the list what the cases say."""
    wrong = select(queue_own).except_(_anew()).subquery()
    gone = queue_own.c.case_id.in_(select(wrong.c.case_id))
    connection.execute(delete(queue_own).where(gone))
    # SQLite takes `ON` for a join's without a WHERE before it.
    missing = select(_anew().except_(select(queue_own)).subquery()).where(true())
    # Somebody may put a case on the list between the two statements: then it is right already.
    add = insert_statement(connection, queue_own).from_select(_NAMES, missing)
    connection.execute(add.on_conflict_do_nothing())


def number_is_off(connection: Connection) -> bool:
    """Whether the list has not as many cases as are somebody's."""
    there = select(func.count()).where(case_file.c.assigned_to.is_not(None))
    return _number(connection, there) != _number(
        connection, select(func.count(queue_own.c.case_id))
    )


def drifted(connection: Connection) -> int:
    """How many rows are not what the cases say, or are not there."""
    sides = (_anew().except_(select(queue_own)), select(queue_own).except_(_anew()))
    off = (select(func.count()).select_from(side.subquery()) for side in sides)
    return sum(_number(connection, one) for one in off)


def _anew() -> Select[Any]:
    of_case = ("case_id", "assigned_to", "state", "due_on")
    own = [case_file.c[name] if name in of_case else finding.c[name] for name in _NAMES]
    query = select(*own).select_from(finding)
    query = query.join(case_file, case_file.c.case_id == finding.c.case_id)
    return query.where(case_file.c.assigned_to.is_not(None))


def _number(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())
