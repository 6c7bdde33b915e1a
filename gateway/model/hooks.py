"""Webhooks as rows: who is told, and one thing to tell."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HookRow:
    """One subscription of a client. `secret` is `whsec_…` (HMAC-SHA256) or `whsk_…` (ed25519); `rules` and
    `events` narrow what is told, empty means all. `dci` is the JSON text of a subscription over the DCI
    interface (gateway/dci); empty for a webhook of our own form."""

    webhook_id: int
    client_id: str
    url: str
    rules: tuple[str, ...]
    events: tuple[str, ...]
    created_at: datetime
    secret: str = field(default="", repr=False)
    ended_at: datetime | None = None
    dci: str = ""


@dataclass(frozen=True, slots=True)
class HookItem:
    """One leased event of one case for one subscription. `event_id` is the same at every attempt and
    replay; `version` counts the events of the case. `lease` proves that the holder may report."""

    item_id: int
    hook: HookRow
    event_id: str
    case_id: int
    finding_key: str
    version: int
    at: datetime
    attempts: int
    lease: str
