"""Sealed files: cut at every boundary, changed in every part, too large, not ours; and bounded memory.

The peers that are not our code: `openssl dgst` for the manifest's signature, PyCryptodome for the
content (through the sandbox's own chunks, written from the public page)."""

import base64
import hashlib
import io
import json
import os
import subprocess
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import utils
from cryptography.hazmat.primitives.hashes import SHA512
from exchange_kit import (
    BUREAU,
    NOW,
    US,
    World,
    bring,
    drop_file,
    forge,
    log_kinds,
    one_room,
    roll_draft,
    rows_content,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.exchange import seal_file
from gateway.exchange.contract import header_values
from gateway.exchange.sealing import describe
from gateway.exchange.suites import chunked, nested
from gateway.exchange.suites.parts import Sealing
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action
from sandbox.bureaus import chunks
from sandbox.bureaus.errors import Refused

CHUNK = 16 * 1024
SHA512_CHUNKS = replace(chunked.AES, hash=SHA512())
KEY = bytes(range(32))
MAGIC = 6


def manifest_end(sealed: bytes) -> int:
    return sealed.index(b"\n", MAGIC) + 1


def big_roll() -> bytes:
    """About five chunks."""
    return rows_content("file", [f"某{i:05d}" for i in range(6000)])


@lru_cache(maxsize=1)
def sealed_big(world: World) -> bytes:
    return world.seal("file", roll_draft(), big_roll())[1]


CUTS: list[tuple[str, Callable[[bytes], int], Refusal]] = [
    ("nothing", lambda s: 0, Refusal.TRUNCATED),
    ("half the magic", lambda s: 3, Refusal.TRUNCATED),
    ("the magic without its end", lambda s: 5, Refusal.TRUNCATED),
    ("only the magic", lambda s: MAGIC, Refusal.TRUNCATED),
    ("in the manifest", lambda s: MAGIC + 300, Refusal.TRUNCATED),
    ("before the manifest's end", lambda s: manifest_end(s) - 1, Refusal.TRUNCATED),
    ("after the manifest", manifest_end, Refusal.TRUNCATED),
    ("in the salt", lambda s: manifest_end(s) + 10, Refusal.TRUNCATED),
    ("after the salt", lambda s: manifest_end(s) + 24, Refusal.TRUNCATED),
    ("after the commitment", lambda s: manifest_end(s) + 56, Refusal.TRUNCATED),
    ("in the first tag's place", lambda s: manifest_end(s) + 56 + 15, Refusal.TRUNCATED),
    ("in the first chunk", lambda s: manifest_end(s) + 56 + 500, Refusal.ALTERED),
    ("a byte before the first chunk's end", lambda s: manifest_end(s) + 56 + CHUNK + 15, Refusal.ALTERED),
    ("after the first chunk", lambda s: manifest_end(s) + 56 + CHUNK + 16, Refusal.TRUNCATED),
    ("after the third chunk", lambda s: manifest_end(s) + 56 + 3 * (CHUNK + 16), Refusal.TRUNCATED),
    ("a byte after the third chunk", lambda s: manifest_end(s) + 57 + 3 * (CHUNK + 16), Refusal.TRUNCATED),
    ("the last byte", lambda s: len(s) - 1, Refusal.ALTERED),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "place", "reason"), CUTS, ids=[c[0] for c in CUTS])
def test_cut(world: World, _name: str, place: Any, reason: Refusal) -> None:
    sealed = sealed_big(world)
    with pytest.raises(ExchangeRefused) as caught:
        world.line("file").accept(drop_file(world.folder, sealed[: place(sealed)]), {})
    assert caught.value.reason is reason
    assert not list(world.spill.iterdir())


def swap_chunks(sealed: bytes) -> bytes:
    start, size = manifest_end(sealed) + 56, CHUNK + 16
    one, two = sealed[start : start + size], sealed[start + size : start + 2 * size]
    return sealed[:start] + two + one + sealed[start + 2 * size :]


def last_chunk(sealed: bytes) -> int:
    """Where the last, shorter chunk begins."""
    return len(sealed) - (len(sealed) - manifest_end(sealed) - 56) % (CHUNK + 16)


def drop_chunk(sealed: bytes) -> bytes:
    start = manifest_end(sealed) + 56
    return sealed[:start] + sealed[start + CHUNK + 16 :]


