"""What the console keeps: children's files and reviews, school sheets, deputies, views, counts of a day."""

import sqlalchemy as sa
from alembic import op

revision = "console"
down_revision = "clients"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _files()
    _sheets()
    _desk()
    _rest()


def _files() -> None:
    op.create_table(
        "child_file",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_child_file_person_id_person"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_child_file_run_id_run"),
        sa.PrimaryKeyConstraint("person_id", "run_id", name="pk_child_file"),
    )
    op.create_table(
        "person_alias",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_person_alias_person_id_person"
        ),
        sa.PrimaryKeyConstraint("token", "person_id", name="pk_person_alias"),
    )
    op.create_index("ix_person_alias_person_id", "person_alias", ["person_id"])
    op.create_table(
        "child_review",
        sa.Column("review_id", SERIAL, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.case_id"], name="fk_child_review_case_id_case_file"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_child_review_person_id_person"
        ),
        sa.PrimaryKeyConstraint("review_id", name="pk_child_review"),
    )
    op.create_index("ix_child_review_person_id", "child_review", ["person_id"])


def _sheets() -> None:
    op.create_table(
        "school_sheet",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("school", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("closed_by", sa.String(length=128), nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(state = 'made') = (closed_by IS NULL)", name=op.f("ck_school_sheet_closed")
        ),
        sa.CheckConstraint(
            "state IN ('made', 'returned', 'destroyed')", name=op.f("ck_school_sheet_state")
        ),
        sa.PrimaryKeyConstraint("serial", name="pk_school_sheet"),
    )
    op.create_table(
        "school_sheet_line",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name_token", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "answer IN ('here', 'on_leave', 'moved', 'not_seen')",
            name=op.f("ck_school_sheet_line_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.case_id"], name="fk_school_sheet_line_case_id_case_file"
        ),
        sa.ForeignKeyConstraint(
            ["serial"], ["school_sheet.serial"], name="fk_school_sheet_line_serial_school_sheet"
        ),
        sa.PrimaryKeyConstraint("serial", "line", name="pk_school_sheet_line"),
    )
    op.create_index("ix_school_sheet_line_case_id", "school_sheet_line", ["case_id"])


def _desk() -> None:
    op.create_table(
        "deputy",
        sa.Column("deputy_id", SERIAL, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("deputy", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("account <> deputy", name=op.f("ck_deputy_another")),
        sa.CheckConstraint("until >= since", name=op.f("ck_deputy_span")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name="fk_deputy_account_account"),
        sa.ForeignKeyConstraint(["deputy"], ["account.name"], name="fk_deputy_deputy_account"),
        sa.PrimaryKeyConstraint("deputy_id", name="pk_deputy"),
    )
    op.create_index("ix_deputy_account", "deputy", ["account"])
    op.create_index("ix_deputy_deputy", "deputy", ["deputy"])
    op.create_table(
        "saved_view",
        sa.Column("view_id", SERIAL, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.name"], name="fk_saved_view_account_account"
        ),
        sa.UniqueConstraint("account", "name", name="uq_saved_view_account_name"),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_view"),
    )
    op.create_index("ix_saved_view_account", "saved_view", ["account"])
    op.create_table(
        "day_count",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("as_of", "rule", "county", name="pk_day_count"),
    )


def _rest() -> None:
    op.create_table(
        "account_subject",
        sa.Column("provider", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.CheckConstraint("provider IN ('oidc', 'cas')", name=op.f("ck_account_subject_provider")),
        sa.ForeignKeyConstraint(
            ["account"], ["account.name"], name="fk_account_subject_account_account"
        ),
        sa.PrimaryKeyConstraint("provider", "subject", name="pk_account_subject"),
    )
    op.create_index("ix_account_subject_account", "account_subject", ["account"])
    op.create_table(
        "escalation",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("seen_by", sa.String(length=128), nullable=True),
        sa.Column("seen_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(seen_by IS NULL) = (seen_at IS NULL)", name=op.f("ck_escalation_seen")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.case_id"], name="fk_escalation_case_id_case_file"
        ),
        sa.PrimaryKeyConstraint("case_id", "due_on", name="pk_escalation"),
    )
