"""Webhooks: subscriptions, the feed of case events, what has still to go out; the audit by its subject."""

import sqlalchemy as sa
from alembic import op

revision = "hooks"
down_revision = "dispatch"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("webhook_id", SERIAL, nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=512), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name="fk_webhook_client_id_client"
        ),
        sa.PrimaryKeyConstraint("webhook_id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_client_id", "webhook", ["client_id"])
    op.create_table(
        "case_feed",
        sa.Column("feed_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name="pk_case_feed"),
    )
    op.create_table(
        "hook_item",
        sa.Column("item_id", SERIAL, nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("error", sa.String(length=128), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dead')", name=op.f("ck_hook_item_state")
        ),
        sa.CheckConstraint(
            "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_hook_item_leased"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.webhook_id"], name="fk_hook_item_webhook_id_webhook"
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "version"],
            ["case_event.case_id", "case_event.version"],
            name="fk_hook_item_case_event",
        ),
        sa.PrimaryKeyConstraint("item_id", name="pk_hook_item"),
        sa.UniqueConstraint(
            "webhook_id", "case_id", "version", name="uq_hook_item_webhook_id_case_id_version"
        ),
    )
    op.create_index("ix_hook_item_due", "hook_item", ["state", "next_at"])
    op.create_index("ix_audit_subject", "audit", ["subject_kind", "subject"])
