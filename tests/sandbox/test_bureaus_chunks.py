"""Chunked encryption: the public vectors, every boundary length, every alteration."""

import base64
import hashlib
import json
import zlib
from pathlib import Path

import pytest
from bureaus_support import altered_positions, flip, refused

from sandbox.bureaus import chunks

VECTORS = Path(__file__).parent.parent / "vectors" / "chunked-encryption-sha256-aes256gcm.json"
KEY = bytes(range(32))


def vectors() -> list[dict[str, str]]:
    return list(json.loads(VECTORS.read_text("utf-8"))["vectors"])


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_public_vectors(vector: dict[str, str]) -> None:
    sealed = base64.b64decode(vector["ciphertext"] or "")
    sealed = zlib.decompress(sealed) if vector.get("compressed") else sealed
    arguments = (bytes.fromhex(vector["key"]), vector["context"].encode(), sealed)
    if vector["expect"] == "success":
        plain = chunks.open_sealed(*arguments)
        assert hashlib.sha256(plain).hexdigest() == vector["payload_sha256"]
        assert len(plain) == int(vector["payload_length"])
    else:
        with refused():
            chunks.open_sealed(*arguments)


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 32768, 40000])
def test_round_trip(size: int) -> None:
    plain = bytes(i % 251 for i in range(size))
    sealed = chunks.seal(KEY, b"context", plain)
    assert chunks.open_sealed(KEY, b"context", sealed) == plain
    assert len(sealed) == 56 + size + 16 * (size // 16384 + 1)


def test_salt_is_fresh() -> None:
    assert chunks.seal(KEY, b"", b"x") != chunks.seal(KEY, b"", b"x")


def test_altered_anywhere_is_refused() -> None:
    sealed = chunks.seal(KEY, b"context", b"x" * 40000)
    for position in altered_positions(len(sealed), 60):
        with refused():
            chunks.open_sealed(KEY, b"context", flip(sealed, position))


@pytest.mark.parametrize("cut", [1, 16, 17, 7000, 16400, 40000])
def test_truncated_is_refused(cut: int) -> None:
    sealed = chunks.seal(KEY, b"context", b"x" * 40000)
    with refused():
        chunks.open_sealed(KEY, b"context", sealed[:-cut])
