"""Calls about cases, and decisions that wait for a second person. What was typed rests enveloped."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, insert, select, update

from gateway.model.desk import CallResult, CaseCall, CaseProposal, ProposalState
from gateway.model.errors import StaleCase
from gateway.model.outcomes import AccessScope
from gateway.store.cases import NOTE_KEYS
from gateway.store.child_keys import salt_of_case
from gateway.store.database import Database
from gateway.store.keys import DataKeys
from gateway.store.tables import case_call, case_proposal


class CaseNotes:
    """Appends and reads; `access` is the case's scope, which says whose key seals the text."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def add_call(self, call: CaseCall, access: str) -> None:
        """Append a call."""
        values = {
            "case_id": call.case_id,
            "by": call.by,
            "at": call.at,
            "result": call.result,
            "next_on": call.next_on,
        }
        secret = {"number": call.number, "note": call.note}
        self._append(case_call, "call_id", values, secret, access)

    def calls(self, case_id: int) -> tuple[CaseCall, ...]:
        """The calls about a case, oldest first."""
        query = select(case_call).where(case_call.c.case_id == case_id)
        with self._db.read() as c:
            salt = salt_of_case(c, case_id)
            rows = c.execute(query.order_by(case_call.c.call_id)).all()
        return tuple(
            CaseCall(
                row.case_id, row.by, row.at, CallResult(row.result), row.next_on,
                self._text("case_call.number", row.call_id, row.number, salt),
                self._text("case_call.note", row.call_id, row.note, salt),
            )
            for row in rows
        )  # fmt: skip

    def propose(self, new: CaseProposal, access: str) -> int:
        """Keep a decision until a second person has answered it; its number."""
        names = ("case_id", "version", "event", "by", "at", "reason", "until", "on_whom", "state")
        values = {name: getattr(new, name) for name in names}
        return self._append(case_proposal, "proposal_id", values, {"note": new.note}, access)

    def pending(self, case_id: int) -> CaseProposal | None:
        """The decision that waits on a case."""
        mine = (case_proposal.c.case_id == case_id, case_proposal.c.state == "pending")
        query = select(case_proposal).where(*mine).order_by(case_proposal.c.proposal_id)
        with self._db.read() as c:
            salt = salt_of_case(c, case_id)
            row = c.execute(query).first()
        return None if row is None else self._proposal(row, salt)

    def answer(self, proposal_id: int, state: ProposalState, by: str, at: datetime) -> None:
        """Close a proposal. Raises StaleCase when somebody else has answered it already."""
        mine = (
            case_proposal.c.proposal_id == proposal_id,
            case_proposal.c.state == ProposalState.PENDING,
        )
        change = update(case_proposal).where(*mine)
        with self._db.write() as c:
            values = {"state": state, "answered_by": by, "answered_at": at}
            if not c.execute(change.values(values)).rowcount:
                raise StaleCase(
                    "somebody else has answered it already", where=f"proposal {proposal_id}"
                )

    def _append(
        self, table: Table, key: str, values: dict[str, Any], secret: dict[str, str], access: str
    ) -> int:
        # An envelope is bound to its row's number, which the database gives.
        with self._db.write() as c:
            row = c.execute(insert(table).values(values).returning(table.c[key])).scalar_one()
            kind, salt = NOTE_KEYS[AccessScope(access)], salt_of_case(c, values["case_id"])
            sealed = {
                name: self._keys.sealer(f"{table.name}.{name}", kind, salt)(row, text or None)
                for name, text in secret.items()
            }
            c.execute(update(table).where(table.c[key] == row).values(sealed))
        return int(row)

    def _text(self, place: str, row: int, token: bytes | None, salt: bytes | None) -> str:
        return self._keys.opener(place, salt)(row, token) or ""

    def _proposal(self, row: Row[Any], salt: bytes | None) -> CaseProposal:
        return CaseProposal(
            row.case_id, row.version, row.event, row.by, row.at, row.reason, row.until,
            row.on_whom, self._text("case_proposal.note", row.proposal_id, row.note, salt),
            ProposalState(row.state), row.answered_by, row.proposal_id,
        )  # fmt: skip
