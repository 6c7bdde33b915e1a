"""Person numbers, minted in blocks and never reused, and the people who have a case."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Row, insert, select, update

from gateway.model.errors import StoreError
from gateway.model.names import name_key
from gateway.model.school_sheets import Pupil
from gateway.store.child_keys import made_salts, with_salt
from gateway.store.database import Database, insert_rows, upsert_columns
from gateway.store.interlock import Known, disputed_people, named_officer
from gateway.store.keys import DataKeys
from gateway.store.spelling import asked_latin, spellings
from gateway.store.tables import counter, person, person_alias, person_block


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person with a case, opened. Personal fields never show in its repr.

    `named_officer`: every item of theirs is 专人办理 (gateway/store/interlock.py); then nothing that
    names them is given out. `disputed`: the family has asked for a correction that nobody has answered;
    outreach stops until then.
    """

    person_id: int
    name: str | None = field(repr=False)
    id_number: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str | None
    division: str | None
    household_key: str | None
    guardian_name: str | None = field(repr=False)
    address: str | None = field(repr=False)
    school_name: str | None = field(repr=False)
    merged_into: int | None
    named_officer: bool = False
    disputed: bool = False


_FEW = 500
_PLAIN = ("person_id", "sex", "division", "household_key")
_SEALED = ("name", "id_number", "birth_date", "guardian_name", "address", "school_name")


class PersonIds:
    """Person numbers for one run, as linkage asks for them: a resumed run is given the same blocks."""

    def __init__(self, persons: "Persons", run_id: int) -> None:
        self._persons = persons
        self._run_id = run_id
        self._call = 0

    def reserve(self, count: int) -> range:
        """`count` consecutive new numbers."""
        block = self._persons.reserve_persons(self._run_id, count, call=self._call)
        self._call += 1
        return block


class Persons:
    """Minting, and the personal columns behind envelopes."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def reserve_persons(self, run_id: int, count: int, *, call: int = 0) -> range:
        """`count` consecutive numbers for the run's `call`-th wish.

        The same wish gives the same block again; with another count, a new block (numbers once given
        out are never given to somebody else).
        """
        if count == 0:
            return range(0)
        of_call = (person_block.c.run_id == run_id, person_block.c.call == call)
        with self._db.write() as c:
            known = select(person_block.c.first).where(*of_call, person_block.c.count == count)
            first = c.execute(known).scalar_one_or_none()
            if first is None:
                first = take_numbers(c, "person", count)
                block = {"first": first, "run_id": run_id, "call": call, "count": count}
                c.execute(insert(person_block).values(block))
        return range(first, first + count)

    def block(self, run_id: int, count: int, *, call: int) -> range | None:
        """The block that the run's `call`-th wish for so many numbers was given; None if there is none."""
        where = (
            person_block.c.run_id == run_id,
            person_block.c.call == call,
            person_block.c.count == count,
        )
        with self._db.read() as c:
            first = c.execute(select(person_block.c.first).where(*where)).scalar_one_or_none()
        return None if first is None else range(first, first + count)

    def ids(self, run_id: int) -> PersonIds:
        """The numbers for one run, in the shape that linkage asks for."""
        return PersonIds(self, run_id)

    def person(self, person_id: int) -> PersonRecord | None:
        """The person of that number, or None when there is no case of theirs."""
        found = self.people([person_id])
        return found[0] if found else None

    def people(self, person_ids: Sequence[int]) -> tuple[PersonRecord, ...]:
        """The people of those numbers who have a case; meant for one page, not for a whole roll."""
        mine = select(person).where(person.c.person_id.in_(person_ids))
        query = with_salt(mine, person.c.person_id).order_by(person.c.person_id)
        with self._db.read() as c:
            found = [self._open(row) for row in c.execute(query).all()]
            closed = named_officer(c, self._keys.site_key(), map(_known, found))
            disputed = disputed_people(c, [one.person_id for one in found])
        shown = (_closed(one) if one.person_id in closed else one for one in found)
        return tuple(replace(one, disputed=one.person_id in disputed) for one in shown)

    def closed(self, person_ids: Sequence[int]) -> frozenset[int]:
        """Those of the people whose every item is 专人办理."""
        return frozenset(one.person_id for one in self.people(person_ids) if one.named_officer)

    def shut(self, known: Sequence[Known]) -> frozenset[int]:
        """Those of whom is known so much whose every item is 专人办理, with a case or without."""
        with self._db.read() as c:
            return named_officer(c, self._keys.site_key(), known)

    def strangers(self, pupils: Sequence[Pupil]) -> tuple[Pupil, ...]:
        """The pupils whom no case is about and who are not with a named officer."""
        tokens = {p: self._keys.token("id_number", p.id_number) for p in pupils if p.id_number}
        asked = list(tokens.values())
        known = [Known(-n, p.id_number, p.name_key, p.birth_date) for n, p in enumerate(pupils, 1)]
        with self._db.read() as c:
            closed = named_officer(c, self._keys.site_key(), known)
            with_case: set[str] = set()
            for start in range(0, len(asked), _FEW):
                some = person.c.id_token.in_(asked[start : start + _FEW])
                with_case.update(c.execute(select(person.c.id_token).where(some)).scalars())
        return tuple(
            p
            for n, p in enumerate(pupils, 1)
            if -n not in closed and p.id_number and tokens[p] not in with_case
        )

    def find(self, id_number: str) -> tuple[int, ...]:
        """Numbers of people with a case who have this (normalised) id number, by blind index."""
        token = self._keys.token("id_number", id_number)
        with self._db.read() as c:
            rows = c.execute(select(person.c.person_id).where(person.c.id_token == token)).scalars()
            return tuple(sorted(rows))

    def household(self, household_key: str) -> tuple[int, ...]:
        """Numbers of people with a case who share a household."""
        mine = person.c.household_key == household_key
        with self._db.read() as c:
            return tuple(sorted(c.execute(select(person.c.person_id).where(mine)).scalars()))

    def find_name(self, name: str) -> tuple[int, ...]:
        """Numbers of people with a case of exactly this name, former name or pet name, as bureaus may
        spell it, or of this name in pinyin; by blind index."""
        key = name_key(name)
        if key is None:
            return ()
        latin = asked_latin(name)
        tokens = [self._keys.token("name", key)]
        tokens += [self._keys.token("latin", latin)] if latin else []
        own = select(person.c.person_id).where(person.c.name_token.in_(tokens))
        other = select(person_alias.c.person_id).where(person_alias.c.token.in_(tokens))
        with self._db.read() as c:
            return tuple(sorted(set(c.execute(own.union(other)).scalars())))

    def merged(self) -> dict[int, int]:
        """Every merged person → the one that it goes by now."""
        query = select(person.c.person_id, person.c.merged_into).where(
            person.c.merged_into.is_not(None)
        )
        with self._db.read() as c:
            return {row.person_id: row.merged_into for row in c.execute(query)}

    def merge(self, person_id: int, into: int) -> None:
        """Say that two numbers are one person; the older cases follow. Raises StoreError for a loop."""
        follow = update(person).values(merged_into=into)
        with self._db.write() as c:
            target = c.execute(
                select(person.c.merged_into).where(person.c.person_id == into)
            ).first()
            if target is None or target.merged_into is not None or person_id == into:
                raise StoreError(
                    "a person cannot be merged into one who is unknown or merged already",
                    where=f"person {into}",
                    mend="merge into the person who is left",
                )
            c.execute(follow.where(person.c.person_id == person_id))
            c.execute(follow.where(person.c.merged_into == person_id))

    def _open(self, row: Row[Any]) -> PersonRecord:
        said: dict[str, Any] = {
            name: self._keys.opener(f"person.{name}", row.salt)(row.person_id, row._mapping[name])
            for name in _SEALED
        }
        born = said.pop("birth_date")
        return PersonRecord(
            person_id=row.person_id,
            birth_date=None if born is None else date.fromisoformat(born),
            sex=row.sex,
            division=row.division,
            household_key=row.household_key,
            merged_into=row.merged_into,
            **said,
        )


