"""Pages of rolls that are not whole yet."""

import sqlalchemy as sa
from alembic import op

revision = "doors"
down_revision = "chained"


def upgrade() -> None:
    op.create_table(
        "fetched_page",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("mark", sa.String(length=96), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "roll", "period", "mark", name="pk_fetched_page"),
    )
