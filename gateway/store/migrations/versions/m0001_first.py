"""The first schema: two time axes, envelopes for personal columns, checks for every enumeration.

Longer than a file should be, because a migration is one file and is never edited again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
STATES = """IN ('baseline_pending', 'open', 'reopened', 'in_review', 'confirmed', 'excused', 'false_alarm',
    'not_mine', 'referred', 'waiting', 'settled', 'awaiting_reverify', 'awaiting_signature',
    'resolved', 'lapsed', 'lost_subject', 'aged_out', 'continued')"""


def upgrade() -> None:
    _audit()
    _case_file()
    _counter()
    _delivery()
    _exchange_seen()
    _judgement()
    _person()
    _run()
    _run_lock()
    _snapshot()
    _case_event()
    _excuse()
    _finding()
    _ledger()
    _outcome_count()
    _person_block()
    _published_run()
    _quarantine()
    _run_step()
    _source_status()
    _finding_past()
    _outbox()
    op.bulk_insert(
        sa.table("counter", sa.column("name"), sa.column("next")),
        [{"name": "person", "next": 1}, {"name": "case", "next": 1}],
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("entry", SERIAL, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chained", sa.String(length=128)),
        sa.CheckConstraint(
            "actor_kind IN ('person', 'client', 'night', 'worker')",
            name=op.f("ck_audit_actor_kind"),
        ),
        sa.PrimaryKeyConstraint("entry", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)


def _case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("assigned_to", sa.String(length=128)),
        sa.Column("excuse_until", sa.Date()),
        sa.Column("wait_until", sa.Date()),
        sa.Column("waiting_on", sa.String(length=64)),
        sa.Column("reverify_on", sa.Date()),
        sa.Column("follows", sa.String(length=64)),
        sa.CheckConstraint(f"state {STATES}", name=op.f("ck_case_file_state")),
        sa.CheckConstraint("version > 0", name=op.f("ck_case_file_version")),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_file"),
    )
    op.create_index("ix_case_file_state", "case_file", ["state"], unique=False)


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name IN ('person', 'case')", name=op.f("ck_counter_name")),
        sa.CheckConstraint("next > 0", name=op.f("ck_counter_positive")),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("delivery_id", SERIAL, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("first_exchange", sa.String(length=64), nullable=False),
        sa.Column("exchanges", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64)),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME),
        sa.CheckConstraint(
            "(state = 'current') = (known_to IS NULL)", name=op.f("ck_delivery_known")
        ),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_by IS NOT NULL)",
            name=op.f("ck_delivery_superseded"),
        ),
        sa.CheckConstraint(
            "state IN ('current', 'set_aside', 'superseded')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["delivery.delivery_id"], name="fk_delivery_superseded_by"
        ),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_delivery"),
        sa.UniqueConstraint(
            "source", "roll", "first_exchange", name="uq_delivery_source_roll_first_exchange"
        ),
    )
    op.create_index(
        "uq_delivery_current",
        "delivery",
        ["source", "roll", "period"],
        unique=True,
        sqlite_where=sa.text("state = 'current'"),
        postgresql_where=sa.text("state = 'current'"),
    )


def _exchange_seen() -> None:
    op.create_table(
        "exchange_seen",
        sa.Column("sender", sa.String(length=128), nullable=False),
        sa.Column("exchange_id", sa.String(length=64), nullable=False),
        sa.Column("signed_digest", sa.String(length=80), nullable=False),
        sa.Column("sealed_digest", sa.String(length=80), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("receipt", sa.Text()),
        sa.Column("receipt_at", TIME),
        sa.CheckConstraint(
            "(receipt IS NULL) = (receipt_at IS NULL)", name=op.f("ck_exchange_seen_receipt")
        ),
        sa.PrimaryKeyConstraint("sender", "exchange_id", name="pk_exchange_seen"),
    )


def _judgement() -> None:
    op.create_table(
        "judgement",
        sa.Column("judgement_id", SERIAL, nullable=False),
        sa.Column("left_kind", sa.String(length=8), nullable=False),
        sa.Column("left_ref", sa.LargeBinary(), nullable=False),
        sa.Column("left_token", sa.String(length=64), nullable=False),
        sa.Column("right_kind", sa.String(length=8), nullable=False),
        sa.Column("right_ref", sa.LargeBinary(), nullable=False),
        sa.Column("right_token", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("retracted_by", sa.String(length=128)),
        sa.Column("retracted_at", TIME),
        sa.CheckConstraint("left_kind IN ('row', 'person')", name=op.f("ck_judgement_left_kind")),
        sa.CheckConstraint("right_kind IN ('row', 'person')", name=op.f("ck_judgement_right_kind")),
        sa.CheckConstraint(
            "verdict IN ('same', 'not_same', 'unsure')", name=op.f("ck_judgement_verdict")
        ),
        sa.CheckConstraint(
            "(retracted_by IS NULL) = (retracted_at IS NULL)", name=op.f("ck_judgement_retracted")
        ),
        sa.PrimaryKeyConstraint("judgement_id", name="pk_judgement"),
    )
    op.create_index("ix_judgement_pair", "judgement", ["left_token", "right_token"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("birth_year", sa.SmallInteger()),
        sa.Column("birth_month", sa.SmallInteger()),
        sa.Column("sex", sa.String(length=1)),
        sa.Column("division", sa.String(length=12)),
        sa.Column("merged_into", sa.BigInteger()),
        sa.Column("name", sa.LargeBinary()),
        sa.Column("id_number", sa.LargeBinary()),
        sa.Column("birth_date", sa.LargeBinary()),
        sa.Column("id_token", sa.String(length=64)),
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name=op.f("ck_person_month")),
        sa.CheckConstraint("merged_into <> person_id", name=op.f("ck_person_merged")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["person.person_id"], name="fk_person_merged_into"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
    )
    op.create_index("ix_person_id_token", "person", ["id_token"], unique=False)


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", SERIAL, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.CheckConstraint(
            "(state = 'running') = (finished_at IS NULL)", name=op.f("ck_run_finished")
        ),
        sa.CheckConstraint(
            "kind IN ('night', 'partial', 'replay', 'dry_run')", name=op.f("ck_run_kind")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'held', 'failed', 'abandoned')", name=op.f("ck_run_state")
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_run"),
    )


def _run_lock() -> None:
    op.create_table(
        "run_lock",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("node", sa.String(length=128), nullable=False),
        sa.Column("host", sa.String(length=256), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.CheckConstraint("name = 'night'", name=op.f("ck_run_lock_one_night")),
        sa.CheckConstraint("expires_at > taken_at", name=op.f("ck_run_lock_lease")),
        sa.PrimaryKeyConstraint("name", name="pk_run_lock"),
    )


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME),
        sa.Column("previous", sa.String(length=64)),
        sa.CheckConstraint("kind = 'base' OR previous IS NOT NULL", name=op.f("ck_snapshot_start")),
        sa.CheckConstraint("kind IN ('base', 'changes')", name=op.f("ck_snapshot_kind")),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_snapshot_rows")),
        sa.ForeignKeyConstraint(["previous"], ["snapshot.id"], name="fk_snapshot_previous"),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
    )
    op.create_index("ix_snapshot_roll", "snapshot", ["source", "roll", "table_name"], unique=False)


def _case_event() -> None:
    op.create_table(
        "case_event",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=24)),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("as_of", sa.Date()),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("reason", sa.String(length=64)),
        sa.Column("until", sa.Date()),
        sa.Column("on_whom", sa.String(length=64)),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary()),
        sa.CheckConstraint(f"from_state {STATES}", name=op.f("ck_case_event_from_state")),
        sa.CheckConstraint(f"to_state {STATES}", name=op.f("ck_case_event_to_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name="fk_case_event_case_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_case_event_run_id"),
        sa.PrimaryKeyConstraint("case_id", "version", name="pk_case_event"),
    )


def _excuse() -> None:
    op.create_table(
        "excuse",
        sa.Column("excuse_id", SERIAL, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=16)),
        sa.Column("axis", sa.String(length=16)),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.LargeBinary()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME),
        sa.CheckConstraint(
            "axis IN ('education', 'insurance', 'welfare', 'all')", name=op.f("ck_excuse_axis")
        ),
        sa.CheckConstraint(
            "source IN ('officer', 'import', 'bureau')", name=op.f("ck_excuse_source")
        ),
        sa.CheckConstraint("(rule IS NULL) <> (axis IS NULL)", name=op.f("ck_excuse_reach")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_excuse_valid")),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_excuse_person_id"),
        sa.PrimaryKeyConstraint("excuse_id", name="pk_excuse"),
    )
    op.create_index("ix_excuse_person_id", "excuse", ["person_id"], unique=False)


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("finding_key", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
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
        sa.Column("evidence_digest", sa.String(length=64), nullable=False),
        sa.Column("first_run", sa.BigInteger(), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("unverified_since", sa.Date()),
        sa.CheckConstraint(
            "access IN ('ordinary', 'sealed', 'protection')", name=op.f("ck_finding_access")
        ),
        sa.CheckConstraint("answer IN ('no', 'not_found_locally')", name=op.f("ck_finding_answer")),
        sa.CheckConstraint("severity IN ('1', '2', '3', '4')", name=op.f("ck_finding_severity")),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR source IS NOT NULL", name=op.f("ck_finding_subject")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name="fk_finding_case_id"),
        sa.ForeignKeyConstraint(["first_run"], ["run.run_id"], name="fk_finding_first_run"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_finding_person_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_finding_run_id"),
        sa.PrimaryKeyConstraint("finding_key", name="pk_finding"),
        sa.UniqueConstraint("case_id", name="uq_finding_case_id"),
    )
    op.create_index("ix_finding_division", "finding", ["division"], unique=False)
    op.create_index("ix_finding_person", "finding", ["person_id"], unique=False)
    op.create_index("ix_finding_queue", "finding", ["severity", "case_id"], unique=False)
    op.create_index("ix_finding_rule", "finding", ["rule", "severity", "case_id"], unique=False)


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.Column("superseded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "accepted + quarantined + superseded = received", name=op.f("ck_ledger_balanced")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_ledger_run_id"),
        sa.PrimaryKeyConstraint("run_id", "source", "roll", "period", name="pk_ledger"),
    )


def _outcome_count() -> None:
    op.create_table(
        "outcome_count",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("universe", sa.BigInteger(), nullable=False),
        sa.Column("fires", sa.BigInteger(), nullable=False),
        sa.Column("satisfied", sa.BigInteger(), nullable=False),
        sa.Column("excused", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("not_applicable", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "fires + satisfied + excused + held + not_applicable = universe",
            name=op.f("ck_outcome_count_balanced"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_outcome_count_run_id"),
        sa.PrimaryKeyConstraint("run_id", "rule", name="pk_outcome_count"),
    )


def _person_block() -> None:
    op.create_table(
        "person_block",
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count > 0 AND first > 0", name=op.f("ck_person_block_not_empty")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_person_block_run_id"),
        sa.PrimaryKeyConstraint("first", name="pk_person_block"),
    )
    op.create_index("ix_person_block_run_id", "person_block", ["run_id"], unique=False)


def _published_run() -> None:
    op.create_table(
        "published_run",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("name = 'online'", name=op.f("ck_published_run_one_view")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_published_run_run_id"),
        sa.PrimaryKeyConstraint("name", name="pk_published_run"),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", SERIAL, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("row_ref", sa.String(length=128), nullable=False),
        sa.Column("column_name", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("division", sa.String(length=12)),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'current') = (known_to IS NULL)", name=op.f("ck_quarantine_known")
        ),
        sa.CheckConstraint(
            "state IN ('current', 'replayed', 'superseded')", name=op.f("ck_quarantine_state")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_quarantine_run_id"),
        sa.PrimaryKeyConstraint("quarantine_id", name="pk_quarantine"),
        sa.UniqueConstraint(
            "source",
            "roll",
            "table_name",
            "row_ref",
            "column_name",
            name="uq_quarantine_source_roll_table_name_row_ref_column_name",
        ),
    )
    op.create_index(
        "ix_quarantine_current", "quarantine", ["source", "roll", "state"], unique=False
    )


def _run_step() -> None:
    op.create_table(
        "run_step",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_run_step_run_id"),
        sa.PrimaryKeyConstraint("run_id", "step", name="pk_run_step"),
    )


def _source_status() -> None:
    op.create_table(
        "source_status",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("roll", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
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
        sa.CheckConstraint(
            "coverage IN ('county', 'city', 'province', 'national')",
            name=op.f("ck_source_status_coverage"),
        ),
        sa.CheckConstraint(
            "state IN ('verified', 'late', 'expected', 'partial', 'refused', 'odd')",
            name=op.f("ck_source_status_state"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_source_status_run_id"),
        sa.PrimaryKeyConstraint(
            "source", "roll", "table_name", "scope", "period", name="pk_source_status"
        ),
    )


def _finding_past() -> None:
    op.create_table(
        "finding_past",
        sa.Column("finding_key", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
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
        sa.Column("evidence_digest", sa.String(length=64), nullable=False),
        sa.Column("known_from", TIME, nullable=False),
        sa.Column("known_to", TIME, nullable=False),
        sa.CheckConstraint(
            "access IN ('ordinary', 'sealed', 'protection')", name=op.f("ck_finding_past_access")
        ),
        sa.CheckConstraint(
            "answer IN ('no', 'not_found_locally')", name=op.f("ck_finding_past_answer")
        ),
        sa.CheckConstraint(
            "severity IN ('1', '2', '3', '4')", name=op.f("ck_finding_past_severity")
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR source IS NOT NULL", name=op.f("ck_finding_past_subject")
        ),
        sa.ForeignKeyConstraint(
            ["finding_key"], ["finding.finding_key"], name="fk_finding_past_finding_key"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_finding_past_person_id"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_finding_past_run_id"),
        sa.PrimaryKeyConstraint("finding_key", "run_id", name="pk_finding_past"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_id", SERIAL, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("period", sa.String(length=24), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("lease", sa.String(length=36)),
        sa.Column("lease_until", TIME),
        sa.Column("exchange_id", sa.String(length=64)),
        sa.Column("sent_at", TIME),
        sa.Column("error", sa.String(length=128)),
        sa.CheckConstraint(
            "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_outbox_leased"),
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_sent")),
        sa.CheckConstraint(
            "kind IN ('opened', 'reopened', 'handed_over', "
            " 'wait_over', 'signature_due', 'subject_lost', 'referral')",
            name=op.f("ck_outbox_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'leased', 'sent', 'dead', 'skipped')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name="fk_outbox_case_id"),
        sa.ForeignKeyConstraint(
            ["finding_key"], ["finding.finding_key"], name="fk_outbox_finding_key"
        ),
        sa.PrimaryKeyConstraint("outbox_id", name="pk_outbox"),
        sa.UniqueConstraint(
            "finding_key", "kind", "period", name="uq_outbox_finding_key_kind_period"
        ),
    )
    op.create_index("ix_outbox_case", "outbox", ["case_id", "outbox_id"], unique=False)
    op.create_index("ix_outbox_due", "outbox", ["state", "next_at"], unique=False)
