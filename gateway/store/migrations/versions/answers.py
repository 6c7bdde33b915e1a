"""What is answered between nights: many children a row, and what a county's answers rest on."""

import sqlalchemy as sa
from alembic import op

revision = "answers"
down_revision = "retention"


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("bucket", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "bucket", name="pk_answer"),
    )
    op.create_table(
        "answer_ground",
        sa.Column("question", sa.String(length=24), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("roll_as_of", sa.Date(), nullable=True),
        sa.Column("coverage", sa.String(length=16), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_answer_ground_run_id"),
        sa.PrimaryKeyConstraint("question", "county", name="pk_answer_ground"),
    )
