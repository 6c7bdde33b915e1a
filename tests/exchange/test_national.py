"""SM2, SM3 and SM4: the standards' own examples, a second implementation, and what must be refused."""

import gc
import json
import resource
import subprocess
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import gmssl_pyx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.serialization import Encoding
from exchange_kit import (
    BUREAU,
    NOW,
    US,
    Keys,
    World,
    book,
    bring,
    drop_file,
    partner_file,
    roll_draft,
    rows_content,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange import make_site_keys, read_receipt
from gateway.exchange.keys import KeyRing
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey, Sm4Gcm, libcrypto
from gateway.exchange.national import keypair as sm2
from gateway.exchange.national.certificate import self_signed
from gateway.exchange.policy import kind_of, unfit, weakness
from gateway.exchange.trust import PartnerFile, Sm2Habit
from gateway.model.errors import ExchangeRefused, KeyUnavailable, Refusal

VECTORS = Path(__file__).parents[1] / "vectors"
GB = json.loads((VECTORS / "national-sm2-sm3-sm4.json").read_text("utf-8"))
HEX = bytes.fromhex


def own_key() -> Sm2PrivateKey:
    return Sm2PrivateKey.generate()


def test_signature_of_the_standard() -> None:
    case = GB["sm2_signature"]
    public = Sm2PublicKey.of_point(b"\x04" + HEX(case["x"]) + HEX(case["y"]))
    raw, message = HEX(case["r"] + case["s"]), case["message"].encode()
    assert public.verify(raw, message, form="raw", user_id=case["user_id"].encode())
    assert public.verify(sm2.signature_der(raw), message)
    assert gmssl_pyx.sm2_verify(public.point[1:], message, sm2.signature_der(raw))
    assert not public.verify(raw, message + b".", form="raw")
    assert not public.verify(raw, message, form="raw", user_id=b"8765432187654321")


def test_encryption_of_the_standard() -> None:
    case, key = GB["sm2_encryption"], GB["sm2_signature"]
    raw = HEX(case["c1"] + case["c3"] + case["c2"])
    assert sm2.cipher_raw(sm2.cipher_der(raw)) == raw
    private = private_from(HEX(key["private"]), HEX(key["x"] + key["y"]))
    assert private.decrypt(raw) == case["plain"].encode()
    assert gmssl_pyx.sm2_decrypt(HEX(key["private"]), sm2.cipher_der(raw)) == case["plain"].encode()


def private_from(scalar: bytes, point: bytes) -> Sm2PrivateKey:
    """A PKCS#8 file of a known key, as another program writes it."""
    from gateway.exchange.national import der

    kind = der.wrap(der.SEQUENCE, der.oid("1.2.840.10045.2.1"), der.oid(sm2.CURVE))
    public = der.wrap(0xA1, der.wrap(der.BIT_STRING, b"\0\x04" + point))
    inner = der.wrap(der.SEQUENCE, der.integer(1), der.wrap(der.OCTETS, scalar), public)
    whole = der.wrap(der.SEQUENCE, der.integer(0), kind, der.wrap(der.OCTETS, inner))
    return Sm2PrivateKey.from_pem(sm2._pem("PRIVATE KEY", whole))


@pytest.mark.parametrize("case", GB["sm3"]["cases"], ids=lambda case: case["message"])
def test_digest_of_the_standard(case: dict[str, Any]) -> None:
    hasher = Hash(SM3())
    hasher.update(case["message"].encode() * case["times"])
    digest = hasher.finalize()
    assert digest == HEX(case["digest"])
    assert gmssl_pyx.sm3_hash(case["message"].encode() * case["times"]) == digest


def test_ciphers_of_the_standard() -> None:
    block = GB["sm4_block"]
    run = Cipher(algorithms.SM4(HEX(block["key"])), modes.ECB()).encryptor()
    assert run.update(HEX(block["plain"])) + run.finalize() == HEX(block["cipher"])
    case = GB["sm4_gcm"]
    cipher, nonce, aad = Sm4Gcm(HEX(case["key"])), HEX(case["nonce"]), HEX(case["aad"])
    sealed = cipher.encrypt(nonce, HEX(case["plain"]), aad)
    assert sealed == HEX(case["cipher"] + case["tag"])
    assert cipher.decrypt(nonce, sealed, aad) == HEX(case["plain"])
    with pytest.raises(InvalidTag):
        cipher.decrypt(nonce, sealed, aad[:-1])


@settings(max_examples=25, deadline=None)
@given(
    st.binary(min_size=1, max_size=200), st.sampled_from([b"1234567812345678", b"A-1", b"x" * 64])
)
def test_both_ways_with_another_implementation(message: bytes, user_id: bytes) -> None:
    ours = own_key()
    point, scalar = gmssl_pyx.sm2_key_generate()
    theirs = Sm2PublicKey.of_point(b"\x04" + point)
    signature = gmssl_pyx.sm2_sign(scalar, point, message, signer_id=user_id)
    assert theirs.verify(signature, message, user_id=user_id)
    mine = ours.sign(message, user_id=user_id)
    own = ours.public_key()
    assert gmssl_pyx.sm2_verify(own.point[1:], message, mine, signer_id=user_id)
    assert gmssl_pyx.sm2_decrypt(scalar, theirs.encrypt(message, form="der")) == message
    sealed = gmssl_pyx.sm2_encrypt(own.point[1:], message)
    assert ours.decrypt(sealed, form="der") == ours.decrypt(sm2.cipher_raw(sealed)) == message


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=140))
def test_rubbish_is_no_signature_and_no_ciphertext(rubbish: bytes) -> None:
    key = RUBBISH_KEY
    for form in ("der", "raw"):
        assert not key.public_key().verify(rubbish, b"x", form=form)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"^SM2 decryption failed$"):
            key.decrypt(rubbish, form=form)  # type: ignore[arg-type]


