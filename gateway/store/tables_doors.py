"""Tables of what is coming in: pages of rolls that are not whole yet."""

from sqlalchemy import Column, String, Table, Text

from gateway.store.tables_base import PERIOD, metadata

fetched_page = Table(
    "fetched_page", metadata,
    Column("source", String(64), primary_key=True),
    Column("roll", String(64), primary_key=True),
    Column("period", PERIOD, primary_key=True),
    Column("mark", String(96), primary_key=True),
    Column("answer", Text, nullable=False),
)  # fmt: skip
