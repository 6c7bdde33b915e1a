"""Tables of the night: runs, their lock, minted person numbers, sums, the published pointer, audit."""

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
    Text,
)

from gateway.store.tables_base import (
    DIGEST,
    DIVISION,
    PERIOD,
    SERIAL,
    UtcTime,
    holds,
    metadata,
    one_of,
)

run = Table(
    "run", metadata,
    Column("run_id", SERIAL, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("known_at", UtcTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("inputs_digest", DIGEST, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    one_of("kind", "night", "partial", "replay", "dry_run"),
    one_of("state", "running", "done", "held", "failed", "abandoned"),
    holds("finished", "(state = 'running') = (finished_at IS NULL)"),
)  # fmt: skip

run_step = Table(
    "run_step", metadata,
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("digest", Text, nullable=False),
    Column("position", Integer, nullable=False),
)  # fmt: skip

run_lock = Table(
    "run_lock", metadata,
    Column("name", String(16), primary_key=True),
    Column("node", String(128), nullable=False),
    Column("host", String(256), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("token", String(36), nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    holds("one_night", "name = 'night'"),
    holds("lease", "expires_at > taken_at"),
)  # fmt: skip

counter = Table(
    "counter", metadata,
    Column("name", String(16), primary_key=True),
    Column("next", BigInteger, nullable=False),
    one_of("name", "person", "case"),
    holds("positive", "next > 0"),
)  # fmt: skip

person_block = Table(
    "person_block", metadata,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), nullable=False, index=True),
    Column("call", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    holds("not_empty", "count > 0 AND first > 0"),
)  # fmt: skip

outcome_count = Table(
    "outcome_count", metadata,
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), primary_key=True),
    Column("rule", String(16), primary_key=True),
    Column("universe", BigInteger, nullable=False),
    Column("fires", BigInteger, nullable=False),
    Column("satisfied", BigInteger, nullable=False),
    Column("excused", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("not_applicable", BigInteger, nullable=False),
    holds("balanced", "fires + satisfied + excused + held + not_applicable = universe"),
)  # fmt: skip

ledger = Table(
    "ledger", metadata,
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("roll", String(64), primary_key=True),
    Column("period", PERIOD, primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("superseded", BigInteger, nullable=False),
    holds("balanced", "accepted + quarantined + superseded = received"),
)  # fmt: skip

published_run = Table(
    "published_run", metadata,
    Column("name", String(16), primary_key=True),
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), nullable=False),
    holds("one_view", "name = 'online'"),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("entry", SERIAL, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", String(128), nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("subject_kind", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("detail", Text, nullable=False),
    Column("chained", String(128)),
    Index("ix_audit_subject", "subject_kind", "subject"),
    one_of("actor_kind", "person", "client", "night", "worker"),
)  # fmt: skip

rulebook = Table(
    "rulebook", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip

run_rulebook = Table(
    "run_rulebook", metadata,
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), primary_key=True),
    Column("digest", DIGEST, ForeignKey(rulebook.c.digest), nullable=False),
)  # fmt: skip

replay_finding = Table(
    "replay_finding", metadata,
    Column("run_id", BigInteger, ForeignKey(run.c.run_id), primary_key=True),
    Column("finding_key", DIGEST, primary_key=True),
    Column("rule", String(16), nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("person_id", BigInteger),
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
    Index("ix_replay_finding_rule", "run_id", "rule"),
    one_of("severity", "1", "2", "3", "4"),
    one_of("answer", "no", "not_found_locally"),
    one_of("access", "ordinary", "sealed", "protection"),
)  # fmt: skip
