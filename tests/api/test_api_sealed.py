"""Sealed requests and answers of the first profile, written and read by another library than ours."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_kit import bearer, question, seed_answers
from client_kit import KEY, client_row, public
from dci_kit import CLIENT_ENC, OURS, OURS_ENC, own_key, sign
from joserfc import jwe, jws
from joserfc.jwk import ECKey
from online_fixtures import app_of, put_account
from online_seed import key, make_store, number
from online_server import serving

from gateway.access import check_client
from gateway.access.client_keys import read_keys
from gateway.model.errors import UsageError

ALGORITHMS = ["ECDH-ES+A256KW", "A256GCM"]
HEAD = {"alg": ALGORITHMS[0], "enc": ALGORITHMS[1], "cty": "JWS", "kid": "ours"}
CHECK = "/api/v1/children:check"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    both = read_keys(public(KEY, CLIENT_ENC))
    with make_store(tmp_path_factory.mktemp("sealed")) as store:
        seed_answers(store)
        put_account(store)
        store.clients.put(client_row("sealed", jwks=both, sealed=True))
        store.clients.put(client_row("plain", jwks=both))
        with serving(app_of(store, jose=(sign, own_key))) as served:
            tokens = {name: bearer(served, name) for name in ("sealed", "plain")}
            served.tokens = tokens  # type: ignore[attr-defined]
            yield served


def sealed(body: object, signer: ECKey = KEY, reader: ECKey = OURS_ENC, **head: str) -> bytes:
    token = jws.serialize_compact({"alg": "ES256"}, json.dumps(body).encode(), signer)
    whole = jwe.encrypt_compact(HEAD | head, token.encode(), reader, algorithms=ALGORITHMS)
    return whole.encode()


def opened(answer: httpx.Response) -> Any:
    assert answer.headers["content-type"] == "application/jose"
    outer, signed = jwe.JWERegistry(algorithms=ALGORITHMS), jws.JWSRegistry(algorithms=["ES256"])
    outer.max_ciphertext_length = signed.max_payload_length = 2**25
    inner = jwe.decrypt_compact(answer.text, CLIENT_ENC, registry=outer).plaintext or b""
    return json.loads(jws.deserialize_compact(inner, OURS, registry=signed).payload)


def ask(
    http: httpx.Client, content: bytes, path: str = CHECK, client: str = "sealed", **more: str
) -> httpx.Response:
    tokens = http.tokens  # type: ignore[attr-defined]
    headers = {"content-type": "application/jose"} | tokens[client] | more
    return http.post(path, content=content, headers=headers)


def test_a_sealed_question_has_a_sealed_answer(http: httpx.Client) -> None:
    answer = ask(http, sealed(question()))
    assert answer.status_code == 200 and "ratelimit" in answer.headers
    assert "answer" not in answer.text and opened(answer)["answer"] == "yes"
    said = opened(ask(http, sealed(question(99))))
    assert (said["answer"], said["why"]) == ("not_known", "not_in_scope")


def test_reads_and_problems_are_sealed_too(http: httpx.Client) -> None:
    headers = http.tokens["sealed"]  # type: ignore[attr-defined]
    one = http.get(f"/api/v1/findings/{key('edu')}", headers=headers)
    assert opened(one)["key"] == key("edu") and one.headers["etag"]
    missing = http.get(f"/api/v1/findings/{'0' * 64}", headers=headers)
    assert (missing.status_code, opened(missing)["code"]) == (404, "not-found")
    path = f"/api/v1/findings/{key('edu')}/comments"
    stale = ask(http, sealed({"text": "x"}), path, **{"if-match": '"99"'})
    assert (stale.status_code, opened(stale)["code"]) == (412, "stale")
    lines = http.get("/api/v1/findings:all", headers=headers)
    assert lines.headers["content-type"] == "application/jose"


OTHER = ECKey.generate_key("P-256")
MISUSED = ECKey.import_key(
    {n: v for n, v in CLIENT_ENC.as_dict(private=True).items() if n not in ("use", "kid")}
)
BROKEN: list[tuple[str, bytes, str]] = [
    ("plain", json.dumps(question()).encode(), "application/json"),
    ("plain, called sealed", json.dumps(question()).encode(), "application/jose"),
    ("sealed, called plain", sealed(question()), "application/json"),
    ("another's signature", sealed(question(), OTHER), "application/jose"),
    ("the encryption key's signature", sealed(question(), MISUSED), "application/jose"),
    ("to another key", sealed(question(), KEY, OTHER), "application/jose"),
    ("to a key by another name", sealed(question(), kid="theirs"), "application/jose"),
    ("altered", sealed(question())[:-4] + b"AAAA", "application/jose"),
    ("one header more", sealed(question(), typ="x"), "application/jose"),
    ("nothing", b"", "application/jose"),
]


@pytest.mark.parametrize(("body", "kind"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_not_sealed_as_it_must_be_is_refused(
    http: httpx.Client, body: bytes, kind: str
) -> None:
    answer = ask(http, body, **{"content-type": kind})
    assert (answer.status_code, opened(answer)["code"]) == (400, "usage")
    assert number(1) not in answer.text


def test_a_large_request_is_taken_sealed_as_it_is_unsealed(http: httpx.Client) -> None:
    """128 kB is where the library ends that verifies it."""
    text = b" " * 150_000 + json.dumps(question()).encode()
    token = jws.serialize_compact({"alg": "ES256"}, text, KEY)
    whole = jwe.encrypt_compact(HEAD, token.encode(), OURS_ENC, algorithms=ALGORITHMS)
    answer = ask(http, whole.encode())
    assert (answer.status_code, opened(answer)["answer"]) == (200, "yes")


def test_others_ask_as_before_and_cannot_be_sealed_for(http: httpx.Client) -> None:
    tokens = http.tokens["plain"]  # type: ignore[attr-defined]
    assert http.post(CHECK, json=question(), headers=tokens).json()["answer"] == "yes"
    assert ask(http, sealed(question()), client="plain").status_code == 400


def test_a_site_without_keys_answers_such_a_client_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    both = read_keys(public(KEY, CLIENT_ENC))
    with make_store(tmp_path_factory.mktemp("keyless")) as store:
        store.clients.put(client_row("sealed", jwks=both, sealed=True))
        with serving(app_of(store)) as served:
            answer = served.get("/api/v1/rules", headers=bearer(served, "sealed"))
    assert (answer.status_code, answer.json()["code"]) == (503, "key-unavailable")


def test_a_client_that_is_answered_sealed_gives_a_key_for_it() -> None:
    check_client(client_row(sealed=True, jwks=read_keys(public(KEY, CLIENT_ENC))))
    with pytest.raises(UsageError, match="key to seal"):
        check_client(client_row(sealed=True))


def test_an_encryption_key_is_on_the_one_curve() -> None:
    with pytest.raises(UsageError):
        read_keys(public(ECKey.generate_key("P-384", {"use": "enc"})))
