"""A key of its own for each child with a case."""

import sqlalchemy as sa
from alembic import op

revision = "child_keys"
down_revision = "hooks"


def upgrade() -> None:
    op.create_table(
        "child_key",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_child_key"),
    )
