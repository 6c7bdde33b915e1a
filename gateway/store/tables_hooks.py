"""Tables of webhooks: who is told of what, and what of it has still to go out."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.store.tables_base import SERIAL, UtcTime, holds, metadata, one_of

webhook = Table(
    "webhook", metadata,
    Column("webhook_id", SERIAL, primary_key=True),
    Column("client_id", String(64), ForeignKey("client.client_id"), nullable=False, index=True),
    Column("url", String(512), nullable=False),
    Column("secret", LargeBinary),
    Column("rules", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("dci", Text, nullable=False, server_default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)  # fmt: skip

case_feed = Table(
    "case_feed", metadata,
    Column("feed_id", SERIAL, primary_key=True),
    Column("case_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)  # fmt: skip

hook_item = Table(
    "hook_item", metadata,
    Column("item_id", SERIAL, primary_key=True),
    Column("webhook_id", BigInteger, ForeignKey(webhook.c.webhook_id), nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("lease", String(36)),
    Column("lease_until", UtcTime),
    Column("sent_at", UtcTime),
    Column("error", String(128)),
    ForeignKeyConstraint(
        ["case_id", "version"], ["case_event.case_id", "case_event.version"],
        name="fk_hook_item_case_event",
    ),
    UniqueConstraint("webhook_id", "case_id", "version"),
    Index("ix_hook_item_due", "state", "next_at"),
    one_of("state", "pending", "leased", "sent", "dead"),
    holds("leased", "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)"),
)  # fmt: skip
