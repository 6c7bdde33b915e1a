"""Cases of harm: written by whoever meets a sign, read by the role that holds the key, and by nobody else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.model.errors import StoreError
from gateway.store.database import Database, insert_rows
from gateway.store.interlock import harm_token
from gateway.store.keys import DataKeys
from gateway.store.sealed_box import seal, unseal
from gateway.store.tables import (
    contact_mark,
    finding,
    harm_case,
    harm_event,
    harm_shield,
    harm_sign,
    harm_subject,
)

Sign = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HarmFile:
    """What anybody may know of a case: a number and times. `steps` are (step, time), oldest first."""

    harm_id: int
    opened_at: datetime
    reported_by_somebody: bool
    steps: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class OpenedHarm:
    """A case opened with the role's key."""

    file: HarmFile
    signs: tuple[Mapping[str, Any], ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    reporter: str = field(repr=False)


class Harm:
    """Signs, steps and shields."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def arrive(self, run_id: int, source: str, roll: str, signs: pa.Table, now: datetime) -> int:
        """Keep the signs of a roll (`gateway.harm.SIGN`); how many were new.

        A sign that was seen before, of the same row, is not kept and nobody is paged for it again.
        Signs of one child join the case of theirs that is open.
        """
        with self._db.write() as c:
            return sum(self._keep(c, run_id, source, roll, row, now) for row in signs.to_pylist())

    def report(self, about: Sign, reporter: str, text: str, now: datetime) -> int:
        """Keep a report that somebody typed in or sent; the number of its case."""
        row = {"sign": "report", "row_ref": "", "row_key": None, "refused": False, **about}
        body = row | {"text": text}
        with self._db.write() as c:
            number = self._case(c, self._tokens("report", row), reporter, now)
            digest = harm_token(self._keys.site_key(), "sign", f"{number}|{now.isoformat()}|{text}")
            self._sign(c, number, digest, None, body, now)
        return number

    def restricted(self, run_id: int) -> int:
        """The one number that the ledger of a night shows: how many signs came with it."""
        query = select(func.count()).where(harm_sign.c.run_id == run_id)
        with self._db.read() as c:
            return int(c.execute(query).scalar_one())

    def open_files(self) -> tuple[HarmFile, ...]:
        """Open cases, oldest first: numbers and times, for the worker that pages."""
        query = select(harm_case).where(harm_case.c.closed_at.is_(None))
        with self._db.read() as c:
            return tuple(_file(c, row) for row in c.execute(query.order_by(harm_case.c.harm_id)))

    def file(self, harm_id: int) -> HarmFile:
        """One case's number and times. Raises StoreError when there is none."""
        with self._db.read() as c:
            row = c.execute(select(harm_case).where(harm_case.c.harm_id == harm_id)).first()
            if row is None:
                raise StoreError("there is no such case", where=f"protection {harm_id}")
            return _file(c, row)

    def record(self, harm_id: int, step: str, at: datetime, note: str = "") -> None:
        """Append a step; `closed` ends the case and lifts its shields with the next night."""
        with self._db.write() as c:
            _event(c, harm_id, step, at, self._box(f"harm_event.{harm_id}.{step}", note))
            if step == "closed":
                mine = harm_case.c.harm_id == harm_id
                c.execute(update(harm_case).where(mine).values(closed_at=at))

    def open_tokens(self) -> frozenset[str]:
        """Tokens of the subjects of open cases."""
        query = select(harm_subject.c.token).join(
            harm_case, harm_case.c.harm_id == harm_subject.c.harm_id
        )
        with self._db.read() as c:
            return frozenset(c.execute(query.where(harm_case.c.closed_at.is_(None))).scalars())

    def put_shields(self, person_ids: Iterable[int]) -> None:
        """Say whose items are 专人办理 from now on: the children of open cases and their households."""
        key = self._keys.site_key()
        rows = [{"token": harm_token(key, "person", str(number))} for number in set(person_ids)]
        with self._db.write() as c:
            c.execute(delete(harm_shield))
            insert_rows(c, harm_shield, rows)

    def mark(self, person_id: int, mark: str, by: str, at: datetime) -> int:
        """Mark a person: `named_officer` (专人办理) or `no_contact` (不得联系); the mark's number."""
        values = {"person_id": person_id, "mark": mark, "by": by, "at": at}
        with self._db.write() as c:
            made = c.execute(insert(contact_mark).values(values).returning(contact_mark.c.mark_id))
            return int(made.scalar_one())

    def end_mark(self, mark_id: int, at: datetime) -> None:
        """Take a mark back; it stays in the history."""
        mine = (contact_mark.c.mark_id == mark_id, contact_mark.c.ended_at.is_(None))
        with self._db.write() as c:
            c.execute(update(contact_mark).where(*mine).values(ended_at=at))

    def marks_by(self, by: str) -> tuple[tuple[int, int, str, datetime], ...]:
        """The marks that somebody set and has not taken back: number, a case of the person, mark, time."""
        case = select(func.min(finding.c.case_id)).where(
            finding.c.person_id == contact_mark.c.person_id
        )
        columns = (
            contact_mark.c.mark_id,
            case.scalar_subquery(),
            contact_mark.c.mark,
            contact_mark.c.at,
        )
        mine = (contact_mark.c.by == by, contact_mark.c.ended_at.is_(None))
        with self._db.read() as c:
            rows = c.execute(select(*columns).where(*mine).order_by(contact_mark.c.mark_id)).all()
        return tuple((row[0], row[1], row[2], row[3]) for row in rows)

    def opened(self, harm_id: int, private: bytes) -> OpenedHarm:
        """A case in the clear, for who holds the role's private key. Raises StoreError otherwise."""
        with self._db.read() as c:
            mine = harm_sign.c.harm_id == harm_id
            signs = c.execute(select(harm_sign).where(mine).order_by(harm_sign.c.at)).all()
            events = c.execute(
                select(harm_event)
                .where(harm_event.c.harm_id == harm_id, harm_event.c.body.is_not(None))
                .order_by(harm_event.c.event_id)
            ).all()
            boxes = select(harm_case.c.reporter).where(harm_case.c.harm_id == harm_id)
            reporter = c.execute(boxes).scalar_one()
        bodies = tuple(
            json.loads(unseal(private, f"harm_sign.{row.digest}", row.body)) for row in signs
        )
        notes = tuple(unseal(private, f"harm_event.{harm_id}.{e.step}", e.body) for e in events)
        who = unseal(private, "harm_case.reporter", reporter) if reporter else ""
        return OpenedHarm(self.file(harm_id), bodies, notes, who)

    def _keep(
        self, connection: Connection, run_id: int, source: str, roll: str, row: Sign, now: datetime
    ) -> bool:
        what = f"{row['sign']}|{source}|{roll}|{row['row_key'] or row['row_ref']}"
        digest = harm_token(self._keys.site_key(), "sign", what)
        known = select(harm_sign.c.digest).where(harm_sign.c.digest == digest)
        if connection.execute(known).first() is not None:
            return False
        number = self._case(connection, self._tokens(source, row), "", now)
        body = dict(row) | {"source": source, "roll": roll}
        self._sign(connection, number, digest, run_id, body, now)
        return True

    def _tokens(self, source: str, row: Sign) -> tuple[str, ...]:
        key, found = self._keys.site_key(), []
        if row.get("id_number"):
            found.append(harm_token(key, "number", str(row["id_number"])))
        if row.get("name_key") and row.get("birth_date"):
            named = f"{row['name_key']}|{row['birth_date'].isoformat()}"
            found.append(harm_token(key, "named", named))
        place = row.get("row_key") or row.get("row_ref")
        if place:
            found.append(harm_token(key, "row", f"{source}|{place}"))
        return tuple(found)

    def _case(
        self, connection: Connection, tokens: Sequence[str], reporter: str, now: datetime
    ) -> int:
        """The open case of a subject, or a new one."""
        query = (
            select(harm_case.c.harm_id)
            .join(harm_subject, harm_subject.c.harm_id == harm_case.c.harm_id)
            .where(harm_subject.c.token.in_(tokens), harm_case.c.closed_at.is_(None))
        )
        found = connection.execute(query.order_by(harm_case.c.harm_id).limit(1)).scalar()
        box = self._box("harm_case.reporter", reporter)
        if found is None:
            new = insert(harm_case).values(opened_at=now, reporter=box)
            found = connection.execute(new.returning(harm_case.c.harm_id)).scalar_one()
            _event(connection, int(found), "reported", now, None)
        elif box is not None:
            mine = harm_case.c.harm_id == found
            connection.execute(update(harm_case).where(mine).values(reporter=box))
        rows = [{"harm_id": found, "token": token} for token in dict.fromkeys(tokens)]
        insert_rows(connection, harm_subject, rows, keep_first=True)
        return int(found)

    def _sign(
        self,
        connection: Connection,
        number: int,
        digest: str,
        run_id: int | None,
        body: Sign,
        now: datetime,
    ) -> None:
        text = json.dumps(dict(body), ensure_ascii=False, default=str)
        box = self._box(f"harm_sign.{digest}", text)
        values = {"digest": digest, "harm_id": number, "run_id": run_id, "at": now, "body": box}
        insert_rows(connection, harm_sign, [values], keep_first=True)

    def _box(self, place: str, text: str) -> bytes | None:
        return seal(self._keys.protection_public(), place, text) if text else None


def _event(
    connection: Connection, harm_id: int, step: str, at: datetime, body: bytes | None
) -> None:
    values = {"harm_id": harm_id, "step": step, "at": at, "body": body}
    connection.execute(insert(harm_event).values(values))


def _file(connection: Connection, row: Any) -> HarmFile:
    query = select(harm_event.c.step, harm_event.c.at).where(harm_event.c.harm_id == row.harm_id)
    steps = tuple(
        (step, at) for step, at in connection.execute(query.order_by(harm_event.c.event_id))
    )
    return HarmFile(row.harm_id, row.opened_at, row.reporter is not None, steps)
