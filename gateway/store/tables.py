"""Every table of the operational store (SQLite and PostgreSQL), by theme.

Personal columns are `LargeBinary` envelopes (gateway/store/keys.py); `*_token` columns are blind
indexes. Plain are only division, birth year and month, sex, rule, state, dates, codes and references.
"""

from gateway.store.tables_answers import answer, answer_ground
from gateway.store.tables_base import metadata
from gateway.store.tables_callbacks import dci_callback
from gateway.store.tables_cases import (
    NOTICES,
    STATES,
    case_event,
    case_file,
    child_key,
    excuse,
    finding,
    finding_past,
    outbox,
    person,
)
from gateway.store.tables_chained import chained_row
from gateway.store.tables_clients import (
    client,
    client_assertion,
    client_budget,
    client_reply,
    client_token,
)
from gateway.store.tables_console import (
    account_subject,
    child_file,
    child_review,
    day_count,
    deputy,
    escalation,
    person_alias,
    saved_view,
    school_sheet,
    school_sheet_line,
)
from gateway.store.tables_counts import queue_count, queue_due, queue_own
from gateway.store.tables_desk import broken_glass, case_call, case_proposal, visit_sheet
from gateway.store.tables_dispatch import (
    referral,
    referral_reply,
    reply_round,
    rights_request,
)
from gateway.store.tables_doors import fetched_page, refusal_list
from gateway.store.tables_harm import (
    contact_mark,
    harm_case,
    harm_event,
    harm_shield,
    harm_sign,
    harm_subject,
)
from gateway.store.tables_hooks import case_feed, hook_item, webhook
from gateway.store.tables_identity import person_change
from gateway.store.tables_night import (
    audit,
    counter,
    ledger,
    outcome_count,
    person_block,
    published_run,
    replay_finding,
    rulebook,
    run,
    run_lock,
    run_rulebook,
    run_step,
)
from gateway.store.tables_people import account, session
from gateway.store.tables_rolls import (
    cited_row,
    delivery,
    exchange_seen,
    judgement,
    quarantine,
    snapshot,
    source_status,
    source_status_past,
)
from gateway.store.tables_submissions import roll_submission

__all__ = [
    "NOTICES",
    "STATES",
    "account",
    "account_subject",
    "answer",
    "answer_ground",
    "audit",
    "broken_glass",
    "case_call",
    "case_event",
    "case_feed",
    "case_file",
    "case_proposal",
    "chained_row",
    "child_file",
    "child_key",
    "child_review",
    "cited_row",
    "client",
    "client_assertion",
    "client_budget",
    "client_reply",
    "client_token",
    "contact_mark",
    "counter",
    "day_count",
    "dci_callback",
    "delivery",
    "deputy",
    "escalation",
    "exchange_seen",
    "excuse",
    "fetched_page",
    "finding",
    "finding_past",
    "harm_case",
    "harm_event",
    "harm_shield",
    "harm_sign",
    "harm_subject",
    "hook_item",
    "judgement",
    "ledger",
    "metadata",
    "outbox",
    "outcome_count",
    "person",
    "person_alias",
    "person_block",
    "person_change",
    "published_run",
    "quarantine",
    "queue_count",
    "queue_due",
    "queue_own",
    "referral",
    "referral_reply",
    "refusal_list",
    "replay_finding",
    "reply_round",
    "rights_request",
    "roll_submission",
    "rulebook",
    "run",
    "run_lock",
    "run_rulebook",
    "run_step",
    "saved_view",
    "school_sheet",
    "school_sheet_line",
    "session",
    "snapshot",
    "source_status",
    "source_status_past",
    "visit_sheet",
    "webhook",
]
