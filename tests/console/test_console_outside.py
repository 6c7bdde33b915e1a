"""Log-in at a provider, through the pages: accounts are matched, never made; nothing else lets in."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from online_fixtures import app_of, put_account
from online_seed import make_store
from online_server import serving

sys.path.append(str(Path(__file__).parents[1] / "access"))

from cas_server import CasServer, cas_server

from gateway.access import Role
from gateway.access.cas import Cas, CasSettings
from gateway.console.outside_routes import TRY
from gateway.console.sessions import COOKIE
from gateway.store import Store

US = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def cas() -> Iterator[CasServer]:
    with cas_server("zhang") as server:
        yield server


@pytest.fixture
def site(cas: CasServer, tmp_path: Path) -> Iterator[tuple[Store, httpx.Client]]:
    with make_store(tmp_path) as store, httpx.Client(trust_env=False) as web:
        put_account(store)
        provider = Cas(CasSettings(cas.base, f"{US}/login/cas/back"), web)
        with serving(app_of(store, {"cas": provider})) as client:
            yield store, client


def come_back(client: httpx.Client) -> tuple[str, str]:
    """To the provider and back: the way back, and the browser's cookie."""
    sent = client.get("/login/cas")
    assert sent.status_code == 303
    cookie = sent.headers["set-cookie"]
    assert cookie.startswith(TRY) and "HttpOnly" in cookie and "SameSite=lax" in cookie
    back = httpx.get(sent.headers["location"], trust_env=False).headers["location"]
    assert back.startswith(f"{US}/login/cas/back?")
    return back.removeprefix(US), cookie.split(";")[0].partition("=")[2]


def test_a_matched_account_is_let_in_once(site: tuple[Store, httpx.Client]) -> None:
    store, client = site
    store.subjects.put("cas", "zhang", "demo")
    assert "/login/cas" in client.get("/login").text
    way, attempt = come_back(client)
    headers = {"cookie": f"{TRY}={attempt}"}
    entered = client.get(way, headers=headers)
    assert entered.status_code == 200 and 'url=/findings?lang=zh"' in entered.text
    cookies = entered.headers.get_list("set-cookie")
    (token,) = [c.split(";")[0].partition("=")[2] for c in cookies if c.startswith(COOKIE + "=")]
    listed = client.get("/findings", headers={"cookie": f"{COOKIE}={token}"})
    assert listed.status_code == 200 and "demo" in listed.text
    assert client.get(way, headers=headers).status_code == 403


def test_nobody_is_made_an_account(site: tuple[Store, httpx.Client]) -> None:
    store, client = site
    way, attempt = come_back(client)
    refused = client.get(way, headers={"cookie": f"{TRY}={attempt}"})
    assert refused.status_code == 403 and COOKIE + "=" not in str(refused.headers)
    assert [a.name for a in store.accounts.all()] == ["demo"]


def test_a_role_with_a_second_factor_does_not_come_in_without(
    site: tuple[Store, httpx.Client],
) -> None:
    store, client = site
    put_account(store, "boss", roles=(str(Role.SUPERVISOR),))
    store.subjects.put("cas", "zhang", "boss")
    way, attempt = come_back(client)
    assert client.get(way, headers={"cookie": f"{TRY}={attempt}"}).status_code == 403


def test_without_the_browsers_own_cookie_nobody_comes_in(site: tuple[Store, httpx.Client]) -> None:
    store, client = site
    store.subjects.put("cas", "zhang", "demo")
    way, _ = come_back(client)
    _, other = come_back(client)
    assert client.get(way).status_code == 403
    assert client.get(way, headers={"cookie": f"{TRY}={other}"}).status_code == 403
    assert client.get(way, headers={"cookie": f"{TRY}=%%%"}).status_code == 403


def test_nobody_is_sent_anywhere_else(site: tuple[Store, httpx.Client], cas: CasServer) -> None:
    _, client = site
    evil = {"next": "https://evil", "url": "https://evil", "service": "https://evil"}
    sent = client.get("/login/cas", params=evil, headers={"host": "127.0.0.1"})
    place = urlsplit(sent.headers["location"])
    assert sent.headers["location"].startswith(cas.base)
    (service,) = parse_qs(place.query)["service"]
    assert service.startswith(f"{US}/login/cas/back?state=")
    assert client.get("/login/other").status_code == 404
