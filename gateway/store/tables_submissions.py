"""Table of rolls that are handed in over the API."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from gateway.store.tables_base import DIGEST, UtcTime, holds, metadata, one_of

roll_submission = Table(
    "roll_submission", metadata,
    Column("submission_id", String(36), primary_key=True),
    Column("client_id", String(64), ForeignKey("client.client_id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("roll", String(64), nullable=False),
    Column("period", String(7), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("replaces", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("exchange_id", String(64), nullable=False),
    Column("receipt", Text, nullable=False),
    Column("ended_at", UtcTime),
    Index("ix_roll_submission_client_id", "client_id", "created_at"),
    one_of("kind", "full", "delta", "correction"),
    one_of("state", "uploading", "accepted", "refused", "cancelled"),
    holds("ended", "(state = 'uploading') = (ended_at IS NULL)"),
)  # fmt: skip
