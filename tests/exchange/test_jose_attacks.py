"""JOSE made with jwcrypto (not our library): what a hostile or careless peer may send."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from exchange_kit import (
    BUREAU,
    NOW,
    US,
    Reply,
    World,
    bring,
    one_room,
    replace_party,
    request_content,
    roll_draft,
    rows_content,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto import jwe, jwk, jws

from gateway.exchange.contract import header_values
from gateway.exchange.keys import KeyPair
from gateway.exchange.sealing import describe
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action

ALL_JWE = ["ECDH-ES+A256KW", "ECDH-ES", "ECDH-ES+A128KW", "A256GCM", "A128GCM", "A256CBC-HS512"]


@lru_cache
def private(pair: KeyPair) -> Any:
    return jwk.JWK.from_pem(
        pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


@lru_cache
def public(certificate: x509.Certificate) -> Any:
    return jwk.JWK.from_pem(certificate.public_bytes(Encoding.PEM))


class Peer:
    """A bureau that writes JOSE with jwcrypto; every step may be bent."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.signer = world.keys.ring(BUREAU).signing("ec", NOW)
        self.ours = world.keys.ring(US).encrypting("ec", NOW)

    def payload(self, request: Any) -> bytes:
        content = rows_content("jose")
        draft = Reply(content).draft(request)
        sealer = self.world.sealer("jose")
        life = self.world.limits.message_life
        header = describe(io.BytesIO(content), "application/json", draft, sealer, life)
        return json.dumps(
            {"exchange": header_values(header), "content": content.decode()}, ensure_ascii=False
        ).encode()

    def sign(self, payload: bytes, key: Any = None, **header: Any) -> str:
        token = jws.JWS(payload)
        token.allowed_algs = ["ES256", "HS256", "none", "ES384", "PS256"]
        head = {"alg": "ES256", "kid": self.signer.thumbprint, "typ": "cwg+jws"} | header
        head = {name: value for name, value in head.items() if value is not None}
        token.add_signature(key or private(self.signer), protected=json.dumps(head))
        return str(token.serialize(compact=True))

    def encrypt(self, token: str | bytes, key: Any = None, **header: Any) -> bytes:
        head = {
            "alg": "ECDH-ES+A256KW",
            "enc": "A256GCM",
            "kid": self.ours.thumbprint,
            "typ": "cwg+jwe",
            "cty": "JWS",
        } | header
        head = {name: value for name, value in head.items() if value is not None}
        plain = token.encode() if isinstance(token, str) else token
        sealed = jwe.JWE(plain, protected=json.dumps(head), algs=[*ALL_JWE, "RSA1_5", "RSA-OAEP"])
        sealed.add_recipient(key or public(self.ours.certificate))
        return str(sealed.serialize(compact=True)).encode()


def answer_with(world: World, make: Callable[[Peer, bytes], bytes]) -> Any:
    peer, read = Peer(world), replace_party(world, "jose")
    carry = lambda sealed: make(peer, peer.payload(read(sealed)))  # noqa: E731
    return world.line("jose").call(
        Action.ROLL, request_content("jose"), carry, {}, period="2026-11"
    )


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(peer: Peer, payload: bytes) -> bytes:
    head = {"alg": "none", "kid": peer.signer.thumbprint, "typ": "cwg+jws"}
    return peer.encrypt(f"{b64(json.dumps(head).encode())}.{b64(payload)}.")


def hmac_with_public_key(peer: Peer, payload: bytes) -> bytes:
    pem = peer.signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return peer.encrypt(peer.sign(payload, jwk.JWK(kty="oct", k=b64(pem)), alg="HS256"))


def rsa_wrapped(alg: str) -> Callable[[Peer, bytes], bytes]:
    def make(peer: Peer, payload: bytes) -> bytes:
        pair = peer.world.keys.ring(US).encrypting("rsa", NOW)
        key = public(pair.certificate)
        return peer.encrypt(peer.sign(payload), key, alg=alg, kid=pair.thumbprint)

    return make