RUBBISH_KEY = own_key()


def test_every_bit_of_a_ciphertext_counts_and_every_failure_reads_the_same() -> None:
    key = own_key()
    sealed = key.public_key().encrypt(b"0123456789abcdef")
    texts = set()
    for at in range(0, len(sealed), 3):
        bad = bytearray(sealed)
        bad[at] ^= 1
        with pytest.raises(ValueError) as caught:
            key.decrypt(bytes(bad))
        texts.add(str(caught.value))
    assert texts == {"SM2 decryption failed"}


def test_a_signature_has_one_form() -> None:
    """BER with a longer length, or a negative number, is the same signature to a lax reader."""
    key = own_key()
    token = key.sign(b"x")
    public = key.public_key()
    assert public.verify(token, b"x")
    assert not public.verify(b"\x30\x81" + token[1:2] + token[2:], b"x")
    assert not public.verify(token + b"\0", b"x")
    assert not public.verify(sm2.signature_raw(token), b"x")
    assert not public.verify(token, b"x", form="raw")


def test_nothing_leaks() -> None:
    key = own_key()
    pem, point = key.to_pem(b"secret"), key.public_key().point
    certificate = self_signed(key, "x", "sign", NOW, NOW + timedelta(days=1))
    shape = certificate.public_bytes(Encoding.DER)

    def work(rounds: int) -> None:
        for _ in range(rounds):
            public = Sm2PublicKey.of_certificate(shape)
            public.verify(key.sign(b"x" * 500), b"x")
            public.verify(b"rubbish", b"x")
            sealed = public.encrypt(b"y" * 300)
            key.decrypt(sealed)
            for bad in (sealed[:-1], b"", sealed[:40]):
                with suppress(ValueError):
                    key.decrypt(bad)
            with suppress(ValueError):
                Sm2PublicKey.of_point(point[:-1] + b"\x01")
            with suppress(ValueError):
                Sm2PublicKey.of_certificate(b"rubbish")

    work(150)
    gc.collect()
    before = resident()
    work(700)
    gc.collect()
    assert resident() - before < 700 * 1024, "less than a kilobyte a round"
    handles = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        Sm2PrivateKey.from_pem(pem, b"secret")
    assert len(list(Path("/proc/self/fd").iterdir())) == handles


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_keys_are_locked_by_their_passphrase() -> None:
    key = own_key()
    locked = key.to_pem(b"secret")
    assert b"ENCRYPTED" in locked
    assert Sm2PrivateKey.from_pem(locked, b"secret").public_key() == key.public_key()
    for pem, passphrase in ((locked, b"wrong"), (locked, None), (key.to_pem(), b"secret")):
        with pytest.raises(ValueError):
            Sm2PrivateKey.from_pem(pem, passphrase)
    assert repr(key) == "Sm2PrivateKey(…)"


