"""Cases: all of them for the night, one of them with its history, and one move of one by a person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row, func, select, update

from gateway.model.cases import OPEN_CASE, CaseMove, CaseState, Notice
from gateway.model.errors import StaleCase, StoreError
from gateway.model.outcomes import AccessScope
from gateway.store.arrow import from_rows
from gateway.store.child_keys import salt_of_case
from gateway.store.database import Database, insert_rows
from gateway.store.feed import feed
from gateway.store.keys import DataKeys, KeyClass
from gateway.store.queue_counts import put_in, take_out
from gateway.store.tables import case_event, case_file, finding, outbox, person

NOTE_KEYS = {
    AccessScope.ORDINARY: KeyClass.PERSONAL,
    AccessScope.SEALED: KeyClass.SEALED,
    AccessScope.PROTECTION: KeyClass.PROTECTION,
}
"""Which key seals what people write about a case, by the case's access scope."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One line of a case's history. `evidence` is JSON text of references."""

    version: int
    event: str
    from_state: CaseState | None
    to_state: CaseState
    by: str
    at: datetime
    run_id: int | None
    reason: str | None
    until: date | None
    on_whom: str | None
    evidence: str
    note: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case and its history, oldest first. `version` is to be handed back with a move."""

    case_id: int
    finding_key: str
    person_id: int | None
    rule: str
    division: str | None
    access: str
    state: CaseState
    version: int
    opened_on: date
    due_on: date | None
    assigned_to: str | None
    excuse_until: date | None
    wait_until: date | None
    waiting_on: str | None
    reverify_on: date | None
    follows: str | None
    events: tuple[CaseEvent, ...]


