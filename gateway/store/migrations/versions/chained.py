"""Rows whose digests the evidence log holds."""

import sqlalchemy as sa
from alembic import op

revision = "chained"
down_revision = "desk"


def upgrade() -> None:
    op.create_table(
        "chained_row",
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("row_ref", sa.String(length=256), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_ref", name="pk_chained_row"),
    )
