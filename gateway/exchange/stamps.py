"""Time stamps of an authority (RFC 3161) over the log's signed heads, in `<node>.stamps` beside them.

One stamp covers the newest head, and with it every record and head before: they are chained. What an
outage left unstamped is therefore caught up by the next stamp. Stamps never stop a night.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from gateway.exchange.witness import SignedHead, read_heads
from gateway.model.errors import EvidenceBroken, KeyUnavailable, Unreachable

Ask = Callable[[bytes], bytes]
"""Brings a request in DER to the authority and its answer in DER back. Raises GatewayError."""

SKEW = timedelta(minutes=5)
_MEND = "Look at [time_stamps] in site.toml: its address and its root certificate."


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the authority gave for one head, named by the SHA-256 of its token."""

    head: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class Stamped:
    """How far the stamps of a node go: heads covered, heads since, the authority's last time."""

    covered: int
    waiting: int
    last: datetime | None


def stamp_head(folder: Path, node: str, root: x509.Certificate, ask: Ask) -> bool:
    """Have the newest signed head of a node stamped; False when it was already, or there is none.

    Raises Unreachable when the authority does not answer or refuses, EvidenceBroken for an answer that
    is not about this head or not by this authority: nothing is kept of it.
    """
    newest = _newest(folder, node)
    if newest is None or any(s.head == _name(newest) for s in read_stamps(folder, node)):
        return False
    message = newest.token.encode("ascii")
    request = TimestampRequestBuilder().data(message).nonce(nonce=True).build()
    given = ask(request.as_bytes())
    answer = _decoded(given, node)
    verifier = VerifierBuilder.from_request(request).add_root_certificate(root).build()
    try:
        verifier.verify_message(answer, message)
    except (VerificationError, ValueError):
        raise EvidenceBroken(
            "The time stamp does not hold.", where=f"{node}.stamps", mend=_MEND
        ) from None
    _keep(folder, node, Stamp(_name(newest), given))
    return True


def check_stamps(folder: Path, node: str, root: x509.Certificate) -> Stamped:
    """Check every stamp of a node against the pinned root, offline.

    Raises EvidenceBroken: a stamp of no head, not by this authority, or given before its head was signed.
    """
    heads = list(read_heads(folder, node))
    places = {_name(head): at for at, head in enumerate(heads, start=1)}
    covered, last = 0, None
    verifier = VerifierBuilder().add_root_certificate(root).build()
    for stamp in read_stamps(folder, node):
        place = places.get(stamp.head)
        if place is None:
            raise _broken(node, "is of a head that is not there")
        answer, head = _decoded(stamp.answer, node), heads[place - 1]
        try:
            verifier.verify_message(answer, head.token.encode("ascii"))
        except (VerificationError, ValueError):
            raise _broken(node, "was not given by this authority for this head") from None
        last = answer.tst_info.gen_time.astimezone(UTC)
        if last < head.at - SKEW:
            raise _broken(node, "is older than the head that it covers")
        covered = max(covered, place)
    return Stamped(covered, len(heads) - covered, last)


def waiting_heads(folder: Path, node: str) -> int:
    """How many signed heads no stamp covers yet; nothing is verified."""
    held = {stamp.head for stamp in read_stamps(folder, node)}
    waiting = 0
    for head in read_heads(folder, node):
        waiting = 0 if _name(head) in held else waiting + 1
    return waiting


def read_stamps(folder: Path, node: str) -> Iterator[Stamp]:
    """The stamps of a node, oldest first; a torn last line is none."""
    path = folder / f"{node}.stamps"
    if not path.is_file():
        return
    for line in path.read_text(encoding="ascii").splitlines(keepends=True):
        if not line.endswith("\n"):
            return
        try:
            body = json.loads(line)
            yield Stamp(str(body["head"]), base64.b64decode(body["stamp"], validate=True))
        except (ValueError, KeyError, TypeError):
            raise _broken(node, "cannot be read") from None


def _newest(folder: Path, node: str) -> SignedHead | None:
    heads = list(read_heads(folder, node))
    return heads[-1] if heads else None


def _name(head: SignedHead) -> str:
    return hashlib.sha256(head.token.encode("ascii")).hexdigest()


def _decoded(given: bytes, node: str) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(given)
        granted = PKIStatus(answer.status) is PKIStatus.GRANTED
    except ValueError:
        granted = False
    if not granted:
        raise Unreachable(
            "The time-stamp authority gave no stamp.", where=f"{node}.stamps", mend=_MEND
        )
    return answer


def _keep(folder: Path, node: str, stamp: Stamp) -> None:
    line = {"head": stamp.head, "stamp": base64.b64encode(stamp.answer).decode("ascii")}
    with (folder / f"{node}.stamps").open("a", encoding="ascii") as out:
        out.write(json.dumps(line) + "\n")
        out.flush()
        os.fsync(out.fileno())


def _broken(node: str, how: str) -> EvidenceBroken:
    return EvidenceBroken(
        f"A time stamp {how}.",
        where=f"{node}.stamps",
        mend="Keep the file, and compare it and the heads with the backup.",
    )


def read_root(path: Path) -> x509.Certificate:
    """The authority's pinned root. Raises KeyUnavailable."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise KeyUnavailable(
            "The time-stamp authority's root certificate cannot be read.",
            where=str(path),
            mend="Put it there as one PEM block.",
        ) from None
