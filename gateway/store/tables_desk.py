"""Tables of what officers do besides moving a case."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from gateway.store.tables_base import SERIAL, UtcTime, holds, metadata, one_of

case_call = Table(
    "case_call", metadata,
    Column("call_id", SERIAL, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False, index=True),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("result", String(16), nullable=False),
    Column("next_on", Date),
    Column("number", LargeBinary),
    Column("note", LargeBinary),
    one_of("result", "reached", "no_answer", "wrong_number", "switched_off", "call_back", "refused"),
)  # fmt: skip

case_proposal = Table(
    "case_proposal", metadata,
    Column("proposal_id", SERIAL, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("event", String(32), nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("until", Date),
    Column("on_whom", String(64), nullable=False),
    Column("note", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("answered_by", String(128)),
    Column("answered_at", UtcTime),
    one_of("state", "pending", "agreed", "declined", "stale"),
    holds("second", "answered_by IS NULL OR answered_by <> by OR state = 'stale'"),
    holds("answered", "(state = 'pending') = (answered_by IS NULL)"),
)  # fmt: skip

broken_glass = Table(
    "broken_glass", metadata,
    Column("glass_id", SERIAL, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("answered_by", String(128)),
    Column("answered_at", UtcTime),
    Column("approved", Boolean),
    Index("ix_broken_glass_by", "by", "at"),
    one_of(
        "reason", "urgent_contact", "family_at_the_desk", "standing_in", "check_of_identity"
    ),
    holds("own", "answered_by IS NULL OR answered_by <> by"),
    holds("answered", "(answered_by IS NULL) = (approved IS NULL)"),
)  # fmt: skip

visit_sheet = Table(
    "visit_sheet", metadata,
    Column("serial", String(16), primary_key=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False, index=True),
    Column("printed_by", String(128), nullable=False),
    Column("printed_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("closed_by", String(128)),
    Column("closed_at", UtcTime),
    Column("seen", String(16)),
    Column("needs_help", Boolean),
    Column("visited_on", Date),
    Column("visited_by", LargeBinary),
    Column("note", LargeBinary),
    one_of("state", "printed", "returned", "destroyed"),
    one_of("seen", "at_home", "at_school", "away", "unknown_here", "not_let_in", "other"),
    holds("closed", "(state = 'printed') = (closed_by IS NULL)"),
    holds("returned", "(state = 'returned') = (seen IS NOT NULL)"),
)  # fmt: skip
