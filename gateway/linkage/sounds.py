"""How Chinese characters sound, without tones: what a clerk hears and writes down."""

import unicodedata
from functools import cache

import pyarrow as pa
from pypinyin.pinyin_dict import pinyin_dict


@cache
def char_sounds() -> pa.Table:
    """Table (letter, sound): each character with the first reading of pypinyin's dictionary.

    One reading a character is enough: the same character always gets the same one, and a name is
    compared by its sounds only where birth date and surname agree.
    """
    letters = [chr(code) for code in pinyin_dict]
    sounds = [_plain(readings.partition(",")[0]) for readings in pinyin_dict.values()]
    return pa.table({"letter": letters, "sound": sounds})


def _plain(reading: str) -> str:
    """`lǚ` → `lü`: marks of tone out, the two dots stay."""
    parts = unicodedata.normalize("NFD", reading)
    return "".join(c for c in parts if c.isascii() or c == "\u0308")
