"""Speed of sealed files, messages and the log, beside the bare operations on the same core.

    python -m bench.exchange [--megabytes 256] [--big 4096]

CPU seconds of this process, the best of some runs; `--big` seals and opens a file of so many megabytes and
says how much memory that took.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from gateway.evidence import ChainedLog
from gateway.exchange import (
    Draft,
    KeyRing,
    PartnerFile,
    RowProfile,
    Sealer,
    TrustBook,
    add_partner,
    bind_rows,
    make_site_keys,
    seal_message,
)
from gateway.exchange.contract import header_from
from gateway.exchange.limits import DEFAULT_LIMITS
from gateway.exchange.policy import SuiteName
from gateway.exchange.suites import chunked
from gateway.exchange.suites.parts import Opening
from gateway.exchange.suites.table import UNSEAL
from gateway.model.exchange import Action
from gateway.store import AuditEntry, DataKeys, Store

NOW = datetime.now(UTC)
KEY = os.urandom(32)
PIECE = 1 << 20
MILLISECOND = timedelta(milliseconds=1)


def best(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of the fastest of some runs."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def side_by_side(
    bare: Callable[[], object],
    work: Callable[[], object],
    times: int = 12,
    tidy: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """CPU seconds of the fastest of some runs of each, in turn: a busy moment then meets both. What
    `tidy` does after each pair is not counted."""
    spent = []
    for _ in range(times):
        spent.append((best(bare, 1), best(work, 1)))
        tidy()
    return min(first for first, _ in spent), min(second for _, second in spent)


class Zeros(io.RawIOBase):
    """So many bytes, never all in memory, given without a copy in pieces of half a MiB."""

    def __init__(self, size: int) -> None:
        self.left, self.piece = size, os.urandom(PIECE // 2)

    def read(self, size: int = -1) -> bytes:
        out = self.piece[: min(size, self.left)]
        self.left -= len(out)
        return out


def serial(size: int) -> None:
    """SHA-256, then AES-256-GCM each way, one after the other, in pieces of 1 MiB."""
    aead, hasher, nonce = AESGCM(KEY), hashlib.sha256(), bytes(12)
    piece = os.urandom(PIECE)
    for _ in range(size // PIECE):
        hasher.update(piece)
        aead.decrypt(nonce, aead.encrypt(nonce, piece, None), None)
        hasher.update(piece)


def sealed_and_opened(size: int, digests: int, folder: Path) -> None:
    """A file sealed and opened, with so many digests each way: of the content, and of the sealed bytes."""
    plain, sealed = hashlib.sha256(), hashlib.sha256()
    with (folder / "sealed").open("w+b") as out:
        source = _Fed(Zeros(size), plain)
        chunked.seal(source, _Fed(out, sealed) if digests == 2 else out, KEY, b"x")  # type: ignore[arg-type]
        out.seek(0)
        again, other = hashlib.sha256(), hashlib.sha256()
        reader = _Fed(out, other) if digests == 2 else out
        for piece in chunked.unseal(reader, KEY, b"x"):  # type: ignore[arg-type]
            again.update(piece)
    assert again.digest() == plain.digest() and other.digest() == (
        sealed.digest() if digests == 2 else hashlib.sha256().digest()
    )


class _Fed:
    """A stream whose bytes a hasher sees."""

    def __init__(self, stream: object, hasher: object) -> None:
        self.stream, self.hasher = stream, hasher

    def read(self, size: int) -> bytes:
        data: bytes = self.stream.read(size)  # type: ignore[attr-defined]
        self.hasher.update(data)  # type: ignore[attr-defined]
        return data

    def write(self, data: bytes) -> None:
        self.hasher.update(data)  # type: ignore[attr-defined]
        self.stream.write(data)  # type: ignore[attr-defined]


def files(megabytes: int, folder: Path) -> None:
    """The ratio of the bare operations to a file's sealing and opening."""
    size = megabytes * PIECE
    for digests, wanted in ((2, 0.45), (1, 0.7)):
        # A sealed file is always a new one: taking the old one's pages away is none of its work.
        bare, spent = side_by_side(
            lambda: serial(size),
            lambda n=digests: sealed_and_opened(size, n, folder),  # type: ignore[misc]
            times=5,
            tidy=(folder / "sealed").unlink,
        )
        print(
            f"file, {digests} digest(s): {bare / spent:.3f} of the bare operations (wanted {wanted})"
        )


