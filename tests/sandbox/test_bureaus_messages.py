"""JOSE messages: round trip, and every way in which one must be refused."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bureaus_support import Keys, altered_positions, flip, insurance_request, refused, terms
from jwcrypto import jwe, jwk, jws

from sandbox.bureaus import messages
from sandbox.bureaus.contract import Content, base64url, complete, from_base64url
from sandbox.bureaus.files import raw_signature
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rows import NO_ROWS, grow

ASKED = [{"psn_cert_type": "01", "certno": "不是号码"}]


def test_round_trip(bureau_keys: Keys) -> None:
    body = insurance_request(bureau_keys.gateway, "ask", ASKED)
    opened = messages.open_message(bureau_keys.insurance, body)
    assert opened.exchange.row_count == 1
    assert opened.exchange.sender == "gateway"
    assert json.loads(opened.content)["input"]["data"] == ASKED


def test_headers_are_the_pages(bureau_keys: Keys) -> None:
    body = insurance_request(bureau_keys.gateway, "probe")
    outer = json.loads(from_base64url(body.split(b".")[0].decode()))
    outer.pop("epk")
    assert outer == {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "kid": bureau_keys.insurance.me.encrypt_thumbprint,
        "typ": "cwg+jwe",
        "cty": "JWS",
    }


def test_a_large_page_fits(bureau_keys: Keys) -> None:
    content = json.dumps({"output": {"psninsuinfo": []}, "pad": "值" * 300_000}).encode()
    reply = replace(terms("roll.answer", "medical_insurance"), sender="medical_insurance")
    body = messages.seal(bureau_keys.insurance, replace(reply, recipient="gateway"), content)
    assert len(body) < messages.MAX_BYTES
    assert messages.open_message(bureau_keys.gateway, body).content == content


def test_altered_anywhere_is_refused(bureau_keys: Keys) -> None:
    body = insurance_request(bureau_keys.gateway, "ask", ASKED)
    for position in altered_positions(len(body), 60):
        with refused():
            messages.open_message(bureau_keys.insurance, flip(body, position))


def test_a_signature_byte_altered_inside_is_refused(bureau_keys: Keys) -> None:
    for part in range(3):
        token = signed(bureau_keys).split(".")
        raw = bytearray(from_base64url(token[part]))
        raw[-2] ^= 1
        token[part] = base64url(bytes(raw))
        with refused():
            messages.open_message(bureau_keys.insurance, wrap(bureau_keys, ".".join(token)))


def signed(keys: Keys, ring: KeyRing | None = None, **changes: Any) -> str:
    """The inner JWS of a probe, with fields of the contract changed."""
    content = b'{"infno":"CWG00","msgid":"","input":{}}'
    digest = hashlib.sha256(content).hexdigest()
    exchange = complete(terms("probe", "medical_insurance"), Content("application/json", digest))
    values = exchange.as_json() | changes
    payload = json.dumps({"exchange": values, "content": content.decode()}).encode()
    return messages.sign(ring or keys.gateway, payload, "cwg")


def wrap(keys: Keys, token: str) -> bytes:
    return messages.encrypt(keys.insurance.me, token, "cwg")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recipient": "education"}, "wrong_recipient"),
        ({"sender": "education"}, "unknown_sender"),
        ({"version": "2"}, "malformed"),
        ({"id": "00000000-0000-4000-8000-000000000000"}, "malformed"),
        ({"action": "drop"}, "malformed"),
        ({"row_count": True}, "malformed"),
        ({"row_count": 1}, "rows_mismatch"),
        ({"rows_root": "0" * 64}, "rows_mismatch"),
        ({"content_digest": "sha-256:" + "0" * 64}, "altered"),
        ({"period": "2026-13"}, "malformed"),
        ({"page": 0}, "malformed"),
        ({"closing": {"rows": 1}}, "malformed"),
        ({"extra": ""}, "malformed"),
        ({"created": "2026-11-16 01:02:03"}, "malformed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_contract_is_checked(bureau_keys: Keys, changes: dict[str, Any], reason: str) -> None:
    messages.open_message(bureau_keys.insurance, wrap(bureau_keys, signed(bureau_keys)))
    with refused(reason):
        body = wrap(bureau_keys, signed(bureau_keys, **changes))
        messages.open_message(bureau_keys.insurance, body)


def _plain_json(keys: Keys) -> bytes:
    return b'{"exchange":{},"content":""}'


def _only_signed(keys: Keys) -> bytes:
    return signed(keys).encode()


def _unsigned(keys: Keys) -> bytes:
    return wrap(keys, "eyJhbGciOiJub25lIn0.e30.")


def _stranger(keys: Keys) -> bytes:
    return wrap(keys, signed(keys, keys.stranger))


def _other_recipient(keys: Keys) -> bytes:
    return messages.encrypt(keys.stranger.me, signed(keys), "cwg")


def _file_type(keys: Keys) -> bytes:
    return messages.encrypt(keys.insurance.me, signed(keys), "cwg-file")


def _hmac_with_public_key(keys: Keys) -> bytes:
    secret = jwk.JWK(kty="oct", k=base64url(keys.gateway.me.sign_cert))
    token = jws.JWS(b"{}")
    header = {"alg": "HS256", "kid": keys.gateway.me.sign_thumbprint, "typ": "cwg+jws"}
    token.add_signature(secret, protected=json.dumps(header))
    return wrap(keys, token.serialize(compact=True))


def _compressed(keys: Keys) -> bytes:
    header = {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "zip": "DEF",
        "kid": keys.insurance.me.encrypt_thumbprint,
        "typ": "cwg+jwe",
        "cty": "JWS",
    }
    token = jwe.JWE(signed(keys).encode(), protected=json.dumps(header))
    token.add_recipient(jwk.JWK.from_pem(keys.insurance.me.encrypt_cert))
    return bytes(token.serialize(compact=True), "ascii")


def _too_large(keys: Keys) -> bytes:
    return b"." * (messages.MAX_BYTES + 1)


def _not_ascii(keys: Keys) -> bytes:
    return "值.值.值.值.值".encode()


def _loose_base64(keys: Keys) -> bytes:
    return wrap(keys, signed(keys)) + b"="


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_plain_json, "not_encrypted"),
        (_only_signed, "not_encrypted"),
        (_unsigned, "bad_algorithm"),
        (_stranger, "unknown_sender"),
        (_other_recipient, "wrong_recipient"),
        (_file_type, "bad_algorithm"),
        (_hmac_with_public_key, "bad_algorithm"),
        (_compressed, "bad_algorithm"),
        (_too_large, "too_large"),
        (_not_ascii, "not_encrypted"),
        (_loose_base64, "not_encrypted"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_refusals(bureau_keys: Keys, make: Callable[[Keys], bytes], reason: str) -> None:
    with refused(reason):
        messages.open_message(bureau_keys.insurance, make(bureau_keys))


def test_openssl_verifies_the_signature(bureau_keys: Keys, tmp_path: Path) -> None:
    token = signed(bureau_keys)
    text, _, signature = token.rpartition(".")
    raw = from_base64url(signature)
    der = to_der(raw)
    assert raw_signature(der) == raw
    (tmp_path / "signature").write_bytes(der)
    cert = bureau_keys.folder / "gateway" / "sign.cert.pem"
    public = subprocess.run(
        ["openssl", "x509", "-in", cert, "-noout", "-pubkey"], check=True, capture_output=True
    ).stdout
    (tmp_path / "public.pem").write_bytes(public)
    command = ["openssl", "dgst", "-sha256", "-verify", str(tmp_path / "public.pem"), "-signature",
               str(tmp_path / "signature")]  # fmt: skip
    for data, code in ((text, 0), (text + "x", 1)):
        done = subprocess.run(command, input=data.encode(), check=False, capture_output=True)
        assert done.returncode == code


def to_der(raw: bytes) -> bytes:
    """r ‖ s as an ASN.1 SEQUENCE of INTEGERs."""
    numbers = b""
    for part in (raw[:32], raw[32:]):
        value = part.lstrip(b"\x00")
        value = b"\x00" + value if value[0] & 0x80 else value
        numbers += bytes([2, len(value)]) + value
    return bytes([0x30, len(numbers)]) + numbers


@pytest.mark.parametrize("first", [0x01, 0x7F, 0x80, 0xFF])
@pytest.mark.parametrize("zeros", [0, 1, 3])
def test_der_to_raw(first: int, zeros: int) -> None:
    r = bytes(zeros) + bytes([first]) + b"\x05" * (31 - zeros)
    s = b"\x00" + b"\x91" * 31
    assert raw_signature(to_der(r + s)) == r + s


def test_receipt_is_read_only_when_a_partner_signed_it(bureau_keys: Keys) -> None:
    receipt = {"receipt": {"version": "1", "result": "accepted"}}
    payload = json.dumps(receipt).encode()
    good = messages.sign(bureau_keys.gateway, payload, "cwg-receipt").encode()
    bad = messages.sign(bureau_keys.stranger, payload, "cwg-receipt").encode()
    assert messages.open_receipt(bureau_keys.insurance, good)["result"] == "accepted"
    with refused("unknown_sender"):
        messages.open_receipt(bureau_keys.insurance, bad)


def test_rows_are_canonical() -> None:
    row = {"b": "值", "a": None, "ä": 1, "c": 'q"\\\n\x1f/\x7f'}
    assert messages.canonical(row) == (
        '{"a":null,"b":"值","c":"q\\"\\\\\\n\\u001f/\x7f","ä":1}'.encode()
    )


def test_rows_found_are_rows_signed(bureau_keys: Keys) -> None:
    request = terms("ask", "medical_insurance", "coverage")
    content = json.dumps({"input": {"data": ASKED}}).encode()
    for tree in (NO_ROWS, grow([b"{}"]), grow([messages.canonical(ASKED[0])] * 2)):
        with refused("rows_mismatch"):
            body = messages.seal(bureau_keys.gateway, request, content, tree)
            messages.open_message(bureau_keys.insurance, body)


def test_base64url_has_one_spelling() -> None:
    assert base64url(b"\xff\xfe") == "__4"
    assert from_base64url("__4") == base64.urlsafe_b64decode("__4=")
