"""Operations of the form profile, each with the operation of the first profile that it is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """`method` and `path` under /api/v1. Members of the input that the path names go there; of a GET the
    others are its query, of a POST its body."""

    method: str
    path: str


FINDING = "/findings/{key}"
RIGHTS = f"{FINDING}/rights-requests"
ROLL = "/roll-submissions/{number}"

OPERATIONS: Mapping[str, Operation] = {
    "children.check": Operation("POST", "/children:check"),
    "children.check-many": Operation("POST", "/children:check-many"),
    "findings.list": Operation("GET", "/findings"),
    "findings.one": Operation("GET", FINDING),
    "findings.history": Operation("GET", f"{FINDING}/history"),
    "findings.evidence": Operation("GET", f"{FINDING}/evidence"),
    "findings.comment": Operation("POST", f"{FINDING}/comments"),
    "findings.decide": Operation("POST", f"{FINDING}/decisions"),
    "findings.who-saw": Operation("GET", f"{FINDING}/who-saw"),
    "rights.list": Operation("GET", RIGHTS),
    "rights.request": Operation("POST", RIGHTS),
    "rights.answer": Operation("POST", f"{RIGHTS}/{{number}}/answer"),
    "harm.report": Operation("POST", "/harm-reports"),
    "rolls.list": Operation("GET", "/roll-submissions"),
    "rolls.state": Operation("GET", ROLL),
    "rolls.cancel": Operation("DELETE", ROLL),
    "rolls.refused-rows": Operation("GET", f"{ROLL}/quarantine"),
    "quarantine.list": Operation("GET", "/quarantine"),
    "runs.latest": Operation("GET", "/runs/latest"),
    "runs.list": Operation("GET", "/runs"),
    "runs.one": Operation("GET", "/runs/{run}"),
    "receipts.one": Operation("GET", "/receipts/{exchange}"),
    "rules.list": Operation("GET", "/rules"),
    "rules.one": Operation("GET", "/rules/{rule}"),
    "codes.list": Operation("GET", "/codes"),
    "codes.one": Operation("GET", "/codes/{name}"),
    "parameters.list": Operation("GET", "/parameters"),
    "divisions.list": Operation("GET", "/divisions"),
    "statistics.findings": Operation("GET", "/statistics/findings"),
    "webhooks.list": Operation("GET", "/webhooks"),
    "webhooks.add": Operation("POST", "/webhooks"),
    "webhooks.replay": Operation("POST", "/webhooks/{number}/replays"),
    "webhooks.end": Operation("DELETE", "/webhooks/{number}"),
}
"""Every operation that makes sense in one message."""

NOT_IN_A_FORM: Mapping[str, str] = {
    "POST /token": "a form is signed itself and needs no token",
    "GET /findings:all": "a stream, which one message does not hold",
    "POST /roll-submissions": "goes with the upload of a file in pieces",
    "PATCH /roll-submissions/{number}": "a sealed file in pieces",
}
"""What is left to the first profile, and why."""