def parties(folder: Path) -> tuple[Sealer, Opening]:
    """A bureau's sealer and our opening, with keys loaded."""
    rings = {}
    for name in ("bureau", "gateway"):
        made = make_site_keys(folder / name, name, NOW, kinds=("ec", "sm2"))
        spec = PartnerFile(name=name, sources=("education",), actions=tuple(Action), app_id="A")
        home = folder / f"{name}-known"
        add_partner(home, spec, [])
        for path in made:
            (home / name / f"{path.name[:-9]}-{path.parent.name}.cert.pem").write_bytes(
                path.read_bytes()
            )
        rings[name] = KeyRing.load(folder / name)
    rows = RowProfile("json", "output.rows")
    theirs = TrustBook.load(folder / "gateway-known")
    sealer = Sealer(rings["bureau"], theirs, datetime.now(UTC), rows)
    ours = TrustBook.load(folder / "bureau-known")
    return sealer, Opening(rings["gateway"], ours, datetime.now(UTC), DEFAULT_LIMITS, "bureau")


def messages(folder: Path, count: int = 400) -> None:
    """Seal and open 2 KB, beside the sum of the operations that the suite is made of."""
    sealer, opening = parties(folder)
    row = json.dumps({"output": {"rows": [{"name": "x" * 1900}]}}).encode()
    draft = Draft("bureau", "gateway", Action.ROLL_ANSWER, "education", "enrolment", "2026-11")

    def both(suite: SuiteName) -> None:
        for _ in range(count):
            sealed = seal_message(suite, row, draft, sealer)[1]
            signed = UNSEAL[suite](io.BytesIO(sealed), opening)
            header_from(signed.contract)
            b"".join(signed.content)

    bare, spent = side_by_side(lambda: bare_message(row, count), lambda: both("jose"))
    print(
        f"message of 2 KB, jose: {count / spent:,.0f}/s; {bare / spent:.2f} of the bare operations"
    )
    for suite in ("sm2", "sm2-form"):
        spent = best(lambda s=suite: both(s), 2)  # type: ignore[misc]
        print(f"message of 2 KB, {suite}: {count / spent:,.0f}/s")


def bare_message(data: bytes, count: int) -> None:
    """What a message needs at least: ES256 both ways (twice: message and statement are signed), ECDH with
    a fresh key both ways, key wrap and AES-256-GCM both ways, one digest each way."""
    signing, ours = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    known, kek = signing.public_key(), os.urandom(32)
    for _ in range(count):
        for _ in range(2):
            signature = signing.sign(data, ec.ECDSA(SHA256()))
        fresh = ec.generate_private_key(ec.SECP256R1())
        fresh.exchange(ec.ECDH(), ours.public_key())
        wrapped = aes_key_wrap(kek, KEY)
        sealed = AESGCM(KEY).encrypt(bytes(12), data, None)
        hashlib.sha256(data).digest()
        ours.exchange(ec.ECDH(), fresh.public_key())
        AESGCM(aes_key_unwrap(kek, wrapped)).decrypt(bytes(12), sealed, None)
        known.verify(signature, data, ec.ECDSA(SHA256()))
        hashlib.sha256(data).digest()


def log(folder: Path, count: int = 20_000) -> None:
    """Rows written to the store together, then bound into the log, on SQLite, marks and all."""
    keys = DataKeys.create(folder / "data")
    with Store(f"sqlite:///{folder / 'log.db'}", keys) as store:
        store.upgrade()
        began = time.monotonic()
        store.audit.add_all(
            [
                AuditEntry(NOW + n * MILLISECOND, "x", "person", "test", "audit", "thing", str(n))
                for n in range(count)
            ]
        )
        written = time.monotonic()
        bound = bind_rows(store.chained, ChainedLog(folder / "logs", "node-1"))
        ended = time.monotonic()
    print(
        f"log: {bound / (ended - written):,.0f} entries/s bound from SQLite (wanted 5,000), "
        f"{bound / (ended - began):,.0f} with the rows' own writing, by the wall clock"
    )


def big(megabytes: int, folder: Path) -> None:
    """A large file, and what memory it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sealed_and_opened(megabytes * PIECE, 2, folder)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"file of {megabytes:,} MB: {(after - before) / 1024:.0f} MB more memory than before")


def main() -> None:
    """All of it."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--megabytes", type=int, default=256)
    ask.add_argument("--big", type=int, default=0)
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files(options.megabytes, folder)
        messages(folder)
        log(folder)
        if options.big:
            big(options.big, folder)


if __name__ == "__main__":
    main()
