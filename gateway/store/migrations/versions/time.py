"""Time: what was known of a source before, the rules that each run was judged by, findings of replays."""

import sqlalchemy as sa
from alembic import op

revision = "time"
down_revision = "doors"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _source_status_past()
    _rulebook()
    _replay_finding()


def _source_status_past() -> None:
    op.create_table(
        "source_status_past",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("coverage", sa.String(length=16), nullable=False),
        sa.Column("roll_date", sa.Date()),
        sa.Column("due_on", sa.Date()),
        sa.Column("expected_rows", sa.BigInteger()),
        sa.Column("received", sa.BigInteger()),
        sa.Column("accepted", sa.BigInteger()),
        sa.Column("quarantined", sa.BigInteger()),
        sa.Column("error_budget", sa.Float()),
        sa.Column("low", sa.BigInteger()),
        sa.Column("high", sa.BigInteger()),
        sa.Column("unverified_since", sa.Date()),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("known_from < known_to", name=op.f("ck_source_status_past_known")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_source_status_past_run_id"),
        sa.PrimaryKeyConstraint(
            "source", "roll", "table_name", "scope", "period", "known_from",
            name="pk_source_status_past",
        ),
    )  # fmt: skip


def _rulebook() -> None:
    op.create_table(
        "rulebook",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rulebook"),
    )
    op.create_table(
        "run_rulebook",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["rulebook.digest"], name="fk_run_rulebook_digest"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_run_rulebook_run_id"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_rulebook"),
    )


def _replay_finding() -> None:
    op.create_table(
        "replay_finding",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_key", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger()),
        sa.Column("source", sa.String(length=64)),
        sa.Column("roll", sa.String(length=64)),
        sa.Column("scope", sa.String(length=6)),
        sa.Column("division", sa.String(length=12)),
        sa.Column("severity", sa.String(length=1), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("access", sa.String(length=16), nullable=False),
        sa.Column("episode", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "severity IN ('1', '2', '3', '4')", name=op.f("ck_replay_finding_severity")
        ),
        sa.CheckConstraint(
            "answer IN ('no', 'not_found_locally')", name=op.f("ck_replay_finding_answer")
        ),
        sa.CheckConstraint(
            "access IN ('ordinary', 'sealed', 'protection')",
            name=op.f("ck_replay_finding_access"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_replay_finding_run_id"),
        sa.PrimaryKeyConstraint("run_id", "finding_key", name="pk_replay_finding"),
    )
    op.create_index("ix_replay_finding_rule", "replay_finding", ["run_id", "rule"], unique=False)
