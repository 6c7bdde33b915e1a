"""Tables of people who log in."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from gateway.store.tables_base import DIGEST, UtcTime, holds, metadata

account = Table(
    "account", metadata,
    Column("name", String(64), primary_key=True),
    Column("roles", Text, nullable=False),
    Column("divisions", Text, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("secret", LargeBinary),
    Column("last_step", Integer, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("resting_until", UtcTime),
    holds("failed", "failed >= 0"),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)  # fmt: skip
