"""Tables of the conversation with bureaus: what was disclosed to whom, what came back, what waits.

Documents and free text rest enveloped: they hold what the template let out of a child.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from gateway.store.tables_base import DIGEST, PERIOD, SERIAL, UtcTime, holds, metadata, one_of

REPLIES = ("accepted", "corrected", "found_elsewhere", "disputed", "action_taken")

referral = Table(
    "referral", metadata,
    Column("referral_id", String(32), primary_key=True),
    Column(
        "outbox_id", BigInteger, ForeignKey("outbox.outbox_id"), nullable=False, unique=True
    ),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False, index=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), index=True),
    Column("kind", String(16), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("template", String(80), nullable=False),
    Column("fields", String(256), nullable=False),
    Column("document", LargeBinary),
    Column("digest", DIGEST, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("answer_by", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("exchange_id", String(64)),
    Column("sent_at", UtcTime),
    Column("reminders", Integer, nullable=False),
    Column("next_step_on", Date, nullable=False),
    Column("answer", String(24)),
    Column("seen", String(16)),
    Index("ix_referral_state", "state", "next_step_on"),
    one_of("kind", "referral", "data_check"),
    one_of("state", "drafted", "sent", "by_hand", "accepted", "answered", "escalated", "closed"),
    one_of("answer", *REPLIES),
    one_of("seen", "awaited", "seen", "not_seen"),
    holds("sent", "(state = 'drafted') = (sent_at IS NULL)"),
)  # fmt: skip

referral_reply = Table(
    "referral_reply", metadata,
    Column("source", String(64), primary_key=True),
    Column("reply_id", String(64), primary_key=True),
    Column("referral_id", String(32), ForeignKey(referral.c.referral_id), index=True),
    Column("answer", String(24)),
    Column("digest", DIGEST, nullable=False),
    Column("exchange_id", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("refused", String(32)),
    Column("body", LargeBinary),
)  # fmt: skip

reply_round = Table(
    "reply_round", metadata,
    Column("source", String(64), primary_key=True),
    Column("period", PERIOD, primary_key=True),
    Column("next_at", UtcTime, nullable=False),
    Column("mark", String(1024), nullable=False),
)  # fmt: skip

rights_request = Table(
    "rights_request", metadata,
    Column("request_id", SERIAL, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("asked_by", String(16), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("taken_by", String(128), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("answered_by", String(128)),
    Column("answered_at", UtcTime),
    Column("wish", LargeBinary),
    Column("answer", LargeBinary),
    one_of("kind", "access", "correction", "deletion", "explanation"),
    one_of("asked_by", "child", "guardian"),
    one_of("state", "open", "answered", "refused"),
    holds("answered", "(state = 'open') = (answered_at IS NULL)"),
    holds("refused", "state <> 'refused' OR reason IS NOT NULL"),
)  # fmt: skip
