"""Log-in at a real OpenID Connect provider and at a CAS server: what lets in, and all that does not."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cas_server import CasServer, cas_server
from oidc_provider_mock import User, run_server_in_thread

from gateway.access.cas import Cas, CasSettings
from gateway.access.oidc import Oidc, OidcSettings
from gateway.access.outside import Attempt
from gateway.model.errors import LoginRefused

REDIRECT = "http://127.0.0.1:9/login/oidc/back"
SERVICE = "http://127.0.0.1:9/login/cas/back"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(require_nonce=True, user_claims=[User(sub="sub-1")]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def oidc(issuer: str, web: httpx.Client, **changes: str) -> Oidc:
    settings = OidcSettings(issuer, "gateway", REDIRECT, "secret")
    return Oidc(replace(settings, **changes), web, lambda: datetime.now(UTC))


def logged_in(web: httpx.Client, place: str) -> dict[str, str]:
    """What the provider sends back when its person logs in."""
    answer = web.post(place, data={"sub": "sub-1"})
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_who_logs_in_at_the_provider_is_known(issuer: str, web: httpx.Client) -> None:
    provider = oidc(issuer, web)
    place, attempt = provider.begin()
    asked = parse_qs(urlsplit(place).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["redirect_uri"] == [REDIRECT]
    assert attempt.verifier not in place and len(attempt.verifier) >= 43
    answer = logged_in(web, place)
    known = provider.finish(attempt, answer)
    assert (known.provider, known.subject, known.strong) == ("oidc", "sub-1", False)
    with pytest.raises(LoginRefused):
        provider.finish(attempt, answer)


def test_the_verifier_of_the_challenge_goes_with_the_code(issuer: str) -> None:
    sent: list[bytes] = []
    hooks = {"request": [lambda request: sent.append(request.read())]}
    with httpx.Client(trust_env=False, event_hooks=hooks) as web:
        provider = oidc(issuer, web)
        place, attempt = provider.begin()
        provider.finish(attempt, logged_in(web, place))
    (challenge,) = parse_qs(urlsplit(place).query)["code_challenge"]
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    assert challenge == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    (form,) = [parse_qs(body.decode()) for body in sent if b"grant_type" in body]
    assert form["code_verifier"] == [attempt.verifier]
    assert form["redirect_uri"] == [REDIRECT]


@pytest.mark.parametrize("name", ["state", "nonce"])
def test_what_another_browser_began_is_refused(issuer: str, web: httpx.Client, name: str) -> None:
    provider = oidc(issuer, web)
    place, attempt = provider.begin()
    answer = logged_in(web, place)
    with pytest.raises(LoginRefused):
        provider.finish(replace(attempt, **{name: "x" * 43}), answer)


def test_an_answer_of_another_issuer_or_without_a_code_is_refused(
    issuer: str, web: httpx.Client
) -> None:
    provider = oidc(issuer, web)
    place, attempt = provider.begin()
    answer = logged_in(web, place)
    for wrong in ({"iss": "https://elsewhere"}, {"code": ""}, {"state": ""}):
        with pytest.raises(LoginRefused):
            provider.finish(attempt, answer | wrong)
    with pytest.raises(LoginRefused):
        oidc(issuer + "/", web).begin()
    with pytest.raises(LoginRefused):
        oidc("http://127.0.0.1:9", web).begin()


def test_a_token_whose_time_is_over_is_refused(issuer: str, web: httpx.Client) -> None:
    settings = OidcSettings(issuer, "gateway", REDIRECT, "secret")
    for away in (timedelta(days=2), -timedelta(days=2)):
        provider = Oidc(settings, web, lambda away=away: datetime.now(UTC) + away)
        place, attempt = provider.begin()
        with pytest.raises(LoginRefused):
            provider.finish(attempt, logged_in(web, place))


@pytest.fixture(scope="module")
def cas() -> Iterator[CasServer]:
    with cas_server("zhang") as server:
        yield server


def came_back(web: httpx.Client, place: str) -> dict[str, str]:
    location = web.get(place).headers["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@pytest.mark.parametrize(
    ("protocol", "path"), [("2.0", "/cas/serviceValidate"), ("3.0", "/cas/p3/serviceValidate")]
)
def test_a_ticket_is_validated_once(cas: CasServer, web: httpx.Client, protocol, path) -> None:  # type: ignore[no-untyped-def]
    provider = Cas(CasSettings(cas.base, SERVICE, protocol), web)
    place, attempt = provider.begin()
    answer = came_back(web, place)
    assert provider.finish(attempt, answer).subject == "zhang"
    assert cas.asked[-1] == path
    with pytest.raises(LoginRefused):
        provider.finish(attempt, answer)


def test_a_ticket_for_another_browser_or_service_is_refused(
    cas: CasServer, web: httpx.Client
) -> None:
    provider = Cas(CasSettings(cas.base, SERVICE), web)
    place, attempt = provider.begin()
    answer = came_back(web, place)
    other = Attempt("cas", "y" * 43)
    for wrong in (other, Attempt("oidc", attempt.state)):
        with pytest.raises(LoginRefused):
            provider.finish(wrong, answer)
    with pytest.raises(LoginRefused):
        provider.finish(other, answer | {"state": other.state})
    with pytest.raises(LoginRefused):
        provider.finish(attempt, answer | {"ticket": "ST-\n"})


WRONG = [
    b"", b"<x/>", b"no xml",
    b'<!DOCTYPE x [<!ENTITY a "zhang">]><x>&a;</x>',
    b'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess/>'
    b"</cas:serviceResponse>",
    b'<cas:serviceResponse xmlns:cas="urn:other"><cas:authenticationSuccess><cas:user>a</cas:user>'
    b"</cas:authenticationSuccess></cas:serviceResponse>",
    b'<c:serviceResponse xmlns:c="http://www.yale.edu/tp/cas"><c:authenticationSuccess><c:user>a'
    b"</c:user><c:user>b</c:user></c:authenticationSuccess></c:serviceResponse>",
    b"x" * 70_000,
]  # fmt: skip


@pytest.mark.parametrize("said", WRONG, ids=range(len(WRONG)))
def test_an_answer_that_is_not_exactly_one_user_is_refused(
    cas: CasServer, web: httpx.Client, said: bytes
) -> None:
    provider = Cas(CasSettings(cas.base, SERVICE), web)
    place, attempt = provider.begin()
    answer = came_back(web, place)
    cas.answer = said or b" "
    try:
        with pytest.raises(LoginRefused):
            provider.finish(attempt, answer)
    finally:
        cas.answer = None
