"""Health, refusals, headers, and what may never leave: nothing sent in is repeated, nothing inside told."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from online_fixtures import NOON, TODAY, api_site
from online_seed import city_reader, empty_store, make_inquiry, make_store
from online_server import serving

from gateway.access import Purpose
from gateway.api import create_app, serve
from gateway.desk import Desk
from gateway.model.errors import UsageError
from gateway.store import AuditEntry, Store
from gateway.wiring_api import make_api_rooms

SECRET = "张小明419901201501010011"


def _desk(store: Store) -> Desk:
    return Desk(store, clock=lambda: NOON, today=lambda: TODAY)


def _app(store: Store) -> FastAPI:
    reader_of = lambda request: city_reader()  # noqa: E731
    return create_app(
        make_api_rooms(store, make_inquiry(store), reader_of, _desk(store), api_site())
    )


def test_live(client: httpx.Client) -> None:
    assert client.get("/-/health/live").json() == {"status": "live"}


def test_ready_names_the_published_run(client: httpx.Client) -> None:
    answer = client.get("/-/health/ready")
    assert answer.status_code == 200 and answer.json()["run"]["run"] == 2


def test_not_ready_before_the_first_night(empty_client: httpx.Client) -> None:
    answer = empty_client.get("/-/health/ready")
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:cwg:problem:nothing-published"
    assert empty_client.get("/-/health/live").status_code == 200


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[httpx.Client]:
    """A site whose database has lost its tables after it was opened."""
    with make_store(tmp_path) as store:
        file = sqlite3.connect(tmp_path / "store.db")
        file.execute("DROP TABLE published_run")
        file.execute("DELETE FROM alembic_version")
        file.commit()
        file.close()
        with serving(_app(store)) as client:
            yield client


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/-/health/ready", "not-ready"),
        ("/api/v1/findings", "store-unavailable"),
        ("/api/v1/runs/latest", "store-unavailable"),
    ],
)
def test_a_broken_database_is_told_without_its_inside(
    broken: httpx.Client, path: str, code: str
) -> None:
    answer = broken.get(path)
    assert answer.status_code == 503
    assert answer.json()["type"] == f"urn:cwg:problem:{code}"
    assert "published_run" not in answer.text and "SELECT" not in answer.text


REFUSALS = [
    ("GET", f"/api/v1/findings?rule={SECRET}", 400),
    ("GET", f"/api/v1/findings?county={SECRET}", 400),
    ("GET", f"/api/v1/findings?state={SECRET}", 400),
    ("GET", f"/api/v1/findings?purpose={SECRET}", 400),
    ("GET", f"/api/v1/findings?{SECRET}=1", 400),
    ("GET", f"/api/v1/findings?cursor={SECRET}", 400),
    ("GET", "/api/v1/findings?limit=0", 400),
    ("GET", "/api/v1/findings?limit=201", 400),
    ("GET", "/api/v1/runs/latest?purpose=curiosity", 400),
    ("GET", f"/api/v1/{SECRET}", 404),
    ("GET", "/api/v2/findings", 404),
    ("POST", "/api/v1/findings", 404),
    ("DELETE", "/api/v1/runs/latest", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), REFUSALS)
def test_refusals_are_problems(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"].startswith("urn:cwg:problem:") and body["title"]
    assert SECRET not in answer.text and SECRET not in answer.text.encode().decode("unicode_escape")


HEADERS = {
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(
    "path",
    ["/-/health/live", "/api/v1/findings", "/api/v1/none", "/findings", "/night", "/none",
     "/static/console.css"],
)  # fmt: skip
def test_every_answer_is_guarded(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("127.0.0.1:8080", 200), ("localhost:1", 200), ("[::1]:8080", 200),
        ("LOCALHOST", 200), ("evil.example", 421), ("127.0.0.1.evil.example:80", 421), ("", 421),
    ],
)  # fmt: skip
def test_only_loopback_names_are_served(client: httpx.Client, host: str, status: int) -> None:
    answer = client.get("/api/v1/runs/latest", headers={"host": host})
    assert answer.status_code == status
    assert ("rules" in answer.text) == (status == 200)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "192.168.1.7", "gateway.local", ""])
def test_serving_beyond_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    with empty_store(tmp_path) as store:
        app = _app(store)
        with pytest.raises(UsageError, match="in the clear") as error:
            serve(app, host, 8080)
    assert "127.0.0.1" in error.value.mend


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_serving_on_this_machine_starts_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    started: list[tuple[object, ...]] = []
    named = ("host", "access_log", "server_header")
    monkeypatch.setattr("uvicorn.run", lambda app, **k: started.append(tuple(k[n] for n in named)))
    with empty_store(tmp_path) as store:
        serve(_app(store), host, 8080)
    assert started == [(host, False, False)]


def test_a_failure_inside_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with make_store(tmp_path) as store:

        def fail(*args: object, **named: object) -> None:
            raise ValueError(SECRET)

        monkeypatch.setattr(store.findings, "page", fail)
        app = _app(store)
        with caplog.at_level(logging.DEBUG), serving(app) as client:
            answer = client.get("/api/v1/findings")
    assert answer.status_code == 500 and answer.json()["type"] == "urn:cwg:problem:failed"
    assert SECRET not in answer.text and SECRET not in caplog.text
    assert "ValueError" in caplog.text


def test_a_cursor_of_the_night_before_is_gone(tmp_path: Path) -> None:
    with make_store(tmp_path) as store, serving(_app(store)) as client:
        cursor = client.get("/api/v1/findings?limit=2").json()["next"]
        store.night.publish(1)
        answer = client.get("/api/v1/findings", params={"limit": 2, "cursor": cursor})
    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:cwg:problem:view-moved"


def test_reads_over_http_are_audited_with_their_purpose(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        with serving(_app(store)) as client:
            client.get("/api/v1/findings?rule=EDU-01")
            client.get("/api/v1/runs/latest")
            client.get("/-/health/ready")
        entries = _entries(store)
    assert [e.action for e in entries] == ["finding.list", "run.show"]
    assert {e.purpose for e in entries} == {Purpose.CASEWORK.value}


def _entries(store: Store) -> list[AuditEntry]:
    return list(store.audit.unchained())