def _known(one: PersonRecord) -> Known:
    return Known(one.person_id, one.id_number, name_key(one.name or ""), one.birth_date)


def _closed(one: PersonRecord) -> PersonRecord:
    return PersonRecord(
        one.person_id, None, None, None, None, one.division, None, None, None, None, None, True
    )


def take_numbers(connection: Connection, name: str, count: int) -> int:
    """The first of `count` consecutive numbers of a counter that nobody else gets."""
    bump = update(counter).where(counter.c.name == name).values(next=counter.c.next + count)
    return int(connection.execute(bump.returning(counter.c.next)).scalar_one()) - count


def put_people(connection: Connection, keys: DataKeys, people: pa.Table) -> None:
    """Insert or renew people (`gateway.model.cases.CASE_PERSON`) inside a transaction."""
    born = people["birth_date"]
    own = {name: people[name].to_pylist() for name in _PLAIN}
    own |= {"birth_year": pc.year(born).to_pylist(), "birth_month": pc.month(born).to_pylist()}
    own["id_token"] = keys.token_column("id_number", people["id_number"].to_pylist())
    called = [name_key(name) for name in people["name"].to_pylist()]
    own["name_token"] = keys.token_column("name", called)
    ciphers = keys.child_ciphers(made_salts(connection, own["person_id"]))
    for name in _SEALED:
        texts = people[name].cast(pa.string()).to_pylist()
        own[name] = ciphers.seal_column(f"person.{name}", own["person_id"], texts)
    upsert_columns(connection, person, own)
    _put_aliases(connection, keys, people)


def _put_aliases(connection: Connection, keys: DataKeys, people: pa.Table) -> None:
    # A name that was once borne stays findable: aliases are added, never taken away.
    rows = [
        {"token": keys.token(kind, text), "person_id": row["person_id"]}
        for row in people.select(["person_id", "name", "former_name", "pet_name"]).to_pylist()
        for kind, text in sorted(spellings(row["name"], row["former_name"], row["pet_name"]))
    ]
    insert_rows(connection, person_alias, rows, keep_first=True)
