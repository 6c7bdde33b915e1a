"""Yes, no or not known about one child, as the last published night said it."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa


class Question(StrEnum):
    """What may be asked of a child; the order is that of the letters in a kept answer."""

    IN_SCHOOL = "in_school"
    INSURED = "insured"
    RECEIVES_BENEFIT = "receives_benefit"


class Said(StrEnum):
    """One letter of a kept answer (gateway/pipeline/sql/answer.sql)."""

    YES = "y"
    NO = "n"
    AMBIGUOUS = "a"
    HELD = "h"
    OUT_OF_COVERAGE = "o"


BUCKET = pa.schema([
    ("kind", pa.string()), ("bucket", pa.string()), ("digest", pa.string()), ("lines", pa.string()),
])  # fmt: skip
"""Kept answers whose tokens begin alike: of kind `number` or `named`; `bucket` is the first `LEAD` hex
digits, `digest` the SHA-256 of `lines`, which are `kept_line`s in order, joined by `LINE_END`."""

LEAD = 4
TOKEN = 32
"""Hex digits of a token that are kept: 128 bits, the half that RFC 2104 §5 asks for at least."""

FIELD_END, LINE_END = chr(31), chr(30)

GROUND = pa.schema([
    ("question", pa.string()), ("county", pa.string()), ("roll_as_of", pa.date32()),
    ("coverage", pa.string()), ("until_day", pa.date32()),
])  # fmt: skip
"""What the answers of a county rest on."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The kept answer of one child."""

    person_id: int
    division: str
    said: str


def kept_line(token: str, kept: Kept) -> str:
    """One kept answer as text (the same as in gateway/pipeline/sql/answer_bucket.sql)."""
    values = (token[LEAD:TOKEN], str(kept.person_id), kept.division, kept.said)
    return FIELD_END.join(values)


def read_lines(lines: str) -> Iterator[tuple[str, Kept]]:
    """The kept answers of a bucket, each with what its token goes on with after the bucket's digits."""
    for line in lines.split(LINE_END):
        rest, person_id, division, said = line.split(FIELD_END)
        yield rest, Kept(int(person_id), division, said)


def pack(kept: Iterable[tuple[str, str, Kept]]) -> pa.Table:
    """The buckets (`BUCKET`) of a few kept answers, each with its kind and whole token."""
    buckets: dict[tuple[str, str], list[str]] = {}
    for kind, token, one in kept:
        buckets.setdefault((kind, token[:LEAD]), []).append(kept_line(token, one))
    rows = []
    for (kind, bucket), some in sorted(buckets.items()):
        lines = LINE_END.join(sorted(some))
        digest = hashlib.sha256(lines.encode()).hexdigest()
        rows.append({"kind": kind, "bucket": bucket, "digest": digest, "lines": lines})
    return pa.Table.from_pylist(rows, schema=BUCKET)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer rests on: the roll's date and reach, and the last day on which it is good.

    None where no roll of the kind was ever there.
    """

    run_id: int
    roll_as_of: date | None
    coverage: str | None
    until: date | None


def number_token(index_key: str, number: str) -> str:
    """The blind index of a (normalised) identity number: HMAC-SHA256, 64 hex digits.

    The same as in gateway/pipeline/sql/answer.sql.
    """
    return _token(index_key, f"answer:number|{number}")


def named_token(index_key: str, name_key: str, born: date, guardian_key: str) -> str:
    """The blind index of name, birth date and guardian's name, each by its key."""
    return _token(index_key, f"answer:named|{name_key}|{born.isoformat()}|{guardian_key}")


def _token(index_key: str, text: str) -> str:
    return hmac.digest(bytes.fromhex(index_key), text.encode(), "sha256").hex()
