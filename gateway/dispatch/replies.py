"""A bureau's replies as rows: the same fields as JSON, XML and CSV (docs/referrals.md), read strictly."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.exchange.documents import local_name, read_json, read_xml
from gateway.model.cases import ReplyCode
from gateway.model.digests import text_digest

ROLL = "referral_reply"
"""The name of the roll in which a bureau's replies of a month stand, all of them so far."""
ROW = "reply"
DEPTH = 16
LONGEST = 2000
FIELDS = ("reply_id", "referral_id", "answer", "replied_on", "office", "evidence", "note")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REFERRAL = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. `wrong` is the code of what is wrong with it, or empty. `evidence` and `note` are the
    bureau's words."""

    reply_id: str
    referral_id: str
    answer: ReplyCode | None
    digest: str
    wrong: str
    evidence: str = field(repr=False)
    note: str = field(repr=False)


def read_rows(content: bytes, content_type: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a verified exchange, every field as text. Raises ExchangeRefused(malformed)."""
    if content_type == "application/json":
        values = read_json(content, DEPTH)
        output = values.get("output", values) if isinstance(values, dict) else {}
        rows = output.get(ROLL, []) if isinstance(output, dict) else []
        return tuple(_texts(row) for row in rows if isinstance(row, dict))
    if content_type == "application/xml":
        root = read_xml(content, DEPTH)
        found = (e for e in root.iter() if isinstance(e.tag, str) and local_name(e) == ROW)
        return tuple({local_name(c): c.text or "" for c in row} for row in found)
    encoding = content_type.rpartition("charset=")[2] or "utf-8"
    text = content.decode(encoding, "replace")
    return tuple(_texts(row) for row in csv.DictReader(io.StringIO(text, newline="")))


def read_reply(row: Mapping[str, str]) -> Reply:
    """One row as a reply; what is wrong with it is said, never guessed at."""
    said = {name: row.get(name, "") for name in FIELDS}
    digest = text_digest("\x1f".join(said.values()))
    answer = next((code for code in ReplyCode if code == said["answer"]), None)
    reply_id = said["reply_id"] if _ID.fullmatch(said["reply_id"]) else f"row-{digest[:40]}"
    wrong = next((code for code, is_so in _faults(said, answer) if is_so), "")
    return Reply(
        reply_id, said["referral_id"], answer, digest, wrong,
        said["evidence"][:LONGEST], said["note"][:LONGEST],
    )  # fmt: skip


def _faults(said: Mapping[str, str], answer: ReplyCode | None) -> Iterable[tuple[str, bool]]:
    yield "no_reply_id", not _ID.fullmatch(said["reply_id"])
    yield "no_referral_id", not _REFERRAL.fullmatch(said["referral_id"])
    yield "unknown_answer", answer is None
    evidence = said["evidence"].strip()
    yield "no_evidence", answer is ReplyCode.FOUND_ELSEWHERE and not evidence
    yield "too_long", any(len(said[name]) > LONGEST for name in ("evidence", "note"))


def _texts(row: Mapping[str, object]) -> Mapping[str, str]:
    return {str(name): "" if value is None else str(value) for name, value in row.items()}
