"""Words and row shapes of cases, shared by the rooms that plan, keep, show and send them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa


class CaseState(StrEnum):
    """Where a case stands (docs/lifecycle.md)."""

    BASELINE_PENDING = "baseline_pending"
    OPEN = "open"
    REOPENED = "reopened"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    EXCUSED = "excused"
    FALSE_ALARM = "false_alarm"
    NOT_MINE = "not_mine"
    REFERRED = "referred"
    WAITING = "waiting"
    SETTLED = "settled"
    AWAITING_REVERIFY = "awaiting_reverify"
    AWAITING_SIGNATURE = "awaiting_signature"
    RESOLVED = "resolved"
    LAPSED = "lapsed"
    LOST_SUBJECT = "lost_subject"
    AGED_OUT = "aged_out"
    CONTINUED = "continued"


class Resolution(StrEnum):
    """How an officer settled a case without the rolls saying so."""

    HANDLED_OFFLINE = "handled_offline"
    INFORMED = "informed"
    DECLINED = "declined"
    NOT_FOUND = "not_found"
    AWAY = "away"


class Notice(StrEnum):
    """Why somebody is told; unique per finding, kind and period."""

    OPENED = "opened"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    WAIT_OVER = "wait_over"
    SIGNATURE_DUE = "signature_due"
    SUBJECT_LOST = "subject_lost"
    REFERRAL = "referral"
    DATA_CHECK = "data_check"
    REMINDER = "reminder"
    REPLIED = "replied"
    ESCALATED = "escalated"


class ReplyCode(StrEnum):
    """What a bureau answers to a referral or to a request to check its data (docs/referrals.md)."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    FOUND_ELSEWHERE = "found_elsewhere"
    DISPUTED = "disputed"
    ACTION_TAKEN = "action_taken"


@dataclass(frozen=True, slots=True)
class CaseMove:
    """One move of one case by a person, ready to be written.

    `version` is the version the person saw; the store refuses with StaleCase when it has moved on.
    `note` is free text and rests enveloped. `until` is the end of an excuse or of a wait.
    `notice` is None when nobody is told. `assign_to` is the account that the case is given to.
    """

    case_id: int
    version: int
    event: str
    from_state: CaseState
    to_state: CaseState
    by: str
    at: datetime
    reason: str = ""
    until: date | None = None
    on_whom: str = ""
    owner: str = ""
    due_on: date | None = None
    notice: Notice | None = None
    note: str = ""
    assign_to: str = ""

    def __repr__(self) -> str:
        return f"CaseMove(case {self.case_id}, {self.event}: {self.from_state} → {self.to_state})"


_FINDING = (
    pa.field("finding_key", pa.string(), nullable=False),
    pa.field("rule", pa.string(), nullable=False),
    pa.field("rule_version", pa.int32(), nullable=False),
    pa.field("person_id", pa.int64()),
    pa.field("source", pa.string()),
    pa.field("roll", pa.string()),
    pa.field("scope", pa.string()),
    pa.field("division", pa.string()),
    pa.field("severity", pa.string(), nullable=False),
    pa.field("owner", pa.string(), nullable=False),
    pa.field("answer", pa.string(), nullable=False),
    pa.field("reason", pa.string(), nullable=False),
    pa.field("access", pa.string(), nullable=False),
    pa.field("episode", pa.date32(), nullable=False),
    pa.field("evidence", pa.string(), nullable=False),
    pa.field("evidence_digest", pa.string(), nullable=False),
    pa.field("unverified_since", pa.date32()),
)

OPEN_CASE = pa.schema([
    pa.field("case_id", pa.int64(), nullable=False),
    pa.field("version", pa.int32(), nullable=False),
    pa.field("state", pa.string(), nullable=False),
    *_FINDING,
    pa.field("excuse_until", pa.date32()),
    pa.field("wait_until", pa.date32()),
    pa.field("reverify_on", pa.date32()),
    pa.field("birth_year", pa.int32()),
    pa.field("birth_month", pa.int32()),
])  # fmt: skip
"""Every case as the night finds it, closed ones too: a condition may return. `person_id` is the one
that the person goes by now, merges followed. `evidence` is JSON text: `[{"roll": …, "ref": …}]`."""

TRANSITION = pa.schema([
    pa.field("case_id", pa.int64()),
    pa.field("version", pa.int32()),
    *_FINDING,
    pa.field("from_state", pa.string()),
    pa.field("to_state", pa.string(), nullable=False),
    pa.field("event", pa.string()),
    pa.field("event_evidence", pa.string(), nullable=False),
    pa.field("event_reason", pa.string()),
    pa.field("notice", pa.string()),
    pa.field("view_changed", pa.bool_(), nullable=False),
    pa.field("due_on", pa.date32()),
    pa.field("reverify_on", pa.date32()),
    pa.field("follows", pa.string()),
])  # fmt: skip
"""One row per case that the night changes; a finding is of a person, or of a source, roll and scope.
`case_id` null: a new case. `event` null: only the view or `unverified_since` changes, nothing is added to
the history. `follows`: the finding of the episode before."""

CASE_PERSON = pa.schema([
    pa.field("person_id", pa.int64(), nullable=False),
    pa.field("name", pa.string()),
    pa.field("id_number", pa.string()),
    pa.field("birth_date", pa.date32()),
    pa.field("sex", pa.string()),
    pa.field("division", pa.string()),
    pa.field("household_key", pa.string()),
    pa.field("guardian_name", pa.string()),
    pa.field("address", pa.string()),
    pa.field("school_name", pa.string()),
    pa.field("former_name", pa.string()),
    pa.field("pet_name", pa.string()),
])  # fmt: skip
"""The person behind a case, as the store keeps it (whatever tells who it is rests enveloped). Siblings
share the household key, which is made of person numbers and says nothing of anybody."""
