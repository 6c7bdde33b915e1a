"""Systems that hand in what children and guardians ask of their data. An officer takes and answers each
request, for a person must see who asks; the system names that officer, and reads how it stands."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.access import ApiScope, Client, Purpose, Role, User, user_of
from gateway.desk.machines import Accounts
from gateway.desk.rights import Rights, Wish
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed
from gateway.model.rights import RefusalReason, RightsRequest, Seen


class MachineStore(Protocol):
    """The store as far as this needs it."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class MachineRights:
    """Requests over clients. Raises NotAllowed for a client without the scope `rights` or the purpose
    `rights_request`, and for an officer who is not known or does not reach the case."""

    def __init__(self, store: MachineStore, rights: Rights, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._rights = rights
        self._clock = clock

    def request(self, client: Client, case_id: int, officer: str, wish: Wish) -> RightsRequest:
        """Hand in a request that a named officer takes. Raises NotAllowed, UsageError."""
        user = self._officer(client, officer)
        with self._store.transaction():
            self._note(client, case_id, officer, "rights.request_for")
            return self._rights.request(user, case_id, wish)

    def answer(
        self,
        client: Client,
        case_id: int,
        request_id: int,
        officer: str,
        said: tuple[str, RefusalReason | None],
    ) -> RightsRequest:
        """Hand on what a named officer answered: the words, and why it is refused if it is.

        Raises NotAllowed, UsageError, StaleCase when it is answered already.
        """
        user = self._officer(client, officer)
        with self._store.transaction():
            self._note(client, case_id, officer, "rights.answer_for")
            return self._rights.answer(user, case_id, request_id, *said)

    def of_case(self, client: Client, case_id: int) -> tuple[RightsRequest, ...]:
        """Requests of the child of a case, oldest first, with their answers."""
        return self._rights.of_case(_reader(client), case_id)

    def who_saw(self, client: Client, case_id: int) -> tuple[Seen, ...]:
        """Who saw or was told of the child, as its family may be shown it."""
        return self._rights.who_saw(_reader(client), case_id)

    def _officer(self, client: Client, name: str) -> User:
        _reader(client)
        account = self._store.accounts.get(name)
        if account is None or account.disabled:
            raise NotAllowed("there is no officer of that name")
        return user_of(account)

    def _note(self, client: Client, case_id: int, officer: str, action: str) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), client.client_id, "client", action, Purpose.RIGHTS_REQUEST, "case",
                str(case_id), json.dumps({"on_behalf_of": officer}),
            )
        )  # fmt: skip


def _reader(client: Client) -> User:
    client.needs(ApiScope.RIGHTS)
    client.for_purpose(Purpose.RIGHTS_REQUEST)
    return User(client.reader, frozenset({Role.CLIENT}))
