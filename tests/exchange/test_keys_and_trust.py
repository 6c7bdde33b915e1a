"""Key policy, passphrases, overlap of old and new certificates, validity and revocation."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from exchange_kit import BUREAU, NOW, SUITES, US, Keys, World, bring, partner_file, trust

from gateway.exchange import KeyRing, TrustBook, make_site_keys, read_passphrase
from gateway.exchange import keymaking as making
from gateway.exchange.keys import KeyPair
from gateway.exchange.national import Sm2PrivateKey
from gateway.exchange.national.certificate import self_signed
from gateway.exchange.policy import KIND_OF_SUITE, MADE_RSA_BITS, thumbprint, unfit, weakness
from gateway.model.errors import ExchangeRefused, KeyUnavailable, Refusal, SpecError, UsageError


def certificate(
    key: Any, hash_: Any = None, *, days: int = 30, usage: str = "sign"
) -> x509.Certificate:
    plan = making._Plan("bureau", None, "", NOW - timedelta(minutes=5))
    kind = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ec"
    made = making._self_signed(key, kind, usage, plan)  # type: ignore[arg-type]
    if days == 30:
        return made
    builder = (
        x509.CertificateBuilder()
        .subject_name(made.subject)
        .issuer_name(made.subject)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(NOW + timedelta(days=days))
    )
    return builder.sign(key, SHA256())


def openssl_certificate(folder: Path, *options: str) -> x509.Certificate:
    out = folder / "made.cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-noenc", "-keyout", "/dev/null", "-out", str(out)]
        + ["-subj", "/CN=x", "-days", "30", *options],
        check=True, capture_output=True,
    )  # fmt: skip
    return x509.load_pem_x509_certificate(out.read_bytes())


WEAK = [
    ("RSA of 1024 bits", ("-newkey", "rsa:1024", "-sha256"), "1024 bits"),
    ("SHA-1", ("-newkey", "rsa:2048", "-sha1"), "hash"),
    ("P-224", ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp224r1", "-sha256"), "curve"),
    ("secp256k1", ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-sha256"), "curve"),
    ("Ed25519", ("-newkey", "ed25519"), "neither RSA"),
]
STRONG = [
    ("RSA of 2048 bits", ("-newkey", "rsa:2048", "-sha256")),
    ("P-256", ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256")),
    ("P-384", ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha384")),
]


@pytest.mark.parametrize(("_name", "options", "why"), WEAK, ids=[w[0] for w in WEAK])
def test_weak_certificates(tmp_path: Path, _name: str, options: tuple[str, ...], why: str) -> None:
    assert why in weakness(openssl_certificate(tmp_path, *options))


@pytest.mark.parametrize(("_name", "options"), STRONG, ids=[s[0] for s in STRONG])
def test_strong_certificates(tmp_path: Path, _name: str, options: tuple[str, ...]) -> None:
    assert weakness(openssl_certificate(tmp_path, *options)) == ""


def test_a_certificate_says_what_it_is_for() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert unfit(certificate(key, usage="sign"), "sign") == ""
    assert "sign" in unfit(certificate(key, usage="encrypt"), "sign")
    assert unfit(certificate(key, days=3), "sign") == ""


WEAK_KEYS: list[tuple[str, str, Callable[[], Any]]] = [
    ("soap", "RSA of 1024 bits", lambda: rsa.generate_private_key(65537, 1024)),
    ("jose", "P-224", lambda: ec.generate_private_key(ec.SECP224R1())),
    ("file", "secp256k1", lambda: ec.generate_private_key(ec.SECP256K1())),
]


@pytest.mark.parametrize(("suite", "_name", "make"), WEAK_KEYS, ids=[w[1] for w in WEAK_KEYS])
def test_a_partner_with_a_weak_key_is_refused(
    world: World, suite: str, _name: str, make: Any
) -> None:
    """Known by its certificate, and yet refused: before its signature is looked at."""
    key = make()
    pinned = certificate(key)
    pair = KeyPair("sign", KIND_OF_SUITE[suite], key, pinned, thumbprint(pinned))
    room = room_trusting(world, pinned)
    if suite == "soap":
        sealing = lambda parts: replace(parts, signer=pair)  # noqa: E731
    else:
        strong = world.keys.ring(BUREAU).signing("ec", NOW)
        named = replace(strong, thumbprint=pair.thumbprint)
        sealing = lambda parts: replace(parts, signer=named)  # noqa: E731
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite, room=room, sealing=sealing)
    assert caught.value.reason is Refusal.WEAK_KEY


def room_trusting(world: World, *pinned: x509.Certificate) -> Any:
    folder = world.folder / "also"
    trust(folder, world.keys, partner_file())
    for index, cert in enumerate(pinned):
        (folder / BUREAU / f"sign-x{index}.cert.pem").write_bytes(cert.public_bytes(Encoding.PEM))
    return replace(world.room(), trust=TrustBook.load(folder))


@pytest.mark.parametrize("suite", SUITES)
def test_a_key_is_good_until_its_certificate_ends(world: World, suite: str) -> None:
    key: Any = (
        rsa.generate_private_key(65537, 2048) if KIND_OF_SUITE[suite] == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )  # fmt: skip
    pinned = certificate(key, days=1)
    if KIND_OF_SUITE[suite] == "sm2":
        key = Sm2PrivateKey.generate()
        pinned = self_signed(key, BUREAU, "sign", NOW - timedelta(days=1), NOW + timedelta(days=1))
    pair = KeyPair("sign", KIND_OF_SUITE[suite], key, pinned, thumbprint(pinned))
    sealing = lambda parts: replace(parts, signer=pair)  # noqa: E731
    assert bring(world, suite, room=room_trusting(world, pinned), sealing=sealing).row_count == 3
    world.clock.forward(days=1, seconds=1)
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite, room=room_trusting(world, pinned), sealing=sealing)
    assert caught.value.reason is Refusal.EXPIRED_KEY
    assert caught.value.receipt, "its sender is known all the same"


def test_a_p384_key_cannot_make_es256(world: World) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    pinned = certificate(key)
    strong = world.keys.ring(BUREAU).signing("ec", NOW)
    named = replace(strong, thumbprint=thumbprint(pinned))
    with pytest.raises(ExchangeRefused) as caught:
        room = room_trusting(world, pinned)
        bring(world, "jose", room=room, sealing=lambda parts: replace(parts, signer=named))
    assert caught.value.reason is Refusal.BAD_ALGORITHM


def test_an_encryption_certificate_signs_nothing(world: World) -> None:
    pair = world.keys.ring(BUREAU).encrypting("ec", NOW)
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "jose", sealing=lambda parts: replace(parts, signer=pair))
    assert caught.value.reason is Refusal.UNKNOWN_SENDER


def test_renewed_keys_overlap(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    make_site_keys(folder, US, NOW - timedelta(days=700))
    old = KeyRing.load(folder)
    make_site_keys(folder, US, NOW - timedelta(days=1), label="2026")
    new = KeyRing.load(folder)
    for kind in ("ec", "rsa"):
        before, after = old.encrypting(kind, NOW), new.encrypting(kind, NOW)  # type: ignore[arg-type]
        assert before.thumbprint != after.thumbprint
        assert new.opening(before.thumbprint, kind, NOW) is not None  # type: ignore[arg-type]
        assert new.signed_by(old.signing(kind, NOW).thumbprint) is not None  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="exists"):
        make_site_keys(folder, US, NOW, label="2026")
    with pytest.raises(KeyUnavailable, match="in force"):
        new.signing("ec", NOW + timedelta(days=1200))


def test_made_keys_are_strong_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MADE_RSA_BITS", MADE_RSA_BITS)
    make_site_keys(tmp_path, US, NOW)
    for pair in KeyRing.load(tmp_path).certificates():
        assert isinstance(pair.key, ec.EllipticCurvePrivateKey) or pair.key.key_size >= 3072
        assert repr(pair.key) not in repr(pair)
    for path in tmp_path.rglob("*.key.pem"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_passphrase_opens_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cwg-keys").write_bytes(b"long and secret\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secret = read_passphrase()
    assert secret == read_passphrase(tmp_path / "cwg-keys") == b"long and secret"
    make_site_keys(tmp_path / "keys", US, NOW, passphrase=secret)
    assert b"ENCRYPTED" in (tmp_path / "keys/ec/sign.key.pem").read_bytes()
    assert KeyRing.load(tmp_path / "keys", secret).signing("ec", NOW)
    for wrong in (None, b"other"):
        with pytest.raises(KeyUnavailable):
            KeyRing.load(tmp_path / "keys", wrong)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert read_passphrase() is None
    with pytest.raises(KeyUnavailable):
        read_passphrase(tmp_path / "missing")


SPOILT: list[tuple[str, Callable[[Path], object], str]] = [
    ("readable by others", lambda f: (f / "ec/sign.key.pem").chmod(0o640), "Other accounts"),
    ("no certificate", lambda f: (f / "ec/sign.cert.pem").unlink(), "cannot be read"),
    ("rubbish", lambda f: (f / "ec/sign.key.pem").write_text("x"), "cannot be read"),
    (
        "another's certificate",
        lambda f: (f / "ec/sign.cert.pem").write_bytes((f / "ec/encrypt.cert.pem").read_bytes()),
        "belong together",
    ),
    ("in the wrong folder", lambda f: swap(f / "ec", f / "rsa"), "does not fit"),
]


def swap(a: Path, b: Path) -> None:
    keep = a.with_name("keep")
    a.rename(keep), b.rename(a), keep.rename(b)


@pytest.mark.parametrize(("_name", "spoil", "what"), SPOILT, ids=[s[0] for s in SPOILT])
def test_keys_that_cannot_be_used(tmp_path: Path, _name: str, spoil: Any, what: str) -> None:
    make_site_keys(tmp_path, US, NOW)
    spoil(tmp_path)
    with pytest.raises(KeyUnavailable, match=what):
        KeyRing.load(tmp_path)


def test_no_keys_at_all(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable, match="no keys"):
        KeyRing.load(tmp_path)


def test_our_own_weak_key_is_not_loaded(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 1024)
    (tmp_path / "rsa").mkdir()
    path = tmp_path / "rsa/sign.key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    (tmp_path / "rsa/sign.cert.pem").write_bytes(certificate(key).public_bytes(Encoding.PEM))
    with pytest.raises(KeyUnavailable, match="1024"):
        KeyRing.load(tmp_path)


PARTNER_FILES = [
    ("an unknown key", 'name: "bureau"\nsources: []\nactions: []\ntrust: all\n', "trust"),
    ("an unknown action", 'name: "bureau"\nsources: []\nactions: [everything]\n', "actions"),
    ("another name", 'name: "bureaus"\nsources: []\nactions: []\n', "named as the partner"),
    ("a revoked stranger", 'name: "bureau"\nsources: []\nactions: []\nrevoked:\n'
     f'  - thumbprint: "{"a" * 64}"\n    at: 2026-01-01T00:00:00Z\n', "not in the folder"),
    ("a time without zone", 'name: "bureau"\nsources: []\nactions: []\nrevoked:\n'
     f'  - thumbprint: "{"a" * 64}"\n    at: 2026-01-01T00:00:00\n', "revoked"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_name", "text", "what"), PARTNER_FILES, ids=[p[0] for p in PARTNER_FILES]
)
def test_partner_files_are_read_strictly(
    tmp_path: Path, keys: Keys, _name: str, text: str, what: str
) -> None:
    trust(tmp_path, keys, partner_file())
    (tmp_path / BUREAU / "partner.yaml").write_text(text)
    with pytest.raises(SpecError, match=what):
        TrustBook.load(tmp_path)


def test_one_certificate_is_one_partners(tmp_path: Path, keys: Keys) -> None:
    trust(tmp_path, keys, partner_file())
    for name in ("sign-ec.cert.pem", "encrypt-again.cert.pem"):
        (tmp_path / BUREAU / name).write_bytes(
            (tmp_path / BUREAU / "sign-ec.cert.pem").read_bytes()
        )
    with pytest.raises(SpecError, match="two partners or two uses"):
        TrustBook.load(tmp_path)


def test_a_partner_without_a_fit_encryption_certificate(world: World) -> None:
    book = world.room().trust
    assert book.partner(BUREAU).encryption("ec", NOW)
    with pytest.raises(KeyUnavailable, match="in force"):
        book.partner(BUREAU).encryption("ec", NOW + timedelta(days=4000))
    with pytest.raises(SpecError, match="no such partner"):
        book.partner("nobody").encryption("ec", NOW)


def test_a_revoked_encryption_certificate_is_not_sealed_to(tmp_path: Path, keys: Keys) -> None:
    from gateway.exchange import RevokedKey

    name = keys.ring(BUREAU).encrypting("ec", NOW).thumbprint
    spec = partner_file(revoked=(RevokedKey(thumbprint=name, at=NOW),))
    book = trust(tmp_path, keys, spec)
    assert book.partner(BUREAU).encryption("ec", NOW - timedelta(seconds=1))
    with pytest.raises(KeyUnavailable):
        book.partner(BUREAU).encryption("ec", NOW)
