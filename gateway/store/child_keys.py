"""Each child's own key: 32 bytes of chance beside the site's data key, made when a case first needs it.

What is written of a child with a case is sealed under a key that is derived from both. The bytes are in no
other table, so that destroying one row makes all of it unreadable here (gateway/store/erasure.py).
"""

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.sql import ColumnElement

from gateway.store.database import insert_columns
from gateway.store.tables import child_key, finding

SALT = 32
_SOME = 500


def with_salt(query: Select[Any], person_id: ColumnElement[Any]) -> Select[Any]:
    """The query with the column `salt`: of the child whose number stands in `person_id`, or null."""
    mine = child_key.c.person_id == person_id
    return query.add_columns(child_key.c.salt).join(child_key, mine, isouter=True)


def with_case_salt(query: Select[Any], case_id: ColumnElement[Any]) -> Select[Any]:
    """The query with the column `salt`: of the child whom the case in `case_id` is about, or null."""
    whose = query.join(finding, finding.c.case_id == case_id, isouter=True)
    return with_salt(whose, finding.c.person_id)


def salt_of_case(connection: Connection, case_id: int) -> bytes | None:
    """The salt of the child whom a case is about; None for a case about a source."""
    mine = child_key.c.person_id == finding.c.person_id
    query = select(child_key.c.salt).join(finding, mine).where(finding.c.case_id == case_id)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def salt_of_person(connection: Connection, person_id: int) -> bytes | None:
    """The salt of a child, or None where nothing of theirs needed one."""
    query = select(child_key.c.salt).where(child_key.c.person_id == person_id)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def made_salts(connection: Connection, person_ids: Sequence[int]) -> list[bytes]:
    """The salts of children in the order given; made inside the transaction for who has none."""
    known: dict[int, bytes] = {}
    for start in range(0, len(person_ids), _SOME):
        some = child_key.c.person_id.in_(person_ids[start : start + _SOME])
        rows = connection.execute(select(child_key.c.person_id, child_key.c.salt).where(some))
        known |= {person_id: bytes(salt) for person_id, salt in rows}
    new = sorted(set(person_ids) - known.keys())
    chance = os.urandom(SALT * len(new))
    known |= {one: chance[SALT * n : SALT * (n + 1)] for n, one in enumerate(new)}
    insert_columns(connection, child_key, {"person_id": new, "salt": [known[one] for one in new]})
    return [known[one] for one in person_ids]
