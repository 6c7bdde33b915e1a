"""Tables of people with a case, findings, cases, excuses and the outbox."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from gateway.store.tables_base import DIGEST, DIVISION, SERIAL, UtcTime, holds, metadata, one_of

STATES = (
    "baseline_pending", "open", "reopened", "in_review", "confirmed", "excused", "false_alarm",
    "not_mine", "referred", "waiting", "settled", "awaiting_reverify", "awaiting_signature",
    "resolved", "lapsed", "lost_subject", "aged_out", "continued",
)  # fmt: skip
NOTICES = (
    "opened", "reopened", "handed_over", "wait_over", "signature_due", "subject_lost", "referral",
    "data_check", "reminder", "replied", "escalated",
)  # fmt: skip

person = Table(
    "person", metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("birth_year", SmallInteger),
    Column("birth_month", SmallInteger),
    Column("sex", String(1)),
    Column("division", DIVISION),
    Column("household_key", String(32), index=True),
    Column("merged_into", BigInteger, ForeignKey("person.person_id")),
    Column("name", LargeBinary),
    Column("id_number", LargeBinary),
    Column("birth_date", LargeBinary),
    Column("guardian_name", LargeBinary),
    Column("address", LargeBinary),
    Column("school_name", LargeBinary),
    Column("id_token", DIGEST, index=True),
    Column("name_token", DIGEST, index=True),
    holds("month", "birth_month BETWEEN 1 AND 12"),
    holds("merged", "merged_into <> person_id"),
)  # fmt: skip

child_key = Table(
    "child_key", metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
)  # fmt: skip

case_file = Table(
    "case_file", metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(24), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, index=True),
    Column("assigned_to", String(128), index=True),
    Column("excuse_until", Date),
    Column("wait_until", Date),
    Column("waiting_on", String(64)),
    Column("reverify_on", Date),
    Column("follows", DIGEST),
    one_of("state", *STATES),
    holds("version", "version > 0"),
)  # fmt: skip


def _view(*, primary_run: bool = False) -> tuple[SchemaItem, ...]:
    # What a finding says; the same in the online view and in its history.
    return (
        Column("rule", String(16), nullable=False),
        Column("rule_version", Integer, nullable=False),
        Column(
            "run_id", BigInteger, ForeignKey("run.run_id"), primary_key=primary_run, nullable=False
        ),
        Column("person_id", BigInteger, ForeignKey("person.person_id")),
        Column("source", String(64)),
        Column("roll", String(64)),
        Column("scope", String(6)),
        Column("division", DIVISION),
        Column("severity", String(1), nullable=False),
        Column("owner", String(64), nullable=False),
        Column("answer", String(24), nullable=False),
        Column("reason", String(64), nullable=False),
        Column("access", String(16), nullable=False),
        Column("episode", Date, nullable=False),
        Column("evidence", Text, nullable=False),
        Column("evidence_digest", DIGEST, nullable=False),
        one_of("severity", "1", "2", "3", "4"),
        one_of("answer", "no", "not_found_locally"),
        one_of("access", "ordinary", "sealed", "protection"),
        holds("subject", "person_id IS NOT NULL OR source IS NOT NULL"),
    )


finding = Table(
    "finding", metadata,
    Column("finding_key", DIGEST, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False, unique=True),
    *_view(),
    Column("first_run", BigInteger, ForeignKey("run.run_id"), nullable=False),
    Column("known_from", UtcTime, nullable=False),
    Column("unverified_since", Date, index=True),
    Index("ix_finding_queue", "severity", "case_id"),
    Index("ix_finding_rule", "rule", "severity", "case_id"),
    Index("ix_finding_division", "division"),
    Index("ix_finding_person", "person_id"),
)  # fmt: skip

finding_past = Table(
    "finding_past", metadata,
    Column("finding_key", DIGEST, ForeignKey("finding.finding_key"), primary_key=True),
    *_view(primary_run=True),
    Column("known_from", UtcTime, nullable=False),
    Column("known_to", UtcTime, nullable=False),
)  # fmt: skip

case_event = Table(
    "case_event", metadata,
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("event", String(32), nullable=False),
    Column("from_state", String(24)),
    Column("to_state", String(24), nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("as_of", Date),
    Column("run_id", BigInteger, ForeignKey("run.run_id")),
    Column("reason", String(64)),
    Column("until", Date),
    Column("on_whom", String(64)),
    Column("evidence", Text, nullable=False),
    Column("note", LargeBinary),
    one_of("from_state", *STATES),
    one_of("to_state", *STATES),
)  # fmt: skip

excuse = Table(
    "excuse", metadata,
    Column("excuse_id", SERIAL, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("rule", String(16)),
    Column("axis", String(16)),
    Column("kind", String(64), nullable=False),
    Column("evidence", LargeBinary),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("source", String(16), nullable=False),
    Column("by", String(128), nullable=False),
    Column("known_from", UtcTime, nullable=False),
    Column("known_to", UtcTime),
    one_of("axis", "education", "insurance", "welfare", "all"),
    one_of("source", "officer", "import", "bureau"),
    holds("reach", "(rule IS NULL) <> (axis IS NULL)"),
    holds("valid", "valid_to >= valid_from"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("outbox_id", SERIAL, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False),
    Column("finding_key", DIGEST, ForeignKey("finding.finding_key"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("period", String(24), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("lease", String(36)),
    Column("lease_until", UtcTime),
    Column("exchange_id", String(64)),
    Column("sent_at", UtcTime),
    Column("error", String(128)),
    UniqueConstraint("finding_key", "kind", "period"),
    Index("ix_outbox_due", "state", "next_at"),
    Index("ix_outbox_case", "case_id", "outbox_id"),
    one_of("kind", *NOTICES),
    one_of("state", "pending", "leased", "sent", "dead", "skipped"),
    holds("leased", "(state = 'leased') = (lease IS NOT NULL AND lease_until IS NOT NULL)"),
    holds("sent", "(state = 'sent') = (sent_at IS NOT NULL)"),
)  # fmt: skip
