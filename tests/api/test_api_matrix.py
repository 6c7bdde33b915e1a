"""Every route of the API, and what each kind of client gets of it.

A route that has no line here fails the first test: whoever adds one says who may use it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_kit import BOTH, bearer, question, site
from online_seed import key

from gateway.access import ApiScope

DOCUMENT = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
HARM = {"text": "x", "reporter": "y", "place": "z"}
WISH = {"kind": "access", "asked_by": "child", "on_behalf_of": "demo"}
EVERY = {**BOTH, "supervision": "未成年人保护法 第九条"}
HOOK = {"url": "https://receiver.example/cases"}
RIGHTS = f"/findings/{key('edu')}/rights-requests"
ABSENT = "01990000-0000-4000-8000-000000000000"
ROLL = {
    "source": "education", "roll": "enrolment", "period": "2026-12", "kind": "full", "size": 1,
    "digest": "sha-256:" + "0" * 64,
}  # fmt: skip
MISSING = (ABSENT, f"{ABSENT}/quarantine", "/99/answer", "/99/replays", "/webhooks/99", "/evidence")
"""Allowed, and not there, so that what is there stays for the next one."""
# operation → (path, body, scopes that it needs; () is any client)
LINES: dict[str, tuple[str, object, tuple[ApiScope, ...]]] = {
    "POST /harm-reports": ("/harm-reports", HARM, (ApiScope.HARM,)),
    "POST /children:check": ("/children:check", question(), (ApiScope.CHECK,)),
    "POST /children:check-many": (
        "/children:check-many", {"checks": [question()]}, (ApiScope.CHECK, ApiScope.BULK)
    ),
    "GET /findings": ("/findings", None, (ApiScope.FINDINGS,)),
    "GET /findings/{key}": (f"/findings/{key('edu')}", None, (ApiScope.FINDINGS,)),
    "GET /findings/{key}/evidence": (
        f"/findings/{'0' * 64}/evidence", None, (ApiScope.EVIDENCE,)
    ),
    "GET /findings/{key}/history": (
        f"/findings/{key('edu')}/history", None, (ApiScope.FINDINGS,)
    ),
    "POST /findings/{key}/comments": (
        f"/findings/{key('edu')}/comments", {"text": "x"}, (ApiScope.CASES,)
    ),
    "POST /findings/{key}/decisions": (
        f"/findings/{key('edu')}/decisions", {"event": "confirm", "on_behalf_of": "demo"},
        (ApiScope.DECIDE,),
    ),
    "GET /runs/latest": ("/runs/latest", None, (ApiScope.NIGHT,)),
    "GET /runs": ("/runs", None, (ApiScope.NIGHT,)),
    "GET /runs/{run}": ("/runs/2", None, (ApiScope.NIGHT,)),
    "GET /rules": ("/rules", None, ()),
    "GET /rules/{rule}": ("/rules/EDU-01", None, ()),
    "GET /codes": ("/codes", None, ()),
    "GET /codes/{name}": ("/codes/student_status", None, ()),
    "GET /quarantine": ("/quarantine", None, (ApiScope.SUBMIT,)),
    "POST /findings/{key}/rights-requests": (RIGHTS, WISH, (ApiScope.RIGHTS,)),
    "GET /findings/{key}/rights-requests": (RIGHTS, None, (ApiScope.RIGHTS,)),
    "POST /findings/{key}/rights-requests/{number}/answer": (
        f"{RIGHTS}/99/answer", {"on_behalf_of": "demo", "text": "x"}, (ApiScope.RIGHTS,)
    ),
    "GET /findings/{key}/who-saw": (f"/findings/{key('edu')}/who-saw", None, (ApiScope.RIGHTS,)),
    "POST /webhooks": ("/webhooks", HOOK, (ApiScope.EVENTS,)),
    "GET /webhooks": ("/webhooks", None, (ApiScope.EVENTS,)),
    "POST /webhooks/{number}/replays": (
        "/webhooks/99/replays", {"since": "2026-11-16T00:00:00+08:00"}, (ApiScope.EVENTS,)
    ),
    "GET /findings:all": ("/findings:all", None, (ApiScope.FINDINGS, ApiScope.BULK)),
    "GET /statistics/findings": ("/statistics/findings", None, (ApiScope.STATISTICS,)),
    "GET /receipts/{exchange}": (f"/receipts/{ABSENT}", None, (ApiScope.NIGHT,)),
    "GET /parameters": ("/parameters", None, ()),
    "GET /divisions": ("/divisions", None, ()),
    "POST /roll-submissions": ("/roll-submissions", ROLL, (ApiScope.SUBMIT,)),
    "GET /roll-submissions": ("/roll-submissions", None, (ApiScope.SUBMIT,)),
    "GET /roll-submissions/{number}": (f"/roll-submissions/{ABSENT}", None, (ApiScope.SUBMIT,)),
    "PATCH /roll-submissions/{number}": (f"/roll-submissions/{ABSENT}", None, (ApiScope.SUBMIT,)),
    "DELETE /roll-submissions/{number}": (f"/roll-submissions/{ABSENT}", None, (ApiScope.SUBMIT,)),
    "GET /roll-submissions/{number}/quarantine": (
        f"/roll-submissions/{ABSENT}/quarantine", None, (ApiScope.SUBMIT,)
    ),
    "DELETE /webhooks/{number}": ("/webhooks/99", None, (ApiScope.EVENTS,)),
}  # fmt: skip


def test_every_route_has_a_line_here() -> None:
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    found = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/api/v1/")
    }
    assert found - {"POST /token"} == set(LINES)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    bureau = {"scopes": tuple(ApiScope), "sources": ("education",), "purposes": EVERY}
    with site(tmp_path_factory.mktemp("matrix"), bureau=bureau) as (_, opened):
        yield opened


@pytest.fixture(scope="module")
def tokens(http: httpx.Client) -> dict[tuple[ApiScope, ...], dict[str, str]]:
    wanted = {tuple(s for s in ApiScope if s is not left) for left in ApiScope} | {tuple(ApiScope)}
    return {scopes: bearer(http, "bureau", scope=" ".join(scopes)) for scopes in wanted}


@pytest.mark.parametrize("name", LINES)
def test_a_client_gets_what_its_scopes_say(
    http: httpx.Client, tokens: dict[tuple[ApiScope, ...], dict[str, str]], name: str
) -> None:
    """Without one of the scopes it is refused; without any other it is not."""
    path, body, needed = LINES[name]
    for scopes, header in tokens.items():
        answer = http.request(
            name.split()[0],
            f"/api/v1{path}",
            json=body,
            headers=header | {"if-match": '"99"', "upload-offset": "0"},
        )
        if set(needed) <= set(scopes) and path.endswith(("/comments", "/decisions")):
            # Allowed, and refused for the version only, so that the case stays for the next one.
            assert (answer.status_code, answer.json()["code"]) == (412, "stale")
        elif set(needed) <= set(scopes) and path.endswith(MISSING):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        elif set(needed) <= set(scopes):
            assert answer.is_success, (answer.text, scopes)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    headers = {"if-match": '"1"', "upload-offset": "0"}
    nobody = http.request(name.split()[0], f"/api/v1{path}", json=body, headers=headers)
    assert nobody.status_code == 401


def test_a_bureau_sees_refused_rows_of_its_own_sources_only(http: httpx.Client) -> None:
    rows = http.get("/api/v1/quarantine", headers=bearer(http, "bureau")).json()["rows"]
    assert {row["source"] for row in rows} <= {"education"}


@pytest.mark.parametrize("path", ["/rules/EDU-99", "/codes/none", "/runs/9999"])
def test_what_is_not_there_is_404(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/api/v1{path}", headers=bearer(http, "bureau"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_no_rule_of_child_protection_is_shown(http: httpx.Client) -> None:
    got = http.get("/api/v1/rules", headers=bearer(http, "bureau")).json()["rules"]
    night = http.get("/api/v1/runs/2", headers=bearer(http, "bureau")).json()
    assert len(got) > 30 and "HRM" not in json.dumps([got, night])
    parts = ("fires", "satisfied", "excused", "held", "not_applicable")
    assert all(s["universe"] == sum(s[p] for p in parts) for s in night["rules"])
