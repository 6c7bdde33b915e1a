"""Names and free text as bureaus write them, folded to one spelling (domain: GB 18030 twins, dots, nulls).

The same folding exists as SQL macros (gateway/engine/sql/macros_text.sql); a parity test holds
the two together. SQL is what the night runs on; this is for single values.
"""

import re
import unicodedata
from typing import Final

NULL_WORDS: Final = frozenset(
    {"", "无", "/", "-", "--", "—", "——", "不详", "暂无", "0", "null", "undefined", "none", "n/a"}
)
"""What a form holds when it holds nothing; compared in lower case."""

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_DOTS = "·•‧・･.．｡。∙⋅"
_PUA = range(0xE815, 0xE865)
_GLYPHS = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌"
    "龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_DROP = {ord(c): None for c in _ZERO_WIDTH}
_TWINS = dict(zip(_PUA, _GLYPHS, strict=True))
_UNDOTTED = {ord(c): None for c in _DOTS}
_SPACE = re.compile(r"\s+")


def fold_text(text: str | None) -> str | None:
    """NFKC (full width to half), zero-width characters out, trimmed; null words become None."""
    if text is None:
        return None
    folded = unicodedata.normalize("NFKC", text.translate(_DROP)).strip()
    return None if folded.lower() in NULL_WORDS else folded


def name_key(name: str | None) -> str | None:
    """What two spellings of one name share: folded, dots and spaces out, GB 18030 twins joined.

    Code points of the private use area that GBK once gave to a character are read as that
    character. None when nothing is left.
    """
    folded = fold_text(name)
    if folded is None:
        return None
    key = _SPACE.sub("", folded.translate(_TWINS).translate(_UNDOTTED)).upper()
    return key or None


def mask_name(name: str | None) -> str:
    """`张*`: the first character and one star, whatever the length; nothing stays nothing."""
    return f"{name[0]}*" if name else ""