def test_openssl_reads_our_key_and_our_certificate(tmp_path: Path) -> None:
    made = make_site_keys(tmp_path, US, NOW, passphrase=b"secret", kinds=("sm2",))
    for path in made:
        key = path.with_name(path.name.replace(".cert", ".key"))
        lock = ["openssl", "pkey", "-in", str(key), "-passin", "pass:secret", "-pubout"]
        public = subprocess.run(lock, capture_output=True, check=True).stdout
        shown = ["openssl", "x509", "-in", str(path), "-pubkey", "-noout"]
        assert subprocess.run(shown, capture_output=True, check=True).stdout == public
        made_of = x509.load_pem_x509_certificate(path.read_bytes())
        point = Sm2PublicKey.of_certificate(made_of.public_bytes(Encoding.DER)).point[1:]
        body, signature = made_of.tbs_certificate_bytes, made_of.signature
        assert gmssl_pyx.sm2_verify(point, body, signature)
    ring = KeyRing.load(tmp_path, b"secret")
    assert {(pair.use, pair.kind) for pair in ring.certificates()} == {
        ("sign", "sm2"), ("encrypt", "sm2"),
    }  # fmt: skip
    with pytest.raises(KeyUnavailable):
        KeyRing.load(tmp_path, b"wrong")


def test_an_sm2_certificate_is_strong_and_keeps_to_its_use() -> None:
    key = own_key()
    signs = self_signed(key, "x", "sign", NOW, NOW + timedelta(days=1))
    opens = self_signed(key, "x", "encrypt", NOW, NOW + timedelta(days=1))
    assert (kind_of(signs), weakness(signs)) == ("sm2", "")
    assert unfit(signs, "sign") == unfit(opens, "encrypt") == ""
    assert unfit(signs, "encrypt") and unfit(opens, "sign")


def test_a_system_without_sm2_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    libcrypto.library.cache_clear()
    trouble = "the system's libcrypto was built without SM2"
    monkeypatch.setattr(libcrypto, "_load", lambda: (trouble, None))
    try:
        assert libcrypto.sm2_trouble() == trouble
        with pytest.raises(KeyUnavailable, match=r"built without SM2.*Install OpenSSL 3"):
            own_key()
    finally:
        monkeypatch.undo()
        libcrypto.library.cache_clear()
    assert libcrypto.sm2_trouble() == ""


HABITS = [
    Sm2Habit(signature="raw"),
    Sm2Habit(user_id="BUREAU@2026"),
    Sm2Habit(signature="raw", user_id="x"),
]


@pytest.mark.parametrize("suite", ["sm2", "sm2-form", "sm2-file"])
@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_a_partner_keeps_its_habit(world: World, keys: Keys, suite: str, habit: Sm2Habit) -> None:
    """DER or raw, and the user id, are agreed per partner: the other habit does not verify."""
    agreed = (partner_file(sm2=habit),)
    world.partners = agreed
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite)
    assert caught.value.reason is Refusal.ALTERED
    world.their_trust = book(keys, partner_file(US, sm2=habit))
    assert bring(world, suite).row_count == 3


def test_the_receipt_is_national_and_checked(world: World) -> None:
    room = world.room()
    line = world.line("sm2-file", room)
    sealed = world.seal("sm2-file", roll_draft(), rows_content("file"))[1]
    answer = line.accept(drop_file(world.folder, sealed), {})
    token = line.receipts[answer.ref.exchange_id]
    header = json.loads(__import__("base64").urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["alg"] == "SM2SM3"
    assert read_receipt(token, room.keys).result == "accepted"


CROSSED = [
    ("file", "sm2-file"), ("sm2-file", "file"), ("jose", "sm2"), ("sm2", "jose"), ("jose", "sm2-form"),
    ("sm2", "sm2-form"), ("sm2-form", "sm2"), ("sm2-form", "jose"), ("soap", "sm2"), ("sm2", "soap"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "agreed"), CROSSED)
def test_a_suite_is_never_exchanged_for_another(world: World, sent: str, agreed: str) -> None:
    """The source's suite alone decides how bytes are opened; nothing in the bytes does."""
    import io

    from exchange_kit import profile

    from gateway.exchange import Door

    sealed = world.seal(sent, roll_draft(), rows_content(sent))[1]
    with pytest.raises(ExchangeRefused) as caught:
        Door(world.room(), profile(agreed)).receive(io.BytesIO(sealed), lambda header: None)
    assert caught.value.receipt == ""
    assert caught.value.reason in {
        Refusal.BAD_ALGORITHM, Refusal.MALFORMED, Refusal.NOT_ENCRYPTED,
    }  # fmt: skip


@pytest.mark.parametrize("suite", ["file", "sm2-file", "sm2", "jose"])
def test_a_pinned_partner_is_opened_and_sealed_in_no_other_suite(
    world: World, keys: Keys, suite: str
) -> None:
    other = "soap"
    world.partners = (partner_file(suites=(other,)),)
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite)
    assert caught.value.reason is Refusal.BAD_ALGORITHM
    world.partners = (partner_file(suites=(suite, other)),)
    assert bring(world, suite).row_count == 3
    world.their_trust = book(keys, partner_file(US, suites=(other,)))
    with pytest.raises(ExchangeRefused):
        world.seal(suite, roll_draft(), rows_content(suite))


