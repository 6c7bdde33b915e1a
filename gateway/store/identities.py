"""How persons became one or two, kept for good; and the cases that follow who is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
from sqlalchemy import Connection, or_, select, update

from gateway.model.cases import CASE_PERSON
from gateway.store.database import Database, insert_rows
from gateway.store.keys import DataKeys
from gateway.store.persons import PersonRecord, Persons, put_people
from gateway.store.tables import person
from gateway.store.tables_identity import person_change

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One step of a person's history: `person_id` goes by `other_id`, or rows of it are that one's."""

    run_id: int
    kind: Literal["merged", "split"]
    person_id: int
    other_id: int


class Identities:
    """Merges and splits of persons, appended night by night."""

    def __init__(self, db: Database, keys: DataKeys, persons: Persons) -> None:
        self._db = db
        self._keys = keys
        self._persons = persons

    def keep(self, run_id: int, merged: Iterable[Pair], split: Iterable[Pair]) -> int:
        """Append what a night found: (person, into) and (person, the one that split off); how many are new.

        Cases of a merged person follow from now on: who is left gets a row of its own where it had
        none, with what is known of the child. A second call for the same run adds nothing.
        """
        pairs = {"merged": sorted(set(merged)), "split": sorted(set(split))}
        rows = [
            {"run_id": run_id, "kind": kind, "person_id": one, "other_id": other}
            for kind, found in pairs.items()
            for one, other in found
        ]
        if not rows:
            return 0
        concerned = {number for pair in pairs["merged"] for number in pair}
        known = {p.person_id: p for p in self._persons.people(sorted(concerned))}
        with self._db.write() as c:
            added = insert_rows(c, person_change, rows, keep_first=True)
            for one, into in pairs["merged"]:
                _follow(c, self._keys, known, one, into)
        return added

    def history(self, person_id: int) -> tuple[PersonChange, ...]:
        """All that happened to a person's number, the oldest first."""
        own = or_(person_change.c.person_id == person_id, person_change.c.other_id == person_id)
        query = select(person_change).where(own).order_by(*person_change.c)
        with self._db.read() as c:
            return tuple(PersonChange(*row) for row in c.execute(query))

    def merged(self) -> dict[int, int]:
        """Every merged number → the one that it goes by now, along all merges since."""
        query = select(person_change.c.person_id, person_change.c.other_id)
        query = query.where(person_change.c.kind == "merged").order_by(*person_change.c)
        with self._db.read() as c:
            into = self._persons.merged() | {
                row.person_id: row.other_id for row in c.execute(query)
            }
        return {number: _end(number, into) for number in into}


def _follow(
    connection: Connection, keys: DataKeys, known: Mapping[int, PersonRecord], one: int, into: int
) -> None:
    if one not in known:
        return
    if into not in known:
        put_people(connection, keys, _as_case_person(known[one], into))
    follow = update(person).values(merged_into=into)
    connection.execute(follow.where(person.c.person_id == one))
    connection.execute(follow.where(person.c.merged_into == one, person.c.person_id != into))
    # Whoever is left stands for itself, also when it had been merged before.
    left = update(person).values(merged_into=None)
    connection.execute(left.where(person.c.person_id == into))


def _end(number: int, into: Mapping[int, int]) -> int:
    """Where merges lead; a ring, which no night makes, ends where it began."""
    seen = {number}
    while number in into and into[number] not in seen:
        number = into[number]
        seen.add(number)
    return number


def _as_case_person(record: PersonRecord, number: int) -> pa.Table:
    # Of a child with a named officer (`record.named_officer`) nothing that names it was opened.
    row = {name: getattr(record, name, None) for name in CASE_PERSON.names}
    return pa.Table.from_pylist([row | {"person_id": number}], schema=CASE_PERSON)
