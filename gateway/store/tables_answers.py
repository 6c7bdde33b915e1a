"""Tables of what is answered between nights: one row a child, and what a county's answers rest on."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, String, Table

from gateway.store.tables_base import DIGEST, DIVISION, metadata

answer = Table(
    "answer", metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number_token", DIGEST, index=True),
    Column("named_token", DIGEST, index=True),
    Column("division", DIVISION, nullable=False),
    Column("said", String(8), nullable=False),
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
