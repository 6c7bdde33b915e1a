"""Indexes of the queue: an account's cases, cases by due date, findings that are no longer verified."""

from alembic import op

revision = "queue"
down_revision = "identities"

INDEXES = (
    ("case_file", "assigned_to"),
    ("case_file", "due_on"),
    ("finding", "unverified_since"),
)


def upgrade() -> None:
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
