"""One child's data taken out of the store: its own key, every envelope under it, names in every spelling.

What is left says nothing of who it was: numbers, states, days, division, year and month of birth, sex. So
the history of decisions stands, and the evidence log, which never held a sealed column, still verifies.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, union_all, update

from gateway.store.database import Database
from gateway.store.rotation import SEALED, Sealed
from gateway.store.tables import (
    case_file,
    child_file,
    child_key,
    cited_row,
    finding,
    finding_past,
    person,
    person_alias,
    referral,
    referral_reply,
    school_sheet_line,
)

NOBODY = "0" * 64
"""A name's blind index that no name has: on lines of school sheets, whose answers stay."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went: sealed values, nights of the child's file, spellings of names, rows kept as proof."""

    values: int
    files: int
    names: int
    cited_rows: int


class Erasure:
    """Erases people by number."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def cases_in(self, person_id: int, states: tuple[str, ...]) -> tuple[int, ...]:
        """The child's cases that are in one of the states, by number."""
        mine = (finding.c.person_id == person_id, case_file.c.state.in_(states))
        query = select(case_file.c.case_id).join(finding, finding.c.case_id == case_file.c.case_id)
        with self._db.read() as c:
            return tuple(c.execute(query.where(*mine).order_by(case_file.c.case_id)).scalars())

    def preview(self, person_id: int) -> Erased:
        """How much would go."""
        with self._db.read() as c:
            files = _count(c, select(child_file).where(child_file.c.person_id == person_id))
            names = _count(c, select(person_alias).where(person_alias.c.person_id == person_id))
            return Erased(
                sum(_count(c, _held(one, person_id)) for one in _childs()),
                files,
                names,
                len(list(_own_rows(c, person_id))),
            )

    def erase(self, person_id: int) -> Erased:
        """Take it out, in one transaction; how much went. A second call finds nothing."""
        with self._db.write() as c:
            gone = self.preview(person_id)
            _take_out(c, person_id)
        return gone


def _take_out(c: Connection, person_id: int) -> None:
    for exchange_id, number in list(_own_rows(c, person_id)):
        mine = (cited_row.c.exchange_id == exchange_id, cited_row.c.number == number)
        c.execute(delete(cited_row).where(*mine))
    for one in _childs():
        change = update(one.table).where(_whose(one, person_id))
        c.execute(change.values({one.column: None}))
    for table in (child_file, person_alias, child_key):
        c.execute(delete(table).where(table.c.person_id == person_id))
    cases = select(finding.c.case_id).where(finding.c.person_id == person_id)
    lines = update(school_sheet_line).where(school_sheet_line.c.case_id.in_(cases))
    c.execute(lines.values(name_token=NOBODY))
    nameless = {"id_token": None, "name_token": None, "household_key": None}
    c.execute(update(person).where(person.c.person_id == person_id).values(nameless))


def _childs() -> Iterator[Sealed]:
    yield from (one for one in SEALED if one.whose != "site")
    yield Sealed(referral_reply, "body", ("source", "reply_id"))


def _whose(one: Sealed, person_id: int) -> ColumnElement[bool]:
    if one.table is referral_reply:
        sent = select(referral.c.referral_id).where(referral.c.person_id == person_id)
        return referral_reply.c.referral_id.in_(sent)
    if one.whose == "case":
        cases = select(finding.c.case_id).where(finding.c.person_id == person_id)
        return one.table.c.case_id.in_(cases)
    return one.table.c.person_id == person_id


def _held(one: Sealed, person_id: int) -> Select[tuple[object]]:
    column = one.table.c[one.column]
    return select(column).where(_whose(one, person_id), column.is_not(None))


def _own_rows(c: Connection, person_id: int) -> Iterator[tuple[str, int]]:
    """Kept rows that this child's findings cite and nobody else's."""
    mine: set[str] = set()
    others: set[str] = set()
    query = union_all(
        select(finding.c.person_id, finding.c.evidence),
        select(finding_past.c.person_id, finding_past.c.evidence),
    )
    for whose, evidence in c.execute(query):
        refs = (str(entry["ref"]) for entry in json.loads(evidence))
        (mine if whose == person_id else others).update(refs)
    for ref in sorted(mine - others):
        exchange_id, _, number = ref.partition("#")
        if number.isdigit():
            row = (cited_row.c.exchange_id == exchange_id, cited_row.c.number == int(number))
            if c.execute(select(cited_row.c.number).where(*row)).first() is not None:
                yield exchange_id, int(number)


def _count(c: Connection, query: Select[tuple[object, ...]]) -> int:
    return int(c.execute(select(func.count()).select_from(query.subquery())).scalar_one())
