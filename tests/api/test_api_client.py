"""The Python client against a served site: its own tokens, pages to their end, refusals with their code."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_kit import BOTH, an_inbox, seed_answers, some_evidence
from client_kit import KEY, client_row
from joserfc.jwk import ECKey
from online_fixtures import app_of, put_account
from online_seed import key, make_store, number
from online_server import serving

from gateway.access import ApiScope
from gateway.client import ApiClient, Problem
from gateway.store import Store

PEM = KEY.as_pem(private=True).decode()
QUESTION = {
    "idtype": "resident_number", "question": "in_school", "purpose": "casework", "case_ref": "C-1",
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, ApiClient, str]]:
    folder = tmp_path_factory.mktemp("client")
    with make_store(folder, extra=60) as store:
        put_account(store)
        seed_answers(store)
        every = {"scopes": tuple(ApiScope), "sources": ("education",), "purposes": BOTH}
        store.clients.put(client_row("every", **every))
        with serving(
            app_of(store, reception=an_inbox(store, folder), evidence=some_evidence)
        ) as http:
            base = str(http.base_url)
            with ApiClient(base, "every", PEM, http=http) as client:
                yield store, client, base


def test_children_are_asked_about(opened: tuple[Store, ApiClient, str]) -> None:
    _, client, _ = opened
    assert client.check(**QUESTION, value=number(1))["answer"] == "yes"
    many = client.check_many([{**QUESTION, "value": number(n)} for n in (2, 99)])
    assert [one["answer"] for one in many] == ["yes", "not_known"]


def test_pages_are_followed_to_their_end(opened: tuple[Store, ApiClient, str]) -> None:
    _, client, _ = opened
    paged = [one["key"] for one in client.findings(limit=20)]
    assert len(paged) > 60 and len(set(paged)) == len(paged)
    assert [one["key"] for one in client.all_findings()] == paged
    assert {one["rule"] for one in client.all_findings(rule="EDU-02")} == {"EDU-02"}


def test_a_case_is_commented_on_as_it_was_read(opened: tuple[Store, ApiClient, str]) -> None:
    _, client, _ = opened
    found, version = client.finding(key("edu"))
    assert found["key"] == key("edu")
    assert client.comment(key("edu"), version, "已联系").get("version") == int(version[1:-1]) + 1
    with pytest.raises(Problem) as stale:
        client.comment(key("edu"), version, "已联系")
    assert (stale.value.status, stale.value.code) == (412, "stale")
    with pytest.raises(Problem):
        client.decide(key("edu"), version, event="confirm", on_behalf_of="nobody")


def test_a_roll_is_handed_in_and_refused_for_what_it_is(
    opened: tuple[Store, ApiClient, str], tmp_path: Path
) -> None:
    _, client, _ = opened
    file = tmp_path / "roll.cwgx"
    file.write_bytes(b"no sealed file")
    said = {"source": "education", "roll": "enrolment", "period": "2027-02", "kind": "full"}
    assert client.hand_in(file, **said)["state"] == "refused"


def test_a_findings_evidence_is_given_as_a_file(opened: tuple[Store, ApiClient, str]) -> None:
    assert opened[1].evidence(key("edu"), "casework") == b"e30.e30.AA"


def test_webhooks_and_the_rest_go_by_their_paths(opened: tuple[Store, ApiClient, str]) -> None:
    _, client, _ = opened
    hook = client.post("/webhooks", {"url": "https://receiver.example/"})
    client.delete(f"/webhooks/{hook['webhook']}")
    assert client.get("/webhooks")["webhooks"][0]["ended_at"]
    assert client.get("/runs", limit=1)["runs"][0]["run"] == 2
    harm = client.report_harm(text="x", reporter="y", place="z")
    assert harm["state"] == "received"


def test_a_token_is_renewed_before_it_ends(
    opened: tuple[Store, ApiClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client, _ = opened
    client.get("/rules")
    first = client._token
    client.get("/rules")
    assert client._token == first
    monkeypatch.setattr(client, "_until", 0.0)
    client.get("/rules")
    assert client._token != first


def test_another_key_gets_no_token(opened: tuple[Store, ApiClient, str]) -> None:
    wrong = ECKey.generate_key("P-256").as_pem(private=True).decode()
    with ApiClient(opened[2], "every", wrong) as stranger, pytest.raises(Problem) as refused:
        stranger.get("/rules")
    assert (refused.value.status, refused.value.code) == (401, "invalid_client")


def test_an_answer_that_is_none_is_a_problem_too() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "x", "expires_in": 600})
        return httpx.Response(502, text="<html>")

    http = httpx.Client(transport=httpx.MockTransport(broken), base_url="http://x")
    with pytest.raises(Problem, match="502"):
        ApiClient("http://x", "every", PEM, http=http).get("/rules")
