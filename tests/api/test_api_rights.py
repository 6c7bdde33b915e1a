"""Requests of children and guardians over HTTP: an officer stands for each, and who may not ask learns
nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from api_kit import BOTH, bearer, site
from online_fixtures import put_account
from online_seed import key

from gateway.access import Role
from gateway.store import Store

EDU = f"/api/v1/findings/{key('edu')}"
RIGHTS = f"{EDU}/rights-requests"
HIDDEN = [key("edu-other-county"), key("sealed"), key("protection"), "0" * 64]


@contextmanager
def opening(folder: Path) -> Iterator[tuple[Store, httpx.Client]]:
    with site(folder, county={"divisions": ("419901",), "purposes": BOTH}) as (store, http):
        put_account(store, "audit", roles=(str(Role.AUDIT_ADMINISTRATOR),))
        put_account(store, "far", divisions=("419902",))
        put_account(store, "gone", disabled=True)
        http.headers.update(bearer(http, "county"))
        yield store, http


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Store, httpx.Client]]:
    with opening(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    """One that nothing is written to: whatever is asked of it is refused."""
    with opening(tmp_path_factory.mktemp("still")) as made:
        yield made


def wish(**changes: object) -> dict[str, object]:
    return {"kind": "access", "asked_by": "guardian", "on_behalf_of": "demo"} | changes


def test_a_request_is_taken_answered_once_and_read_again(
    opened: tuple[Store, httpx.Client],
) -> None:
    store, http = opened
    made = http.post(RIGHTS, json=wish(kind="explanation", text="为什么"))
    assert (made.status_code, made.json()["state"]) == (201, "open")
    path = f"{RIGHTS}/{made.json()['request']}/answer"
    said = {"on_behalf_of": "demo", "text": "学籍未见"}
    assert http.post(path, json=said).json()["state"] == "answered"
    again = http.post(path, json=said)
    assert (again.status_code, again.json()["code"]) == (412, "stale")
    (one,) = http.get(RIGHTS).json()["requests"]
    assert (one["wish"], one["answer"], one["state"]) == ("为什么", "学籍未见", "answered")
    kept = store.rights.find(one["request"])
    assert kept is not None and (kept.taken_by, kept.answered_by) == ("demo", "demo")
    noted = [e for e in store.audit.unchained() if e.action.endswith("_for")]
    assert [(e.actor, e.action) for e in noted] == [
        ("county", "rights.request_for"), ("county", "rights.answer_for"),
    ]  # fmt: skip


def test_a_correction_disputes_the_case_and_a_request_sent_twice_is_one(
    opened: tuple[Store, httpx.Client],
) -> None:
    store, http = opened
    row = store.findings.finding(key("dropout"))
    assert row is not None and row.person_id is not None
    path = f"/api/v1/findings/{key('dropout')}/rights-requests"
    made = http.post(path, json=wish(kind="correction", bureaus=["education"]))
    assert made.status_code == 201 and store.rights.disputed(row.person_id)
    case = store.cases.find(row.case_id)
    assert case is not None
    assert (case.events[-1].event, case.events[-1].by) == ("check_data", "demo")
    once = {"idempotency-key": "k"}
    two = [http.post(RIGHTS, json=wish(), headers=once).json()["request"] for _ in range(2)]
    assert two[0] == two[1] and len(http.get(RIGHTS).json()["requests"]) == 1


@pytest.mark.parametrize("officer", ["nobody", "gone", "audit", "far"])
def test_only_an_officer_who_reaches_the_case_takes_a_request(
    still: tuple[Store, httpx.Client], officer: str
) -> None:
    store, http = still
    assert http.post(RIGHTS, json=wish(on_behalf_of=officer)).status_code == 403
    assert not store.rights.open()


@pytest.mark.parametrize(
    "body",
    [wish(kind="correction"), wish(bureaus=["education"]), wish(text="x" * 2001), wish(kind="x"),
     {"kind": "access", "asked_by": "child"}],
)  # fmt: skip
def test_what_is_no_request_is_refused(
    still: tuple[Store, httpx.Client], body: dict[str, object]
) -> None:
    assert still[1].post(RIGHTS, json=body).status_code == 400


def test_who_saw_names_no_officer(opened: tuple[Store, httpx.Client]) -> None:
    _, http = opened
    http.post(RIGHTS, json=wish())
    seen = http.get(f"{EDU}/who-saw").json()["seen"]
    assert {"who": "county", "action": "finding.show"}.items() <= seen[0].items()
    assert {"officer", "county"} == {one["who"] for one in seen}
    assert "demo" not in {one["who"] for one in seen}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_out_of_reach_is_not_there(still: tuple[Store, httpx.Client], hidden: str) -> None:
    _, http = still
    path = f"/api/v1/findings/{hidden}"
    answers = [
        http.post(f"{path}/rights-requests", json=wish()), http.get(f"{path}/rights-requests"),
        http.get(f"{path}/who-saw"),
        http.post(f"{path}/rights-requests/1/answer", json={"on_behalf_of": "demo", "text": "x"}),
    ]  # fmt: skip
    assert [a.status_code for a in answers] == [404] * 4
    assert len({a.content for a in answers}) == 1


def test_a_purpose_that_is_not_registered_is_refused(still: tuple[Store, httpx.Client]) -> None:
    _, http = still
    head = bearer(http, "cases")
    assert http.get(RIGHTS, headers=head).status_code == 403
    assert http.post(RIGHTS, json=wish(), headers=head).status_code == 403
