"""The feed of case events: what happened, until the worker has made items of it for who listens."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.store.database import insert_rows
from gateway.store.tables_hooks import case_feed, webhook


def feed(connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Put events of cases into the feed, in the transaction that wrote them; nothing when nobody listens."""
    live = select(webhook.c.webhook_id).where(webhook.c.ended_at.is_(None)).limit(1)
    if events and connection.execute(live).first() is not None:
        rows = [{"case_id": e["case_id"], "version": e["version"]} for e in events]
        insert_rows(connection, case_feed, rows)
