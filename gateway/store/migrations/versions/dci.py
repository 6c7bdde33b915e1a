"""Answers that go to a system's own address after it asked; webhooks in the words of the DCI interface;
clients that are answered sealed."""

import sqlalchemy as sa
from alembic import op

revision = "dci"
down_revision = "counts"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "webhook", sa.Column("dci", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "client", sa.Column("sealed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "dci_callback",
        sa.Column("callback_id", SERIAL, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=512), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("transaction_id", sa.String(length=99), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=False),
        sa.Column("references", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("error", sa.String(length=128), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dead')", name=op.f("ck_dci_callback_state")
        ),
        sa.CheckConstraint(
            "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_dci_callback_leased"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name="fk_dci_callback_client_id_client"
        ),
        sa.PrimaryKeyConstraint("callback_id", name="pk_dci_callback"),
    )
    op.create_index("ix_dci_callback_client_id", "dci_callback", ["client_id", "created_at"])
    op.create_index("ix_dci_callback_due", "dci_callback", ["state", "next_at"])
