"""Sealed files (docs/exchange-format.md, sections 5 and 8): a signed, encrypted manifest, chunked content.

Two forms of one construction: `STANDARD` (JOSE manifest, AES-256-GCM) and `NATIONAL` (SM2, SM4-GCM).
The first line says which; a file of the other form is refused, whatever its keys.
"""

import base64
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from gateway.exchange.contract import header_from, header_values
from gateway.exchange.documents import read_object
from gateway.exchange.policy import Kind
from gateway.exchange.suites import chunked, nested, sm2_box
from gateway.exchange.suites.compact import key_name
from gateway.exchange.suites.parts import Opening, Sealing, Signed, no_further_check
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header

KIND = "cwg-file"
SUFFIX = ".cwgx"
_NAMES = frozenset({"exchange", "content_key"})
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Form:
    """How a sealed file begins, how its manifest is sealed, and how its content is encrypted."""

    magic: bytes
    kind: Kind
    seal: Callable[[bytes, str, Sealing], bytes]
    unseal: Callable[[bytes, str, Opening], tuple[bytes, TrustedKey]]
    scheme: chunked.Scheme


STANDARD = Form(b"CWGX1\n", "ec", nested.seal, nested.unseal, chunked.AES)
NATIONAL = Form(b"CWGS1\n", "sm2", sm2_box.seal, sm2_box.unseal, chunked.SM4)
FORMS = (STANDARD, NATIONAL)
MAGIC = STANDARD.magic


def seal(
    header: Header, content: BinaryIO, target: BinaryIO, sealing: Sealing, form: Form = STANDARD
) -> None:
    """Write a sealed file; `header` describes what `content` (from its present place) holds."""
    key = os.urandom(chunked.KEY_BYTES)
    text = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    manifest: dict[str, object] = {"exchange": header_values(header), "content_key": text}
    if sealing.statement:
        manifest["statement"] = sealing.statement
    payload = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
    target.write(form.magic + form.seal(payload, KIND, sealing) + b"\n")
    chunked.seal(content, target, key, header.id.encode("ascii"), form.scheme)


def unseal(sealed: BinaryIO, opening: Opening, form: Form = STANDARD) -> Signed:
    """Read and verify the manifest; the content is decrypted when it is taken.

    Raises ExchangeRefused, and so does the content's iterator.
    """
    body = _manifest(sealed, opening.limits.manifest_bytes, form)
    payload, signer = form.unseal(body, KIND, opening)
    manifest = read_object(payload, opening.limits.depth, _NAMES, frozenset({"statement"}))
    content = _content(sealed, manifest, form)
    said = str(manifest.get("statement", ""))
    return Signed(signer, manifest["exchange"], content, no_further_check, said)


def is_ours(sealed: BinaryIO, opening: Opening, form: Form = STANDARD) -> bool:
    """Whether the manifest is encrypted for one of our keys; unverified. Leaves the place changed."""
    body = _manifest(sealed, opening.limits.manifest_bytes, form)
    return opening.keys.opening(key_name(body), form.kind, opening.received) is not None


def _manifest(sealed: BinaryIO, cap: int, form: Form) -> bytes:
    magic = sealed.read(len(form.magic))
    if magic != form.magic:
        raise _not_this_form(magic, form)
    line = sealed.readline(cap + 1)
    if not line.endswith(b"\n"):
        raise ExchangeRefused(
            Refusal.TOO_LARGE if len(line) > cap else Refusal.TRUNCATED,
            "The manifest is larger than the cap" if len(line) > cap else "The file breaks off",
        )
    return line[:-1]


def _not_this_form(magic: bytes, form: Form) -> ExchangeRefused:
    if any(magic == other.magic for other in FORMS):
        return ExchangeRefused(
            Refusal.BAD_ALGORITHM,
            "The file is sealed in another suite than this source's",
            mend="Compare the source's `suite` with what was agreed with the partner.",
        )
    cut = form.magic.startswith(magic)
    return ExchangeRefused(
        Refusal.TRUNCATED if cut else Refusal.NOT_ENCRYPTED,
        "The file breaks off" if cut else "It is not a sealed file",
        mend="Let the sender seal it, or send it again.",
    )


def _content(
    sealed: BinaryIO, manifest: dict[str, object], form: Form
) -> Iterator[bytes | bytearray]:
    text = manifest["content_key"]
    if not isinstance(text, str) or not _KEY.fullmatch(text):
        raise ExchangeRefused(Refusal.MALFORMED, "The content key has not the form of version 1")
    key = base64.urlsafe_b64decode(text + "=")
    context = header_from(manifest["exchange"]).id.encode("ascii")
    yield from chunked.unseal(sealed, key, context, form.scheme)
