"""Sealed files (docs/exchange-format.md, section 5): a signed, encrypted manifest and chunked content."""

import base64
import json
import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from gateway.exchange.contract import header_from, header_values
from gateway.exchange.documents import read_object
from gateway.exchange.suites import chunked, nested
from gateway.exchange.suites.parts import Opening, Sealing, Signed, no_further_check
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header

KIND = "cwg-file"
MAGIC = b"CWGX1\n"
SUFFIX = ".cwgx"
_NAMES = frozenset({"exchange", "content_key"})
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def seal(header: Header, content: BinaryIO, target: BinaryIO, sealing: Sealing) -> None:
    """Write a sealed file; `header` describes what `content` (from its present place) holds."""
    key = os.urandom(chunked.KEY_BYTES)
    text = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    manifest = {"exchange": header_values(header), "content_key": text}
    payload = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
    target.write(MAGIC + nested.seal(payload, KIND, sealing) + b"\n")
    chunked.seal(content, target, key, header.id.encode("ascii"))


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Read and verify the manifest; the content is decrypted when it is taken.

    Raises ExchangeRefused, and so does the content's iterator.
    """
    body = _manifest(sealed, opening.limits.manifest_bytes)
    payload, signer = nested.unseal(body, KIND, opening)
    manifest = read_object(payload, opening.limits.depth, _NAMES)
    content = _content(sealed, manifest)
    return Signed(signer, manifest["exchange"], content, no_further_check)


def is_ours(sealed: BinaryIO, opening: Opening) -> bool:
    """Whether the manifest is encrypted for one of our keys; unverified. Leaves the place changed."""
    body = _manifest(sealed, opening.limits.manifest_bytes)
    return opening.keys.opening(nested.addressee(body), "ec") is not None


def _manifest(sealed: BinaryIO, cap: int) -> bytes:
    magic = sealed.read(len(MAGIC))
    if magic != MAGIC:
        cut = MAGIC.startswith(magic)
        raise ExchangeRefused(
            Refusal.TRUNCATED if cut else Refusal.NOT_ENCRYPTED,
            "The file breaks off" if cut else "It is not a sealed file",
            mend="Let the sender seal it, or send it again.",
        )
    line = sealed.readline(cap + 1)
    if not line.endswith(b"\n"):
        raise ExchangeRefused(
            Refusal.TOO_LARGE if len(line) > cap else Refusal.TRUNCATED,
            "The manifest is larger than the cap" if len(line) > cap else "The file breaks off",
        )
    return line[:-1]


def _content(sealed: BinaryIO, manifest: dict[str, object]) -> Iterator[bytes]:
    text = manifest["content_key"]
    if not isinstance(text, str) or not _KEY.fullmatch(text):
        raise ExchangeRefused(Refusal.MALFORMED, "The content key has not the form of version 1")
    key = base64.urlsafe_b64decode(text + "=")
    context = header_from(manifest["exchange"]).id.encode("ascii")
    yield from chunked.unseal(sealed, key, context)
