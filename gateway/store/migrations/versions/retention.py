"""Cited rows that outlive the sealed exchange that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "retention"
down_revision = "console"


def upgrade() -> None:
    op.create_table(
        "cited_row",
        sa.Column("exchange_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", "number", name="pk_cited_row"),
    )
