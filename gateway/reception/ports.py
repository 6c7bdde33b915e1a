"""What the reception asks of the store; `gateway.store.Store` satisfies it by shape."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.model.audit import AuditLog
from gateway.model.exchange import Delivery
from gateway.model.submissions import SubmissionRow


class Kept(Protocol):
    """A delivery as kept."""

    @property
    def delivery(self) -> Delivery: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


class Deliveries(Protocol):
    """What nights made of deliveries."""

    def current(self, source: str, roll: str, period: str) -> Kept | None: ...
    def history(self, source: str, roll: str) -> Sequence[Kept]: ...


class Submissions(Protocol):
    """Submissions by id."""

    def add(self, new: SubmissionRow) -> None: ...
    def get(self, submission_id: str) -> SubmissionRow | None: ...
    def of_client(self, client_id: str, limit: int = 200) -> Sequence[SubmissionRow]: ...
    def open(self, before: datetime | None = None) -> Sequence[SubmissionRow]: ...
    def waiting(
        self, source: str, rolls: Sequence[str], period: str
    ) -> Sequence[SubmissionRow]: ...
    def end(self, done: SubmissionRow) -> None: ...


class Counts(Protocol):
    """What became of the rows of a roll."""

    @property
    def received(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def quarantined(self) -> int: ...
    @property
    def superseded(self) -> int: ...


class Sources(Protocol):
    """Row counts of rolls."""

    def roll_counts(self, source: str, roll: str, period: str) -> Counts | None: ...


class ReceptionStore(Protocol):
    """The store as the reception sees it."""

    @property
    def submissions(self) -> Submissions: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...