def another_letter(at: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    """Another letter of base64url in its place: a flipped bit may leave the alphabet."""

    def change(sealed: bytes) -> bytes:
        place = at(sealed)
        letter = b"B" if sealed[place : place + 1] == b"A" else b"A"
        return sealed[:place] + letter + sealed[place + 1 :]

    return change


def flip(place: Callable[[bytes], int]) -> Callable[[bytes], bytes]:
    def change(sealed: bytes) -> bytes:
        at = place(sealed)
        return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]

    return change


CHANGES: list[tuple[str, Callable[[bytes], bytes], Refusal]] = [
    ("another magic", lambda s: b"CWGX2\n" + s[6:], Refusal.NOT_ENCRYPTED),
    ("a plain CSV", lambda s: big_roll(), Refusal.NOT_ENCRYPTED),
    ("a workbook", lambda s: b"PK\x03\x04" + s, Refusal.NOT_ENCRYPTED),
    ("no manifest", lambda s: s[:6] + b"\n" + s[manifest_end(s):], Refusal.NOT_ENCRYPTED),
    ("manifest of text", lambda s: s[:6] + b"hello\n" + s[manifest_end(s):], Refusal.NOT_ENCRYPTED),
    ("manifest's ciphertext", another_letter(lambda s: manifest_end(s) - 100), Refusal.ALTERED),
    ("the salt", flip(lambda s: manifest_end(s) + 3), Refusal.ALTERED),
    ("the commitment", flip(lambda s: manifest_end(s) + 30), Refusal.ALTERED),
    ("the first chunk", flip(lambda s: manifest_end(s) + 60), Refusal.ALTERED),
    ("a tag", flip(lambda s: manifest_end(s) + 56 + CHUNK + 3), Refusal.ALTERED),
    ("the last byte", flip(lambda s: len(s) - 1), Refusal.ALTERED),
    ("two chunks swapped", swap_chunks, Refusal.ALTERED),
    ("a chunk taken out", drop_chunk, Refusal.ALTERED),
    ("a carriage return after the manifest",
     lambda s: s[: manifest_end(s) - 1] + b"\r" + s[manifest_end(s) - 1 :], Refusal.MALFORMED),
    ("the manifest twice", lambda s: s[: manifest_end(s)] + s[MAGIC:], Refusal.ALTERED),
    ("an empty last chunk added", lambda s: s + bytes(16), Refusal.ALTERED),
    ("the last chunk twice", lambda s: s + s[last_chunk(s) :], Refusal.ALTERED),
    ("the last chunk before the others",
     lambda s: s[: manifest_end(s) + 56] + s[last_chunk(s) :] + s[manifest_end(s) + 56 : last_chunk(s)],
     Refusal.ALTERED),
    ("salt and commitment taken out",
     lambda s: s[: manifest_end(s)] + s[manifest_end(s) + 56 :], Refusal.ALTERED),
    ("bytes added", lambda s: s + b"x" * 20, Refusal.ALTERED),
    ("the file twice", lambda s: s + s, Refusal.ALTERED),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "change", "reason"), CHANGES, ids=[c[0] for c in CHANGES])
def test_changed(world: World, _name: str, change: Any, reason: Refusal) -> None:
    with pytest.raises(ExchangeRefused) as caught:
        world.line("file").accept(drop_file(world.folder, change(sealed_big(world))), {})
    assert caught.value.reason is reason


def test_one_files_content_under_anothers_manifest(world: World) -> None:
    one, two = sealed_big(world), world.seal("file", roll_draft(), big_roll())[1]
    mixed = one[: manifest_end(one)] + two[manifest_end(two) :]
    with pytest.raises(ExchangeRefused) as caught:
        world.line("file").accept(drop_file(world.folder, mixed), {})
    assert caught.value.reason is Refusal.ALTERED


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_changed_byte_passes(world: World, data: st.DataObject) -> None:
    sealed = sealed_big(world)
    end = manifest_end(sealed)
    place = data.draw(st.integers(0, end + 80) | st.integers(end, len(sealed) - 1))
    bit = data.draw(st.integers(1, 255))
    bad = sealed[:place] + bytes([sealed[place] ^ bit]) + sealed[place + 1 :]
    with pytest.raises(ExchangeRefused):
        world.line("file", one_room(world)).accept(drop_file(world.folder, bad), {})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_cut_passes(world: World, data: st.DataObject) -> None:
    sealed = sealed_big(world)
    cut = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(ExchangeRefused):
        world.line("file", one_room(world)).accept(drop_file(world.folder, sealed[:cut]), {})


BAD_KEYS: list[Any] = ["", "short", "A" * 42, "A" * 44, "+" * 43, None, 7, "A" * 43]


