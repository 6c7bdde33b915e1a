"""Every route of the pages and the API, and what each kind of person gets of it.

A route that has no line here fails the first test: whoever adds one says who may use it.
"""

from collections.abc import Iterator

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from online_fixtures import PASSWORD, app_of, put_account
from online_seed import key, make_store
from online_server import serving
from starlette.routing import BaseRoute, Mount, Route

from gateway.access import Role
from gateway.console.sessions import COOKIE

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = {
    "nobody": None,
    "officer": Role.DATA_OFFICER,
    "supervisor": Role.SUPERVISOR,
    "protection": Role.CHILD_PROTECTION,
    "system": Role.SYSTEM_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "audit": Role.AUDIT_ADMINISTRATOR,
}
LOGIN = 303
ORDINARY, SEALED, HARM = (f"/findings/{key(name)}" for name in ("edu", "sealed", "protection"))

# path → status for: nobody, officer, supervisor, protection, system, security, audit
GET: dict[str, tuple[int, ...]] = {
    "/": (303, 303, 303, 303, 303, 303, 303),
    "/login": (200, 200, 200, 200, 200, 200, 200),
    "/password": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/findings": (LOGIN, 200, 200, 200, 200, 200, 200),
    ORDINARY: (LOGIN, 200, 200, 404, 404, 404, 404),
    SEALED: (LOGIN, 404, 200, 404, 404, 404, 404),
    HARM: (LOGIN, 404, 404, 200, 404, 404, 404),
    "/overview": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/night": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/sheets": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/school-sheets": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/team": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/login/oidc": (404, 404, 404, 404, 404, 404, 404),
    "/login/oidc/back": (403, 403, 403, 403, 403, 403, 403),
    "/runs": (LOGIN, 200, 200, 404, 200, 404, 200),
    "/site": (LOGIN, 404, 404, 404, 200, 200, 404),
    "/users": (LOGIN, 404, 404, 404, 404, 200, 404),
    "/audit": (LOGIN, 404, 404, 404, 404, 404, 200),
    "/report": (LOGIN, 200, 200, 200, 200, 200, 200),
    "/protection": (LOGIN, 404, 404, 200, 404, 404, 404),
    "/approvals": (LOGIN, 200, 200, 200, 200, 200, 200),
    f"/api/v1{ORDINARY}": (401, 200, 200, 404, 404, 404, 404),
    f"/api/v1{SEALED}": (401, 404, 200, 404, 404, 404, 404),
    "/api/v1/findings": (401, 200, 200, 200, 200, 200, 200),
    "/api/v1/runs/latest": (401, 200, 200, 200, 200, 200, 200),
    "/api/v1/docs": (200, 200, 200, 200, 200, 200, 200),
    "/api/v1/docs/start.js": (200, 200, 200, 200, 200, 200, 200),
    "/api/v1/openapi.json": (200, 200, 200, 200, 200, 200, 200),
    "/-/health/live": (200, 200, 200, 200, 200, 200, 200),
    "/-/health/ready": (200, 200, 200, 200, 200, 200, 200),
}
POST = (
    "/logout", "/password", "/search", "/export", "/bulk", "/approvals", "/sheets/print",
    "/sheets/find", "/school-sheets/make", "/report", "/marks/end", "/protection/step",
    "/site/pause", "/users/disable", "/team/deputy", "/team/deputy/end", "/team/seen",
    "/team/release", "/views", "/views/drop", f"{ORDINARY}/mark", "/school-sheets/take-in",
    "/school-sheets/destroy", "/sheets/take-in", "/sheets/destroy", f"{ORDINARY}/decide",
    f"{ORDINARY}/undo", f"{ORDINARY}/agree", f"{ORDINARY}/call", f"{ORDINARY}/identity",
    f"{ORDINARY}/file", f"{ORDINARY}/review",
)  # fmt: skip
"""Posts of a session: nobody is sent to the log-in, and a form without the session's token is refused."""

UPLOADS = ("/school-sheets/read", "/protection/open")
"""Posts that carry a file."""

OPEN_POSTS = ("/login",)
OF_CLIENTS = (
    "/api/v1/token", "/api/v1/children:check", "/api/v1/children:check-many", "/api/v1/harm-reports",
    f"/api/v1{ORDINARY}/comments", f"/api/v1{ORDINARY}/decisions",
    f"/api/v1{ORDINARY}/rights-requests", f"/api/v1{ORDINARY}/rights-requests/{{number}}/answer",
    "/api/v1/webhooks", "/api/v1/webhooks/{number}/replays", "/api/v1/roll-submissions",
)  # fmt: skip
"""Posts of clients: no person may send them, whatever their role (tests/api/test_api_matrix.py)."""

