"""Yes, no or not known about one child, as the last published night said it."""

import hmac
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


ANSWER = pa.schema([
    ("person_id", pa.int64()), ("number_token", pa.string()), ("named_token", pa.string()),
    ("division", pa.string()), ("said", pa.string()),
])  # fmt: skip
"""A kept answer: blind indexes, the child's division, one letter for each question."""

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
