"""Sealed files: round trip, the manifest's signature by openssl, and refusals."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from bureaus_support import Keys, altered_positions, flip, refused, terms
from jwcrypto import jwe, jwk, jws

from sandbox.bureaus import files, messages
from sandbox.bureaus.contract import FILE_LIFE, Closing, Exchange
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rows import Tree, grow, pages_root

TEXT = '姓名,区划\r\n张三·甲,419901\r\n"a,b",419902\r\n'.encode("gb18030")


def seal(sender: KeyRing, recipient: str = "gateway", text: bytes = TEXT) -> tuple[Exchange, bytes]:
    tree: Tree = grow(files.csv_lines(text))
    closing = Closing(2, 1, pages_root([tree.root]), (("419901", 1), ("419902", 1)))
    drop = replace(
        terms("roll", "medical_insurance", "registry"),
        sender=sender.me.name,
        recipient=recipient,
        closing=closing,
        life=FILE_LIFE,
    )
    return files.seal(sender, drop, text, tree)


def test_round_trip(bureau_keys: Keys) -> None:
    exchange, sealed = seal(bureau_keys.insurance)
    opened = files.open_file(bureau_keys.gateway, sealed)
    assert (opened.exchange, opened.content) == (exchange, TEXT)
    assert exchange.row_count == 2
    assert exchange.page == 1
    assert exchange.closing is not None
    assert exchange.in_reply_to == ""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b"", []),
        (b"h", [b"h"]),
        (b"h\n", [b"h"]),
        (b"h\r\na\r\n", [b"h\r", b"a\r"]),
        (b"h\n\na", [b"h", b"", b"a"]),
    ],
)
def test_lines(text: bytes, lines: list[bytes]) -> None:
    assert files.csv_lines(text) == lines


def test_altered_anywhere_is_refused(bureau_keys: Keys) -> None:
    _, sealed = seal(bureau_keys.insurance)
    for position in altered_positions(len(sealed), 60):
        with refused():
            files.open_file(bureau_keys.gateway, flip(sealed, position))


@pytest.mark.parametrize("cut", [1, 16, 40, 70, 200])
def test_truncated_is_refused(bureau_keys: Keys, cut: int) -> None:
    _, sealed = seal(bureau_keys.insurance)
    with refused():
        files.open_file(bureau_keys.gateway, sealed[:-cut])


def test_content_of_another_file_is_refused(bureau_keys: Keys) -> None:
    _, one = seal(bureau_keys.insurance)
    _, two = seal(bureau_keys.insurance)
    end_one, end_two = (sealed.index(b"\n", len(files.MAGIC)) for sealed in (one, two))
    with refused("altered"):
        files.open_file(bureau_keys.gateway, one[:end_one] + two[end_two:])


def test_a_message_is_no_manifest(bureau_keys: Keys) -> None:
    _, sealed = seal(bureau_keys.insurance)
    request = replace(terms("probe", "x"), sender="medical_insurance", recipient="gateway")
    body = messages.seal(bureau_keys.insurance, request, b"{}")
    content = sealed[sealed.index(b"\n", len(files.MAGIC)) :]
    with refused("bad_algorithm"):
        files.open_file(bureau_keys.gateway, files.MAGIC + body + content)


def test_strangers_are_refused(bureau_keys: Keys) -> None:
    _, sealed = seal(bureau_keys.insurance)
    with refused("wrong_recipient"):
        files.open_file(bureau_keys.stranger, sealed)
    _, forged = seal(bureau_keys.stranger, "medical_insurance")
    with refused("unknown_sender"):
        files.open_file(bureau_keys.insurance, forged)


def test_manifest_without_end_is_too_large(bureau_keys: Keys) -> None:
    with refused("too_large"):
        files.open_file(bureau_keys.gateway, files.MAGIC + b"x" * (files.MAX_MANIFEST + 2))


def test_openssl_signed_and_openssl_verifies(bureau_keys: Keys, tmp_path: Path) -> None:
    """Take the manifest apart by hand: jwcrypto decrypts, openssl verifies, nothing of ours."""
    _, sealed = seal(bureau_keys.insurance)
    manifest = sealed[len(files.MAGIC) : sealed.index(b"\n", len(files.MAGIC))]
    key = jwk.JWK.from_pem(bureau_keys.gateway.encrypt_key)
    token = jwe.JWE()
    token.deserialize(manifest.decode(), key)
    inner = token.payload.decode()
    checked = jws.JWS()
    checked.deserialize(inner, jwk.JWK.from_pem(bureau_keys.insurance.me.sign_cert))
    assert set(json.loads(checked.payload)) == {"exchange", "content_key", "statement"}
    header = json.loads(checked.objects["protected"])
    assert header == {
        "alg": "ES256",
        "kid": bureau_keys.insurance.me.sign_thumbprint,
        "typ": "cwg-file+jws",
    }
    text, _, _ = inner.rpartition(".")
    der = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", bureau_keys.insurance.sign_key_file],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout
    assert len(files.raw_signature(der)) == 64


def test_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = files.write(tmp_path / "outbox", "a.cwgx", b"sealed")
    assert target.read_bytes() == b"sealed"
    assert [path.name for path in target.parent.iterdir()] == ["a.cwgx"]