@pytest.mark.parametrize("key", BAD_KEYS, ids=str)
def test_content_keys_have_their_form(world: World, key: Any) -> None:
    sealing = world.sealer("file").parts("file", US)
    header = described(world)
    body = json.dumps({"exchange": header_values(header), "content_key": key}).encode()
    sealed = b"CWGX1\n" + nested.seal(body, "cwg-file", sealing) + b"\n" + chunked_bytes(header.id)
    with pytest.raises(ExchangeRefused) as caught:
        world.line("file").accept(drop_file(world.folder, sealed), {})
    wanted = Refusal.ALTERED if key == "A" * 43 else Refusal.MALFORMED
    assert caught.value.reason is wanted


def described(world: World) -> Any:
    content = io.BytesIO(rows_content("file"))
    sealer = world.sealer("file")
    life = world.limits.file_life
    return describe(content, "text/csv; charset=gb18030", roll_draft(), sealer, life)


def chunked_bytes(exchange_id: str) -> bytes:
    return chunks.seal(KEY, exchange_id.encode(), rows_content("file"))


def test_a_message_is_no_manifest(world: World) -> None:
    """A JOSE message put where a manifest belongs: other types, so refused."""
    message = world.seal("jose", roll_draft(ending=None), b"{}")[1]
    sealed = b"CWGX1\n" + message + b"\n" + chunked_bytes("x")
    with pytest.raises(ExchangeRefused) as caught:
        world.line("file").accept(drop_file(world.folder, sealed), {})
    assert caught.value.reason is Refusal.MALFORMED


def test_a_file_made_with_openssl_and_pycryptodome(world: World) -> None:
    """The manifest signed by `openssl dgst`, the content sealed by PyCryptodome."""
    pair = world.keys.ring(BUREAU).signing("ec", NOW)
    header = described(world)
    key = base64.urlsafe_b64encode(KEY).rstrip(b"=").decode()
    payload = json.dumps({"exchange": header_values(header), "content_key": key}).encode()
    head = {"alg": "ES256", "kid": pair.thumbprint, "typ": "cwg-file+jws"}
    signed = f"{b64(json.dumps(head).encode())}.{b64(payload)}"
    der = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(world.keys.folder / BUREAU / "ec/sign.key.pem")],
        input=signed.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    r, s = utils.decode_dss_signature(der)
    token = f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    from cryptography.hazmat.primitives.serialization import Encoding
    from jwcrypto import jwe, jwk

    ours = world.keys.ring(US).encrypting("ec", NOW)
    outer = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": ours.thumbprint}
    sealed = jwe.JWE(token.encode(), json.dumps(outer | {"typ": "cwg-file+jwe", "cty": "JWS"}))
    sealed.add_recipient(jwk.JWK.from_pem(ours.certificate.public_bytes(Encoding.PEM)))
    body = sealed.serialize(compact=True).encode()
    path = drop_file(world.folder, b"CWGX1\n" + body + b"\n" + chunked_bytes(header.id))
    assert world.line("file").accept(path, {}).row_count == 3


def test_our_manifest_is_verified_by_openssl(world: World, tmp_path: Path) -> None:
    sent = world.line("file").drop(
        Action.ASK, b"a\nb\n", tmp_path, roll="enrolment", period="2026-11"
    )
    sealed = (tmp_path / f"{sent.exchange_id}.cwgx").read_bytes()
    from jwcrypto import jwe, jwk

    pair = world.keys.ring(BUREAU).encrypting("ec", NOW)
    pem = (world.keys.folder / BUREAU / "ec/encrypt.key.pem").read_bytes()
    opened = jwe.JWE()
    opened.deserialize(sealed[MAGIC : manifest_end(sealed) - 1].decode(), jwk.JWK.from_pem(pem))
    assert pair.thumbprint == opened.jose_header["kid"]
    head, payload, signature = opened.payload.decode().split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    der = utils.encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    (tmp_path / "sig").write_bytes(der)
    subprocess.run(
        ["openssl", "x509", "-in", str(world.keys.folder / US / "ec/sign.cert.pem"), "-pubkey", "-noout",
         "-out", str(tmp_path / "pub")], check=True,
    )  # fmt: skip
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", str(tmp_path / "pub"), "-signature", str(tmp_path / "sig")],
        input=f"{head}.{payload}".encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert b"Verified OK" in done.stdout
    manifest = json.loads(base64.urlsafe_b64decode(payload + "=="))
    key = base64.urlsafe_b64decode(manifest["content_key"] + "=")
    content = chunks.open_sealed(key, sent.exchange_id.encode(), sealed[manifest_end(sealed) :])
    assert content == b"a\nb\n"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 64 * CHUNK - 1, 64 * CHUNK, 64 * CHUNK + 1, 65 * CHUNK]


