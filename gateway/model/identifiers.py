"""Identifiers of people and places: they parse, check, normalise, and mask themselves when shown.

`parse` gives None for text that is not such an identifier; making one directly from a wrong value
raises UsageError. `str()` and `repr()` are masked; the value itself is `.value` and nothing else.
Sources: GB 11643 (resident number), 教基厅 student record number, GB/T 2260 and NBS divisions,
GB/T 26341 (disability card), the 2023 card for foreign permanent residents.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, Self

from gateway.model.errors import UsageError
from gateway.model.names import ZERO_WIDTH, fold_text

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"

_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_FIFTEEN = re.compile(r"[1-9][0-9]{14}", re.ASCII)


def clean_number(text: str | None) -> str | None:
    """The number as typed, folded: half width, no spaces, no leading apostrophe, Х and x as X."""
    folded = fold_text(text)
    if folded is None:
        return None
    bare = re.sub(r"\s+", "", folded.lstrip("'‘’`")).upper().replace("Х", "X")
    return bare or None


class IdRepair(StrEnum):
    """What reading a number as typed took (mappings/codes/id_repair.yaml)."""

    TRIMMED = "trimmed"
    ZERO_WIDTH = "zero_width"
    FULL_WIDTH = "full_width"
    LEADING_QUOTE = "leading_quote"
    LOWER_X = "lower_x"
    CYRILLIC_X = "cyrillic_x"
    FIFTEEN_TO_EIGHTEEN = "fifteen_to_eighteen"


def id_repairs(text: str | None, number: str | None) -> tuple[IdRepair, ...]:
    """What was done to `text` as typed; `number` is the valid number read from it, or None.

    An unreadable number has its cleaning recorded too. A number already in normal form has nothing.
    """
    clean = clean_number(text)
    if text is None or clean is None:
        return ()
    bare = "".join(c for c in text if c not in ZERO_WIDTH)
    folded = unicodedata.normalize("NFKC", bare)
    done = {
        IdRepair.TRIMMED: re.search(r"\s", folded) is not None,
        IdRepair.ZERO_WIDTH: bare != text,
        IdRepair.FULL_WIDTH: folded != bare,
        IdRepair.LEADING_QUOTE: folded.strip()[:1] in tuple("'‘’`"),
        IdRepair.LOWER_X: "x" in folded,
        IdRepair.CYRILLIC_X: "Х" in folded or "х" in folded,
        IdRepair.FIFTEEN_TO_EIGHTEEN: number is not None and len(clean) == 15 and len(number) == 18,
    }
    return tuple(repair for repair in IdRepair if done[repair])


def mask_number(number: str | None) -> str:
    """`110***********002X`; of fewer than 15 characters only the first and the last two stay."""
    if not number:
        return ""
    head, tail = (3, 4) if len(number) >= 15 else (1, 2)
    if len(number) <= head + tail:
        return "*" * len(number)
    return f"{number[:head]}{'*' * (len(number) - head - tail)}{number[-tail:]}"


def check_digit(first17: str) -> str:
    """The 18th character of a GB 11643 number."""
    total = sum(w * int(c) for w, c in zip(WEIGHTS, first17, strict=True))
    return CHECKS[total % 11]


def valid18(text: str | None) -> bool:
    """Whether text is 18 characters with a real birth date and the right check digit (GB 11643)."""
    if text is None or not _EIGHTEEN.fullmatch(text):
        return False
    return _day(text[6:14]) is not None and check_digit(text[:17]) == text[17]


def _day(text: str) -> date | None:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
    return day if 1850 <= day.year <= 2150 else None


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """A checked, normalised identifier. Two are equal when kind and value are."""

    value: str
    zh: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not self.accepts(self.value):
            raise UsageError(
                f"this is not a {type(self).__name__}", mend="use parse() for text from outside"
            )

    @classmethod
    def accepts(cls, value: str) -> bool:
        """Whether `value` is of this kind and in normal form."""
        raise NotImplementedError

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The identifier that text as typed stands for, or None."""
        value = clean_number(text)
        return cls(value) if value is not None and cls.accepts(value) else None

    def __str__(self) -> str:
        return mask_number(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


@dataclass(frozen=True, slots=True, repr=False)
class ResidentNumber(Identifier):
    """公民身份号码, 18 characters. The area is where the number was first given, never the present home."""

    zh: ClassVar[str] = "公民身份号码"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return valid18(value) and value[0] in "1234567"

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """As typed; a 15-digit number of the last century is brought to 18."""
        value = clean_number(text)
        if value is not None and _FIFTEEN.fullmatch(value):
            value = value[:6] + "19" + value[6:]
            value += check_digit(value)
        return cls(value) if value is not None and cls.accepts(value) else None

    @property
    def birth_date(self) -> date:
        """The date of birth inside the number."""
        return date(int(self.value[6:10]), int(self.value[10:12]), int(self.value[12:14]))

    @property
    def sex(self) -> str:
        """GB/T 2261.1: `1` male, `2` female, from the 17th digit."""
        return "1" if int(self.value[16]) % 2 else "2"

    @property
    def area(self) -> str:
        """Six digits: where the number was first given; withdrawn codes stay."""
        return self.value[:6]


@dataclass(frozen=True, slots=True, repr=False)
class HkMoTwPermit(ResidentNumber):
    """港澳台居民居住证: 18 characters that start with 810000, 820000 or 830000."""

    zh: ClassVar[str] = "港澳台居民居住证号码"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return valid18(value) and value[:6] in ("810000", "820000", "830000")


@dataclass(frozen=True, slots=True, repr=False)
class StudentNumber(Identifier):
    """全国学籍号: G + resident number, or J (no usable number) or L (temporary) + 18 characters."""

    zh: ClassVar[str] = "全国学籍号"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return re.fullmatch(r"[GJL][0-9]{17}[0-9X]", value) is not None

    @property
    def kind(self) -> str:
        """`G`, `J` or `L`."""
        return self.value[0]

    @property
    def hint(self) -> ResidentNumber | None:
        """The resident number inside a G number: only a hint, it may have been corrected since."""
        return ResidentNumber.parse(self.value[1:]) if self.kind == "G" else None


@dataclass(frozen=True, slots=True, repr=False)
class PersonNumber(Identifier):
    """医保人员编号 psn_no: up to 30 digits or capitals; starts with the insurer's division."""

    zh: ClassVar[str] = "医保人员编号"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return re.fullmatch(r"[0-9]{6}[0-9A-Z]{4,24}", value) is not None


@dataclass(frozen=True, slots=True, repr=False)
class BirthCertificate(Identifier):
    """出生医学证明编号: one letter and nine digits."""

    zh: ClassVar[str] = "出生医学证明编号"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return re.fullmatch(r"[A-Z][0-9]{9}", value) is not None


@dataclass(frozen=True, slots=True, repr=False)
class DisabilityCard(Identifier):
    """残疾人证号: resident number, kind (1–7), grade (1 worst – 4), and perhaps a reissue mark B1…"""

    zh: ClassVar[str] = "残疾人证号"

    @classmethod
    def accepts(cls, value: str) -> bool:
        return re.fullmatch(r".{18}[1-7][1-4](B[1-9])?", value) is not None and valid18(value[:18])

    @property
    def holder(self) -> ResidentNumber | None:
        """The holder's number; None when it is a permit of Hong Kong, Macau or Taiwan."""
        return ResidentNumber.parse(self.value[:18])

    @property
    def kind(self) -> str:
        """1 sight, 2 hearing, 3 speech, 4 limbs, 5 mind, 6 psyche, 7 several."""
        return self.value[18]

    @property
    def grade(self) -> str:
        """`1` (worst) to `4`."""
        return self.value[19]


@dataclass(frozen=True, slots=True, repr=False)
class ForeignPermit(Identifier):
    """外国人永久居留身份证: three letters and twelve digits (old), or 18 digits that start with 9 (2023).

    The check digit of the new card is not confirmed by a source, so it is not enforced.
    """

    zh: ClassVar[str] = "外国人永久居留身份证号码"

    @classmethod
    def accepts(cls, value: str) -> bool:
        if re.fullmatch(r"[A-Z]{3}[0-9]{12}", value):
            return True
        return (
            re.fullmatch(r"9[0-9]{16}[0-9X]", value) is not None and _day(value[6:14]) is not None
        )


@dataclass(frozen=True, slots=True, repr=False)
class Division:
    """An administrative division: 6 (GB/T 2260), 9 (township) or 12 digits (village, NBS). Public."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?", self.value):
            raise UsageError(
                "a division has 6, 9 or 12 digits", where=self.value, mend="give the NBS code"
            )

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The division that text as typed stands for, or None."""
        value = clean_number(text)
        try:
            return cls(value) if value is not None else None
        except UsageError:
            return None

    @property
    def county(self) -> str:
        """The first six digits."""
        return self.value[:6]

    @property
    def full(self) -> str:
        """Twelve digits, zeros behind."""
        return self.value.ljust(12, "0")

    def contains(self, other: "Division") -> bool:
        """Whether `other` is this division or lies within it."""
        own = self.value
        while len(own) > 6 and own.endswith("000"):
            own = own[:-3]
        if len(own) == 6:
            own = own[:4] if own.endswith("00") else own
            own = own[:2] if own.endswith("00") else own
        return other.full.startswith(own)

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"Division({self.value})"
