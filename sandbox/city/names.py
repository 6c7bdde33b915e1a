"""Invented names with a realistic skew, and the slips that clerks make in them.

A name is a surname and a given name, each an index into a pool. A tenth of the given names has one
character. Names of Uyghur and Kazakh children stand whole in the given-name pool, with the one right
dot (U+00B7), under the empty surname.
"""

from functools import cache

import numpy as np
import pyarrow as pa

from sandbox.city.days import Column, Flags, Ints

_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"  # noqa: E501
SURNAMES = ("", *_COMMON, "欧阳", "上官", "诸葛", "司马")

_BOY = "子梓浩宇轩泽睿俊文博铭思佳嘉一奕毅晨辰然彦童廷航翔天阳磊立宏志成承云海东斌建国健辉强龙峰林"
_GIRL = "子梓欣雨涵可思诗佳怡依心一艺钰煜晨琪淇梦语妍彤婷雪悦玥静婧晴清丽芳霞红艳慧英芷芸萍倩菲雅茹琳璐珊"
_RARE = ("䶮", "㛃", "𬭎", "𬴂", "龘", "翀", "堃", "龴", "𡋾", "淼")
_DOTTED_FIRST = (
    "阿依古丽", "买买提", "吐尔逊", "古丽娜尔", "艾力", "热依汗", "叶尔兰",
    "阿依达娜", "巴合提", "帕提古丽",
)  # fmt: skip
_DOTTED_LAST = ("买买提", "吐尔逊", "阿不都拉", "努尔兰", "哈力克", "沙吾列", "库尔班", "阿布来提")

DOTS = ("•", "‧", "・", "．", ".", " ", "")
"""What stands where U+00B7 should."""
TWINS_OF_CODE = {"龴": "\ue81e", "䶮": "\ue863"}
"""The private-use code points that older converters give the same glyphs."""

_HOMOPHONES = (
    "子梓紫", "浩皓昊", "宇雨羽语毓玉裕钰煜昱", "轩萱宣", "涵晗寒含", "泽择",
    "睿瑞锐", "俊骏峻军君均钧", "杰洁捷", "文雯闻", "博伯", "铭明鸣", "思斯",
    "诗师", "佳嘉家", "怡宜依伊一艺逸奕毅亦", "欣心馨新", "晨辰宸", "琪淇祺奇齐",
    "梦孟", "然冉燃", "妍研颜言燕艳彦", "彤桐童同", "婷庭廷霆", "雪学",
    "悦越月玥跃", "静靖敬景婧", "晴清青卿", "航杭", "翔祥详", "天添", "阳洋扬杨",
    "磊雷蕾", "丽莉立力利", "芳方", "霞侠", "宏鸿洪红虹", "强蔷", "国果",
    "健建坚", "慧惠会辉晖", "英瑛颖影", "志智芷芝之", "成诚程承城", "云芸耘允",
    "萍平苹", "东冬", "斌彬滨宾", "倩茜谦千", "菲飞妃霏", "雅亚娅", "可珂柯",
    "茹如儒汝", "琳林霖麟", "璐露鹿路", "珊山姗", "龙隆珑", "峰锋枫风凤",
)  # fmt: skip
_LOOKALIKES = (
    "未末", "己已", "昊吴", "晴睛", "淇琪棋", "芸云", "玥明", "钰珏", "奕弈",
    "宇字", "泽译", "博搏", "浩洁", "轩轲", "睿督", "辰晨", "佳住", "依衣",
    "彤彬", "婷停", "倩清", "菲韭", "雅稚", "茹茄", "琳淋", "璐潞", "珊姗",
    "婧靖", "悦锐", "怡治", "航舫", "翔详", "涵函", "欣掀", "思恩", "梓锌",
    "子孑", "立位", "成戌", "龙尤", "林材", "海悔", "一丨", "文丈", "天夭",
)  # fmt: skip


def _given_names() -> tuple[list[str], dict[str, tuple[int, Column]]]:
    """The pool, and for each kind (boy, girl, dotted) its first index and cumulative weights."""
    pool: list[str] = []
    drawn: dict[str, tuple[int, Column]] = {}
    for kind, characters in (("boy", _BOY), ("girl", _GIRL)):
        weight = 1.0 / np.arange(3, len(characters) + 3)
        pairs = np.outer(weight, np.roll(weight, 11))
        np.fill_diagonal(pairs, pairs.min())
        singles = weight / weight.sum() * pairs.sum() / 9
        rare = np.full(len(_RARE), pairs.sum() * 0.0003)
        drawn[kind] = (len(pool), np.cumsum(np.concatenate([pairs.ravel(), singles, rare])))
        pool += [first + second for first in characters for second in characters]
        pool += [*characters, *_RARE]
    drawn["dotted"] = (len(pool), np.arange(1.0, len(_DOTTED_FIRST) * len(_DOTTED_LAST) + 1))
    pool += [f"{first}·{last}" for first in _DOTTED_FIRST for last in _DOTTED_LAST]
    return pool, drawn


GIVEN, _DRAWN = _given_names()
PLAIN_GIVEN = _DRAWN["dotted"][0]
"""How many given names come before the dotted ones."""
ODD = np.array([any(c in "·" or c in _RARE for c in name) for name in GIVEN])
"""By given name: whether it holds a dot or a character that many systems lack."""
_SURNAME_WEIGHTS = np.cumsum(1.0 / np.arange(4, len(SURNAMES) + 3))


def draw_surnames(rng: np.random.Generator, count: int) -> Ints:
    """Indexes into SURNAMES, never the empty one."""
    chance = rng.random(count) * _SURNAME_WEIGHTS[-1]
    return np.asarray(1 + np.searchsorted(_SURNAME_WEIGHTS, chance))


def draw_given(rng: np.random.Generator, male: Flags, dotted: Flags) -> Ints:
    """Indexes into GIVEN for people of that sex; whole dotted names where `dotted`."""
    chance = rng.random(len(male))
    out = np.zeros(len(male), np.int64)
    for kind, where in (("boy", male & ~dotted), ("girl", ~male & ~dotted), ("dotted", dotted)):
        base, weights = _DRAWN[kind]
        out[where] = base + np.searchsorted(weights, chance[where] * weights[-1])
    return out


def another_given(given: Column, where: Flags) -> Ints:
    """The same given names, with the neighbour in the pool where told."""
    return np.where(where, np.where(given + 1 < len(GIVEN), given + 1, given - 1), given)


@cache
def pools() -> tuple[pa.Array, pa.Array]:
    """SURNAMES and GIVEN as Arrow arrays."""
    return pa.array(SURNAMES, pa.string()), pa.array(GIVEN, pa.string())


def _table(groups: tuple[str, ...]) -> dict[str, str]:
    return {char: group.replace(char, "") for group in groups for char in group}


HOMOPHONE = _table(_HOMOPHONES)
LOOKALIKE = _table(_LOOKALIKES)


def replaced(name: str, table: dict[str, str], choice: int) -> str:
    """The name with its last character that the table knows written as another; else unchanged."""
    for at in range(len(name) - 1, 0, -1):
        others = table.get(name[at])
        if others:
            return name[:at] + others[choice % len(others)] + name[at + 1 :]
    return name


def rare_written(name: str, choice: int) -> str:
    """The name as a system without its rare character writes it: ?, □, or a private code point."""
    return "".join(
        TWINS_OF_CODE.get(c, "□") if choice % 3 == 0 and c in _RARE
        else ("?" if choice % 3 == 1 else "□") if c in _RARE else c
        for c in name
    )  # fmt: skip
