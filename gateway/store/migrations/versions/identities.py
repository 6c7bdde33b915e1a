"""Persons who turned out to be one, or two."""

import sqlalchemy as sa
from alembic import op

revision = "identities"
down_revision = "submissions"


def upgrade() -> None:
    op.create_table(
        "person_change",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("kind IN ('merged', 'split')", name=op.f("ck_person_change_kind")),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_person_change_two")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_person_change_run_id_run"),
        sa.PrimaryKeyConstraint("run_id", "kind", "person_id", "other_id", name="pk_person_change"),
    )
    op.create_index("ix_person_change_other_id", "person_change", ["other_id"])