def form_of(world: World) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(world.seal("sm2-form", roll_draft(), rows_content("jose"))[1])
    return form


BENT: list[tuple[str, Any, Refusal]] = [
    ("no signature", {"signData": ""}, Refusal.NOT_SIGNED),
    ("no encryption", {"encData": ""}, Refusal.NOT_ENCRYPTED),
    ("no key", {"extra": {}}, Refusal.NOT_ENCRYPTED),
    ("data in the clear", {"data": {}}, Refusal.MALFORMED),
    ("another encType", {"encType": "AES"}, Refusal.BAD_ALGORITHM),
    ("plain signType", {"signType": "MD5"}, Refusal.BAD_ALGORITHM),
    ("another appId", {"appId": "OTHER"}, Refusal.UNKNOWN_SENDER),
    ("appId that would add a parameter", {"appId": "a&b=c"}, Refusal.MALFORMED),
    ("another version", {"version": "1.0.0"}, Refusal.MALFORMED),
    ("another time", {"timestamp": "20260101000000"}, Refusal.ALTERED),
    ("another signature", {"signData": "00" * 70}, Refusal.ALTERED),
    ("upper-case hex", {"signData": "AB" * 70}, Refusal.MALFORMED),
    ("a number as text", {"timestamp": 20260101000000}, Refusal.MALFORMED),
    ("another key's name", {"extra": {"encKey": "00", "keyId": "0" * 64}}, Refusal.WRONG_RECIPIENT),
    ("a list for a key's name", {"extra": {"encKey": "00", "keyId": []}}, Refusal.WRONG_RECIPIENT),
    (
        "a third thing beside the key",
        {"extra": {"encKey": "00", "keyId": "0" * 64, "jwk": {}}},
        Refusal.NOT_ENCRYPTED,
    ),
    ("a member more", {"charset": "utf-8"}, Refusal.MALFORMED),
    ("a signature of zeros", {"signData": "3006020100020100"}, Refusal.ALTERED),
    ("short data", {"encData": "00" * 20}, Refusal.TRUNCATED),
]


@pytest.mark.parametrize(("_name", "bend", "reason"), BENT, ids=[case[0] for case in BENT])
def test_a_bent_form(world: World, _name: str, bend: dict[str, Any], reason: Refusal) -> None:
    def twist(sealed: bytes) -> bytes:
        return json.dumps({**json.loads(sealed), **bend}).encode()

    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "sm2-form", twist=twist)
    assert caught.value.reason is reason


SM2_HEADS: list[tuple[str, str, Refusal]] = [
    ("alg twice", '"alg":"SM2SM3","alg":"SM2SM3"', Refusal.MALFORMED),
    ("a critical extension", '"alg":"SM2SM3","crit":["b64"],"b64":false', Refusal.BAD_ALGORITHM),
    ("its own key", '"alg":"SM2SM3","jwk":{}', Refusal.BAD_ALGORITHM),
    ("alg none", '"alg":"none"', Refusal.BAD_ALGORITHM),
    ("the other world's alg", '"alg":"ES256"', Refusal.BAD_ALGORITHM),
]


@pytest.mark.parametrize(("_name", "alg", "reason"), SM2_HEADS, ids=[case[0] for case in SM2_HEADS])
@pytest.mark.parametrize("suite", ["sm2", "sm2-file"])
def test_a_header_that_the_bureau_signs_oddly(
    world: World, suite: str, _name: str, alg: str, reason: Refusal
) -> None:
    from unittest import mock

    from gateway.exchange.suites import sm2_box

    def odd(payload: bytes, pair: Any, typ: str, habit: Any = None) -> str:
        head = f'{{{alg},"kid":"{pair.thumbprint}","typ":"{typ}"}}'
        body = sm2_box.encoded(head.encode()) + b"." + sm2_box.encoded(payload)
        return (body + b"." + sm2_box.encoded(pair.key.sign(body))).decode()

    with mock.patch.object(sm2_box, "sign", odd), pytest.raises(ExchangeRefused) as caught:
        bring(world, suite)
    assert caught.value.reason is reason


