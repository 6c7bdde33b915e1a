"""What officers do besides moving a case: calls, decisions that wait for a second person, search by name."""

import sqlalchemy as sa
from alembic import op

revision = "desk"
down_revision = "people"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
CASE = ["case_file.case_id"]


def upgrade() -> None:
    op.create_table(
        "case_call",
        sa.Column("call_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "result IN ('reached', 'no_answer', 'wrong_number', 'switched_off', 'call_back', 'refused')",
            name=op.f("ck_case_call_result"),
        ),
        sa.ForeignKeyConstraint(["case_id"], CASE, name="fk_case_call_case_id_case_file"),
        sa.PrimaryKeyConstraint("call_id", name="pk_case_call"),
    )
    op.create_index("ix_case_call_case_id", "case_call", ["case_id"])
    op.create_table(
        "case_proposal",
        sa.Column("proposal_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("on_whom", sa.String(length=64), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'agreed', 'declined', 'stale')",
            name=op.f("ck_case_proposal_state"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> by OR state = 'stale'",
            name=op.f("ck_case_proposal_second"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (answered_by IS NULL)", name=op.f("ck_case_proposal_answered")
        ),
        sa.ForeignKeyConstraint(["case_id"], CASE, name="fk_case_proposal_case_id_case_file"),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_case_proposal"),
    )
    op.create_index("ix_case_proposal_case_id", "case_proposal", ["case_id"])
    op.add_column("person", sa.Column("household_key", sa.String(length=32), nullable=True))
    op.create_index("ix_person_household_key", "person", ["household_key"])
    for name in ("guardian_name", "address", "school_name"):
        op.add_column("person", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("person", sa.Column("name_token", sa.String(length=64), nullable=True))
    op.create_index("ix_person_name_token", "person", ["name_token"])
    op.create_table(
        "broken_glass",
        sa.Column("glass_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('urgent_contact', 'family_at_the_desk', 'standing_in', 'check_of_identity')",
            name=op.f("ck_broken_glass_reason"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> by", name=op.f("ck_broken_glass_own")
        ),
        sa.CheckConstraint(
            "(answered_by IS NULL) = (approved IS NULL)", name=op.f("ck_broken_glass_answered")
        ),
        sa.ForeignKeyConstraint(["case_id"], CASE, name="fk_broken_glass_case_id_case_file"),
        sa.PrimaryKeyConstraint("glass_id", name="pk_broken_glass"),
    )
    op.create_index("ix_broken_glass_by", "broken_glass", ["by", "at"])
    op.create_table(
        "visit_sheet",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("printed_by", sa.String(length=128), nullable=False),
        sa.Column("printed_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("closed_by", sa.String(length=128), nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("seen", sa.String(length=16), nullable=True),
        sa.Column("needs_help", sa.Boolean(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visited_by", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('printed', 'returned', 'destroyed')", name=op.f("ck_visit_sheet_state")
        ),
        sa.CheckConstraint(
            "seen IN ('at_home', 'at_school', 'away', 'unknown_here', 'not_let_in', 'other')",
            name=op.f("ck_visit_sheet_seen"),
        ),
        sa.CheckConstraint(
            "(state = 'printed') = (closed_by IS NULL)", name=op.f("ck_visit_sheet_closed")
        ),
        sa.CheckConstraint(
            "(state = 'returned') = (seen IS NOT NULL)", name=op.f("ck_visit_sheet_returned")
        ),
        sa.ForeignKeyConstraint(["case_id"], CASE, name="fk_visit_sheet_case_id_case_file"),
        sa.PrimaryKeyConstraint("serial", name="pk_visit_sheet"),
    )
    op.create_index("ix_visit_sheet_case_id", "visit_sheet", ["case_id"])
