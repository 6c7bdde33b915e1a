"""Table of answers that go to a system's own address after it asked."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from gateway.store.tables_base import SERIAL, UtcTime, holds, metadata, one_of

dci_callback = Table(
    "dci_callback", metadata,
    Column("callback_id", SERIAL, primary_key=True),
    Column("client_id", String(64), ForeignKey("client.client_id"), nullable=False),
    Column("url", String(512), nullable=False),
    Column("action", String(32), nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("transaction_id", String(99), nullable=False),
    Column("correlation_id", String(64), nullable=False),
    Column("references", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("encrypted", Boolean, nullable=False),
    Column("body", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("lease", String(36)),
    Column("lease_until", UtcTime),
    Column("sent_at", UtcTime),
    Column("error", String(128)),
    Index("ix_dci_callback_client_id", "client_id", "created_at"),
    Index("ix_dci_callback_due", "state", "next_at"),
    one_of("state", "pending", "leased", "sent", "dead"),
    holds("leased", "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)"),
)  # fmt: skip
