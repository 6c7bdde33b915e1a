"""Exchange ids seen and the receipts given for them, shared by all nodes."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, update

from gateway.model.errors import StoreError
from gateway.model.exchange import GivenReceipt
from gateway.store.database import Database, insert_rows
from gateway.store.tables import exchange_seen

Seen = Literal["new", "same", "other"]


class Exchanges:
    """Satisfies the exchange room's port for seen ids."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def first_seen(
        self, exchange_id: str, sender: str, signed_digest: str, sealed_digest: str, now: datetime
    ) -> Seen:
        """Whether this id of this sender is new, came before with the same signed content, or with other.

        `new` also for an id whose first attempt never got its receipt: the work was not finished, so
        an honest resend is done, not turned away. A re-sealed resend has another sealed digest and is
        the `same`.
        """
        row = {
            "sender": sender,
            "exchange_id": exchange_id,
            "signed_digest": signed_digest,
            "sealed_digest": sealed_digest,
            "first_seen": now,
        }
        known = select(exchange_seen.c.signed_digest, exchange_seen.c.receipt).where(
            *_of(exchange_id, sender)
        )
        with self._db.write() as c:
            if insert_rows(c, exchange_seen, [row], keep_first=True):
                return "new"
            before = c.execute(known).one()
        if before.signed_digest != signed_digest:
            return "other"
        return "new" if before.receipt is None else "same"

    def keep_receipt(self, exchange_id: str, sender: str, receipt: str, now: datetime) -> None:
        """Keep the receipt that ends an exchange; the first one stays.

        Raises StoreError for an id that was never seen.
        """
        first = update(exchange_seen).where(
            *_of(exchange_id, sender), exchange_seen.c.receipt.is_(None)
        )
        with self._db.write() as c:
            if c.execute(first.values(receipt=receipt, receipt_at=now)).rowcount:
                return
            if c.execute(select(exchange_seen).where(*_of(exchange_id, sender))).first() is None:
                raise StoreError(
                    "a receipt for an exchange that was never seen",
                    where=exchange_id,
                    mend="call first_seen before",
                )

    def receipt(self, exchange_id: str, sender: str) -> str | None:
        """The receipt given for an exchange, or None."""
        query = select(exchange_seen.c.receipt).where(*_of(exchange_id, sender))
        with self._db.read() as c:
            found: str | None = c.execute(query).scalar_one_or_none()
        return found

    def receipts(self, exchange_id: str) -> tuple[GivenReceipt, ...]:
        """The receipts given for an exchange id, one for each sender that used it."""
        of = exchange_seen.c
        query = select(of.sender, of.receipt_at, of.receipt).where(
            of.exchange_id == exchange_id, of.receipt.is_not(None)
        )
        with self._db.read() as c:
            return tuple(GivenReceipt(*row) for row in c.execute(query.order_by(of.sender)))


def _of(exchange_id: str, sender: str) -> tuple[ColumnElement[bool], ...]:
    return exchange_seen.c.sender == sender, exchange_seen.c.exchange_id == exchange_id
