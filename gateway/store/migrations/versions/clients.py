"""Systems that call the API: registrations, tokens, used assertions, budgets, replies."""

import sqlalchemy as sa
from alembic import op

revision = "clients"
down_revision = "harm"

TIME = sa.DateTime(timezone=True)
DIGEST = sa.String(length=64)
CLIENT_ID = sa.String(length=64)
THUMBPRINT = sa.String(length=43)


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("client_id", CLIENT_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("jwks", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("divisions", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("certificate", THUMBPRINT, nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
    )
    op.create_table(
        "client_assertion",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_client_assertion"),
    )
    op.create_index("ix_client_assertion_expires_at", "client_assertion", ["expires_at"])
    _token()
    _budget()
    _reply()


def _token() -> None:
    op.create_table(
        "client_token",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("client_id", CLIENT_ID, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("certificate", THUMBPRINT, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_client_token_lives")),
        _of_client("client_token"),
        sa.PrimaryKeyConstraint("digest", name="pk_client_token"),
    )
    op.create_index("ix_client_token_client_id", "client_token", ["client_id"])
    op.create_index("ix_client_token_expires_at", "client_token", ["expires_at"])


def _budget() -> None:
    op.create_table(
        "client_budget",
        sa.Column("client_id", CLIENT_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('calls', 'misses')", name=op.f("ck_client_budget_kind")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_client_budget_taken")),
        _of_client("client_budget"),
        sa.PrimaryKeyConstraint("client_id", "kind", "starts_at", name="pk_client_budget"),
    )
    op.create_index("ix_client_budget_starts_at", "client_budget", ["starts_at"])


def _reply() -> None:
    op.create_table(
        "client_reply",
        sa.Column("client_id", CLIENT_ID, nullable=False),
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("request", DIGEST, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        _of_client("client_reply"),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_client_reply"),
    )
    op.create_index("ix_client_reply_at", "client_reply", ["at"])


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["client_id"], ["client.client_id"], name=f"fk_{table}_client_id"
    )
