"""Why a row is, or could be, a child's: the waterfall of a link, read back from what the night said.

The night writes an explanation as `prior:-19.9;number=same:30.8;name=same:14.7;rarity:-3.2;…`, its
bits to one decimal; `weight` is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.linkage.levels import Part
from gateway.linkage.weights import CONFLICT, LEVELS, UNKNOWN, probability

BASE: Final = "base"
"""Method of a person's own row; nothing was compared."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One pair: what agreed, how much each part weighed, and what spoke against.

    `weight` and `second_weight` are bits, the prior included; `second_person_id` is the next-best
    person of that row, None when nobody else was compared with it.
    """

    parts: tuple[Part, ...]
    weight: float | None
    second_person_id: int | None = None
    second_weight: float | None = None

    @property
    def probability(self) -> float | None:
        """How likely the pair is one child, by the weights; None where nothing was weighed."""
        return None if self.weight is None else probability(self.weight)

    @property
    def against(self) -> tuple[Part, ...]:
        """The comparisons that spoke against, the strongest first; not the prior."""
        spoke = [p for p in self.parts if p.level and p.bits < 0]
        return tuple(sorted(spoke, key=lambda part: part.bits))

    @property
    def agreed(self) -> tuple[Part, ...]:
        """The comparisons that spoke for it, the strongest first."""
        return tuple(
            sorted((p for p in self.parts if p.level and p.bits > 0), key=lambda p: -p.bits)
        )

    @property
    def margin(self) -> float | None:
        """Bits above the second-best candidate; None where there is none."""
        if self.weight is None or self.second_weight is None:
            return None
        return self.weight - self.second_weight


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link or an open pair of one person, with its row's reference. `linked` tells the two apart."""

    person_id: int
    source: str
    roll: str
    row_ref: str
    method: str
    linked: bool
    waterfall: Waterfall


def read_waterfall(
    explanation: str,
    weight: float | None,
    second_person_id: int | None = None,
    second_weight: float | None = None,
) -> Waterfall:
    """The waterfall that an explanation of the night stands for; parts that it does not know are kept."""
    parts = tuple(_part(text) for text in explanation.split(";") if ":" in text or "=" in text)
    return Waterfall(parts, weight, second_person_id, second_weight)


def shown(rows: Sequence[Mapping[str, object]]) -> tuple[LinkShown, ...]:
    """Rows of gateway/linkage/sql/explain.sql as values."""
    return tuple(
        LinkShown(
            int(str(r["person_id"])),
            str(r["source"]),
            str(r["roll"]),
            str(r["row_ref"]),
            str(r["method"]),
            bool(r["linked"]),
            read_waterfall(
                str(r["explanation"] or ""),
                _bits(r["weight"]),
                None if r["second_person_id"] is None else int(str(r["second_person_id"])),
                _bits(r["second_weight"]),
            ),
        )
        for r in rows
    )


def words(part: Part) -> tuple[str, str]:
    """A part in Chinese and English, e.g. `姓名：相同` / `name: the same`."""
    if not part.level:
        return WORDS.get(part.comparison, (part.comparison, part.comparison))
    zh, en = WORDS.get(part.comparison, (part.comparison, part.comparison))
    level_zh, level_en = LEVEL_WORDS.get(part.level, (part.level, part.level))
    return f"{zh}：{level_zh}", f"{en}: {level_en}"


def _part(text: str) -> Part:
    name, _, bits = text.partition(":")
    comparison, _, level = name.partition("=")
    return Part(comparison, level, float(bits) if bits else 0.0)


def _bits(value: object) -> float | None:
    return None if value is None else float(str(value))


WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "prior": ("先验（任意两条记录）", "prior (any two records)"),
    "strangers": ("名册之外的人较少", "few others it could be"),
    "rarity": ("姓名的稀有程度", "how rare the name is"),
    "second_row": ("该儿童在此名册已有一行", "the child has a row of this roll already"),
    "number": ("证件号码", "number"),
    "name": ("姓名", "name"),
    "birth_date": ("出生日期", "birth date"),
    "sex": ("性别", "sex"),
    "household": ("家庭", "household"),
    "school": ("学校", "school"),
    "left_over": ("同龄儿童多在册，双方别无可配", "most of that age are here; neither has another"),
    "bears_number": ("该儿童的号码在此行", "the child's number stands on this row"),
    "judged": ("工作人员判定", "an officer's word"),
})  # fmt: skip
LEVEL_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    UNKNOWN: ("一方未提供", "one side does not tell"),
    CONFLICT: ("两个有效号码且各与本行出生日期相符，却不相同（否决）", "two good numbers that differ (veto)"),
    "same": ("相同", "the same"),
    "unsure": ("未能确定", "not sure"),
    "borrowed": ("相同，但与本行出生日期不符", "the same, of another birth date than its row"),
    "student": ("学籍号内的号码相同", "the number inside the student number"),
    "own": ("该局自编人员号相同", "the bureau's own number for the person"),
    "near": ("差一位或相邻两位颠倒", "one digit off, or two swapped"),
    "paper": ("其他证件号码相同", "the same number of another paper"),
    "paper_near": ("其他证件号码有一处笔误", "another paper's number, one slip off"),
    "differs": ("不同", "differs"),
    "other": ("另一有效号码，本行无出生日期", "another good number, on a row without birth date"),
    "former": ("与曾用名相同", "a former or pet name"),
    "sound": ("同音", "sounds the same"),
    "shape": ("形近", "looks alike"),
    "one_character": ("差一字", "one character off"),
    "dropped": ("缺一字", "one character dropped"),
    "given": ("名同姓不同", "the same given name, another surname"),
    "surname": ("仅姓相同", "the surname only"),
    "spelling": ("字母拼写略有出入", "spelt with one or two other letters"),
    "turned": ("姓与名次序颠倒", "its parts in another order"),
    "letters": ("字母差异不超过三分之一", "up to one letter in three differs"),
    "part_missing": ("缺姓或名，或只有首字母", "a part missing, or an initial only"),
    "part": ("只有一部分相同（姓？）", "one part only (the surname?)"),
    "day": ("差一天", "one day off"),
    "swapped": ("月日颠倒", "month and day swapped"),
    "digit": ("差一位数字", "one digit off"),
    "lunar": ("疑为农历", "a lunar date"),
    "new_year": ("1 月 1 日（只知年份）", "1 January (only the year was known)"),
    "guardian_number": ("监护人号码相同", "the guardian's number"),
    "guardian_name": ("监护人姓名相同", "the guardian's name"),
    "guardian_of_twins": ("监护人或住址与生日同、姓名不同（双胞胎？）", "home and birth date only (twins?)"),
    "address": ("住址相同", "the address"),
    "address_other_guardian": ("住址相同，监护人不同", "the address, with another guardian"),
    "village": ("同村（社区）", "the same village"),
    "village_other_guardian": ("同村（社区），监护人不同", "the same village, another guardian"),
    "town": ("同乡镇（街道）", "the same town"),
    "town_other_guardian": ("同乡镇（街道），监护人不同", "the same town, another guardian"),
    "county": ("同县区", "the same county"),
    "county_other_guardian": ("同县区，监护人不同", "the same county, another guardian"),
    "insured_county": ("住地不同，参保地同县区", "another place, insured in the same county"),
    "other_guardian": ("监护人不同", "another guardian"),
    "elsewhere": ("住地不同", "another place"),
})  # fmt: skip
"""Every level that a waterfall can show."""

assert {level for levels in LEVELS.values() for level in levels} <= set(LEVEL_WORDS)  # noqa: S101
