"""What makes the log a witness: rows of the store bound into it, its heads signed, both checked later.

Heads lie in `<node>.heads` beside the log, one signed token a line, over the heads of every node's log
in that folder: no node can shorten its own log unnoticed by the others. A head is stamped by a time-stamp
authority when one is set (gateway/exchange/stamps.py).
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.evidence import ChainedLog, LogHead
from gateway.exchange.contract import time_from, time_text
from gateway.exchange.documents import read_object
from gateway.exchange.keys import KeyRing
from gateway.exchange.policy import thumbprint
from gateway.exchange.suites import nested
from gateway.exchange.suites.compact import key_name
from gateway.model.digests import RowDigest
from gateway.model.errors import EvidenceBroken, ExchangeRefused

HEAD = "cwg-head+jws"
ROW, DESTROYED = "row", "destroyed"


class Rows(Protocol):
    """The store's rows that the log binds (gateway.store.ChainedRows)."""

    def waiting(self, limit: int = 5000) -> Sequence[RowDigest]: ...
    def mark(self, rows: Sequence[RowDigest]) -> None: ...
    def present(self) -> Iterator[RowDigest]: ...


@dataclass(frozen=True, slots=True)
class SignedHead:
    """Heads of all nodes' logs as one node signed them. `token` is a compact JWS."""

    node: str
    at: datetime
    heads: tuple[LogHead, ...]
    token: str


def bind_rows(rows: Rows, log: ChainedLog) -> int:
    """Write the digest of every row that no log holds yet; how many. The log is written first: after a
    crash between the two a row stands in it twice, with the same digest."""
    bound = 0
    while found := rows.waiting():
        log.append_all(ROW, [{"table": r.table, "ref": r.ref, "digest": r.digest} for r in found])
        rows.mark(found)
        bound += len(found)
    return bound


def sign_heads(folder: Path, node: str, keys: KeyRing, now: datetime) -> SignedHead | None:
    """Sign the heads of every log in the folder; None when this node signed the same ones last."""
    heads = tuple(ChainedLog(folder, path.stem).head() for path in sorted(folder.glob("*.log")))
    earlier = list(read_heads(folder, node))
    if not heads or (earlier and earlier[-1].heads == heads):
        return None
    body = {"version": "1", "node": node, "at": time_text(now), "heads": [asdict(h) for h in heads]}
    payload = json.dumps(body, separators=(",", ":")).encode()
    token = nested.sign(payload, keys.signing("ec", now), HEAD)
    with (folder / f"{node}.heads").open("a", encoding="ascii") as out:
        out.write(token + "\n")
        out.flush()
        os.fsync(out.fileno())
    return SignedHead(node, now, heads, token)


def read_heads(folder: Path, node: str) -> Iterator[SignedHead]:
    """The signed heads of a node, oldest first; a torn last line is none. Signatures are not checked."""
    path = folder / f"{node}.heads"
    if not path.is_file():
        return
    for line in path.read_text(encoding="ascii").splitlines(keepends=True):
        if line.endswith("\n"):
            yield _head(line.strip(), node)


def check_heads(
    folder: Path, node: str, certificates: Iterable[x509.Certificate], log: ChainedLog
) -> int:
    """Check every signed head of a node, and its own log against them; how many heads there are.

    Raises EvidenceBroken: a head that no given certificate signed, or that the log no longer reaches.
    """
    known = {thumbprint(certificate): certificate for certificate in certificates}
    signed: dict[int, str] = {0: "0" * 64}
    count = 0
    for head in read_heads(folder, node):
        count += 1
        check_token(head.token, known)
        signed |= {h.records: h.hash for h in head.heads if h.node == log.node}
    for record in log.records():
        wanted = signed.pop(record.n, record.hash)
        if wanted != record.hash:
            raise EvidenceBroken(
                f"Record {record.n} of the log is not the one whose head was signed.",
                where=log.path.name,
                mend="The log was written anew: compare it with the backup and the other nodes.",
            )
    missing = [n for n in signed if n > 0]
    if missing:
        raise EvidenceBroken(
            f"The log ends before record {max(missing)}, whose head was signed.",
            where=log.path.name,
            mend="Its end was cut off: restore it from the backup.",
        )
    return count


def check_token(token: str, known: Mapping[str, x509.Certificate]) -> None:
    """That one of the known certificates signed a head. Raises EvidenceBroken."""
    raw = token.encode("ascii")
    try:
        certificate = known.get(key_name(raw))
        public = certificate.public_key() if certificate else None
        if isinstance(public, ec.EllipticCurvePublicKey):
            nested.check_signature(raw, public)
            return
    except ExchangeRefused:
        pass
    raise EvidenceBroken(
        "A head of the log is not signed by a certificate of this site.",
        where=key_name(raw)[:16],
        mend="Give the site's certificate of that time, or look who wrote the head.",
    )


def compare_rows(rows: Rows, log: ChainedLog) -> tuple[int, list[str]]:
    """Compare the store's rows with what the logs hold: (rows compared, troubles, each naming its row)."""
    held: dict[tuple[str, str], str] = {}
    for path in sorted(log.path.parent.glob("*.log")):
        for record in ChainedLog(log.path.parent, path.stem).records():
            if record.kind == ROW:
                key = (record.fields["table"], record.fields["ref"])
                held.setdefault(key, record.fields["digest"])
            elif record.kind == DESTROYED and "table" in record.fields:
                held.pop((record.fields["table"], record.fields["ref"]), None)
    compared, troubles = 0, []
    for row in rows.present():
        wanted = held.pop((row.table, row.ref), None)
        if wanted is None:
            continue
        compared += 1
        if wanted != row.digest:
            troubles.append(f"{row.table} {row.ref} was changed")
    troubles += [f"{table} {ref} is gone" for table, ref in held]
    return compared, troubles


def _head(token: str, node: str) -> SignedHead:
    try:
        payload = nested.unverified_payload(token.encode("ascii"))
        names = frozenset({"version", "node", "at", "heads"})
        body = read_object(payload, 4, names)
        heads = tuple(LogHead(**head) for head in body["heads"])
        return SignedHead(body["node"], time_from(body["at"]), heads, token)
    except (ExchangeRefused, TypeError, ValueError, KeyError):
        raise EvidenceBroken(
            "A signed head cannot be read.", where=f"{node}.heads", mend="Restore it."
        ) from None
