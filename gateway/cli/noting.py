"""The audit entry of an administrative act on the command line."""

import json
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

from gateway.cli.witnessing import witness
from gateway.store import AuditEntry
from gateway.wiring import open_site_store


def note(site: Path, action: str, kind: str, subject: str, **detail: str) -> None:
    """Write who did what to which key, partner or table: references only, never a secret."""
    entry = AuditEntry(
        datetime.now(UTC),
        f"{getuser()}@cli",
        "person",
        action,
        "administration",
        kind,
        subject,
        json.dumps(detail, ensure_ascii=False),
    )
    with open_site_store(site) as store:
        store.audit.add(entry)
        witness(site, store)
