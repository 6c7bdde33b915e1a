"""Systems at the desk: they annotate in their own name, and decide only for an officer whom they name."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.access import ApiScope, Client, Purpose, Role, User, user_of
from gateway.casework import Event
from gateway.desk.desk import Desk
from gateway.desk.values import Asked, CaseView, Done
from gateway.model.accounts import AccountRow
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError

FOR_OFFICERS = (Event.CONFIRM, Event.EXCUSE, Event.DISMISS, Event.SETTLE)
"""What a system may hand on of an officer's decisions."""


class Accounts(Protocol):
    """Officers by name."""

    def get(self, name: str) -> AccountRow | None: ...


class MachineStore(Protocol):
    """The store as far as this needs it."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class MachineDesk:
    """What clients do about cases in their reach. `clock` gives aware times."""

    def __init__(self, store: MachineStore, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock

    def case(self, client: Client, case_id: int) -> CaseView:
        """A case and its history. Raises NotAllowed for one that is out of reach; audited."""
        client.needs(ApiScope.FINDINGS)
        client.for_purpose(Purpose.CASEWORK)
        return self._desk.case(_user(client), case_id)

    def annotate(self, client: Client, case_id: int, version: int, text: str) -> Done:
        """Comment or reply. Raises NotAllowed, StaleCase."""
        client.needs(ApiScope.CASES)
        client.for_purpose(Purpose.CASEWORK)
        return self._desk.decide(_user(client), case_id, version, Asked(Event.NOTE, note=text))

    def decide(
        self, client: Client, case_id: int, version: int, officer: str, asked: Asked
    ) -> Done:
        """Make the decision of a named officer, with that officer's rights and a second person where
        the site asks for one; it stands under the officer's name, the audit names the system too.

        Raises NotAllowed when client or officer does not reach the case or the officer is not known,
        UsageError for any other event, StaleCase.
        """
        client.needs(ApiScope.DECIDE)
        client.for_purpose(Purpose.CASEWORK)
        if asked.event not in FOR_OFFICERS:
            raise UsageError("that decision is made at the desk", mend=", ".join(FOR_OFFICERS))
        account = self._store.accounts.get(officer)
        if account is None or account.disabled:
            raise NotAllowed("there is no officer of that name")
        with self._store.transaction():
            # Out of the client's own reach its word counts for nobody.
            self._desk.case(_user(client), case_id)
            done = self._desk.decide(user_of(account), case_id, version, asked)
            detail = json.dumps({"on_behalf_of": officer, "event": asked.event})
            self._store.audit.add(
                AuditNote(
                    self._clock(), client.client_id, "client", "case.decide_for", Purpose.CASEWORK,
                    "case", str(case_id), detail,
                )
            )  # fmt: skip
        return done


def _user(client: Client) -> User:
    return User(client.reader, frozenset({Role.CLIENT}))
