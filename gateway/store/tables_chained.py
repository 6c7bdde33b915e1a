"""Which rows the evidence log holds a digest of."""

from sqlalchemy import Column, String, Table

from gateway.store.tables_base import DIGEST, metadata

chained_row = Table(
    "chained_row", metadata,
    Column("table_name", String(32), primary_key=True),
    Column("row_ref", String(256), primary_key=True),
    Column("digest", DIGEST, nullable=False),
)  # fmt: skip
