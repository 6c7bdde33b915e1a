"""What dispatch needs of others: the store's outbox, cases and referrals, and a way to reach a bureau."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from gateway.model.audit import AuditLog
from gateway.model.cases import CaseMove, CaseState
from gateway.model.exchange import Sent
from gateway.model.referrals import ReferralRow, ReplyRow


class Leased(Protocol):
    """Whatever is leased and sent. `outbox_id` is stable: the name of what is sent derives from it, so
    that what is sent twice after a crash is seen as the same."""

    @property
    def outbox_id(self) -> int: ...
    @property
    def attempts(self) -> int: ...


class Item(Leased, Protocol):
    """A notice about a case."""

    @property
    def case_id(self) -> int: ...
    @property
    def finding_key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def recipient(self) -> str: ...


ItemT = TypeVar("ItemT", bound=Leased)


class Outbox(Protocol[ItemT]):
    """Leases and reports. A report is False when the lease was lost to another worker."""

    def lease(self, now: datetime, ttl: timedelta, limit: int) -> Sequence[ItemT]:
        """Take due items, at most one of a case; `attempts` counts this lease too."""

    def sent(self, item: ItemT, exchange_id: str, now: datetime) -> bool:
        """The item was handed over."""

    def again(self, item: ItemT, next_at: datetime, error: str) -> bool:
        """The item is to be tried at `next_at`."""

    def dead(self, item: ItemT, error: str) -> bool:
        """The item is given up until an operator looks at it."""


Send = Callable[[ItemT], Sent]
"""Seals and carries one item. Raises TransportError or ExchangeRefused."""


class Child(Protocol):
    """A child as a template may tell of it; nothing of one whose items are with a named officer."""

    @property
    def name(self) -> str | None: ...
    @property
    def id_number(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def division(self) -> str | None: ...
    @property
    def school_name(self) -> str | None: ...
    @property
    def guardian_name(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def named_officer(self) -> bool: ...


class Event(Protocol):
    """One line of a case's history."""

    @property
    def version(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def reason(self) -> str | None: ...


class File(Protocol):
    """A case with its person and its history."""

    @property
    def case_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def state(self) -> CaseState: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def rule(self) -> str: ...
    @property
    def events(self) -> Sequence[Event]: ...


class Persons(Protocol):
    """People with a case."""

    def person(self, person_id: int) -> Child | None: ...


class Cases(Protocol):
    """Cases and their moves."""

    def find(self, case_id: int) -> File | None: ...
    def move(self, new: CaseMove) -> int: ...


class ReferralBook(Protocol):
    """What left, and what came back (the store's Referrals)."""

    def referral_id(self, outbox_id: int) -> str: ...
    def draft(self, new: ReferralRow) -> ReferralRow: ...
    def find(self, referral_id: str) -> ReferralRow | None: ...
    def of_case(self, case_id: int) -> tuple[ReferralRow, ...]: ...
    def due(self, today: date) -> tuple[ReferralRow, ...]: ...
    def awaiting_roll(self) -> tuple[ReferralRow, ...]: ...
    def asked(self, recipients: Collection[str], since: datetime) -> bool: ...
    def sent(self, referral_id: str, exchange_id: str, at: datetime, *, by_hand: bool) -> None: ...
    def change(self, referral_id: str, **values: object) -> None: ...
    def keep_reply(self, new: ReplyRow) -> bool: ...
    def known_replies(self, source: str, ids: Sequence[str]) -> dict[str, str]: ...
    def claim_round(
        self, source: str, period: str, now: datetime, next_at: datetime
    ) -> str | None: ...
    def end_round(self, source: str, period: str, mark: str) -> None: ...


class DispatchStore(Protocol):
    """The store as the conversation with bureaus sees it."""

    @property
    def cases(self) -> Cases: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def referrals(self) -> ReferralBook: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Channel(Protocol):
    """How one recipient is reached, over its bureau's own transport."""

    @property
    def source(self) -> str: ...

    def deliver(self, document: str, period: str) -> Sent:
        """Seal a document and hand it over. Raises TransportError, ExchangeRefused."""

    def replies(self, period: str, mark: str) -> "Collected | None":
        """The bureau's replies of a month, verified; None when there are none, or none but those of
        `mark`. Raises TransportError, ExchangeRefused, DeliveryIncomplete."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Verified rows: (exchange id, the row's fields as text) each; `mark` names what was collected."""

    rows: tuple[tuple[str, Mapping[str, str]], ...]
    mark: str
