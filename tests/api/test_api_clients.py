"""Tokens over HTTP, budgets, alarms, writes that are done once, and reports of harm."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from api_kit import ask_token, bearer, question, site
from client_kit import assertion, client_row
from online_seed import number

from gateway.api import Allowed, Limits
from gateway.model.errors import Busy
from gateway.store import Store

CHECK = "/api/v1/children:check"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    bound = {"certificate": "A" * 43}
    with site(tmp_path_factory.mktemp("clients"), bound=bound, gone={}) as made:
        yield made


def test_a_token_is_given_for_an_assertion(opened: tuple[Store, httpx.Client]) -> None:
    _, http = opened
    got = ask_token(http, scope="children.check bulk")
    body = got.json()
    assert got.status_code == 200 and (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["scope"] == "bulk children.check"
    assert got.headers["cache-control"] == "no-store"


BAD: list[tuple[dict[str, str], int, str]] = [
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"client_assertion_type": "x"}, 400, "invalid_request"),
    ({"client_assertion": ""}, 400, "invalid_request"),
    ({"client_assertion": "a.b.c"}, 401, "invalid_client"),
    ({"client_assertion": assertion("stranger")}, 401, "invalid_client"),
    ({"client_assertion": assertion("bound")}, 401, "invalid_client"),
    ({"scope": "rolls.submit"}, 400, "invalid_scope"),
    ({"scope": "nonsense"}, 400, "invalid_scope"),
]


@pytest.mark.parametrize(("form", "status", "error"), BAD)
def test_no_token_otherwise(
    opened: tuple[Store, httpx.Client], form: dict[str, str], status: int, error: str
) -> None:
    got = ask_token(opened[1], **form)
    assert (got.status_code, got.json()["error"]) == (status, error)


def test_an_assertion_that_is_sent_twice_at_once_gives_one_token(
    opened: tuple[Store, httpx.Client],
) -> None:
    signed = assertion()
    with ThreadPoolExecutor(4) as pool:
        got = pool.map(
            lambda _: ask_token(opened[1], client_assertion=signed).status_code, range(4)
        )
        assert sorted(got) == [200, 401, 401, 401]


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer x", "Basic abc", f"Bearer {'x' * 300}"])
def test_what_is_no_token_is_refused(opened: tuple[Store, httpx.Client], value: str) -> None:
    got = opened[1].post(CHECK, json=question(), headers={"authorization": value})
    assert (got.status_code, got.json()["code"]) == (401, "log-in")
    assert got.headers["www-authenticate"] == "Bearer"


def test_a_header_is_no_certificate(opened: tuple[Store, httpx.Client]) -> None:
    """Whoever reaches us could write one: only our own TLS layer says which certificate was shown."""
    _, http = opened
    for name in ("x-ssl-client-cert", "client-cert", "x-client-cert-sha256", "ssl-client-verify"):
        form = {
            "grant_type": "client_credentials", "client_assertion": assertion("bound"),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        }  # fmt: skip
        got = http.post("/api/v1/token", data=form, headers={name: "A" * 43})
        assert got.status_code == 401


def test_a_revoked_client_is_refused_within_two_seconds(
    opened: tuple[Store, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, http = opened
    header = bearer(http, "gone")
    assert http.post(CHECK, json=question(), headers=header).status_code == 200
    store.clients.revoke("gone", datetime.now(UTC))
    later = __import__("time").monotonic() + 2.1
    monkeypatch.setattr("gateway.api.callers.time.monotonic", lambda: later)
    assert http.post(CHECK, json=question(), headers=header).status_code == 401


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 8, 0, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_nodes_share_a_budget_and_never_overdraw_it(tmp_path: Path) -> None:
    with site(tmp_path) as (store, _):
        clock, allowed = Clock(), Allowed(calls=100, block=7)
        nodes = [Limits(store.client_budgets, store.audit, clock, allowed) for _ in range(3)]
        done, refused = 0, 0
        for turn in range(150):
            try:
                nodes[turn % 3].spend("cases")
                done += 1
            except Busy as busy:
                refused += 1
                assert busy.after_seconds == 59
        assert (done, refused) == (100, 50)
        clock.now += timedelta(minutes=1)
        head = nodes[0].spend("cases", 5)
        assert head["ratelimit-policy"] == '"minute";q=100;w=60'
        assert head["ratelimit"] == '"minute";r=2;t=59'


def test_a_used_up_budget_is_429_with_the_time_to_wait(
    opened: tuple[Store, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, http = opened
    header = bearer(http)
    good = http.post(CHECK, json=question(), headers=header)
    assert good.headers["ratelimit-policy"] == '"minute";q=60000;w=60'

    def busy(*_: object) -> None:
        error = Busy("the minute's calls are used up")
        error.after_seconds = 17
        raise error

    monkeypatch.setattr(Limits, "spend", busy)
    got = http.post(CHECK, json=question(), headers=header)
    assert (got.status_code, got.json()["code"], got.headers["retry-after"]) == (
        429, "too-many", "17"
    )  # fmt: skip


def test_probing_is_alarmed_once_an_hour(tmp_path: Path) -> None:
    with site(tmp_path) as (store, _):
        clock = Clock()
        limits = Limits(store.client_budgets, store.audit, clock, Allowed(misses=20, tell=5))
        for _ in range(60):
            limits.missed("cases", 1)
        alarms = [e for e in store.audit.unchained() if e.action == "client.alarm"]
        assert [(e.actor, e.subject) for e in alarms] == [("cases", "cases")]
        clock.now += timedelta(hours=1)
        limits.missed("cases", 30)
        assert sum(e.action == "client.alarm" for e in store.audit.unchained()) == 2


HARM = {"text": "孩子身上有伤", "reporter": "王老师 0371-0000000", "number": number(3)}
REPORTS = "/api/v1/harm-reports"


def test_a_report_of_harm_is_sealed_and_closes_the_child_to_everybody(tmp_path: Path) -> None:
    with site(tmp_path) as (store, http):
        http.headers.update(bearer(http))
        assert http.post(CHECK, json=question(3)).json()["answer"] == "no"
        got = http.post(REPORTS, json=HARM)
        assert got.status_code == 201 and set(got.json()) == {"state", "at"}
        assert got.json()["at"].endswith("+08:00")
        assert http.post(CHECK, json=question(3)).json()["why"] == "not_in_scope"
        (file,) = store.harm.open_files()
        opened = store.harm.opened(file.harm_id, store.keys.protection_private())
        assert opened.signs[0]["text"] == HARM["text"] and "王老师" in opened.reporter
        kept = next(e for e in store.audit.unchained() if e.action == "harm.report")
        assert kept.subject == "cases" and number(3) not in kept.detail


def test_a_report_that_is_sent_twice_is_kept_once(tmp_path: Path) -> None:
    with site(tmp_path) as (store, http):
        http.headers.update(bearer(http))
        key = {"Idempotency-Key": "once"}
        first, again = (http.post(REPORTS, json=HARM, headers=key) for _ in range(2))
        assert first.json() == again.json() and first.status_code == again.status_code == 201
        assert len(store.harm.opened(1, store.keys.protection_private()).signs) == 1
        other = http.post(REPORTS, json=HARM | {"text": "x"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "key-reused")


@pytest.mark.parametrize(
    "change", [{"number": ""}, {"text": ""}, {"reporter": ""}, {"more": 1}, {"dob": "x"}], ids=str
)
def test_a_report_about_nobody_is_refused(
    opened: tuple[Store, httpx.Client], change: dict[str, object]
) -> None:
    got = opened[1].post(REPORTS, json=HARM | change, headers=bearer(opened[1]))
    assert got.status_code == 400 and "王老师" not in got.text


def test_findings_are_for_a_client_with_the_scope(opened: tuple[Store, httpx.Client]) -> None:
    store, http = opened
    store.clients.put(client_row("county", divisions=("419902",)))
    rows = http.get("/api/v1/findings", headers=bearer(http, "county")).json()["findings"]
    assert {row["division"][:6] for row in rows} == {"419902"}
    poor = bearer(http, scope="bulk")
    assert http.get("/api/v1/findings", headers=poor).status_code == 403
    got = http.get("/api/v1/findings?purpose=audit", headers=bearer(http))
    assert got.status_code == 403
    assert http.get("/api/v1/findings").status_code == 401