@pytest.mark.parametrize("size", SIZES)
def test_chunks_agree_with_pycryptodome(size: int) -> None:
    plain = os.urandom(size)
    out = io.BytesIO()
    chunked.seal(io.BytesIO(plain), out, KEY, b"context")
    assert chunks.open_sealed(KEY, b"context", out.getvalue()) == plain
    theirs = chunks.seal(KEY, b"context", plain)
    assert b"".join(chunked.unseal(io.BytesIO(theirs), KEY, b"context")) == plain
    theirs = chunks.seal(KEY, b"", plain, "sha512")
    assert b"".join(chunked.unseal(io.BytesIO(theirs), KEY, b"", SHA512_CHUNKS)) == plain


@settings(max_examples=80, deadline=None)
@given(size=st.sampled_from(SIZES), cut=st.integers(0, 70 * CHUNK))
def test_a_cut_is_seen_wherever_pycryptodome_sees_it(size: int, cut: int) -> None:
    sealed = chunks.seal(KEY, b"", bytes(size))[:cut]

    def whole(opener: Callable[[], Any]) -> bool:
        try:
            opener()
        except (ExchangeRefused, Refused):
            return False
        return True

    ours = whole(lambda: list(chunked.unseal(io.BytesIO(sealed), KEY, b"")))
    assert ours == whole(lambda: chunks.open_sealed(KEY, b"", sealed))


def test_a_stranger_does_not_fill_the_archive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file of an unknown sender is turned away before it is copied."""
    staged: list[Any] = []
    stolen = Sealing(
        world.keys.ring("other").signing("ec", NOW),
        world.their_trust.partner(US).encryption("ec", NOW),
    )
    few = replace(world, partners=(world.partners[0],), folder=world.folder / "few")
    with pytest.raises(ExchangeRefused) as caught:
        few_room = few.room()
        monkeypatch.setattr(few_room.archive, "stage", staged.append)
        sealed = forge(world, "file", big_roll(), roll_draft(), sealing=lambda _: stolen)
        few.line("file", few_room).accept(drop_file(world.folder, sealed), {})
    assert caught.value.reason is Refusal.UNKNOWN_SENDER
    (record,) = few_room.log.records()
    assert staged == []
    assert record.fields["sealed_digest"] == f"sha-256:{hashlib.sha256(sealed).hexdigest()}"
    assert record.fields["size"] == str(len(sealed))


def test_strangers_have_a_quota(make_world: Any) -> None:
    from gateway.exchange import Limits

    world = make_world(limits=Limits(strangers=3))
    room = world.room()
    for _ in range(6):
        with pytest.raises(ExchangeRefused):
            bring(world, "file", room=room, twist=lambda sealed: b"rubbish")
    assert [kind for kind, _ in log_kinds(room)] == ["stranger"] * 3 + ["strangers_over_quota"]


def test_memory_is_bounded(world: World, tmp_path: Path) -> None:
    """A file of 30 MB is sealed and opened in a few megabytes of Python memory."""
    source = tmp_path / "roll.csv"
    line = ("某某某,419906001002," + "一行长长的文字" * 40 + "\r\n").encode("gb18030")
    with source.open("wb") as out:
        out.write("姓名\r\n".encode("gb18030"))
        for _ in range(30):
            out.write(line * (1_000_000 // len(line)))
    target = tmp_path / "roll.cwgx"
    line_of = world.line("file")
    tracemalloc.start()
    try:
        seal_file(source, target, "text/csv; charset=gb18030", roll_draft(), world.sealer("file"))
        answer = line_of.accept(target, {})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.row_count == 30 * (1_000_000 // len(line))
    assert peak < 12_000_000


def test_a_sealed_file_appears_whole_or_not_at_all(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*args: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("gateway.exchange.suites.chunked.seal", torn)
    source = tmp_path / "in"
    source.write_bytes(b"a\n")
    (tmp_path / "out").mkdir()
    with pytest.raises(OSError, match="full"):
        seal_file(
            source, tmp_path / "out", "text/csv; charset=utf-8", roll_draft(), world.sealer("file")
        )
    assert list((tmp_path / "out").iterdir()) == []