class Cases:
    """Cases and their moves."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def open_cases(self) -> pa.Table:
        """Every case (`gateway.model.cases.OPEN_CASE`), closed ones too: a condition may return."""
        own = {c.name: c for c in (*finding.c, *case_file.c)}
        own["case_id"] = case_file.c.case_id
        own["person_id"] = func.coalesce(person.c.merged_into, finding.c.person_id)
        own |= {"birth_year": person.c.birth_year, "birth_month": person.c.birth_month}
        query = (
            select(*(own[name] for name in OPEN_CASE.names))
            .select_from(finding)
            .join(case_file, case_file.c.case_id == finding.c.case_id)
            .outerjoin(person, person.c.person_id == finding.c.person_id)
        )
        with self._db.read() as c:
            return from_rows(OPEN_CASE, c.execute(query).all())

    def case(self, case_id: int) -> CaseFile:
        """One case with its history. Raises StoreError when there is none of that number."""
        found = self.find(case_id)
        if found is None:
            raise _unknown(case_id)
        return found

    def find(self, case_id: int) -> CaseFile | None:
        """One case with its history, or None."""
        with self._db.read() as c:
            row = _row(c, case_id)
            if row is None:
                return None
            salt = salt_of_case(c, case_id)
            events = c.execute(
                select(case_event)
                .where(case_event.c.case_id == case_id)
                .order_by(case_event.c.version)
            ).all()
        return _case_file(row, tuple(self._event(e, salt) for e in events))

    def move(self, new: CaseMove) -> int:
        """Write one move by a person, with its notice; the case's new version.

        Raises StaleCase when the case is not as the person saw it.
        """
        with self._db.write() as c:
            mine = (
                case_file.c.case_id == new.case_id,
                case_file.c.version == new.version,
                case_file.c.state == new.from_state,
            )
            # Locked before it is counted out: of two people who decide at once, one counts nothing.
            if (
                c.execute(select(case_file.c.case_id).where(*mine).with_for_update()).first()
                is None
            ):
                raise stale(f"case {new.case_id}")
            take_out(c, [new.case_id])
            c.execute(update(case_file).where(*mine).values(_changed(new)))
            row = _case(c, new.case_id)
            _change_owner(c, new)
            put_in(c, [new.case_id])
            insert_rows(c, case_event, [self._event_row(new, row, salt_of_case(c, new.case_id))])
            feed(c, [{"case_id": new.case_id, "version": new.version + 1}])
            if new.notice is not None:
                insert_rows(c, outbox, [_notice(new, row)], keep_first=True)
        return new.version + 1

    def _event_row(self, new: CaseMove, row: Row[Any], salt: bytes | None) -> dict[str, Any]:
        place = f"{new.case_id}.{new.version + 1}"
        return {
            "case_id": new.case_id,
            "version": new.version + 1,
            "event": new.event,
            "from_state": new.from_state,
            "to_state": new.to_state,
            "by": new.by,
            "at": new.at,
            "reason": new.reason or None,
            "until": new.until,
            "on_whom": new.on_whom or None,
            "evidence": row.evidence,
            "note": self._keys.sealer("case_event.note", NOTE_KEYS[row.access], salt)(
                place, new.note or None
            ),
        }

    def _event(self, row: Row[Any], salt: bytes | None) -> CaseEvent:
        opener = self._keys.opener("case_event.note", salt)
        note = opener(f"{row.case_id}.{row.version}", row.note)
        return CaseEvent(
            row.version,
            row.event,
            None if row.from_state is None else CaseState(row.from_state),
            CaseState(row.to_state),
            row.by,
            row.at,
            row.run_id,
            row.reason,
            row.until,
            row.on_whom,
            row.evidence,
            note,
        )


def stale(where: str) -> StaleCase:
    """The error of a case that somebody else changed first."""
    return StaleCase(
        "the case was changed since it was read", where=where, mend="read it again and decide again"
    )


def _changed(new: CaseMove) -> dict[str, Any]:
    values: dict[str, Any] = {"state": new.to_state, "version": new.version + 1}
    moves = new.to_state is not new.from_state
    if moves or new.until is not None:
        # What leaves the case where it was (a note, an answer) leaves its excuse and wait as they were.
        values |= {
            "excuse_until": new.until if new.to_state is CaseState.EXCUSED else None,
            "wait_until": new.until if new.to_state is CaseState.WAITING else None,
            "waiting_on": new.on_whom if new.to_state is CaseState.WAITING else None,
        }
    if new.assign_to:
        values["assigned_to"] = new.assign_to
    elif not moves or new.notice is Notice.REPLIED:
        pass  # A bureau's answer finds the case with the officer who had it.
    elif new.to_state is CaseState.IN_REVIEW:
        values["assigned_to"] = new.by
    elif new.to_state is CaseState.OPEN:
        values["assigned_to"] = None
    if new.due_on is not None:
        values["due_on"] = new.due_on
    return values


def _change_owner(connection: Connection, new: CaseMove) -> None:
    if new.owner:
        mine = update(finding).where(finding.c.case_id == new.case_id)
        connection.execute(mine.values(owner=new.owner))


def _notice(new: CaseMove, row: Row[Any]) -> dict[str, Any]:
    # A person's notice is unique by the version it made: a second referral is a second notice.
    return {
        "case_id": new.case_id,
        "finding_key": row.finding_key,
        "kind": new.notice,
        "period": f"{new.at:%Y-%m-%d}.{new.version + 1}",
        "recipient": (new.on_whom if new.notice in _TO_ANOTHER else new.owner) or row.owner,
        "state": "pending",
        "attempts": 0,
        "created_at": new.at,
        "next_at": new.at,
    }


_TO_ANOTHER = (Notice.REFERRAL, Notice.DATA_CHECK, Notice.REMINDER, Notice.ESCALATED)
"""Notices to whom the move names; the others go to the case's owner."""


def _case(connection: Connection, case_id: int) -> Row[Any]:
    row = _row(connection, case_id)
    if row is None:
        raise _unknown(case_id)
    return row


def _row(connection: Connection, case_id: int) -> Row[Any] | None:
    columns = [c for c in finding.c if c.name != "case_id"]
    query = select(case_file, *columns).join(finding, finding.c.case_id == case_file.c.case_id)
    return connection.execute(query.where(case_file.c.case_id == case_id)).first()


def _unknown(case_id: int) -> StoreError:
    return StoreError("there is no such case", where=f"case {case_id}")


def _case_file(row: Row[Any], events: tuple[CaseEvent, ...]) -> CaseFile:
    return CaseFile(
        row.case_id, row.finding_key, row.person_id, row.rule, row.division, row.access,
        CaseState(row.state), row.version, row.opened_on, row.due_on, row.assigned_to,
        row.excuse_until, row.wait_until, row.waiting_on, row.reverify_on, row.follows, events,
    )  # fmt: skip