@pytest.mark.parametrize("suite", ["sm2", "sm2-file", "sm2-form"])
@pytest.mark.parametrize(
    "habit", [Sm2Habit(user_id="1234567812345679"), Sm2Habit(signature="raw")], ids=["id", "raw"]
)
def test_a_signature_in_another_habit_than_agreed(
    world: World, keys: Keys, suite: str, habit: Sm2Habit
) -> None:
    """Who may choose the user id chooses the signed text: only the agreed one counts."""
    world.their_trust = book(keys, partner_file(US, sm2=habit))
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite)
    assert caught.value.reason is Refusal.ALTERED


def test_the_form_signs_with_the_applications_secret(
    world: World, keys: Keys, tmp_path: Path
) -> None:
    ring = keys.ring(BUREAU)
    theirs = KeyRing(ring.certificates(), {US: b"agreed"})
    ours = KeyRing(keys.ring(US).certificates(), {BUREAU: b"agreed"})
    sealer = replace(world.sealer("sm2-form"), keys=theirs)
    import io

    from exchange_kit import profile

    from gateway.exchange import Door, seal_message

    sealed = seal_message("sm2-form", rows_content("jose"), roll_draft(), sealer)[1]
    with pytest.raises(ExchangeRefused) as caught:
        Door(world.room(), profile("sm2-form")).receive(io.BytesIO(sealed), lambda header: None)
    assert caught.value.reason is Refusal.ALTERED
    room = replace(world.room(), keys=ours)
    assert Door(room, profile("sm2-form")).receive(io.BytesIO(sealed), lambda header: None)
    form = json.loads(sealed)
    assert "agreed" not in sealed.decode() and set(form) == {
        "appId", "version", "timestamp", "encType", "signType", "encData", "signData", "extra",
    }  # fmt: skip


def test_the_form_is_checked_by_another_implementation(world: World, keys: Keys) -> None:
    """A bureau that has only gmssl opens our form from section 8 of the format alone."""
    from gateway.exchange.keys import KeyPair

    point, scalar = gmssl_pyx.sm2_key_generate()
    private = private_from(scalar, point)
    certificate = self_signed(
        private, US, "encrypt", NOW - timedelta(days=1), NOW + timedelta(days=9)
    )
    sealer = world.sealer("sm2-form")
    parts = sealer.parts("sm2-form", US)
    import io

    from gateway.exchange.sealing import describe
    from gateway.exchange.suites import sm2_form

    content = rows_content("jose")
    header = describe(
        io.BytesIO(content), "application/json", roll_draft(), sealer, timedelta(minutes=5)
    )
    recipient = replace(parts.recipient, certificate=certificate, thumbprint="0" * 64)
    form = json.loads(sm2_form.seal(header, content, replace(parts, recipient=recipient)))
    key = gmssl_pyx.sm2_decrypt(scalar, sm2.cipher_der(HEX(form["extra"]["encKey"])))
    sealed = HEX(form["encData"])
    aad = "|".join((form["appId"], form["version"], form["timestamp"])).encode()
    plain = gmssl_pyx.sm4_gcm_decrypt(
        key=key, iv=sealed[:12], aad=aad, ciphertext=sealed[12:-16], tag=sealed[-16:]
    )
    names = sorted(("appId", "version", "timestamp", "encType", "signType"))
    text = "&".join(
        f"{n}={plain.decode() if n == 'data' else form[n]}" for n in sorted([*names, "data"])
    )
    signer = keys.ring(BUREAU).signing("sm2", NOW)
    assert isinstance(signer, KeyPair) and isinstance(signer.key, Sm2PrivateKey)
    public = signer.key.public_key().point[1:]
    assert gmssl_pyx.sm2_verify(public, f"{text}&key=".encode(), HEX(form["signData"]))
    assert json.loads(json.loads(plain)["content"]) == json.loads(content)


def test_partner_file_says_it_all(tmp_path: Path) -> None:
    from gateway.exchange import TrustBook, add_partner

    spec = PartnerFile(
        name="bureau", sources=("education",), actions=("roll",), suites=("sm2", "sm2-file"),  # type: ignore[arg-type]
        sm2=Sm2Habit(signature="raw", user_id="X@1"), app_id="APP1",
    )  # fmt: skip
    add_partner(tmp_path, spec, [])
    found = TrustBook.load(tmp_path).partner("bureau")
    assert (found.suites, found.app_id, found.habit) == ({"sm2", "sm2-file"}, "APP1", spec.sm2)
