"""Operations of the API's document, a good request to each, and a site that has what they ask for."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from api_kit import JWT_BEARER, an_inbox, question, seed_answers, some_evidence, take
from client_kit import assertion, client_row
from online_fixtures import NOON, app_of, put_account
from online_seed import key, make_store
from online_server import serving
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.access import ApiScope
from gateway.model.submissions import SubmissionKind, SubmissionRow, SubmissionState
from gateway.store import Store

CASES = int(os.environ.get("CWG_CASES", "12"))
SCHEMA = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "api" / "openapi.json")
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok()
    for found in SCHEMA.get_all_operations()
}
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


def _token_form() -> dict[str, Any]:
    form = {"client_assertion": assertion(), "client_assertion_type": JWT_BEARER}
    return {"data": form | {"grant_type": "client_credentials"}}


OPEN, TAKEN = (f"01990000-0000-4000-8000-00000000000{n}" for n in (1, 2))
ROLL = {
    "source": "education", "roll": "enrolment", "period": "2026-12", "kind": "full", "size": 9,
    "digest": "sha-256:" + "0" * 64,
}  # fmt: skip
RIGHTS = f"/api/v1/findings/{key('edu')}/rights-requests"
# operation → path with values, and what makes the request
GOOD: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "GET /-/health/live": ("/-/health/live", dict),
    "GET /-/health/ready": ("/-/health/ready", dict),
    "POST /api/v1/token": ("/api/v1/token", _token_form),
    "POST /api/v1/harm-reports": (
        "/api/v1/harm-reports", lambda: {"json": {"text": "x", "reporter": "y", "place": "z"}}
    ),
    "POST /api/v1/children:check": ("/api/v1/children:check", lambda: {"json": question()}),
    "POST /api/v1/children:check-many": (
        "/api/v1/children:check-many", lambda: {"json": {"checks": [question()]}}
    ),
    "GET /api/v1/rules": ("/api/v1/rules", dict),
    "GET /api/v1/rules/{rule}": ("/api/v1/rules/EDU-01", dict),
    "GET /api/v1/codes": ("/api/v1/codes", dict),
    "GET /api/v1/codes/{name}": ("/api/v1/codes/student_status", dict),
    "GET /api/v1/runs": ("/api/v1/runs", dict),
    "GET /api/v1/runs/{run}": ("/api/v1/runs/2", dict),
    "GET /api/v1/quarantine": ("/api/v1/quarantine", dict),
    "GET /api/v1/findings": ("/api/v1/findings", dict),
    "GET /api/v1/findings/{key}": (f"/api/v1/findings/{key('edu')}", dict),
    "GET /api/v1/findings/{key}/evidence": (
        f"/api/v1/findings/{key('edu')}/evidence?purpose=casework", dict
    ),
    "GET /api/v1/findings/{key}/history": (f"/api/v1/findings/{key('edu')}/history", dict),
    "POST /api/v1/findings/{key}/comments": (
        f"/api/v1/findings/{key('edu')}/comments",
        lambda: {"json": {"text": "x"}, "headers": {"if-match": '"1"'}},
    ),
    "POST /api/v1/findings/{key}/decisions": (
        f"/api/v1/findings/{key('dropout')}/decisions",
        lambda: {
            "json": {"event": "dismiss", "on_behalf_of": "demo", "reason": "x"},
            "headers": {"if-match": '"2"'},
        },
    ),
    "GET /api/v1/runs/latest": ("/api/v1/runs/latest", dict),
    "POST /api/v1/findings/{key}/rights-requests": (
        RIGHTS,
        lambda: {"json": {"kind": "access", "asked_by": "child", "on_behalf_of": "demo"}},
    ),
    "GET /api/v1/findings/{key}/rights-requests": (RIGHTS, dict),
    "POST /api/v1/findings/{key}/rights-requests/{number}/answer": (
        f"{RIGHTS}/1/answer", lambda: {"json": {"on_behalf_of": "demo", "text": "x"}}
    ),
    "GET /api/v1/findings/{key}/who-saw": (f"/api/v1/findings/{key('edu')}/who-saw", dict),
    "POST /api/v1/webhooks": (
        "/api/v1/webhooks", lambda: {"json": {"url": "https://receiver.example/cases"}}
    ),
    "GET /api/v1/webhooks": ("/api/v1/webhooks", dict),
    "POST /api/v1/webhooks/{number}/replays": (
        "/api/v1/webhooks/1/replays", lambda: {"json": {"since": "2026-11-16T00:00:00+08:00"}}
    ),
    "GET /api/v1/findings:all": ("/api/v1/findings:all", dict),
    "GET /api/v1/statistics/findings": ("/api/v1/statistics/findings", dict),
    "GET /api/v1/receipts/{exchange}": (f"/api/v1/receipts/{OPEN}", dict),
    "GET /api/v1/parameters": ("/api/v1/parameters", dict),
    "GET /api/v1/divisions": ("/api/v1/divisions", dict),
    "POST /api/v1/roll-submissions": ("/api/v1/roll-submissions", lambda: {"json": ROLL}),
    "GET /api/v1/roll-submissions": ("/api/v1/roll-submissions", dict),
    "GET /api/v1/roll-submissions/{number}": (f"/api/v1/roll-submissions/{OPEN}", dict),
    "GET /api/v1/roll-submissions/{number}/quarantine": (
        f"/api/v1/roll-submissions/{TAKEN}/quarantine", dict
    ),
    "PATCH /api/v1/roll-submissions/{number}": (
        f"/api/v1/roll-submissions/{OPEN}",
        lambda: {
            "content": b"x",
            "headers": {"upload-offset": "0", "content-type": "application/octet-stream"},
        },
    ),
    "DELETE /api/v1/roll-submissions/{number}": (f"/api/v1/roll-submissions/{OPEN}", dict),
    "DELETE /api/v1/webhooks/{number}": ("/api/v1/webhooks/1", dict),
}  # fmt: skip


@contextmanager
def drawn_site(
    folder: Path, clients: dict[str, dict[str, Any]], **given: Any
) -> Iterator[tuple[Store, httpx.Client]]:
    """A served site with what `GOOD` asks for; the submissions are of the client `bureau`."""
    with make_store(folder) as store:
        put_account(store)
        seed_answers(store)
        store.clients.put(client_row())
        for name, changes in clients.items():
            every = {"scopes": tuple(ApiScope), "sources": ("education",)}
            store.clients.put(client_row(name, **(every | changes)))
        rooms = {"reception": an_inbox(store, folder), "evidence": some_evidence}
        with serving(app_of(store, **rooms, **given)) as served:
            _seed(store, folder)
            yield store, served


def _seed(store: Store, folder: Path) -> None:
    (folder / "inbox" / f".{OPEN}.part").touch()
    take(store, "dropout")
    store.exchanges.first_seen(OPEN, "education", "x", "y", NOON)
    store.exchanges.keep_receipt(OPEN, "education", "a.b.c", NOON)
    for number, state in ((OPEN, SubmissionState.UPLOADING), (TAKEN, SubmissionState.ACCEPTED)):
        ended = None if number == OPEN else NOON
        store.submissions.add(
            SubmissionRow(
                number, "bureau", "education", "enrolment", "2026-01", SubmissionKind.FULL, 9,
                "0" * 64, "", datetime.now(UTC), state, "0199", "x.y.z", ended,
            )
        )  # fmt: skip