def own_key_in_header(peer: Peer, payload: bytes) -> bytes:
    mine = jwk.JWK.generate(kty="EC", crv="P-256")
    embedded = json.loads(mine.export_public())
    return peer.encrypt(peer.sign(payload, mine, jwk=embedded))


def own_key(peer: Peer, payload: bytes) -> bytes:
    return peer.encrypt(peer.sign(payload, jwk.JWK.generate(kty="EC", crv="P-256")))


def segment(index: int, change: Callable[[str], str]) -> Callable[[Peer, bytes], bytes]:
    def make(peer: Peer, payload: bytes) -> bytes:
        parts = peer.encrypt(peer.sign(payload)).decode().split(".")
        parts[index] = change(parts[index])
        return ".".join(parts).encode()

    return make


def inner_segment(index: int, change: Callable[[str], str]) -> Callable[[Peer, bytes], bytes]:
    def make(peer: Peer, payload: bytes) -> bytes:
        parts = peer.sign(payload).split(".")
        parts[index] = change(parts[index])
        return peer.encrypt(".".join(parts))

    return make


def by_hand(payload_of: Callable[[str], str] = str, **odd: Any) -> Callable[[Peer, bytes], bytes]:
    """Signed by the bureau itself over a header that no library would write; `twice` adds `alg` again."""

    def make(peer: Peer, payload: bytes) -> bytes:
        head = {"alg": "ES256", "kid": peer.signer.thumbprint, "typ": "cwg+jws"} | odd
        text = json.dumps(head).replace('"twice": ', '"alg": ')
        body = f"{b64(text.encode())}.{b64(payload)}"
        r, s = decode_dss_signature(peer.signer.key.sign(body.encode(), ec.ECDSA(SHA256())))  # type: ignore[call-arg, arg-type]
        signature = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        first, _, second = body.partition(".")
        return peer.encrypt(f"{first}.{payload_of(second)}.{signature}")

    return make


def outer_header(**odd: Any) -> Callable[[Peer, bytes], bytes]:
    """The outer header changed by whoever can encrypt; `epk` is merged into the fresh key."""

    def change(part: str) -> str:
        head = json.loads(base64.urlsafe_b64decode(part + "=="))
        fresh = head["epk"] | odd.get("epk", {})
        return b64(json.dumps(head | odd | {"epk": fresh}).encode())

    return segment(0, change)


def der_signature(text: str) -> str:
    raw = base64.urlsafe_b64decode(text + "==")
    halves = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    return b64(encode_dss_signature(*halves))


def as_json(peer: Peer, payload: bytes) -> str:
    """The same signature in JWS's JSON form."""
    names = ("protected", "payload", "signature")
    return json.dumps(dict(zip(names, peer.sign(payload).split("."), strict=True)))


