"""What dispatch needs of others: an outbox (the store's) and a way to send one item."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from gateway.model.exchange import Sent


class Leased(Protocol):
    """Whatever is leased and sent. `outbox_id` is stable: a sender derives its exchange id from it, so
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
