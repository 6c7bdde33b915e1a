"""Child protection: cases of harm, their signs and steps, shields, and marks on contact."""

import sqlalchemy as sa
from alembic import op

revision = "harm"
down_revision = "time"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
STEPS = """IN ('reported', 'paged', 'escalated', 'acknowledged', 'identity_checked', 'assessed', 'acted',
    'helped', 'visited', 'reporter_told', 'closed')"""


def upgrade() -> None:
    _harm_case()
    _harm_sign()
    _harm_event()
    op.create_table(
        "harm_shield",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_harm_shield"),
    )
    _contact_mark()


def _harm_case() -> None:
    op.create_table(
        "harm_case",
        sa.Column("harm_id", SERIAL, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("reporter", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("harm_id", name="pk_harm_case"),
    )
    op.create_table(
        "harm_subject",
        sa.Column("harm_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["harm_id"], ["harm_case.harm_id"], name="fk_harm_subject_harm_id"),
        sa.PrimaryKeyConstraint("harm_id", "token", name="pk_harm_subject"),
    )
    op.create_index("ix_harm_subject_token", "harm_subject", ["token"], unique=False)


def _harm_sign() -> None:
    op.create_table(
        "harm_sign",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("harm_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["harm_id"], ["harm_case.harm_id"], name="fk_harm_sign_harm_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_harm_sign_run_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_harm_sign"),
    )
    op.create_index("ix_harm_sign_run_id", "harm_sign", ["run_id"], unique=False)


def _harm_event() -> None:
    op.create_table(
        "harm_event",
        sa.Column("event_id", SERIAL, nullable=False),
        sa.Column("harm_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.CheckConstraint(f"step {STEPS}", name=op.f("ck_harm_event_step")),
        sa.ForeignKeyConstraint(["harm_id"], ["harm_case.harm_id"], name="fk_harm_event_harm_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_harm_event"),
    )
    op.create_index("ix_harm_event_harm_id", "harm_event", ["harm_id"], unique=False)


def _contact_mark() -> None:
    op.create_table(
        "contact_mark",
        sa.Column("mark_id", SERIAL, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.CheckConstraint(
            "mark IN ('named_officer', 'no_contact')", name=op.f("ck_contact_mark_mark")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_contact_mark_person_id"
        ),
        sa.PrimaryKeyConstraint("mark_id", name="pk_contact_mark"),
    )
    op.create_index("ix_contact_mark_person_id", "contact_mark", ["person_id"], unique=False)
