"""Addresses as bureaus write them, in parts that can be compared: division, road or village, numbers.

The same reading exists as SQL macros (gateway/engine/sql/macros_zz_address.sql); a parity test
holds the two together. An address proves a home only with road or village and a number.
"""

import re
from dataclasses import dataclass, field

from gateway.model.names import fold_text, glyphs_joined

_NOISE = re.compile(r"null|undefined|[\s,.;:，。、；：·（）()「」“”\"']+", re.IGNORECASE)
_AREA = re.compile(r"(小|社|园|校|厂|矿|山|景|库|新|老)区")
_DIVISION = re.compile(r"^.*(省|自治区|自治州|市|盟|区|县|旗|镇|乡|街道办事处|街道|办事处)")
_PLACE = re.compile(
    r"^[^0-9]*?(大道|胡同|路|街|巷|弄|道|村|庄|屯|寨|营|坊|里|社匚|小匚|园匚|校匚|厂匚|矿匚|新匚|老匚)"
)
_BEFORE = re.compile(r"[^0-9]{2,}(?=[0-9])")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, each empty when it is not told. Numbers are joined with `-`."""

    division: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    number: str = field(default="", repr=False)

    @property
    def key(self) -> str | None:
        """What two spellings of one home share: `幸福路#3-2-502`; None without place or number."""
        return f"{self.place}#{self.number}" if self.place and self.number else None


def read_address(text: str | None) -> Address:
    """The parts of an address; division words in front (省 … 街道) stand apart from the rest."""
    folded = fold_text(text)
    if folded is None:
        return Address()
    bare = _NOISE.sub("", glyphs_joined(folded))
    bare = _AREA.sub(r"\1匚", bare)
    division = _found(_DIVISION, bare)
    rest = bare[len(division) :]
    # An estate or a square has no word for what it is: 幸福花园3栋.
    place = _found(_PLACE, rest) or _found(_BEFORE, rest)
    numbers = "-".join(re.findall(r"[0-9]+", _counted(rest[len(place) :])))
    return Address(division.replace("匚", "区"), place.replace("匚", "区"), numbers)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.match(text)
    return match[0] if match else ""


def _counted(text: str) -> str:
    """Chinese numerals up to 99 as digits."""
    text = text.translate(_DIGITS)
    text = re.sub(r"([0-9])十([0-9])", r"\1\2", text)
    text = re.sub(r"([0-9])十", r"\g<1>0", text)
    return re.sub(r"十([0-9])", r"1\1", text).replace("十", "10")
