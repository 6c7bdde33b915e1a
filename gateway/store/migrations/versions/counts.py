"""Kept counts of the queue; every upgrade fills them from the findings that are there."""

import sqlalchemy as sa
from alembic import op

revision = "counts"
down_revision = "queue"


def upgrade() -> None:
    _create("queue_count", 9)
    op.create_index("ix_queue_count_area", "queue_count", ["area"])
    _create("queue_due", 6, sa.Column("due_on", sa.Date(), nullable=False))
    op.create_index("ix_queue_due_due_on", "queue_due", ["due_on"])


def _create(table: str, digits: int, *more: sa.Column[object]) -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        table,
        sa.Column("count_id", number, nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=digits), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=1), nullable=False),
        sa.Column("access", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("count_id", name=f"pk_{table}"),
    )
