"""One file that proves a finding to another office (docs/evidence-format.md), and its checker.

The file is a compact JWS by the gateway over one JSON object. It holds the cited rows of one child, each
with its path to a root that the bureau or the gateway signed, what shows that the child is not on a roll,
and public certificates; no other row, and no salt from which another row could be guessed.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.evidence import RowProof, check_proof, path_root, tree_path
from gateway.exchange.contract import time_text
from gateway.exchange.documents import read_json
from gateway.exchange.keys import KeyRing
from gateway.exchange.policy import thumbprint
from gateway.exchange.receipts import Receipt, check_receipt
from gateway.exchange.statement import check_statement
from gateway.exchange.suites import nested
from gateway.exchange.suites.compact import key_name
from gateway.exchange.trust import Sm2Habit
from gateway.model.errors import EvidenceBroken, ExchangeRefused
from gateway.model.exchange import Grade

FORMAT = "cwg-evidence-1"
TYP = "cwg-evidence+jws"
BUCKETS = 1 << 16
_NAMES = {"format", "made", "about", "certificates", "pages", "rows", "absences"}


@dataclass(frozen=True, slots=True)
class Page:
    """One accepted exchange, as its log record has it: receipt, root statement, and who signed."""

    exchange_id: str
    receipt: str
    statement: str
    signer: x509.Certificate
    habit: Sm2Habit

    def values(self) -> dict[str, Any]:
        return {
            "exchange": self.exchange_id,
            "receipt": self.receipt,
            "statement": self.statement,
            "signer": thumbprint(self.signer),
            "sm2": {"signature": self.habit.signature, "user_id": self.habit.user_id},
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was sent, with its path."""

    exchange_id: str
    row: bytes
    proof: RowProof

    def values(self) -> dict[str, Any]:
        return {
            "exchange": self.exchange_id,
            "row": base64.b64encode(self.row).decode(),
            "index": self.proof.index,
            "count": self.proof.count,
            "salt": self.proof.salt.hex(),
            "levels": [level.hex() for level in self.proof.levels],
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Row":
        """The row of its `values`."""
        levels = tuple(bytes.fromhex(level) for level in values["levels"])
        salt = bytes.fromhex(values["salt"])
        proof = RowProof(values["index"], values["count"], salt, levels)
        return cls(values["exchange"], base64.b64decode(values["row"]), proof)


@dataclass(frozen=True, slots=True)
class Absence:
    """That a token is not among those of one snapshot: its bucket, whole and sorted, and the path.

    `logged` is the log's record number at which the snapshot's root was bound; `closing` names the
    page whose statement says what the roll covers.
    """

    source: str
    roll: str
    period: str
    snapshot: str
    what: str
    token: str
    bucket: Sequence[str]
    levels: Sequence[bytes]
    root: str
    logged: int
    closing: str

    def values(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "bucket": list(self.bucket),
            "levels": [level.hex() for level in self.levels],
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a check: what was looked at, what was found, and how far it is proved."""

    name: str
    found: str
    grade: str
    holds: bool = True


def prove_absence(digests: bytes, token: str) -> tuple[list[bytes], str]:
    """(path, root) of the bucket that a token falls into, from all bucket digests."""
    index = int(token[:4], 16)
    levels = tree_path(digests, index)
    leaf = digests[32 * index : 32 * index + 32]
    return list(levels), path_root(leaf, index, BUCKETS, levels)


def seal_evidence(
    about: Mapping[str, Any],
    pages: Sequence[Page],
    rows: Sequence[Row],
    absences: Sequence[Absence],
    keys: KeyRing,
    now: datetime,
) -> bytes:
    """The file. `about` is the finding, masked, as every export gives it."""
    signer = keys.signing("ec", now)
    receipts = (keys.signed_by(key_name(page.receipt.encode())) for page in pages)
    own = [signer.certificate, *(pair.certificate for pair in receipts if pair)]
    certificates = {thumbprint(c): c for c in (*own, *(page.signer for page in pages))}
    body = {
        "format": FORMAT,
        "made": time_text(now),
        "about": dict(about),
        "certificates": {n: c.public_bytes(Encoding.PEM).decode() for n, c in certificates.items()},
        "pages": [page.values() for page in pages],
        "rows": [row.values() for row in rows],
        "absences": [absence.values() for absence in absences],
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return (nested.sign(text.encode(), signer, TYP) + "\n").encode("ascii")


def check_evidence(data: bytes, trusted: Iterable[x509.Certificate] = ()) -> list[Step]:
    """Check a file with nothing but itself and, if given, certificates that the reader trusts.

    Never raises for what the file says: each step says whether it holds.
    """
    try:
        body, known, seal = _opened(data)
    except (ExchangeRefused, EvidenceBroken, ValueError, KeyError, TypeError) as why:
        return [Step("file", f"cannot be read: {type(why).__name__}", "-", False)]
    mine = {thumbprint(certificate) for certificate in trusted}
    steps = [Step("seal", f"signed by the gateway, {seal[:16]}", Grade.GATEWAY_ATTESTED)]
    try:
        steps += [_known(name, mine) for name in known]
        pages = {}
        for page in body["pages"]:
            found = _page(page, known, seal)
            steps += found[0]
            pages[str(page["exchange"])] = found[1:]
        steps += [_row(row, pages) for row in body["rows"]]
        steps += [_absent(absence, pages) for absence in body["absences"]]
    except (ExchangeRefused, ValueError, KeyError, TypeError, IndexError) as why:
        steps.append(Step("content", f"is not of the format: {type(why).__name__}", "-", False))
    return steps


def _opened(data: bytes) -> tuple[dict[str, Any], dict[str, x509.Certificate], str]:
    token = data.strip()
    name = key_name(token)
    body = read_json(nested.unverified_payload(token), 16)
    if not isinstance(body, dict) or body.keys() != _NAMES or body["format"] != FORMAT:
        raise EvidenceBroken("It is no evidence file of version 1.")
    known = {}
    for mark, pem in body["certificates"].items():
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        if thumbprint(certificate) != mark:
            raise EvidenceBroken("A certificate is not the one that it is named.")
        known[mark] = certificate
    public = known[name].public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise EvidenceBroken("The seal is not of a gateway's key.")
    nested.check_signature(token, public)
    return body, known, name


def _known(name: str, mine: set[str]) -> Step:
    if not mine:
        text = f"{name}: compare it by telephone with its owner · 请电话核对"
        return Step("certificate", text, "not compared")
    if name in mine:
        return Step("certificate", f"{name[:16]} is one that you trust", "trusted")
    return Step("certificate", f"{name} is none that you trust", "-", False)


def _page(
    page: Mapping[str, Any], known: Mapping[str, x509.Certificate], seal: str
) -> tuple[list[Step], str, str, str]:
    """Steps of one page; its root, the grade of that root, and what its statement covers."""
    habit = Sm2Habit(**page["sm2"])
    name = f"exchange {page['exchange']}"
    receipt = _receipt(page, known, habit)
    if (receipt.exchange_id, receipt.result) != (page["exchange"], "accepted"):
        return [Step(name, "its receipt is of another exchange", "-", False)], "", "-", ""
    came = f"received {receipt.received:%Y-%m-%d %H:%M} UTC from {receipt.sender}; receipt holds"
    steps = [Step(name, came, Grade.GATEWAY_ATTESTED)]
    if not page["statement"]:
        steps.append(Step(name, "the bureau gave no statement of its own", Grade.GATEWAY_ATTESTED))
        return steps, receipt.rows_root, Grade.GATEWAY_ATTESTED, ""
    said = check_statement(page["statement"], known[page["signer"]], habit)
    wanted = (receipt.exchange_id, receipt.rows_root, receipt.sender, receipt.content_digest)
    if wanted != tuple(said[n] for n in ("id", "rows_root", "sender", "content_digest")):
        return [Step(name, "receipt and statement differ", "-", False)], "", "-", ""
    text = f"{said['sender']} signed {said['row_count']} rows of {said['roll']} {said['period']}"
    steps.append(Step(name, text, Grade.OWNER_SIGNED))
    return steps, receipt.rows_root, Grade.OWNER_SIGNED, _covers(said)


def _receipt(
    page: Mapping[str, Any], known: Mapping[str, x509.Certificate], habit: Sm2Habit
) -> Receipt:
    certificate = known[key_name(str(page["receipt"]).encode("ascii"))]
    return check_receipt(page["receipt"], certificate, habit)


def _covers(said: Mapping[str, Any]) -> str:
    closing = said.get("closing")
    if not isinstance(closing, dict):
        return ""
    held = ", ".join(closing["held_scopes"]) or "none"
    counties = len(closing["scopes"])
    return f"{closing['rows']} rows over {counties} counties, held back: {held}"


def _row(row: Mapping[str, Any], pages: Mapping[str, tuple[str, str, str]]) -> Step:
    root, grade, _ = pages[row["exchange"]]
    raw = base64.b64decode(row["row"], validate=True)
    levels = tuple(bytes.fromhex(level) for level in row["levels"])
    proof = RowProof(row["index"], row["count"], bytes.fromhex(row["salt"]), levels)
    name = f"row {row['index']} of {row['count']} in {row['exchange']}"
    if not root or not check_proof(raw, proof, root):
        return Step(name, "does not lead to the signed root", "-", False)
    return Step(name, "leads to the signed root", grade)


def _absent(absence: Mapping[str, Any], pages: Mapping[str, tuple[str, str, str]]) -> Step:
    name = f"absence by {absence['what']} from {absence['roll']} {absence['period']}"
    token, bucket = str(absence["token"]), [str(t) for t in absence["bucket"]]
    in_order = bucket == sorted(set(bucket)) and all(t[:4] == token[:4] for t in bucket)
    if not in_order or token in bucket:
        return Step(name, "the token is there, or its bucket is not in order", "-", False)
    digest = hashlib.sha256("".join(bucket).encode("ascii")).digest()
    levels = [bytes.fromhex(level) for level in absence["levels"]]
    if path_root(digest, int(token[:4], 16), BUCKETS, levels) != absence["root"]:
        return Step(name, "the bucket does not lead to the root", "-", False)
    below = max((t for t in bucket if t < token), default="the bucket's start")
    above = min((t for t in bucket if t > token), default="the bucket's end")
    covers = pages[absence["closing"]][2] if absence["closing"] in pages else ""
    text = f"none between {below[:12]}… and {above[:12]}…; {covers or 'no statement of coverage'}"
    return Step(name, text, Grade.GATEWAY_ATTESTED)
