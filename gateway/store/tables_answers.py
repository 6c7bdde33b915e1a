"""Tables of what is answered between nights: many children a row, and what a county's answers rest on."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, String, Table, Text

from gateway.store.tables_base import DIGEST, metadata

answer = Table(
    "answer", metadata,
    Column("kind", String(6), primary_key=True),
    Column("bucket", String(4), primary_key=True),
    Column("digest", DIGEST, nullable=False),
    Column("lines", Text, nullable=False),
)  # fmt: skip

answer_ground = Table(
    "answer_ground", metadata,
    Column("question", String(24), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("run.run_id"), nullable=False),
    Column("roll_as_of", Date),
    Column("coverage", String(16)),
    Column("until_day", Date),
)  # fmt: skip
