"""Names and free text as bureaus write them, folded to one spelling (domain: twins, dots, nulls).

The same folding exists as SQL macros (gateway/engine/sql/macros_text.sql, macros_glyphs.sql); a
parity test holds the two together. SQL is what the night runs on; this is for single values.
"""

import csv
import re
import unicodedata
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

NULL_WORDS: Final = frozenset(
    {"", "无", "/", "-", "--", "—", "——", "不详", "暂无", "0", "null", "undefined", "none", "n/a"}
)
"""What a form holds when it holds nothing; compared in lower case."""

ZERO_WIDTH: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters without width that copying leaves behind."""

_DOTS = "·•‧・･.．｡。∙⋅"
_DROP = {ord(c): None for c in ZERO_WIDTH}
_UNDOTTED = {ord(c): None for c in _DOTS}
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile("[\u4e00-\u9fff]+")


class Glyph(StrEnum):
    """Why one character stands for another (gateway/model/glyphs.csv)."""

    PRIVATE_USE = "private_use"
    TRADITIONAL = "traditional"
    VARIANT = "variant"


class NameRepair(StrEnum):
    """What `name_key` did to a name (mappings/codes/name_repair.yaml)."""

    ZERO_WIDTH = "zero_width"
    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    DOTS = "dots"
    PRIVATE_USE = "private_use"
    TRADITIONAL = "traditional"
    VARIANT = "variant"


def fold_text(text: str | None) -> str | None:
    """NFKC (full width to half), zero-width characters out, trimmed; null words become None."""
    if text is None:
        return None
    folded = unicodedata.normalize("NFKC", text.translate(_DROP)).strip()
    return None if folded.lower() in NULL_WORDS else folded


def name_key(name: str | None) -> str | None:
    """What two spellings of one name share. None when nothing is left.

    Folded, dots and spaces out, capitals; characters of the private use area, traditional forms and
    variants read as the form in general use. The key of a key is the key.
    """
    if name is not None and _PLAIN.fullmatch(name):
        # Nothing to fold: most names, of which a night makes many.
        plain = glyphs_joined(name)
        return None if name in NULL_WORDS or plain in NULL_WORDS else plain
    folded = fold_text(name)
    if folded is None:
        return None
    bare = _SPACE.sub("", glyphs_joined(folded).translate(_UNDOTTED))
    key = unicodedata.normalize("NFC", "".join(map(_capital, bare)))
    return None if key.lower() in NULL_WORDS else key


def glyphs_joined(text: str) -> str:
    """Private-use, traditional and variant characters read as the form in general use."""
    return text.translate(_stands_for())


def name_repairs(name: str | None) -> tuple[NameRepair, ...]:
    """What it took to make the key of a name; nothing for a name that is its own key."""
    if name is None or name_key(name) is None:
        return ()
    bare = name.translate(_DROP)
    folded = unicodedata.normalize("NFKC", bare)
    kinds = {_glyphs()[c][1] for c in folded if c in _glyphs()}
    done = {
        NameRepair.ZERO_WIDTH: bare != name,
        NameRepair.FULL_WIDTH: folded != bare,
        NameRepair.SPACES: _SPACE.search(folded) is not None,
        NameRepair.DOTS: any(c in _DOTS for c in folded),
        **{NameRepair(kind): kind in kinds for kind in Glyph},
    }
    return tuple(repair for repair in NameRepair if done[repair])


def mask_name(name: str | None) -> str:
    """`张*`: the first character and one star, whatever the length; nothing stays nothing."""
    return f"{name[0]}*" if name else ""


def _capital(letter: str) -> str:
    # One character for one, as SQL does: Greek letters with a mark below have a title form only.
    for made in (letter.upper(), letter.title(), "ẞ" if letter == "ß" else ""):
        if len(made) == 1:
            return made
    return letter


@cache
def _glyphs() -> dict[str, tuple[str, Glyph]]:
    text = files("gateway.model").joinpath("glyphs.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {r["glyph"]: (r["stands_for"], Glyph(r["kind"])) for r in csv.DictReader(lines)}


@cache
def _stands_for() -> dict[int, str]:
    return {ord(glyph): other for glyph, (other, _) in _glyphs().items()}
