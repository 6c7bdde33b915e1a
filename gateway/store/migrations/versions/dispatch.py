"""Referrals, the bureaus' replies, requests of children and guardians; more kinds of notices."""

import sqlalchemy as sa
from alembic import op

revision = "dispatch"
down_revision = "intake"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KINDS = (
    "kind IN ('opened', 'reopened', 'handed_over', 'wait_over', 'signature_due', 'subject_lost', "
    "'referral', 'data_check', 'reminder', 'replied', 'escalated')"
)


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_kind"), KINDS)
    _referral()
    _reply()
    _rights()


def _referral() -> None:
    op.create_table(
        "referral",
        sa.Column("referral_id", sa.String(length=32), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("fields", sa.String(length=256), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("exchange_id", sa.String(length=64), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("next_step_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("seen", sa.String(length=16), nullable=True),
        sa.CheckConstraint("kind IN ('referral', 'data_check')", name=op.f("ck_referral_kind")),
        sa.CheckConstraint(
            "state IN ('drafted', 'sent', 'by_hand', 'accepted', 'answered', 'escalated', "
            "'closed')",
            name=op.f("ck_referral_state"),
        ),
        sa.CheckConstraint(
            "answer IN ('accepted', 'corrected', 'found_elsewhere', 'disputed', 'action_taken')",
            name=op.f("ck_referral_answer"),
        ),
        sa.CheckConstraint(
            "seen IN ('awaited', 'seen', 'not_seen')", name=op.f("ck_referral_seen")
        ),
        sa.CheckConstraint(
            "(state = 'drafted') = (sent_at IS NULL)", name=op.f("ck_referral_sent")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.outbox_id"], name="fk_referral_outbox_id_outbox"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.case_id"], name="fk_referral_case_id_case_file"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_referral_person_id_person"
        ),
        sa.PrimaryKeyConstraint("referral_id", name="pk_referral"),
        sa.UniqueConstraint("outbox_id", name="uq_referral_outbox_id"),
    )
    op.create_index("ix_referral_case_id", "referral", ["case_id"])
    op.create_index("ix_referral_person_id", "referral", ["person_id"])
    op.create_index("ix_referral_state", "referral", ["state", "next_step_on"])


def _reply() -> None:
    op.create_table(
        "referral_reply",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("reply_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("exchange_id", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("refused", sa.String(length=32), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_referral_reply_referral_id_referral"
        ),
        sa.PrimaryKeyConstraint("source", "reply_id", name="pk_referral_reply"),
    )
    op.create_index("ix_referral_reply_referral_id", "referral_reply", ["referral_id"])
    op.create_table(
        "reply_round",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("mark", sa.String(length=1024), nullable=False),
        sa.PrimaryKeyConstraint("source", "period", name="pk_reply_round"),
    )


def _rights() -> None:
    op.create_table(
        "rights_request",
        sa.Column("request_id", SERIAL, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("taken_by", sa.String(length=128), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("wish", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'deletion', 'explanation')",
            name=op.f("ck_rights_request_kind"),
        ),
        sa.CheckConstraint(
            "asked_by IN ('child', 'guardian')", name=op.f("ck_rights_request_asked_by")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'refused')", name=op.f("ck_rights_request_state")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_rights_request_answered")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_rights_request_refused")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_rights_request_person_id_person"
        ),
        sa.PrimaryKeyConstraint("request_id", name="pk_rights_request"),
    )
    op.create_index("ix_rights_request_person_id", "rights_request", ["person_id"])
