"""The invented city: six counties, 48 towns, 480 villages, 258 schools, as columns of text.

A village is its index: county = village // PER_COUNTY, town = village // 10. Schools are numbered in blocks:
two preschools and two primaries for each town, one lower-secondary for each town, two
upper-secondaries and one special school for each county.
"""

from functools import cache

import numpy as np
import pyarrow as pa

from sandbox.city.days import Column, Ints

CITY = "安禾市"
COUNTIES = ("云溪县", "青禾区", "石桥县", "柳河县", "东岭区", "白塔县")
_TOWNS = ("城关镇", "河口镇", "龙泉镇", "新集镇", "马庄乡", "大营镇", "清水镇", "高岗乡")
_VILLAGES = (
    "东庄村", "西庄村", "前进村", "柳树村", "石井村", "北坡村", "南湾村", "桥头村", "槐树村", "沙河村",
)  # fmt: skip
_ORDINALS = "一二三四五六"

VILLAGES = len(COUNTIES) * len(_TOWNS) * len(_VILLAGES)
TOWNS = len(COUNTIES) * len(_TOWNS)
PER_COUNTY = 80
"""Villages of a county."""
OUTSIDE = VILLAGES
"""The place index of an insured place outside the city."""

PRESCHOOLS, PRIMARIES, LOWERS = 0, 2 * TOWNS, 4 * TOWNS
UPPERS, SPECIALS = 5 * TOWNS, 5 * TOWNS + 2 * len(COUNTIES)
SCHOOLS = SPECIALS + len(COUNTIES)


def county_code(county: int) -> str:
    """Six digits of a county by its index."""
    return f"4199{county + 1:02d}"


def county_of(village: Column) -> Ints:
    """County indexes of a column of villages."""
    return np.asarray(village // PER_COUNTY, np.int64)


def draw_villages(rng: np.random.Generator, count: int) -> Ints:
    """Villages, the county town and its neighbours more often."""
    weights = np.tile(1.0 / np.arange(2, 12), VILLAGES // 10) * np.repeat(
        np.tile(1.0 / np.arange(1, 9), len(COUNTIES)), 10
    )
    share = np.cumsum(weights)
    return np.asarray(np.searchsorted(share, rng.random(count) * share[-1]))


def school_of(stage: Column, village: Column, choice: Column) -> Ints:
    """The school that a child of that village goes to.

    `stage` is 0 preschool, 1 primary, 2 lower, 3 upper secondary; `choice` a whole number that
    picks one of two where there are two.
    """
    town, county, either = village // 10, village // PER_COUNTY, choice % 2
    return np.asarray(
        np.select(
            [stage == 0, stage == 1, stage == 2],
            [PRESCHOOLS + 2 * town + either, PRIMARIES + 2 * town + either, LOWERS + town],
            UPPERS + 2 * county + either,
        )
    )


def special_school_of(village: Column) -> Ints:
    """The county's special school."""
    return np.asarray(SPECIALS + village // 80)


def _village_parts(village: int) -> tuple[int, int, int]:
    return village // PER_COUNTY, village // 10 % 8, village % 10


def village_code(village: int) -> str:
    """Twelve digits of a village by its index."""
    county, town, spot = _village_parts(village)
    return f"{county_code(county)}0{town + 1:02d}{spot + 1:03d}"


def _village_name(village: int, style: int) -> str:
    county, town, spot = _village_parts(village)
    text = COUNTIES[county] + _TOWNS[town] + _VILLAGES[spot]
    return CITY + text if style == 0 else text


@cache
def village_texts() -> dict[str, pa.Array]:
    """By village index: `code` (12 digits), `county` (6), `name`, `full`, `short` addresses.

    One entry more than villages stands for a place outside the city.
    """
    every = range(VILLAGES)
    return {
        "code": pa.array([*map(village_code, every), ""]),
        "county": pa.array([*(county_code(v // 80) for v in every), "419801"]),
        "name": pa.array([*(_TOWNS[v // 10 % 8] + _VILLAGES[v % 10] for v in every), ""]),
        "full": pa.array([*(_village_name(v, 0) for v in every), ""]),
        "short": pa.array([*(_village_name(v, 1) for v in every), ""]),
    }


def _school(school: int) -> tuple[str, str, str]:
    if school < LOWERS:
        town, kind = school % PRIMARIES // 2, ("幼儿园", "小学")[school // PRIMARIES]
        name = f"第{_ORDINALS[school % 2]}{kind}"
    elif school < UPPERS:
        town, name = school - LOWERS, "初级中学"
    elif school < SPECIALS:
        town, name = (school - UPPERS) // 2 * 8, f"第{_ORDINALS[(school - UPPERS) % 2]}高级中学"
    else:
        town, name = (school - SPECIALS) * 8, "特殊教育学校"
    where = COUNTIES[town // 8] + (_TOWNS[town % 8] if school < UPPERS else "")
    division = f"{county_code(town // 8)}0{town % 8 + 1:02d}000"
    return f"34{school + 41000000:08d}", CITY + where + name, division


@cache
def school_texts() -> dict[str, pa.Array]:
    """By school index: `code` (10 digits), `name`, `division` (12 digits)."""
    code, name, division = zip(*map(_school, range(SCHOOLS)), strict=True)
    return {"code": pa.array(code), "name": pa.array(name), "division": pa.array(division)}
