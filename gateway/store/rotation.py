"""Data keys replaced while the site runs: every envelope sealed anew, a few hundred at a time.

An envelope is exchanged only if it is still the one that was read, so that an officer who writes
meanwhile wins. Cut off anywhere, the next call goes on: what is left is told by the envelopes themselves.
The old key's file stays: a backup of before opens with it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, select, tuple_, update

from gateway.model.errors import KeyUnavailable
from gateway.store.database import Database
from gateway.store.keys import ENVELOPES, DataKeys, KeyClass
from gateway.store.tables import (
    case_call,
    case_event,
    case_proposal,
    child_file,
    child_review,
    cited_row,
    client_reply,
    excuse,
    judgement,
    person,
    quarantine,
    referral,
    referral_reply,
    rights_request,
    school_sheet,
    visit_sheet,
    webhook,
)
from gateway.store.tables_people import account

BATCH = 500
_HEAD = 4


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column, and the columns (joined by `.`) that its envelopes are bound to."""

    table: Table
    column: str
    bound: tuple[str, ...]

    @property
    def place(self) -> str:
        """`table.column`, as the envelope has it."""
        return f"{self.table.name}.{self.column}"


VISIT = ("visited_by", "note")
PERSONAL = ("name", "id_number", "birth_date", "guardian_name", "address", "school_name")
SEALED = (
    *(Sealed(person, name, ("person_id",)) for name in PERSONAL),
    Sealed(case_event, "note", ("case_id", "version")),
    Sealed(case_call, "number", ("call_id",)),
    Sealed(case_call, "note", ("call_id",)),
    Sealed(case_proposal, "note", ("proposal_id",)),
    Sealed(excuse, "evidence", ("excuse_id",)),
    Sealed(judgement, "left_ref", ("left_token",)),
    Sealed(judgement, "right_ref", ("right_token",)),
    Sealed(quarantine, "row", ("row_ref",)),
    Sealed(cited_row, "row", ("exchange_id", "number")),
    Sealed(account, "secret", ("name",)),
    Sealed(webhook, "secret", ("webhook_id",)),
    Sealed(client_reply, "body", ("client_id", "key")),
    *(Sealed(visit_sheet, name, ("serial",)) for name in VISIT),
    Sealed(child_file, "facts", ("person_id", "run_id")),
    Sealed(child_file, "sealed_facts", ("person_id", "run_id")),
    Sealed(child_review, "body", ("review_id",)),
    Sealed(school_sheet, "school", ("serial",)),
    Sealed(referral, "document", ("referral_id",)),
    Sealed(referral_reply, "body", ("source", "reply_id")),
    *(Sealed(rights_request, name, ("request_id",)) for name in ("wish", "answer")),
)
"""Every sealed column of the store (a test finds one that is missing)."""
NOT_SEALED = frozenset({"rulebook.body", "harm_case.reporter", "harm_sign.body", "harm_event.body"})
"""Binary columns that are under no data key: rules, and boxes for the protection role's own key pair."""


class Rotation:
    """The store's envelopes, as a rotation sees them."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db, self._keys = db, keys

    def left(self) -> int:
        """How many envelopes are not under the newest key of their class."""
        return sum(1 for _ in self._old(SEALED, self._newest()))

    def begin(self, classes: Sequence[KeyClass] = ENVELOPES) -> bool:
        """Make new keys, unless an earlier rotation is not finished; whether new ones were made."""
        if self.left():
            return False
        for kind in classes:
            self._keys.rotate(kind)
        return True

    def finish(self, told: Callable[[int], None] = lambda done: None) -> int:
        """Seal anew what is not under the newest keys; how many envelopes. May be cut off and called
        again. `told` hears of every batch."""
        total = 0
        for sealed in SEALED:
            batch: list[Row[Any]] = []
            for _, row in self._old((sealed,), self._newest()):
                batch.append(row)
                if len(batch) == BATCH:
                    total += self._reseal(sealed, batch, told)
                    batch = []
            total += self._reseal(sealed, batch, told)
        return total

    def _reseal(self, sealed: Sealed, batch: list[Row[Any]], told: Callable[[int], None]) -> int:
        unseal, done = self._keys.opener(sealed.place), 0
        column = sealed.table.c[sealed.column]
        key = list(sealed.table.primary_key)
        with self._db.write() as c:
            for row in batch:
                mine, old = _bound(sealed, row), bytes(row[-1])
                new = self._keys.sealer(sealed.place, ENVELOPES[old[1]])(mine, unseal(mine, old))
                same = [part == row[n] for n, part in enumerate(key)]
                change = update(sealed.table).where(*same, column == old)
                done += c.execute(change.values({sealed.column: new})).rowcount
        if batch:
            told(done)
        return done

    def _old(
        self, columns: Sequence[Sealed], newest: dict[int, int]
    ) -> Iterator[tuple[Sealed, Row[Any]]]:
        for sealed in columns:
            after: tuple[object, ...] | None = None
            while rows := self._page(sealed, after):
                for row in rows:
                    token = bytes(row[-1])
                    if int.from_bytes(token[2:_HEAD], "big") != newest.get(token[1], -1):
                        yield sealed, row
                after = tuple(rows[-1][: len(sealed.table.primary_key)])

    def _page(self, sealed: Sealed, after: tuple[object, ...] | None) -> Sequence[Row[Any]]:
        key = list(sealed.table.primary_key)
        bound = [sealed.table.c[name] for name in sealed.bound]
        column = sealed.table.c[sealed.column]
        query = select(*key, *(c.label(f"_{c.name}") for c in bound), column.label("_token"))
        query = query.where(column.is_not(None)).order_by(*key).limit(BATCH)
        if after is not None:
            query = query.where(tuple_(*key) > after)
        with self._db.read() as c:
            return list(c.execute(query))

    def _newest(self) -> dict[int, int]:
        found = {}
        for number, kind in enumerate(ENVELOPES):
            try:
                found[number] = self._keys.current(kind)
            except KeyUnavailable:
                continue
        return found


def _bound(sealed: Sealed, row: Row[Any]) -> object:
    count = len(sealed.table.primary_key)
    values = [row[count + n] for n in range(len(sealed.bound))]
    return values[0] if len(values) == 1 else ".".join(str(value) for value in values)
