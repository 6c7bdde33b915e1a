"""CMS both ways with the openssl command alone, and what must not come through."""

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import (
    BUREAU,
    CONTENT_TYPES,
    OTHER,
    US,
    Keys,
    World,
    drop_file,
    log_kinds,
    roll_draft,
    rows_content,
)

from gateway.exchange.contract import header_values
from gateway.exchange.sealing import describe
from gateway.model.errors import ExchangeRefused, Refusal

OAEP = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")


def cms(data: bytes, *words: str | Path) -> bytes:
    """What a partner types."""
    command = ["openssl", "cms", *map(str, words), "-binary"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def manifest(world: World) -> bytes:
    content = io.BytesIO(rows_content("file"))
    header = describe(
        content, CONTENT_TYPES["file"], roll_draft(), world.sealer("cms"), world.limits.file_life
    )
    return json.dumps({"exchange": header_values(header)}).encode()


class Partner:
    """A bureau with OpenSSL alone; every step may be bent."""

    def __init__(self, world: World, keys: Keys) -> None:
        self.keys, self.world = keys, world
        self.signed_by = [BUREAU]
        self.sign: tuple[str, ...] = ("-md", "sha256")
        self.encrypt: tuple[str, ...] = ("-aes-256-gcm", *OAEP)
        self.to, self.detached = US, False
        self.between: Callable[[bytes], bytes] = lambda signed: signed

    def pem(self, party: str, name: str) -> Path:
        return self.keys.folder / party / "rsa" / name

    def seal(self, streaming: bool = False) -> bytes:
        plain = manifest(self.world) + b"\n" + rows_content("file")
        signers = [
            word
            for party in self.signed_by
            for word in (
                "-signer", self.pem(party, "sign.cert.pem"),
                "-inkey", self.pem(party, "sign.key.pem"),
            )
        ]  # fmt: skip
        stream = ("-stream",) if streaming else ()
        whole = () if self.detached else ("-nodetach",)
        signed = cms(plain, "-sign", *whole, *self.sign, "-outform", "DER", *stream, *signers)
        recipient = ("-recip", self.pem(self.to, "encrypt.cert.pem"))
        body = self.between(signed)
        return cms(body, "-encrypt", "-outform", "DER", *stream, *recipient, *self.encrypt)


def refused(world: World, sealed: bytes) -> Refusal:
    with pytest.raises(ExchangeRefused) as caught:
        world.line("cms").accept(drop_file(world.folder, sealed), {})
    return caught.value.reason


@pytest.mark.parametrize("streaming", [False, True])
def test_what_openssl_seals_we_open(world: World, keys: Keys, streaming: bool) -> None:
    sealed = Partner(world, keys).seal(streaming)
    answer = world.line("cms").accept(drop_file(world.folder, sealed), {})
    assert (answer.row_count, answer.period) == (3, "2026-11")


def test_what_we_seal_openssl_opens(world: World, keys: Keys, tmp_path: Path) -> None:
    header, sealed = world.seal("cms", roll_draft(), rows_content("file"))
    partner = Partner(world, keys)
    mine = (
        "-recip",
        partner.pem(US, "encrypt.cert.pem"),
        "-inkey",
        partner.pem(US, "encrypt.key.pem"),
    )
    signed = cms(sealed, "-decrypt", "-inform", "DER", *mine)
    pinned = partner.pem(BUREAU, "sign.cert.pem")
    plain = cms(signed, "-verify", "-inform", "DER", "-noverify", "-nointern", "-certfile", pinned)
    first, _, rest = plain.partition(b"\n")
    assert json.loads(first)["exchange"] == header_values(header)
    assert rest == rows_content("file")


BENT: list[tuple[str, dict[str, Any], Refusal]] = [
    ("encrypted with CBC", {"encrypt": ("-aes-256-cbc", *OAEP)}, Refusal.BAD_ALGORITHM),
    ("encrypted with AES-128", {"encrypt": ("-aes-128-gcm", *OAEP)}, Refusal.BAD_ALGORITHM),
    ("key wrapped as PKCS#1 v1.5", {"encrypt": ("-aes-256-gcm",)}, Refusal.BAD_ALGORITHM),
    ("signed over SHA-1", {"sign": ("-md", "sha1")}, Refusal.BAD_ALGORITHM),
    ("signed over MD5", {"sign": ("-md", "md5")}, Refusal.BAD_ALGORITHM),
    ("not signed", {"between": lambda signed: b"plain text"}, Refusal.NOT_SIGNED),
    ("for somebody else", {"to": OTHER}, Refusal.WRONG_RECIPIENT),
    ("signed by another partner", {"signed_by": [OTHER]}, Refusal.NOT_ALLOWED),
    ("signed by us", {"signed_by": [US]}, Refusal.UNKNOWN_SENDER),
    ("signed twice", {"signed_by": [BUREAU, OTHER]}, Refusal.MALFORMED),
    ("content changed under the signature",
     {"between": lambda signed: signed.replace("甲".encode("gb18030"), "丁".encode("gb18030"))},
     Refusal.ALTERED),
    ("the content left out of the signature", {"detached": True}, Refusal.ALTERED),
    ("something after the signature", {"between": lambda signed: signed + b"\0"}, Refusal.MALFORMED),
    ("no manifest", {"between": lambda signed: signed.replace(b"}}\n", b"}}x")}, Refusal.ALTERED),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "bend", "reason"), BENT, ids=[case[0] for case in BENT])
def test_bent_messages(
    world: World, keys: Keys, _name: str, bend: dict[str, Any], reason: Refusal
) -> None:
    partner = Partner(world, keys)
    vars(partner).update(bend)
    assert refused(world, partner.seal()) is reason


def test_altered_plaintext_is_never_seen(world: World, keys: Keys) -> None:
    """OpenSSL gives what it decrypted before it finds the tag wrong; none of it may reach anybody."""
    sealed = bytearray(Partner(world, keys).seal())
    for back in (1, 40, 300):
        bad = (
            bytes(sealed[:-back])
            + bytes([sealed[-back] ^ 1])
            + bytes(sealed[len(sealed) - back + 1 :])
        )
        assert refused(world, bad) in {Refusal.ALTERED, Refusal.MALFORMED}
    assert refused(world, bytes(sealed[:-200])) in {Refusal.ALTERED, Refusal.MALFORMED}
    assert list(world.spill.iterdir()) == []
    assert {kind for kind, _ in log_kinds(world.room())} == {"stranger"}


def test_nothing_may_follow_the_message(world: World, keys: Keys) -> None:
    assert refused(world, Partner(world, keys).seal() + b"x") is Refusal.MALFORMED


def test_a_certificate_in_the_message_is_not_looked_at(world: World, keys: Keys) -> None:
    partner = Partner(world, keys)
    partner.signed_by = [US]  # its certificate is inside, as openssl always puts it
    assert refused(world, partner.seal()) is Refusal.UNKNOWN_SENDER
