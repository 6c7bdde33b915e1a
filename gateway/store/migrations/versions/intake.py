"""Lists of refused rows that go back to the bureaus."""

import sqlalchemy as sa
from alembic import op

revision = "intake"
down_revision = "answers"

TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "refusal_list",
        sa.Column("list_id", SERIAL, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("exchange_id", sa.String(length=64), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("error", sa.String(length=128), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dead')", name=op.f("ck_refusal_list_state")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_refusal_list_sent")
        ),
        sa.PrimaryKeyConstraint("list_id", name="pk_refusal_list"),
        sa.UniqueConstraint(
            "source", "roll", "delivery", name="uq_refusal_list_source_roll_delivery"
        ),
    )
