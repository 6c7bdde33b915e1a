"""What is answered between nights: one row a child, and what a county's answers rest on."""

import sqlalchemy as sa
from alembic import op

revision = "answers"
down_revision = "retention"


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number_token", sa.String(length=64), nullable=True),
        sa.Column("named_token", sa.String(length=64), nullable=True),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("said", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_answer"),
    )
    op.create_index("ix_answer_number_token", "answer", ["number_token"])
    op.create_index("ix_answer_named_token", "answer", ["named_token"])
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
