"""Tables of child protection: cases of harm, their signs and steps, and who is not to be contacted.

Everything that tells who or what is sealed for the role alone; plain are a state, times and tokens.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from gateway.store.tables_base import DIGEST, SERIAL, UtcTime, metadata, one_of

HARM_STEPS = (
    "reported", "paged", "escalated", "acknowledged", "identity_checked", "assessed", "acted",
    "helped", "visited", "reporter_told", "closed",
)  # fmt: skip

harm_case = Table(
    "harm_case", metadata,
    Column("harm_id", SERIAL, primary_key=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("reporter", LargeBinary),
)  # fmt: skip

harm_subject = Table(
    "harm_subject", metadata,
    Column("harm_id", BigInteger, ForeignKey(harm_case.c.harm_id), primary_key=True),
    Column("token", DIGEST, primary_key=True),
    Index("ix_harm_subject_token", "token"),
)  # fmt: skip

harm_sign = Table(
    "harm_sign", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("harm_id", BigInteger, ForeignKey(harm_case.c.harm_id), nullable=False),
    Column("run_id", BigInteger, ForeignKey("run.run_id"), index=True),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip

harm_event = Table(
    "harm_event", metadata,
    Column("event_id", SERIAL, primary_key=True),
    Column("harm_id", BigInteger, ForeignKey(harm_case.c.harm_id), nullable=False, index=True),
    Column("step", String(24), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary),
    one_of("step", *HARM_STEPS),
)  # fmt: skip

harm_shield = Table(
    "harm_shield", metadata,
    Column("token", DIGEST, primary_key=True),
)  # fmt: skip

contact_mark = Table(
    "contact_mark", metadata,
    Column("mark_id", SERIAL, primary_key=True),
    Column("person_id", BigInteger, ForeignKey("person.person_id"), nullable=False, index=True),
    Column("mark", String(16), nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    one_of("mark", "named_officer", "no_contact"),
)  # fmt: skip
