"""The form profile: the first profile's operations in SM2 and SM4, and what is answered to nobody known."""

import base64
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_kit import BOTH, ask_token, question, seed_answers
from client_kit import KEY, client_row, public
from online_fixtures import app_of
from online_seed import key, make_store, number
from online_server import serving

from gateway.access import ApiScope
from gateway.access.client_keys import read_keys
from gateway.api.form_table import NOT_IN_A_FORM, OPERATIONS
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey
from gateway.exchange.suites.sm2_call import Ends, open_call, read_form, seal_call
from gateway.model.errors import ExchangeRefused, UsageError
from gateway.store import Store
from gateway.wiring_api import Sm2Keys

ROOT = Path(__file__).parents[2]
VECTOR = json.loads((ROOT / "tests" / "vectors" / "api" / "form.json").read_text("utf-8"))
KEYS = {name: Sm2PrivateKey.from_pem(pem.encode()) for name, pem in VECTOR["keys"].items()}


def jwk(private: Sm2PrivateKey, use: str) -> dict[str, str]:
    point = private.public_key().point
    x, y = (base64.urlsafe_b64encode(p).decode().rstrip("=") for p in (point[1:33], point[33:]))
    return {"kty": "EC", "crv": "SM2", "x": x, "y": y, "use": use, "kid": f"client-{use}"}


def own_key(kid: str) -> Sm2PrivateKey | None:
    return KEYS["site_encrypt"] if kid == "site-enc" else None


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with make_store(tmp_path_factory.mktemp("forms")) as store:
        seed_answers(store)
        register(store)
        keys = Sm2Keys(own_key, lambda: KEYS["site_sign"])
        with serving(app_of(store, sm2=keys)) as served:
            yield served


def register(store: Store) -> None:
    mine = [jwk(KEYS["client_sign"], "sig"), jwk(KEYS["client_encrypt"], "enc")]
    jwks = read_keys(json.dumps({"keys": mine}).encode())
    every = {"scopes": tuple(ApiScope), "sources": ("education",), "purposes": BOTH}
    store.clients.put(client_row("platform", jwks=jwks, **every))
    store.clients.put(client_row("few", jwks=jwks, scopes=(str(ApiScope.CHECK),)))
    store.clients.put(client_row("bound", jwks=jwks, certificate="A" * 43))
    store.clients.put(client_row("plain", jwks=read_keys(public(KEY))))


def form(operation: str, given: object, app_id: str = "platform", **changes: Any) -> dict[str, Any]:
    data = {"operation": operation, "nonce": secrets.token_hex(16), "input": given}
    at = changes.pop("at", datetime.now(UTC))
    signer = KEYS[changes.pop("signer", "client_sign")]
    ends = Ends(signer, KEYS["site_encrypt"].public_key(), changes.pop("kid", "site-enc"))
    return seal_call(data | changes, app_id, at, ends)


def post(http: httpx.Client, operation: str, sent: object) -> dict[str, Any]:
    answer = http.post(f"/api/form/v1/{operation}", json=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def opened(answer: dict[str, Any]) -> dict[str, Any]:
    """The data of an answer, decrypted and verified as the client does."""
    inner = {name: value for name, value in answer.items() if name not in ("code", "message")}
    form = read_form(json.dumps(inner).encode())
    return open_call(
        form, lambda kid: KEYS["client_encrypt"] if kid == "client-enc" else None,
        [KEYS["site_sign"].public_key()],
    )  # fmt: skip


def call(http: httpx.Client, operation: str, given: object, app_id: str = "platform") -> Any:
    answer = post(http, operation, form(operation, given, app_id))
    data = opened(answer)
    assert answer["code"] == (0 if data["status"] < 300 else data["status"])
    assert data["operation"] == operation
    return data


def test_every_operation_of_the_first_profile_is_here_or_says_why_not() -> None:
    paths = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text("utf-8"))["paths"]
    first = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/api/v1/")
    }
    here = [f"{one.method} {one.path}" for one in OPERATIONS.values()]
    assert len(here) == len(set(here)) and not set(here) & set(NOT_IN_A_FORM)
    assert {*here, *NOT_IN_A_FORM} == first
    page = (ROOT / "docs" / "api" / "form.md").read_text("utf-8")
    assert not [name for name in OPERATIONS if f"`{name}`" not in page]


def test_a_child_is_asked_about(http: httpx.Client) -> None:
    data = call(http, "children.check", question())
    assert (data["status"], data["output"]["answer"]) == (200, "yes")
    many = call(http, "children.check-many", {"checks": [question(), question(99)]})
    assert [one["answer"] for one in many["output"]["answers"]] == ["yes", "not_known"]


def test_findings_are_listed_told_and_commented(http: httpx.Client) -> None:
    listed = call(http, "findings.list", {"rule": ["EDU-01"], "limit": 5})["output"]["findings"]
    assert {one["rule"] for one in listed} == {"EDU-01"}
    one = call(http, "findings.one", {"key": key("edu")})
    assert one["output"]["key"] == key("edu")
    stale = call(http, "findings.comment", {"key": key("edu"), "text": "x", "ifMatch": '"99"'})
    assert (stale["status"], stale["output"]["code"]) == (412, "stale")
    assert (
        call(http, "rolls.state", {"number": "01990000-0000-4000-8000-000000000000"})["output"][
            "code"
        ]
        == "not-found"
    )


