"""Tables of systems that call the API: registrations, tokens, used assertions, budgets, replies."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
)

from gateway.store.tables_base import DIGEST, UtcTime, holds, metadata, one_of

CLIENT_ID = String(64)
THUMBPRINT = String(43)

client = Table(
    "client", metadata,
    Column("client_id", CLIENT_ID, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("jwks", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("divisions", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("sources", Text, nullable=False),
    Column("certificate", THUMBPRINT, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Column("sealed", Boolean, nullable=False, server_default=false()),
)  # fmt: skip

client_assertion = Table(
    "client_assertion", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
)  # fmt: skip

client_token = Table(
    "client_token", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("client_id", CLIENT_ID, ForeignKey("client.client_id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False),
    Column("certificate", THUMBPRINT, nullable=False),
    Column("issued_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    holds("lives", "expires_at > issued_at"),
)  # fmt: skip

client_budget = Table(
    "client_budget", metadata,
    Column("client_id", CLIENT_ID, ForeignKey("client.client_id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("starts_at", UtcTime, primary_key=True, index=True),
    Column("taken", Integer, nullable=False),
    one_of("kind", "calls", "misses"),
    holds("taken", "taken >= 0"),
)  # fmt: skip

client_reply = Table(
    "client_reply", metadata,
    Column("client_id", CLIENT_ID, ForeignKey("client.client_id"), primary_key=True),
    Column("key", DIGEST, primary_key=True),
    Column("request", DIGEST, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("at", UtcTime, nullable=False, index=True),
)  # fmt: skip