def loosened(text: str) -> str:
    """Another spelling of the same bytes: the unused bits of the last character are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def nested(peer: Peer, change: Callable[[dict[str, Any]], Any], payload: bytes) -> bytes:
    values = json.loads(payload)
    changed = change(values)
    text = json.dumps(values if changed is None else changed).encode()
    return peer.encrypt(peer.sign(text))


ATTACKS: list[tuple[str, Callable[[Peer, bytes], bytes], Refusal]] = [
    ("alg none", unsigned, Refusal.BAD_ALGORITHM),
    ("HS256 under our view of their public key", hmac_with_public_key, Refusal.BAD_ALGORITHM),
    ("RSA1_5", rsa_wrapped("RSA1_5"), Refusal.BAD_ALGORITHM),
    ("RSA-OAEP", rsa_wrapped("RSA-OAEP"), Refusal.BAD_ALGORITHM),
    ("ECDH-ES direct", lambda p, x: p.encrypt(p.sign(x), alg="ECDH-ES"), Refusal.BAD_ALGORITHM),
    ("A128KW", lambda p, x: p.encrypt(p.sign(x), alg="ECDH-ES+A128KW"), Refusal.BAD_ALGORITHM),
    ("A128GCM", lambda p, x: p.encrypt(p.sign(x), enc="A128GCM"), Refusal.BAD_ALGORITHM),
    ("A256CBC-HS512", lambda p, x: p.encrypt(p.sign(x), enc="A256CBC-HS512"), Refusal.BAD_ALGORITHM),
    ("compressed", lambda p, x: p.encrypt(p.sign(x), zip="DEF"), Refusal.BAD_ALGORITHM),
    ("its own key in the header", own_key_in_header, Refusal.BAD_ALGORITHM),
    ("a key by address", lambda p, x: p.encrypt(p.sign(x, jku="https://x.invalid")), Refusal.BAD_ALGORITHM),
    ("critical extension", lambda p, x: segment(0, lambda s: b64(
        json.dumps(json.loads(base64.urlsafe_b64decode(s + "==")) | {"crit": ["exp"]}).encode()
    ))(p, x), Refusal.BAD_ALGORITHM),
    ("signed by another key", own_key, Refusal.ALTERED),
    ("a kid nobody has", lambda p, x: p.encrypt(p.sign(x, kid="0" * 64)), Refusal.UNKNOWN_SENDER),
    ("no kid", lambda p, x: p.encrypt(p.sign(x, kid=None)), Refusal.BAD_ALGORITHM),
    ("a JWE kid nobody has", lambda p, x: p.encrypt(p.sign(x), kid="0" * 64), Refusal.WRONG_RECIPIENT),
    ("our signing certificate as recipient", lambda p, x: p.encrypt(
        p.sign(x), kid=p.world.keys.ring(US).signing("ec", NOW).thumbprint
    ), Refusal.WRONG_RECIPIENT),
    ("a file's typ", lambda p, x: p.encrypt(p.sign(x, typ="cwg-file+jws")), Refusal.MALFORMED),
    ("a receipt's typ", lambda p, x: p.encrypt(p.sign(x, typ="cwg-receipt+jws")), Refusal.MALFORMED),
    ("a file's outer typ", lambda p, x: p.encrypt(p.sign(x), typ="cwg-file+jwe"), Refusal.MALFORMED),
    ("no cty", lambda p, x: p.encrypt(p.sign(x), cty=None), Refusal.MALFORMED),
    ("encrypted and not signed", lambda p, x: p.encrypt(x), Refusal.NOT_SIGNED),
    ("signed and not encrypted", lambda p, x: p.sign(x).encode(), Refusal.NOT_ENCRYPTED),
    ("neither", lambda p, x: x, Refusal.NOT_ENCRYPTED),
    ("nothing", lambda p, x: b"", Refusal.NOT_ENCRYPTED),
    ("a bureau's plain error page", lambda p, x: b"<html>502</html>", Refusal.NOT_ENCRYPTED),
    ("one part missing", lambda p, x: p.encrypt(p.sign(x)).rpartition(b".")[0], Refusal.TRUNCATED),
    ("two parts missing", lambda p, x: p.encrypt(p.sign(x)).rsplit(b".", 2)[0], Refusal.TRUNCATED),
    ("half of it", lambda p, x: p.encrypt(p.sign(x))[:1200], Refusal.TRUNCATED),
    ("a part of its header", lambda p, x: p.encrypt(p.sign(x))[:100], Refusal.NOT_ENCRYPTED),
    ("without its last byte", lambda p, x: p.encrypt(p.sign(x))[:-1], Refusal.MALFORMED),
    ("tag spelt otherwise", segment(4, loosened), Refusal.MALFORMED),
    ("padding added", segment(4, lambda s: s + "=="), Refusal.MALFORMED),
    ("white space added", segment(3, lambda s: s + "\n"), Refusal.MALFORMED),
    ("empty encrypted key", segment(1, lambda s: ""), Refusal.ALTERED),
    ("empty tag", segment(4, lambda s: ""), Refusal.MALFORMED),
    ("short tag", segment(4, lambda s: s[:16]), Refusal.MALFORMED),
    ("empty iv", segment(2, lambda s: ""), Refusal.MALFORMED),
    ("signature spelt otherwise", inner_segment(2, loosened), Refusal.MALFORMED),
    ("signature cut", inner_segment(2, lambda s: s[:40]), Refusal.ALTERED),
    ("signature empty", inner_segment(2, lambda s: ""), Refusal.ALTERED),
    ("signature of zeros", inner_segment(2, lambda s: "A" * 86), Refusal.ALTERED),
    ("signed payload changed", inner_segment(1, lambda s: s[:-8] + "AAAAAAAA"), Refusal.ALTERED),
    ("no JSON signed", lambda p, x: p.encrypt(p.sign(b"text")), Refusal.MALFORMED),
    ("two recipients", lambda p, x: p.encrypt(p.sign(
        x.replace(b'"recipient":', b'"recipient": "other", "recipient":', 1))), Refusal.MALFORMED),
    ("alg twice", by_hand(twice="none"), Refusal.MALFORMED),
    ("a payload that is not encoded", by_hand(b64=False, crit=["b64"]), Refusal.BAD_ALGORITHM),
    ("a payload left out", by_hand(lambda payload: ""), Refusal.ALTERED),
    ("a payload of four parts", by_hand(lambda payload: f"{payload}.{payload}"), Refusal.NOT_SIGNED),
    ("its own certificate in the header", by_hand(x5c=["AAAA"]), Refusal.BAD_ALGORITHM),
    ("a typ in capitals", by_hand(typ="CWG+JWS"), Refusal.MALFORMED),
    ("a typ with its media type", by_hand(typ="application/cwg+jws"), Refusal.MALFORMED),
    ("a list of kids", by_hand(kid=["0" * 64]), Refusal.UNKNOWN_SENDER),
    ("a list of recipients", outer_header(kid=["0" * 64]), Refusal.WRONG_RECIPIENT),
    ("a password with two thousand million rounds",
     outer_header(alg="PBES2-HS512+A256KW", p2c=2**31 - 1, p2s="AAAA"), Refusal.BAD_ALGORITHM),
    ("party names in the derivation", outer_header(apu="QQ", apv="QQ"), Refusal.BAD_ALGORITHM),
    ("a fresh key with its private half", outer_header(epk={"d": "AA"}), Refusal.MALFORMED),
    ("a fresh key on another curve", outer_header(epk={"crv": "P-384"}), Refusal.BAD_ALGORITHM),
    ("a fresh key off the curve", outer_header(epk={"x": "A" * 43}), Refusal.ALTERED),
    ("a fresh key of half a point", outer_header(epk={"y": ""}), Refusal.ALTERED),
    ("a signature in DER", inner_segment(2, der_signature), Refusal.ALTERED),
    ("sealed twice", lambda p, x: p.encrypt(p.encrypt(p.sign(x))), Refusal.NOT_SIGNED),
    ("signed in JSON's form", lambda p, x: p.encrypt(as_json(p, x)), Refusal.NOT_SIGNED),
    ("sealed in JSON's form", lambda p, x: json.dumps(dict(zip(
        ("protected", "encrypted_key", "iv", "ciphertext", "tag"),
        p.encrypt(p.sign(x)).decode().split("."), strict=True))).encode(), Refusal.NOT_ENCRYPTED),
    ("a line feed after it", lambda p, x: p.encrypt(p.sign(x)) + b"\n", Refusal.MALFORMED),
    ("an array signed", lambda p, x: p.encrypt(p.sign(b"[]")), Refusal.MALFORMED),
    ("a third name", lambda p, x: nested(p, lambda v: v.update(x=1), x), Refusal.MALFORMED),
    ("no content", lambda p, x: nested(p, lambda v: v.pop("content") and None, x), Refusal.MALFORMED),
    ("content not text", lambda p, x: nested(p, lambda v: v.update(content={}), x), Refusal.MALFORMED),
    ("contract no object", lambda p, x: nested(p, lambda v: v.update(exchange=1), x), Refusal.MALFORMED),
]  # fmt: skip


def test_jwcrypto_writes_what_we_read(world: World) -> None:
    assert answer_with(world, lambda p, x: p.encrypt(p.sign(x))).row_count == 3


@pytest.mark.parametrize(("_name", "make", "reason"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_attacks(world: World, _name: str, make: Any, reason: Refusal) -> None:
    with pytest.raises(ExchangeRefused) as caught:
        answer_with(world, make)
    assert caught.value.reason is reason


def test_jwcrypto_reads_what_we_write(world: World) -> None:
    pair = world.keys.ring(BUREAU).encrypting("ec", NOW)
    theirs = jwe.JWE()
    seen = {}

    def carry(sealed: bytes) -> bytes:
        theirs.deserialize(sealed.decode(), private(pair))
        token = jws.JWS()
        token.deserialize(theirs.payload.decode())
        token.verify(public(world.keys.ring(US).signing("ec", NOW).certificate), alg="ES256")
        seen.update(json.loads(token.payload))
        return b""

    with pytest.raises(ExchangeRefused):
        document = request_content("jose")
        world.line("jose").call(Action.ROLL, document, carry, {}, period="2026-11")
    assert seen["content"].encode() == request_content("jose")
    assert set(theirs.jose_header) == {"alg", "enc", "kid", "typ", "cty", "epk"}


ROWS: list[tuple[str, str]] = [
    ("a fraction", '[{"a":1.5}]'),
    ("an object in a row", '[{"a":{}}]'),
    ("a row that is no object", "[1]"),
    ("rows that are no list", '{"a":1}'),
    ("rows that are text", '"x"'),
]


@pytest.mark.parametrize(("_name", "rows"), ROWS, ids=[r[0] for r in ROWS])
def test_rows_have_their_form(world: World, _name: str, rows: str) -> None:
    """Signed by the bureau itself: a mistake of its software, not an attack."""

    def make(peer: Peer, payload: bytes) -> bytes:
        values = json.loads(payload)
        content = f'{{"output":{{"psninsuinfo":{rows}}}}}'
        digest = hashlib.sha256(content.encode()).hexdigest()
        values["exchange"]["content_digest"] = f"sha-256:{digest}"
        values["content"] = content
        return peer.encrypt(peer.sign(json.dumps(values).encode()))

    with pytest.raises(ExchangeRefused) as caught:
        answer_with(world, make)
    assert caught.value.reason is Refusal.MALFORMED


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_changed_byte_passes(world: World, data: st.DataObject) -> None:
    def change(sealed: bytes) -> bytes:
        at = data.draw(st.integers(0, len(sealed) - 1))
        bit = data.draw(st.integers(1, 255))
        return sealed[:at] + bytes([sealed[at] ^ bit]) + sealed[at + 1 :]

    with pytest.raises(ExchangeRefused):
        bring(world, "jose", room=one_room(world), twist=change)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(1, 2000))
def test_no_cut_message_passes(world: World, cut: int) -> None:
    with pytest.raises(ExchangeRefused):
        bring(
            world,
            "jose",
            room=one_room(world),
            twist=lambda sealed: sealed[: max(len(sealed) - cut, 0)],
        )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rubbish=st.binary(max_size=300) | st.text(".eyJhbGciOiJub25lIn0", max_size=80).map(str.encode)
)
def test_rubbish_is_refused_not_crashed_on(world: World, rubbish: bytes) -> None:
    with pytest.raises(ExchangeRefused):
        bring(world, "jose", room=one_room(world), twist=lambda _: rubbish)


def test_opening_leaves_no_memory_behind(world: World) -> None:
    """What is opened holds no cycle: a night opens hundreds, and a full collection is far away."""
    import gc

    from gateway.exchange.suites import nested as under_test
    from gateway.exchange.suites.parts import Opening

    _, sealed = world.seal("jose", roll_draft(), rows_content("jose"))
    opening = Opening(world.keys.ring(US), world.room().trust, NOW, world.limits)
    under_test.unseal(sealed, "cwg", opening)
    left = []
    for _ in range(3):
        gc.collect()
        gc.disable()
        try:
            for _ in range(100):
                under_test.unseal(sealed, "cwg", opening)
            left.append(gc.collect())
        finally:
            gc.enable()
    # Other threads may leave something meanwhile; a cycle for each message would be in every round.
    assert min(left) < 100