@pytest.mark.parametrize("operation", [n for n, o in OPERATIONS.items() if o.path.count("{") == 0])
def test_every_operation_without_a_name_in_it_is_reached(
    http: httpx.Client, operation: str
) -> None:
    given = {
        "children.check": question(), "children.check-many": {"checks": [question()]},
        "harm.report": {"text": "x", "reporter": "y", "place": "z"},
        "webhooks.add": {"url": "https://receiver.example/x", "idempotencyKey": "k-1"},
    }  # fmt: skip
    data = call(http, operation, given.get(operation, {}))
    assert data["status"] < 300, data
    refused = call(http, operation, given.get(operation, {}), "few")
    open_to_all = (
        "rules.list",
        "codes.list",
        "parameters.list",
        "divisions.list",
        "children.check",
    )
    assert (refused["status"] == 403) is (operation not in open_to_all)


WRONG_INPUT = [
    ("findings.one", {"key": "../findings"}), ("findings.one", {}), ("findings.one", {"key": True}),
    ("children.check", question(purpose="curiosity")), ("findings.list", {"limit": 9_999}),
    ("webhooks.add", {"url": "https://receiver.example/x", "idempotencyKey": "a\nb"}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "given"), WRONG_INPUT)
def test_a_wrong_input_is_answered_inside(
    http: httpx.Client, operation: str, given: object
) -> None:
    data = call(http, operation, given)
    assert data["status"] == 400 and number(1) not in json.dumps(data)


NOBODY: list[tuple[str, dict[str, Any]]] = [
    ("no such client", form("rules.list", {}, "nobody")),
    ("a client without SM2 keys", form("rules.list", {}, "plain")),
    ("a client that does not show its certificate", form("rules.list", {}, "bound")),
    ("another's signature", form("rules.list", {}, signer="site_sign")),
    ("for another reader", form("rules.list", {}, kid="theirs")),
    ("altered", form("rules.list", {}) | {"encData": "00" * 80}),
    ("another time outside", form("rules.list", {}) | {"timestamp": "20200101000000"}),
    ("another's name outside", form("rules.list", {}, "few") | {"appId": "platform"}),
]  # fmt: skip


@pytest.mark.parametrize("sent", [n[1] for n in NOBODY], ids=[n[0] for n in NOBODY])
def test_a_form_of_nobody_known_has_one_answer(http: httpx.Client, sent: dict[str, Any]) -> None:
    assert post(http, "rules.list", sent) == {"code": 401, "message": "需要登录或有效令牌"}


BAD: list[tuple[str, Any]] = [
    ("no form", {}), ("a list", []), ("one field more", form("rules.list", {}) | {"more": "x"}),
    ("unsigned", form("rules.list", {}) | {"signType": "none"}),
    ("another operation", form("runs.list", {})),
    ("an old one", form("rules.list", {}, at=datetime.now(UTC) - timedelta(minutes=6))),
    ("a short nonce", form("rules.list", {}, nonce="1")),
    ("one name more inside", form("rules.list", {}, more=1)),
    ("no input", form("rules.list", None)),
]  # fmt: skip


@pytest.mark.parametrize("sent", [b[1] for b in BAD], ids=[b[0] for b in BAD])
def test_what_is_no_good_form_is_refused(http: httpx.Client, sent: object) -> None:
    assert post(http, "rules.list", sent) == {"code": 400, "message": "请求不符合接口说明"}


def test_a_form_that_comes_twice_is_answered_once(http: httpx.Client) -> None:
    sent = form("rules.list", {})
    assert post(http, "rules.list", sent)["code"] == 0
    assert post(http, "rules.list", sent)["code"] == 400


def test_the_golden_form_opens_and_its_keys_are_the_tests() -> None:
    sent = read_form(json.dumps(VECTOR["request"]).encode())
    signer = KEYS["client_sign"].public_key()
    assert open_call(sent, own_key, [signer]) == VECTOR["request_data"]
    assert opened(VECTOR["answer"]) == VECTOR["answer_data"]
    wrong = [KEYS["site_sign"].public_key()]
    with pytest.raises(ExchangeRefused):
        open_call(sent, own_key, wrong)


def test_the_signed_text_of_the_golden_form_is_as_documented() -> None:
    """Rebuilt here from the page's words, not by our code."""
    sent, data = VECTOR["request"], VECTOR["request_data"]
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    fields = {name: sent[name] for name in ("appId", "version", "timestamp", "encType", "signType")}
    fields["data"] = canonical
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + "&key="
    assert text == VECTOR["signed_text"]
    point = KEYS["client_sign"].public_key().point
    raw = bytes.fromhex(sent["signData"])
    assert Sm2PublicKey.of_point(point).verify(raw, text.encode(), form="raw")


def test_a_client_with_sm2_keys_only_gets_no_token(http: httpx.Client) -> None:
    answer = ask_token(http, "platform")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


OFF = [{"x": "A" * 43}, {"x": "short"}, {"y": None}, {"d": "A" * 43}]


@pytest.mark.parametrize("changes", OFF, ids=["off the curve", "short", "no y", "private"])
def test_a_key_that_is_no_public_key_of_the_curve_is_not_registered(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(UsageError):
        read_keys(json.dumps(jwk(KEYS["client_sign"], "sig") | changes).encode())
