"""Golden requests and answers of the first profile: ours reads them, and so does code that is not ours
(jwcrypto, the openssl command)."""

import base64
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto import jwe, jwk, jws

from gateway.access import ClientDoor
from gateway.access.client_keys import read_keys
from gateway.api.check_routes import CheckIn
from gateway.api.sealed import open_body, seal_body
from gateway.dispatch import signature
from gateway.model.errors import LoginRefused, UsageError

FILE = Path(__file__).parents[1] / "vectors" / "api" / "first.json"
VECTOR: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
KEYS = {name: jwk.JWK.from_pem(pem.encode()) for name, pem in VECTOR["keys"].items()}
JWKS = read_keys(KEYS["client_sign"].export_to_pem())


def door(jwks: str) -> ClientDoor:
    """The site's door on the day of the vector, with the one client."""
    row = SimpleNamespace(
        client_id="county-cases", jwks=jwks, certificate="", revoked_at=None,
        scopes=("children.check",),
    )  # fmt: skip
    clients = SimpleNamespace(get={"county-cases": row}.get)
    tokens = SimpleNamespace(use_once=lambda *a: True, add=lambda row: None)
    at = datetime.fromtimestamp(VECTOR["now"], UTC)
    audience = VECTOR["token"]["claims"]["aud"]
    return ClientDoor(clients, tokens, audience=audience, clock=lambda: at)  # type: ignore[arg-type]


def test_the_token_request_is_taken_by_us_and_holds_for_jwcrypto() -> None:
    assertion = VECTOR["token"]["form"]["client_assertion"]
    assert door(JWKS).issue(assertion).scopes == ("children.check",)
    signed = jws.JWS()
    signed.deserialize(assertion, KEYS["client_sign"])
    assert json.loads(signed.payload) == VECTOR["token"]["claims"]
    with pytest.raises(LoginRefused):
        door(read_keys(KEYS["site_sign"].export_to_pem())).issue(assertion)


def test_the_question_is_one() -> None:
    asked = CheckIn.model_validate_json(VECTOR["question"]).asked()
    assert (asked.number, asked.case_ref) == ("11010119900307803X", "C-2026-17")


def inner(text: str, reader: str, signer: str) -> bytes:
    """What is sealed in a text, opened by jwcrypto alone."""
    outer = jwe.JWE(algs=["ECDH-ES+A256KW", "A256GCM"])
    outer.deserialize(text, KEYS[reader])
    token = jws.JWS()
    token.deserialize(outer.payload.decode(), KEYS[signer])
    payload: bytes = token.payload
    return payload


def test_sealed_bodies_open_for_jwcrypto() -> None:
    sealed = VECTOR["sealed"]
    assert inner(sealed["request"], "site_encrypt", "client_sign").decode() == VECTOR["question"]
    assert inner(sealed["answer"], "client_encrypt", "site_sign").decode() == VECTOR["answer"]


def test_the_sealed_question_opens_here_and_ours_for_jwcrypto() -> None:
    private = KEYS["site_encrypt"].get_op_key("unwrapKey")
    body = VECTOR["sealed"]["request"].encode()
    assert open_body(body, {"site-enc": private}.get, JWKS).decode() == VECTOR["question"]
    with pytest.raises(UsageError):
        open_body(body, {"site-enc": private}.get, read_keys(KEYS["site_sign"].export_to_pem()))

    def sign(payload: bytes) -> str:
        token = jws.JWS(payload)
        token.add_signature(KEYS["site_sign"], None, json.dumps({"alg": "ES256"}))
        text: str = token.serialize(compact=True)
        return text

    theirs = KEYS["client_encrypt"].get_op_key("wrapKey")
    again = seal_body(VECTOR["answer"].encode(), sign, "client-enc", theirs).decode()
    assert inner(again, "client_encrypt", "site_sign").decode() == VECTOR["answer"]


def event_text() -> bytes:
    event = VECTOR["event"]
    return f"{event['id']}.{event['timestamp']}.{event['body']}".encode()


def test_an_events_signature_is_what_openssl_makes(tmp_path: Path) -> None:
    event = VECTOR["event"]
    mine = [signature(event[kind]["secret"], event["id"], event["timestamp"], event["body"].encode())
            for kind in ("shared", "own")]  # fmt: skip
    assert mine == [event[kind]["signature"] for kind in ("shared", "own")]
    key = base64.b64decode(event["shared"]["secret"].removeprefix("whsec_")).hex()
    words = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    made = subprocess.run(words, input=event_text(), check=True, capture_output=True).stdout
    assert f"v1,{base64.b64encode(made).decode()}" == event["shared"]["signature"]
    raw = base64.b64decode(event["own"]["told"].removeprefix("whpk_"))
    pem = Ed25519PublicKey.from_public_bytes(raw).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    files = {"key.pem": pem, "text": event_text()}
    files["signature"] = base64.b64decode(event["own"]["signature"].removeprefix("v1a,"))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin",
             "-in", "text", "-sigfile", "signature"]  # fmt: skip
    subprocess.run(check, cwd=tmp_path, check=True, capture_output=True)
