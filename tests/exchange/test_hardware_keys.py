"""Keys in a PKCS#11 token (SoftHSM, a real module): it signs and opens for us, and lets no key out."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from exchange_kit import NOW, US, Keys, World, bring, make_keys
from typer.testing import CliRunner

from gateway.cli.init import make_site
from gateway.cli.main import app
from gateway.exchange import KeyRing, make_hardware_keys
from gateway.exchange.hardware import HARDWARE_FILE, read_hardware
from gateway.exchange.token import Token, TokenEcKey, TokenRsaKey
from gateway.model.errors import KeyUnavailable, UsageError

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN, OFFICERS_PIN = "739115", "280463"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The label of a fresh token of SoftHSM."""
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    command = ("softhsm2-util", "--init-token", "--free", "--label", "site")
    subprocess.run(
        [*command, "--pin", PIN, "--so-pin", OFFICERS_PIN], check=True, capture_output=True
    )
    yield "site"
    os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)


def name_token(folder: Path, token: str, pin: str = PIN) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pin").write_text(f"{pin}\n")
    (folder / "pin").chmod(0o600)
    said = {"module": MODULE, "token": token, "pin_file": "pin"}
    (folder / HARDWARE_FILE).write_text(yaml.safe_dump(said))
    return folder


@pytest.fixture(scope="module")
def keys(token: str, tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Three parties; ours has newer keys in the token: EC for both uses, RSA to sign."""
    made = make_keys(tmp_path_factory.mktemp("parties"))
    ours = name_token(made.folder / US, token)
    new = NOW - timedelta(days=1)
    paths = make_hardware_keys(ours, US, new, kinds=("ec",))
    paths += make_hardware_keys(ours, US, new, kinds=("rsa",), uses=("sign",))
    for path in paths:
        use, rest = path.name.split("-", 1)
        (made.folder / "given" / US / f"{use}-{path.parent.name}-{rest}").write_bytes(
            path.read_bytes()
        )
    return made


@pytest.fixture
def world(keys: Keys, tmp_path: Path) -> World:
    return World(tmp_path, keys)


WORK = {"jose": {"agree", "sign"}, "soap": {"sign"}, "file": {"agree", "sign"}}


@pytest.mark.parametrize("suite", WORK)
def test_exchanges_go_through_the_token(
    world: World, suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests and receipts are signed, answers and files opened, by keys that only the token has."""
    ring, asked = world.keys.ring(US), set()
    assert isinstance(ring.signing("ec", NOW).key, TokenEcKey)
    assert isinstance(ring.signing("rsa", NOW).key, TokenRsaKey)
    for name in ("sign", "agree"):
        real = getattr(Token, name)

        def told(*args: Any, name: str = name, real: Any = real) -> Any:
            asked.add(name)
            return real(*args)

        monkeypatch.setattr(Token, name, told)
    assert bring(world, suite).row_count == 3
    assert asked == WORK[suite]


def test_a_receipt_is_signed_by_the_token(world: World) -> None:
    """The bureau reads it with the certificate alone."""
    from gateway.exchange.suites import nested

    pair = world.keys.ring(US).signing("ec", NOW)
    token = nested.sign(b'{"a":1}', pair, nested.RECEIPT).encode()
    public = pair.certificate.public_key()
    assert nested.check_signature(token, public) == b'{"a":1}'  # type: ignore[arg-type]


def test_no_key_leaves(world: World) -> None:
    ring = world.keys.ring(US)
    for kind in ("ec", "rsa"):
        key = ring.signing(kind, NOW).key  # type: ignore[arg-type]
        for ask in (
            lambda k=key: k.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            key.private_numbers,
        ):
            with pytest.raises(KeyUnavailable, match="does not leave"):
                ask()
    assert not list((world.keys.folder / US).rglob("*hw*.key.pem"))


Spoil = Callable[[Path], object]


def entries(change: Callable[[dict[str, str]], dict[str, str]]) -> Spoil:
    def spoil(folder: Path) -> None:
        spec = read_hardware(folder)
        assert spec is not None
        said = spec.model_dump(mode="json")
        said["keys"] = [change(key) for key in said["keys"]]
        (folder / HARDWARE_FILE).write_text(yaml.safe_dump(said))

    return spoil


def setting(name: str, value: str) -> Spoil:
    def spoil(folder: Path) -> None:
        said = yaml.safe_load((folder / HARDWARE_FILE).read_text())
        (folder / HARDWARE_FILE).write_text(yaml.safe_dump({**said, name: value}))

    return spoil


SPOILT = {
    "no such module": (setting("module", "/nowhere/libtoken.so"), "no module"),
    "no such token": (setting("token", "another"), "cannot be opened"),
    "wrong PIN": (lambda folder: (folder / "pin").write_text("000000"), "cannot be opened"),
    "no PIN": (lambda folder: (folder / "pin").unlink(), "PIN cannot be read"),
    "a PIN that others read": (lambda folder: (folder / "pin").chmod(0o644), "Other accounts"),
    "no such key": (entries(lambda key: {**key, "label": "lost"}), "no private key"),
    "another certificate": (
        entries(lambda key: {**key, "certificate": "ec/sign.cert.pem"}),
        "another certificate's",
    ),
    "no certificate": (
        entries(lambda key: {**key, "certificate": "ec/none.cert.pem"}),
        "cannot be read",
    ),
    # SoftHSM knows OAEP with SHA-1 only: said when the keys are loaded, not in the night.
    "a mechanism that the token lacks": (
        entries(lambda key: {**key, "use": "encrypt"} if key["kind"] == "rsa" else key),
        "OAEP with SHA-256",
    ),
}


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_wrong_is_told_and_no_pin(
    keys: Keys, tmp_path: Path, token: str, case: str
) -> None:
    spoil, told = SPOILT[case]
    folder = tmp_path / "keys"
    for kind in ("ec", "rsa"):
        (folder / kind).mkdir(parents=True)
        for path in (keys.folder / US / kind).glob("*.cert.pem"):
            (folder / kind / path.name).write_bytes(path.read_bytes())
    (folder / HARDWARE_FILE).write_bytes((keys.folder / US / HARDWARE_FILE).read_bytes())
    (folder / "pin").write_text(PIN)
    (folder / "pin").chmod(0o600)
    assert len(KeyRing.load(folder).certificates()) == 3
    spoil(folder)
    with pytest.raises(KeyUnavailable) as caught:
        KeyRing.load(folder)
    assert told in str(caught.value)
    assert PIN not in str(caught.value)


def test_a_label_is_not_used_twice(keys: Keys) -> None:
    with pytest.raises(KeyUnavailable, match="already"):
        make_hardware_keys(keys.folder / US, US, NOW - timedelta(days=1))


def test_the_command(tmp_path: Path, token: str) -> None:
    make_site(tmp_path / "city", "某市", "419900", ("419901",))
    site, run = tmp_path / "city", CliRunner()
    refused = run.invoke(app, ["keys", "new", "--hardware", "--site", str(site)])
    assert refused.exit_code == UsageError.exit_code, refused.output
    name_token(site / "keys", token)
    made = run.invoke(app, ["keys", "new", "--hardware", "--site", str(site)])
    assert made.exit_code == 0, made.output
    listed = run.invoke(app, ["keys", "list", "--json", "--site", str(site)])
    states = {(row["use"], row["kind"], row["state"]): row for row in json.loads(listed.stdout)}
    assert ("sign", "ec", "in use") in states
    assert ("sign", "ec", "opens only") in states
