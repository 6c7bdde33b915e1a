"""The replay guard: one exchange id stands for one signed content, on every node and after restarts."""

from datetime import datetime
from typing import Literal, Protocol

from gateway.exchange.contract import signed_digest
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header


class SeenIds(Protocol):
    """Exchange ids that were accepted, with their receipts. The operational store satisfies it."""

    def first_seen(
        self, exchange_id: str, sender: str, signed_digest: str, sealed_digest: str, now: datetime
    ) -> Literal["new", "same", "other"]:
        """Record an id at its first sight; say whether it is new (also when its first attempt never
        got a receipt), came before with the same signed content, or with other content."""

    def keep_receipt(self, exchange_id: str, sender: str, receipt: str, now: datetime) -> None:
        """Keep the receipt that ends an exchange; the first one stays."""

    def receipt(self, exchange_id: str, sender: str) -> str | None:
        """The receipt given for an exchange, or None."""


def came_before(seen: SeenIds, header: Header, sealed_digest: str, now: datetime) -> bool:
    """Whether this exchange was accepted before with the same signed content.

    Asked only after everything else has been verified, so that a failed attempt leaves no trace.
    Raises ExchangeRefused(id_reused) when the id came before with other content.
    """
    answer = seen.first_seen(header.id, header.sender, signed_digest(header), sealed_digest, now)
    if answer == "other":
        raise ExchangeRefused(
            Refusal.ID_REUSED,
            "Its id was used before for other content",
            where=f"{header.source}, {header.id}",
            mend="Ask the sender at once: either its software is wrong or somebody else sends.",
        )
    return answer == "same"
