"""Data keys replaced while the site runs: every envelope sealed anew, a few hundred at a time.

An envelope is exchanged only if it is still the one that was read, so that an officer who writes
meanwhile wins. Cut off anywhere, the next call goes on: what is left is told by the envelopes themselves.
The old key's file stays: a backup of before opens with it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, Table, select, tuple_, update

from gateway.model.errors import KeyUnavailable
from gateway.store.child_keys import with_case_salt, with_salt
from gateway.store.database import Database
from gateway.store.envelopes import is_childs
from gateway.store.keys import ENVELOPES, DataKeys, KeyClass
from gateway.store.tables import (
    case_call,
    case_event,
    case_proposal,
    child_file,
    child_review,
    cited_row,
    client_reply,
    dci_callback,
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


Whose = Literal["site", "child", "case"]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column, and the columns (joined by `.`) that its envelopes are bound to.

    `whose`: under the site's key alone, or under the own key of the child that the row's `person_id`
    names or that its `case_id` is about.
    """

    table: Table
    column: str
    bound: tuple[str, ...]
    whose: Whose = "site"

    @property
    def place(self) -> str:
        """`table.column`, as the envelope has it."""
        return f"{self.table.name}.{self.column}"


VISIT = ("visited_by", "note")
PERSONAL = ("name", "id_number", "birth_date", "guardian_name", "address", "school_name")
SEALED = (
    *(Sealed(person, name, ("person_id",), "child") for name in PERSONAL),
    Sealed(case_event, "note", ("case_id", "version"), "case"),
    Sealed(case_call, "number", ("call_id",), "case"),
    Sealed(case_call, "note", ("call_id",), "case"),
    Sealed(case_proposal, "note", ("proposal_id",), "case"),
    Sealed(excuse, "evidence", ("excuse_id",), "child"),
    Sealed(judgement, "left_ref", ("left_token",)),
    Sealed(judgement, "right_ref", ("right_token",)),
    Sealed(quarantine, "row", ("row_ref",)),
    Sealed(cited_row, "row", ("exchange_id", "number")),
    Sealed(account, "secret", ("name",)),
    Sealed(webhook, "secret", ("webhook_id",)),
    Sealed(client_reply, "body", ("client_id", "key")),
    Sealed(dci_callback, "body", ("callback_id",)),
    *(Sealed(visit_sheet, name, ("serial",), "case") for name in VISIT),
    Sealed(child_file, "facts", ("person_id", "run_id"), "child"),
    Sealed(child_file, "sealed_facts", ("person_id", "run_id"), "child"),
    Sealed(child_review, "body", ("review_id",), "child"),
    Sealed(school_sheet, "school", ("serial",)),
    Sealed(referral, "document", ("referral_id",), "child"),
    Sealed(referral_reply, "body", ("source", "reply_id")),
    *(Sealed(rights_request, name, ("request_id",)) for name in ("wish", "answer")),
)
"""Every sealed column of the store (a test finds one that is missing)."""
NOT_SEALED = frozenset(
    {"child_key.salt", "rulebook.body", "harm_case.reporter", "harm_sign.body", "harm_event.body"}
)
"""Binary columns under no data key: half of each child's key, rules, boxes for the protection role."""


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
        done = 0
        column = sealed.table.c[sealed.column]
        key = list(sealed.table.primary_key)
        with self._db.write() as c:
            for row in batch:
                old = bytes(row._token)
                new = self._anew(sealed, row, old)
                same = [part == row[n] for n, part in enumerate(key)]
                change = update(sealed.table).where(*same, column == old)
                done += c.execute(change.values({sealed.column: new})).rowcount
        if batch:
            told(done)
        return done

    def _anew(self, sealed: Sealed, row: Row[Any], old: bytes) -> bytes | None:
        mine, salt = _bound(sealed, row), row.salt if is_childs(old) else None
        text = self._keys.opener(sealed.place, salt)(mine, old)
        return self._keys.sealer(sealed.place, ENVELOPES[old[1]], salt)(mine, text)

    def _old(
        self, columns: Sequence[Sealed], newest: dict[int, int]
    ) -> Iterator[tuple[Sealed, Row[Any]]]:
        for sealed in columns:
            after: tuple[object, ...] | None = None
            while rows := self._page(sealed, after):
                for row in rows:
                    token = bytes(row._token)
                    if int.from_bytes(token[2:_HEAD], "big") != newest.get(token[1], -1):
                        yield sealed, row
                after = tuple(rows[-1][: len(sealed.table.primary_key)])

    def _page(self, sealed: Sealed, after: tuple[object, ...] | None) -> Sequence[Row[Any]]:
        key = list(sealed.table.primary_key)
        bound = [sealed.table.c[name] for name in sealed.bound]
        column = sealed.table.c[sealed.column]
        columns = (*key, *(c.label(f"_{c.name}") for c in bound), column.label("_token"))
        query: Select[Any] = select(*columns)
        query = query.where(column.is_not(None)).order_by(*key).limit(BATCH)
        if after is not None:
            query = query.where(tuple_(*key) > after)
        if sealed.whose == "child":
            query = with_salt(query, sealed.table.c.person_id)
        if sealed.whose == "case":
            query = with_case_salt(query, sealed.table.c.case_id)
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
