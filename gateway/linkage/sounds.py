"""How Chinese names sound, without tones: what a clerk hears and writes down."""

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

import pyarrow as pa
from pypinyin.pinyin_dict import pinyin_dict

HEARD = 4
"""Behind so many characters a name is compared as written."""

SURNAMES: Final[Mapping[str, str]] = MappingProxyType({
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "曾": "zeng", "任": "ren",
    "朴": "piao", "盖": "ge", "乐": "yue", "员": "yun", "召": "shao", "葛": "ge", "翟": "zhai",
    "折": "she", "缪": "miao", "佴": "nai", "种": "chong", "秘": "bi", "繁": "po", "卜": "bu",
    "洗": "xian", "黑": "he", "冯": "feng", "逄": "pang", "晁": "chao", "燕": "yan", "隗": "wei",
    "郇": "xun", "祭": "zhai", "句": "gou", "贾": "jia", "能": "nai", "尉": "wei", "那": "na",
    "覃": "qin", "车": "che", "谌": "chen", "阚": "kan", "乜": "nie", "宓": "mi", "都": "du",
    "万俟": "mo qi", "尉迟": "yu chi", "澹台": "tan tai", "单于": "chan yu", "长孙": "zhang sun",
    "欧阳": "ou yang", "区阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge",
    "夏侯": "xia hou", "皇甫": "huang fu", "东方": "dong fang", "令狐": "ling hu", "宇文": "yu wen",
    "慕容": "mu rong", "司徒": "si tu", "司空": "si kong", "呼延": "hu yan", "端木": "duan mu",
    "公孙": "gong sun", "轩辕": "xuan yuan", "独孤": "du gu", "南宫": "nan gong", "西门": "xi men",
    "赫连": "he lian", "鲜于": "xian yu", "闻人": "wen ren", "申屠": "shen tu", "钟离": "zhong li",
    "拓跋": "tuo ba", "百里": "bai li", "纳兰": "na lan", "第五": "di wu",
})  # fmt: skip
"""Surnames that are read otherwise than the character's first reading, and compound surnames.

Compiled by this project from readings in general use as surnames; same licence as the project.
"""


@cache
def char_sounds() -> pa.Table:
    """Table (letter, sound): each character with the first reading of pypinyin's dictionary."""
    sounds = _readings()
    return pa.table({"letter": list(sounds), "sound": list(sounds.values())})


@cache
def surname_sounds() -> pa.Table:
    """Table (surname, first, second): sounds of the listed surnames; `second` of compound ones."""
    parts = [(surname, *sound.split(), None)[:3] for surname, sound in SURNAMES.items()]
    schema = pa.schema([(name, pa.string()) for name in ("surname", "first", "second")])
    columns = [pa.array(column, pa.string()) for column in zip(*parts, strict=True)]
    return pa.table(columns, schema=schema)


@lru_cache(maxsize=65_536)
def name_sound(key: str) -> str:
    """`shan/yu/chen//`: the sounds of the first four characters and what is written behind them.

    A character without a reading stands for itself. The surname is read as a surname.
    """
    sounds = _readings()
    heard = [sounds.get(letter, letter) for letter in key[:HEARD]]
    for length in (2, 1):
        surname = SURNAMES.get(key[:length])
        if surname is not None and len(key) > length:
            heard[:length] = surname.split()
            break
    heard += [""] * (HEARD - len(heard))
    return "/".join((*heard, key[HEARD:]))


@cache
def _readings() -> Mapping[str, str]:
    return {chr(code): _plain(readings.partition(",")[0]) for code, readings in pinyin_dict.items()}


def _plain(reading: str) -> str:
    """`lǚ` → `lü`: marks of tone out, the two dots stay."""
    parts = unicodedata.normalize("NFD", reading)
    bare = "".join(c for c in parts if c.isascii() or c == "\u0308")
    return unicodedata.normalize("NFC", bare)
