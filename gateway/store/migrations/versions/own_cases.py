"""The list of cases that are somebody's own; every upgrade fills it from the cases that are there."""

import sqlalchemy as sa
from alembic import op

revision = "own_cases"
down_revision = "dci"


def upgrade() -> None:
    op.create_table(
        "queue_own",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("assigned_to", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("division", sa.String(length=12)),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=1), nullable=False),
        sa.Column("access", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.PrimaryKeyConstraint("case_id", name="pk_queue_own"),
    )
    columns = (
        "assigned_to", "severity", "case_id", "state", "due_on", "rule", "division", "owner",
        "access", "answer",
    )  # fmt: skip
    op.create_index("ix_queue_own", "queue_own", columns)
