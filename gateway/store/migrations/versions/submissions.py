"""Rolls that are handed in over the API."""

import sqlalchemy as sa
from alembic import op

revision = "submissions"
down_revision = "child_keys"


def upgrade() -> None:
    op.create_table(
        "roll_submission",
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("exchange_id", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('full', 'delta', 'correction')", name=op.f("ck_roll_submission_kind")
        ),
        sa.CheckConstraint(
            "state IN ('uploading', 'accepted', 'refused', 'cancelled')",
            name=op.f("ck_roll_submission_state"),
        ),
        sa.CheckConstraint(
            "(state = 'uploading') = (ended_at IS NULL)", name=op.f("ck_roll_submission_ended")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name="fk_roll_submission_client_id_client"
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_roll_submission"),
    )
    op.create_index("ix_roll_submission_client_id", "roll_submission", ["client_id", "created_at"])
