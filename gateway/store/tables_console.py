"""Tables behind the console's pages: children's files and reviews, school sheets, deputies, views, counts."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.store.tables_base import DIGEST, SERIAL, UtcTime, holds, metadata, one_of

child_file = Table(
    "child_file", metadata,
    Column("person_id", BigInteger, ForeignKey("person.person_id"), primary_key=True),
    Column("run_id", BigInteger, ForeignKey("run.run_id"), primary_key=True),
    Column("digest", DIGEST, nullable=False),
    Column("facts", LargeBinary),
    Column("sealed_facts", LargeBinary),
)  # fmt: skip

person_alias = Table(
    "person_alias", metadata,
    Column("token", DIGEST, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), primary_key=True, index=True),
)  # fmt: skip

child_review = Table(
    "child_review", metadata,
    Column("review_id", SERIAL, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), nullable=False),
    Column("quarter", String(6), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary),
)  # fmt: skip

school_sheet = Table(
    "school_sheet", metadata,
    Column("serial", String(16), primary_key=True),
    Column("school", LargeBinary),
    Column("made_by", String(128), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("closed_by", String(128)),
    Column("closed_at", UtcTime),
    one_of("state", "made", "returned", "destroyed"),
    holds("closed", "(state = 'made') = (closed_by IS NULL)"),
)  # fmt: skip

school_sheet_line = Table(
    "school_sheet_line", metadata,
    Column("serial", String(16), ForeignKey("school_sheet.serial"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("name_token", DIGEST, nullable=False),
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), index=True),
    Column("answer", String(16)),
    one_of("answer", "here", "on_leave", "moved", "not_seen"),
)  # fmt: skip

deputy = Table(
    "deputy", metadata,
    Column("deputy_id", SERIAL, primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False, index=True),
    Column("deputy", String(64), ForeignKey("account.name"), nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    holds("another", "account <> deputy"),
    holds("span", "until >= since"),
)  # fmt: skip

saved_view = Table(
    "saved_view", metadata,
    Column("view_id", SERIAL, primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("query", Text, nullable=False),
    UniqueConstraint("account", "name"),
)  # fmt: skip

day_count = Table(
    "day_count", metadata,
    Column("as_of", Date, primary_key=True),
    Column("rule", String(16), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("open", BigInteger, nullable=False),
    Column("overdue", BigInteger, nullable=False),
    Column("baseline", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("resolved", BigInteger, nullable=False),
)  # fmt: skip

account_subject = Table(
    "account_subject", metadata,
    Column("provider", String(8), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False, index=True),
    one_of("provider", "oidc", "cas"),
)  # fmt: skip

escalation = Table(
    "escalation", metadata,
    Column("case_id", BigInteger, ForeignKey("case_file.case_id"), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("seen_by", String(128)),
    Column("seen_at", UtcTime),
    holds("seen", "(seen_by IS NULL) = (seen_at IS NULL)"),
)  # fmt: skip
