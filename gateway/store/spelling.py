"""Under which spellings a person is found: name, former and pet name, and the name in Latin letters."""

import re
from functools import cache

from pypinyin import Style, lazy_pinyin, pinyin

from gateway.model.names import name_key

_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "朴": "piao", "任": "ren",
    "区": "ou", "盖": "ge", "纪": "ji", "华": "hua", "翟": "zhai", "乐": "yue", "缪": "miao",
    "尉迟": "yuchi", "万俟": "moqi", "澹台": "tantai", "长孙": "zhangsun", "单于": "chanyu",
}  # fmt: skip
"""Surnames that are read otherwise than the character usually is (common knowledge of the language)."""

_LATIN = re.compile(r"[^a-z]")


@cache
def _sound(character: str) -> str:
    return "".join(pinyin(character, style=Style.NORMAL, heteronym=False)[0])


def latin(name: str) -> tuple[str, ...]:
    """The name in pinyin without tones and spaces, as usual and with its surname's own reading."""
    usual = _letters("".join(lazy_pinyin(name)))
    plain = _letters("".join(_sound(c) for c in name))
    said = [usual, plain]
    for length in (2, 1):
        if name[:length] in _SURNAMES:
            rest = "".join(_sound(c) for c in name[length:])
            said.append(_letters(_SURNAMES[name[:length]] + rest))
            break
    return tuple(dict.fromkeys(filter(None, said)))


def asked_latin(text: str) -> str:
    """What somebody typed as pinyin: `Zhang Xiao ming` → `zhangxiaoming`; empty for anything else."""
    folded = text.strip().lower().replace("ü", "v")
    return _letters(folded) if re.fullmatch(r"[a-z' -]{2,60}", folded) else ""


def spellings(name: str | None, *others: str | None) -> frozenset[tuple[str, str]]:
    """(kind, text) by which a person is found besides the name itself: kind `name` or `latin`."""
    keys = {key for key in map(name_key, others) if key}
    found = {("name", key) for key in keys}
    for one in filter(None, (name_key(name), *keys)):
        found |= {("latin", text) for text in latin(one)}
    return frozenset(found)


def _letters(text: str) -> str:
    return _LATIN.sub("", text.lower())
