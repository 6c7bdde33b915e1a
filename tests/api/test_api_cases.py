"""Cases over HTTP: read and commented on by systems, decided only for an officer and with their rights."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_kit import bearer, site, take
from online_fixtures import put_account
from online_seed import key

from gateway.access import Role
from gateway.store import Store

EDU, OTHER = (f"/api/v1/findings/{key(name)}" for name in ("edu", "edu-other-county"))
SEALED, HARM = (f"/api/v1/findings/{key(name)}" for name in ("sealed", "protection"))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Store, httpx.Client]]:
    with site(tmp_path, county={"divisions": ("419901",)}) as (store, http):
        put_account(store, "audit", roles=(str(Role.AUDIT_ADMINISTRATOR),))
        put_account(store, "far", divisions=("419902",))
        put_account(store, "gone", disabled=True)
        http.headers.update(bearer(http, "county"))
        yield store, http


def version(http: httpx.Client, path: str = EDU) -> str:
    return http.get(path).headers["etag"]


def test_a_comment_moves_nothing_and_stands_in_the_history(
    opened: tuple[Store, httpx.Client],
) -> None:
    store, http = opened
    before = http.get(f"{EDU}/history")
    assert before.headers["etag"] == version(http)
    got = http.post(
        f"{EDU}/comments", json={"text": "家里已搬走"}, headers={"if-match": version(http)}
    )
    assert got.status_code == 201 and got.json()["state"] == before.json()["state"]
    after = http.get(f"{EDU}/history")
    line = after.json()["lines"][-1]
    assert (line["event"], line["by"]) == ("note", "county") and "家里" not in after.text
    case = store.cases.find(http_case(store))
    assert case is not None and case.events[-1].note == "家里已搬走"


def http_case(store: Store) -> int:
    row = store.findings.finding(key("edu"))
    assert row is not None
    return row.case_id


def test_who_saw_an_older_version_is_refused(opened: tuple[Store, httpx.Client]) -> None:
    _, http = opened
    seen = {"if-match": version(http)}
    assert http.post(f"{EDU}/comments", json={"text": "a"}, headers=seen).status_code == 201
    stale = http.post(f"{EDU}/comments", json={"text": "b"}, headers=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert http.post(f"{EDU}/comments", json={"text": "b"}).status_code == 400


def test_a_comment_that_is_sent_twice_stands_once(opened: tuple[Store, httpx.Client]) -> None:
    _, http = opened
    head = {"if-match": version(http), "idempotency-key": "k"}
    first, again = (
        http.post(f"{EDU}/comments", json={"text": "a"}, headers=head) for _ in range(2)
    )
    assert first.json() == again.json()
    assert [x["event"] for x in http.get(f"{EDU}/history").json()["lines"]].count("note") == 1


def decision(officer: str = "demo", **changes: object) -> dict[str, object]:
    return {"event": "confirm", "on_behalf_of": officer} | changes


def test_a_decision_stands_under_the_officers_name_and_the_audit_names_the_system(
    opened: tuple[Store, httpx.Client],
) -> None:
    store, http = opened
    head = {"if-match": f'"{take(store, "edu")}"'}
    got = http.post(f"{EDU}/decisions", json=decision("demo"), headers=head)
    assert (got.status_code, got.json()["state"]) == (201, "confirmed")
    assert http.get(f"{EDU}/history").json()["lines"][-1]["by"] == "demo"
    kept = [e for e in store.audit.unchained() if e.action == "case.decide_for"]
    assert [(e.actor, "demo" in e.detail) for e in kept] == [("county", True)]


@pytest.mark.parametrize("officer", ["nobody", "gone", "audit", "far"])
def test_only_an_officer_who_may_decide_it_is_followed(
    opened: tuple[Store, httpx.Client], officer: str
) -> None:
    store, http = opened
    head = {"if-match": f'"{take(store, "edu")}"'}
    got = http.post(f"{EDU}/decisions", json=decision(officer), headers=head)
    assert got.status_code == 403
    assert not [e for e in store.audit.unchained() if e.action.startswith("case.confirm")]


@pytest.mark.parametrize(
    "body",
    [decision(event="refer"), decision(event="note"), decision(event="take"), {"event": "confirm"},
     decision(event="excuse"), decision(event="settle", reason="stop_paying", note="x")],
)  # fmt: skip
def test_what_is_no_such_decision_is_refused(
    opened: tuple[Store, httpx.Client], body: dict[str, object]
) -> None:
    _, http = opened
    head = {"if-match": version(http)}
    assert http.post(f"{EDU}/decisions", json=body, headers=head).status_code == 400


@pytest.mark.parametrize("path", [OTHER, SEALED, HARM, f"/api/v1/findings/{'0' * 64}"])
def test_what_is_out_of_reach_is_not_there(opened: tuple[Store, httpx.Client], path: str) -> None:
    _, http = opened
    head = {"if-match": '"1"'}
    answers = [
        http.get(path), http.get(f"{path}/history"),
        http.post(f"{path}/comments", json={"text": "x"}, headers=head),
        http.post(f"{path}/decisions", json=decision(), headers=head),
    ]  # fmt: skip
    assert [a.status_code for a in answers] == [404] * 4
    assert len({a.content for a in answers}) == 1
