"""Webhooks that a client makes itself: its own only, told the secret once, and nothing but ids."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from api_kit import bearer, site, take

from gateway.dispatch.client_hooks import MOST
from gateway.model.hooks import HookItem
from gateway.store import Store

PATH = "/api/v1/webhooks"
HOOK = {"url": "https://receiver.example/cases"}
SINCE = {"since": "2026-11-01T00:00:00+08:00"}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Store, httpx.Client]]:
    with site(tmp_path, county={"divisions": ("419901",)}) as (store, http):
        http.headers.update(bearer(http, "county"))
        yield store, http


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    """One that nothing is written to: whatever is asked of it is refused."""
    with site(tmp_path_factory.mktemp("still")) as (store, http):
        http.headers.update(bearer(http))
        yield store, http


def test_a_webhook_is_made_listed_replayed_and_ended(opened: tuple[Store, httpx.Client]) -> None:
    store, http = opened
    made = http.post(PATH, json=HOOK | {"rules": ["EDU-01"], "events": ["take"]}).json()
    (kept,) = store.hooks.all()
    assert made["secret"] == kept.secret and made["secret"].startswith("whsec_")
    assert (kept.client_id, kept.rules, kept.events) == ("county", ("EDU-01",), ("take",))
    take(store, "edu")
    take(store, "dropout")
    again = http.post(f"{PATH}/{made['webhook']}/replays", json=SINCE)
    assert (again.status_code, again.json()) == (201, {"count": 1}), "only what the filter lets"
    (one,) = http.get(PATH).json()["webhooks"]
    assert (one["waiting"], one["given_up"], one["ended_at"]) == (1, 0, None)
    assert "secret" not in one
    assert http.delete(f"{PATH}/{made['webhook']}").status_code == 204
    assert http.get(PATH).json()["webhooks"][0]["ended_at"].endswith("+08:00")
    assert http.delete(f"{PATH}/{made['webhook']}").status_code == 404
    assert leased(store) == ()


def leased(store: Store) -> tuple[HookItem, ...]:
    return store.hooks.lease(datetime.now(UTC), timedelta(minutes=1), 10)


def test_a_public_key_is_told_for_one_that_we_sign(opened: tuple[Store, httpx.Client]) -> None:
    store, http = opened
    made = http.post(PATH, json=HOOK | {"ed25519": True}).json()
    assert made["secret"].startswith("whpk_") and store.hooks.all()[0].secret.startswith("whsk_")


def test_another_clients_webhook_is_not_there(opened: tuple[Store, httpx.Client]) -> None:
    store, http = opened
    other = bearer(http, "cases")
    number = http.post(PATH, json=HOOK, headers=other).json()["webhook"]
    assert http.get(PATH).json()["webhooks"] == []
    assert http.delete(f"{PATH}/{number}").status_code == 404
    assert http.post(f"{PATH}/{number}/replays", json=SINCE).status_code == 404
    assert store.hooks.all()[0].ended_at is None


@pytest.mark.parametrize(
    "body",
    [{"url": "http://receiver.example/"}, {"url": "https://u:p@receiver.example/"}, {"url": "x"},
     {"url": "https://receiver.example/", "events": ["nothing"]}, {},
     {"url": "https://receiver.example/", "rules": ["edu"]}, HOOK | {"client": "cases"}],
)  # fmt: skip
def test_what_is_no_webhook_is_refused(
    still: tuple[Store, httpx.Client], body: dict[str, object]
) -> None:
    store, http = still
    assert http.post(PATH, json=body).status_code == 400
    assert store.hooks.all() == ()


def test_one_too_many_is_refused(opened: tuple[Store, httpx.Client]) -> None:
    _, http = opened
    said = [http.post(PATH, json=HOOK).status_code for _ in range(MOST + 1)]
    assert said == [201] * MOST + [400]
