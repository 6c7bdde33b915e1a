"""Sealed files, `.cwgx` (docs/exchange-format.md, section 5).

The manifest is signed by the `openssl` command, so that its JWS owes nothing to a JOSE library.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from sandbox.bureaus import chunks, messages
from sandbox.bureaus.contract import (
    Content,
    Exchange,
    Terms,
    base64url,
    check_rows,
    complete,
    from_base64url,
    parse,
)
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.keys import KeyRing, run_openssl
from sandbox.bureaus.rows import Tree

MAGIC = b"CWGX1\n"
MAX_MANIFEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A verified file: its contract and its plain content."""

    exchange: Exchange
    content: bytes


def seal(ring: KeyRing, terms: Terms, text: bytes, tree: Tree) -> tuple[Exchange, bytes]:
    """Seal a GB18030 CSV with one heading line: (contract, the file's bytes).

    `tree` covers the lines of `csv_lines(text)`.
    """
    digest = hashlib.sha256(text).hexdigest()
    facts = Content("text/csv; charset=gb18030", digest, tree.leaves - 1, tree)
    exchange = complete(terms, facts)
    key = os.urandom(chunks.KEY_BYTES)
    said = messages.sign(ring, messages.statement(exchange), messages.STATEMENT_TYPE)
    values = {"exchange": exchange.as_json(), "content_key": base64url(key), "statement": said}
    manifest = orjson.dumps(values)
    token = sign_with_openssl(ring, manifest)
    sealed = messages.encrypt(ring.partner(terms.recipient), token, messages.FILE_TYPE)
    content = chunks.seal(key, exchange.id.encode(), text)
    return exchange, b"".join((MAGIC, sealed, b"\n", content))


def open_file(ring: KeyRing, sealed: bytes) -> OpenedFile:
    """Open a sealed file for its recipient; Refused when anything does not hold."""
    if not sealed.startswith(MAGIC):
        raise Refused("malformed", "file: magic")
    end = sealed.find(b"\n", len(MAGIC), len(MAGIC) + MAX_MANIFEST + 1)
    if end < 0:
        raise Refused("too_large", "file: manifest")
    signed, signer = messages.open_nested(ring, sealed[len(MAGIC) : end], messages.FILE_TYPE)
    values = messages.json_object(signed, {"exchange", "content_key"}, {"statement"})
    exchange = parse(values["exchange"])
    messages.check_parties(ring, exchange, signer)
    key = from_base64url(str(values["content_key"]))
    content = chunks.open_sealed(key, exchange.id.encode(), sealed[end + 1 :])
    if exchange.content_digest != f"sha-256:{hashlib.sha256(content).hexdigest()}":
        raise Refused("altered", "file: content_digest")
    lines = csv_lines(content) if exchange.content_type.startswith("text/csv") else []
    check_rows(exchange, lines, max(len(lines) - 1, 0))
    return OpenedFile(exchange, content)


def write(folder: Path, name: str, sealed: bytes) -> Path:
    """Put a sealed file into a pick-up folder: written under another name, renamed when whole."""
    folder.mkdir(parents=True, exist_ok=True)
    part, target = folder / f".{name}.part", folder / name
    with part.open("wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(target)
    return target


def csv_lines(text: bytes) -> list[bytes]:
    """The physical lines without their LF; the empty piece after the last LF is no line."""
    lines = text.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def sign_with_openssl(ring: KeyRing, payload: bytes) -> str:
    """A compact ES256 JWS, its signature made by `openssl dgst -sha256 -sign`."""
    kind = f"{messages.FILE_TYPE}+jws"
    header = {"alg": messages.SIGN_ALG, "kid": ring.me.sign_thumbprint, "typ": kind}
    signed = f"{base64url(orjson.dumps(header))}.{base64url(payload)}"
    der = run_openssl("dgst", "-sha256", "-sign", str(ring.sign_key_file), data=signed.encode())
    return f"{signed}.{base64url(raw_signature(der))}"


def raw_signature(der: bytes) -> bytes:
    """ECDSA over P-256, from DER (SEQUENCE of two INTEGERs, all lengths one byte) to r ‖ s."""
    r_length = der[3]
    s_start = 4 + r_length + 2
    r, s = der[4 : 4 + r_length], der[s_start : s_start + der[s_start - 1]]
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in (r, s))