READ_BY_CLIENTS = (
    "/api/v1/rules", "/api/v1/rules/{rule}", "/api/v1/codes", "/api/v1/codes/{name}",
    "/api/v1/findings/{key}/evidence", "/api/v1/findings/{key}/history", "/api/v1/runs",
    "/api/v1/runs/{run}", "/api/v1/quarantine",
    "/api/v1/findings/{key}/rights-requests", "/api/v1/findings/{key}/who-saw",
    "/api/v1/webhooks", "/api/v1/roll-submissions", "/api/v1/roll-submissions/{number}",
    "/api/v1/roll-submissions/{number}/quarantine", "/api/v1/findings:all",
    "/api/v1/statistics/findings", "/api/v1/receipts/{exchange}", "/api/v1/parameters",
    "/api/v1/divisions",
)  # fmt: skip
"""Read by clients only, each with the scope that tests/api/test_api_matrix.py says."""

ENDED_BY_CLIENTS = ("/api/v1/webhooks/{number}", "/api/v1/roll-submissions/{number}")
"""Deleted by clients only, likewise."""

SENT_BY_CLIENTS = ("/api/v1/roll-submissions/{number}",)
"""Patched by clients only, likewise."""

NOT_PAGES = ("/static", "/api/{rest:path}")


def routes(app: FastAPI) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()

    def walk(several: list[BaseRoute], prefix: str) -> None:
        for route in several:
            if isinstance(route, Mount) and route.path not in NOT_PAGES:
                walk(list(route.routes), prefix + route.path)
            elif hasattr(route, "original_router"):
                walk(list(route.original_router.routes), prefix)
            elif isinstance(route, Route) and route.path not in NOT_PAGES:
                for method in (route.methods or set()) - {"HEAD"}:
                    found.add((method, prefix + route.path))

    walk(list(app.routes), "")
    return found


def _pattern(path: str) -> str:
    return (
        path.replace(f"/{key('edu')}", "/{key}")
        .replace("/oidc", "/{provider}")
        .replace("/docs/start.js", "/docs/{name}")
    )


def test_every_route_has_a_line_here(app: FastAPI) -> None:
    listed = {("GET", _pattern(p)) for p in GET if not p.endswith((SEALED, HARM))}
    listed |= {("GET", p) for p in READ_BY_CLIENTS}
    listed |= {("POST", _pattern(p)) for p in (*POST, *UPLOADS, *OPEN_POSTS, *OF_CLIENTS)}
    listed |= {("DELETE", p) for p in ENDED_BY_CLIENTS}
    listed |= {("PATCH", p) for p in SENT_BY_CLIENTS}
    assert routes(app) == listed


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with make_store(tmp_path_factory.mktemp("matrix")) as store:
        for name, role in PEOPLE.items():
            if role is not None:
                put_account(store, name, roles=(str(role),), secret=SECRET)
        yield app_of(store)


@pytest.fixture(scope="module")
def server(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as client:
        yield client


@pytest.fixture(scope="module", params=list(PEOPLE))
def person(request: pytest.FixtureRequest, server: httpx.Client) -> tuple[int, dict[str, str]]:
    place = list(PEOPLE).index(request.param)
    if PEOPLE[request.param] is None:
        return place, {}
    form = {"name": request.param, "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
    server.cookies.clear()
    answer = server.post("/login", data=form)
    token = answer.headers["set-cookie"].split(";")[0].partition("=")[2]
    return place, {"cookie": f"{COOKIE}={token}"}


@pytest.mark.parametrize("path", GET)
def test_a_page_for_each_kind_of_person(
    server: httpx.Client, person: tuple[int, dict[str, str]], path: str
) -> None:
    place, headers = person
    server.cookies.clear()
    assert server.get(path, headers=headers).status_code == GET[path][place]


@pytest.mark.parametrize("path", POST)
def test_a_post_without_the_token_of_its_session_does_nothing(
    server: httpx.Client, person: tuple[int, dict[str, str]], path: str
) -> None:
    place, headers = person
    server.cookies.clear()
    answer = server.post(path, data={"event": "take", "case": "1", "version": "1"}, headers=headers)
    assert answer.status_code == (LOGIN if place == 0 else 403)


@pytest.mark.parametrize("path", OF_CLIENTS)
def test_a_session_is_no_client(
    server: httpx.Client, person: tuple[int, dict[str, str]], path: str
) -> None:
    _, headers = person
    server.cookies.clear()
    answer = server.post(path, json={}, headers=headers)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("path", UPLOADS)
def test_a_file_without_the_token_of_its_session_does_nothing(
    server: httpx.Client, person: tuple[int, dict[str, str]], path: str
) -> None:
    place, headers = person
    server.cookies.clear()
    answer = server.post(path, files={"file": b"x"}, headers=headers)
    assert answer.status_code == (LOGIN if place == 0 else 403)
