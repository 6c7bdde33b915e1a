"""Wycheproof (tests/vectors/SOURCE.md) against the readers that a stranger's bytes reach."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from gateway.exchange.national import Sm4Gcm
from gateway.exchange.suites import nested
from gateway.exchange.suites.compact import encrypted_parts, read_header, strict_header
from gateway.model.errors import ExchangeRefused

VECTORS = Path(__file__).parents[1] / "vectors"
HOME = VECTORS / "wycheproof"


def groups(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((HOME / f"{name}_test.json").read_text("utf-8"))[
        "testGroups"
    ]
    return found


def test_the_files_are_those_that_were_published() -> None:
    said = dict(
        re.findall(
            r"`wycheproof/(\w+\.json)` \(SHA-256 `([0-9a-f]{64})`\)",
            (VECTORS / "SOURCE.md").read_text("utf-8"),
        )
    )
    held = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in HOME.iterdir()}
    assert held == said


def reads_signed(token: bytes, key: ec.EllipticCurvePublicKey) -> bytes | None:
    """The payload as the suite reads it, whatever names besides `alg` its header has."""
    try:
        header = read_header(token.split(b".", 1)[0])
        assert isinstance(header, dict)
        strict_header(token.split(b".", 1)[0], {"alg": "ES256"}, header.keys() - {"alg"})
        return nested.check_signature(token, key)
    except ExchangeRefused:
        return None


def test_signatures_on_p256() -> None:
    seen: Counter[str] = Counter()
    for group in groups("json_web_signature"):
        jwk = group.get("public") or group["private"]
        if jwk.get("crv") != "P-256":
            continue
        if not is_to_verify(jwk):
            # Which use a key has is the trust book's to say (test_keys_and_trust), not the reader's.
            assert {case["result"] for case in group["tests"]} == {"invalid"}
            continue
        key = ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")}).public_key
        for case in group["tests"]:
            taken = reads_signed(case["jws"].encode(), key) is not None
            assert taken == (case["result"] == "valid"), (case["tcId"], case["comment"])
            seen[case["result"]] += 1
    assert seen["valid"] >= 1
    assert seen["invalid"] >= 30


def is_to_verify(jwk: dict[str, Any]) -> bool:
    said = jwk.get("use", "sig"), jwk.get("alg", "ES256")
    return said == ("sig", "ES256") and "verify" in jwk.get("key_ops", ["verify"])


def reads_encrypted(token: bytes, key: ec.EllipticCurvePrivateKey) -> bytes | None:
    try:
        head, *parts = encrypted_parts(token)
        header = read_header(head)
        assert isinstance(header, dict)
        wanted = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}
        strict_header(head, wanted, header.keys() - wanted.keys())
        return nested.opened(head, header.get("epk"), parts, key)
    except ExchangeRefused:
        return None


def test_encryption_to_p256() -> None:
    seen: Counter[str] = Counter()
    for group in groups("json_web_encryption"):
        jwk = group["private"]
        on_curve = jwk.get("crv") == "P-256"
        key = (
            ECKey.import_key(jwk).private_key
            if on_curve
            else ec.generate_private_key(ec.SECP256R1())
        )
        for case in group["tests"]:
            ours = on_curve and case["result"] == "valid" and is_our_algorithm(case["jwe"])
            got = reads_encrypted(case["jwe"].encode(), key)
            assert got == (bytes.fromhex(case["pt"]) if ours else None), case["tcId"]
            seen["opened" if ours else "refused"] += 1
    assert seen["opened"] >= 1
    assert seen["refused"] >= 130


def is_our_algorithm(token: str) -> bool:
    header = read_header(token.split(".", 1)[0].encode())
    return isinstance(header, dict) and (header["alg"], header["enc"]) == (
        nested.WRAP,
        nested.CIPHER,
    )


@pytest.mark.parametrize(
    "group",
    [g for g in groups("sm4_gcm") if (g["ivSize"], g["tagSize"]) == (96, 128)],
    ids=lambda group: f"key of {group['keySize']}",
)
def test_sm4_gcm(group: dict[str, Any]) -> None:
    assert any(case["result"] == "invalid" for case in group["tests"])
    for case in group["tests"]:
        key, nonce, aad, plain, sealed, tag = (
            bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag")
        )
        if case["result"] == "valid":
            assert Sm4Gcm(key).encrypt(nonce, plain, aad) == sealed + tag, case["tcId"]
            assert Sm4Gcm(key).decrypt(nonce, sealed + tag, aad) == plain, case["tcId"]
        else:
            with pytest.raises(InvalidTag):
                Sm4Gcm(key).decrypt(nonce, sealed + tag, aad)
