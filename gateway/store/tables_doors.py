"""Tables at the doors: pages of rolls that are not whole yet, lists of refused rows that go back."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from gateway.store.tables_base import PERIOD, SERIAL, UtcTime, holds, metadata, one_of

fetched_page = Table(
    "fetched_page", metadata,
    Column("source", String(64), primary_key=True),
    Column("roll", String(64), primary_key=True),
    Column("period", PERIOD, primary_key=True),
    Column("mark", String(96), primary_key=True),
    Column("answer", Text, nullable=False),
)  # fmt: skip

refusal_list = Table(
    "refusal_list", metadata,
    Column("list_id", SERIAL, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("roll", String(64), nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("delivery", String(64), nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("lease", String(36)),
    Column("exchange_id", String(64)),
    Column("sent_at", UtcTime),
    Column("error", String(128)),
    UniqueConstraint("source", "roll", "delivery"),
    one_of("state", "pending", "leased", "sent", "dead"),
    holds("sent", "(state = 'sent') = (sent_at IS NOT NULL)"),
)  # fmt: skip
