"""What the queue keeps besides the findings: how many there are, and which are somebody's own.

Counts are sums of signed rows, never one row alone; the list of one's own has a row for each case.
"""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table
from sqlalchemy.schema import SchemaItem

from gateway.store.tables_base import DIVISION, SERIAL, metadata


def _counted(digits: int) -> tuple[SchemaItem, ...]:
    return (
        Column("count_id", SERIAL, primary_key=True),
        Column("rule", String(16), nullable=False),
        Column("area", String(digits), nullable=False),
        Column("owner", String(64), nullable=False),
        Column("severity", String(1), nullable=False),
        Column("access", String(16), nullable=False),
        Column("state", String(24), nullable=False),
        Column("answer", String(24), nullable=False),
        Column("count", Integer, nullable=False),
    )


queue_count = Table(
    "queue_count", metadata,
    *_counted(9),
    Index("ix_queue_count_area", "area"),
)  # fmt: skip
"""All findings; `area` is the township (nine digits), empty where the division is not known."""

queue_due = Table(
    "queue_due", metadata,
    *_counted(6),
    Column("due_on", Date, nullable=False),
    Index("ix_queue_due_due_on", "due_on"),
)  # fmt: skip
"""Findings whose case has a due date, by that date; `area` is the county (six digits)."""

queue_own = Table(
    "queue_own", metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("assigned_to", String(128), nullable=False),
    Column("rule", String(16), nullable=False),
    Column("division", DIVISION),
    Column("owner", String(64), nullable=False),
    Column("severity", String(1), nullable=False),
    Column("access", String(16), nullable=False),
    Column("state", String(24), nullable=False),
    Column("answer", String(24), nullable=False),
    Column("due_on", Date),
    Index(
        "ix_queue_own", "assigned_to", "severity", "case_id", "state", "due_on", "rule",
        "division", "owner", "access", "answer",
    ),
)  # fmt: skip
"""Cases that somebody works on, with all that the queue filters by: an account's are read from the index
alone, in the order of its list."""
