"""The low-income and extreme-hardship roll: one row per member of each household."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandbox.city import chance, days, family, places, state, text
from sandbox.city.days import FAR, Ints
from sandbox.city.faces import Faces
from sandbox.city.model import City, disability_grade
from sandbox.city.registry import money, nations
from sandbox.city.rowkeys import (
    CARD,
    CHILD_SERIAL,
    FAMILY,
    SECOND_SERIAL,
    keys,
    scrambled,
    serials,
)
from sandbox.city.text import Text

_PRESENT = (0.92, 0.90, 0.30)
"""Chance that father, mother and grandparent belong to the household when they are not its head."""
HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, ELSE = range(6)
_RELATIONS = ("户主", "配偶", "子", "女", "孙子女", "其他")
_DISABILITIES = ("", "视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_GRADES = ("", "一级", "二级", "三级", "四级")


@dataclass(frozen=True)
class Members:
    """Members of households: person, household, serial number, relation to the head."""

    person: Ints
    home: Ints
    serial: Ints
    relation: Ints


def members(city: City, homes: Ints, day: int) -> Members:
    """The members of some households on a day."""
    parts = [*_grown_ups(city, homes[homes < city.homes.households])]
    parts += [_children(city, homes, day)]
    parts += _childless(city, homes[homes >= city.homes.households])
    return Members(*(np.concatenate(column) for column in zip(*parts, strict=True)))


_Part = tuple[Ints, Ints, Ints, Ints]


def _grown_ups(city: City, homes: Ints) -> list[_Part]:
    head, parts = city.traits.head[homes], []
    for role, chance_of in enumerate(_PRESENT):
        luck = chance.uniform(city.seed, f"assistance/adult{role}", homes)
        here = homes[(head == role) | (luck < chance_of)]
        heads = city.traits.head[here]
        relation = np.full(len(here), ELSE)
        relation[(role < family.GRANDPARENT) & (heads < family.GRANDPARENT)] = SPOUSE
        if role == family.FATHER:
            relation[heads == family.GRANDPARENT] = SON
        relation[heads == role] = HEAD
        serial = np.where(heads == role, 1, role + 2)
        parts.append((city.homes.adult(role, here), here, serial, relation))
    return parts


def child_serials(city: City) -> Ints:
    """The serial number of each child in its household."""
    home = city.children.household
    first = np.flatnonzero(np.r_[True, np.diff(home) != 0])
    return np.arange(len(home)) - first[home] + CHILD_SERIAL


def _children(city: City, homes: Ints, day: int) -> _Part:
    listed = np.zeros(city.homes.households + city.homes.childless, np.bool_)
    listed[homes] = True
    home = city.children.household
    child = np.flatnonzero(listed[home] & state.household_members(city, day))
    of_elder = city.traits.head[home[child]] == family.GRANDPARENT
    own = np.where(city.children.male[child], SON, DAUGHTER)
    relation = np.where(of_elder, GRANDCHILD, own)
    return child, home[child], child_serials(city)[child], relation


def _childless(city: City, homes: Ints) -> list[_Part]:
    number = homes - city.homes.households
    pair = chance.uniform(city.seed, "assistance/pair", homes) < 0.6
    ones, twos = np.ones(len(homes), np.int64), np.full(int(pair.sum()), 2)
    return [
        (city.homes.childless_adult(0, number), homes, ones, ones * HEAD),
        (city.homes.childless_adult(1, number[pair]), homes[pair], twos, twos * 0 + SPOUSE),
    ]


def _heads(city: City, home: Ints) -> Ints:
    """The person who heads each household."""
    childless = home >= city.homes.households
    with_children = np.where(childless, 0, home)
    lone = city.homes.childless_adult(0, np.maximum(home - city.homes.households, 0))
    own = city.homes.adult(city.traits.head[with_children].astype(np.int64), with_children)
    return np.where(childless, lone, own)


def _home_villages(city: City, day: int, home: Ints) -> Ints:
    villages = state.villages(city, day)
    first = np.searchsorted(city.children.household, np.arange(city.homes.households))
    drawn = chance.below(city.seed, "assistance/village", home, places.VILLAGES)
    near = villages[first[np.where(home < city.homes.households, home, 0)]]
    return np.where(home < city.homes.households, near, drawn)


def project(city: City, day: int) -> pa.Table:
    """The roll on a day; stopped households for twelve months, a few members twice."""
    households = state.aided(city, day)
    rows = members(city, households.home, day)
    twice = np.flatnonzero(
        (Faces(city, "assistance", day, rows.person).fault("double") > 0)
        & (rows.person < len(city))
    )
    pick = np.r_[np.arange(len(rows.person)), twice]
    serial = rows.serial[pick] + SECOND_SERIAL * (np.arange(len(pick)) >= len(rows.person))
    order = np.lexsort((serial, scrambled(rows.home[pick], FAMILY)))
    pick, serial = pick[order], serial[order]
    person, home, relation = rows.person[pick], rows.home[pick], rows.relation[pick]
    face, at = Faces(city, "assistance", day, person), np.searchsorted(households.home, home)
    head = Faces(city, "assistance", day, _heads(city, home))
    births = _births(face)
    kinds = text.choose(("", "01", "02", "03"), households.kind[at])
    stop = households.stop[at]
    ended = np.where(stop < FAR, days.months(np.minimum(stop, FAR - 1)), -1)
    village = _home_villages(city, day, home)
    return pa.table({
        "FAMILY_ID": keys(home, FAMILY),
        "成员序号": serials(serial),
        "CARD_NO": keys(home, CARD),
        "ASSISTANCE_TYPE": face.junked(kinds, "junk_code", "9"),
        "区划": text.take(places.village_texts()["code"], village),
        "户主姓名": head.names(),
        "户主身份证号": head.numbers(),
        "姓名": face.names(),
        "与户主关系": text.choose(_RELATIONS, relation),
        "身份证号": face.numbers(),
        "性别": text.choose(("女", "男"), face.males()),
        "出生日期": face.junked(births, "junk_date", "2013.13.45"),
        "民族": nations(city.people.nation[person], person),
        **_health(city, person),
        "ASSISTANCE_MON": money(households.amount[at]),
        "ASSISTANCE_BEGIN": text.year_months(days.months(households.begin[at])),
        "ASSISTANCE_END": text.year_months(ended),
        "CARD_STATUS": text.choose(("1", "2"), stop < FAR),
    })  # fmt: skip


def _births(face: Faces) -> Text:
    """Birth dates in the shapes that village clerks use, each person's always in one."""
    born, shape = face.births(), face.chance("shape") % 6
    out = text.dates(born, text.SHAPES[0])
    for number, form in ((1, text.SHAPES[2]), (2, text.SHAPES[3]), (3, text.SHAPES[4])):
        where = np.flatnonzero(shape == number)
        out = text.patch(out, where, text.dates(born[where], form))
    return out


def _health(city: City, person: Ints) -> dict[str, Text]:
    kind = np.zeros(len(person), np.int64)
    child = person < len(city)
    kind[child] = city.traits.disability[person[child]]
    luck = chance.below(city.seed, "assistance/health", person, 1000)
    kind[~child & (luck < 80)] = 4
    sick = ~child & (luck >= 80) & (luck < 160)
    return {
        "健康状况": text.choose(
            ("健康", "残疾", "重病"), np.where(kind > 0, 1, np.where(sick, 2, 0))
        ),
        "残疾类别": text.choose(_DISABILITIES, kind),
        "残疾等级": text.choose(
            _GRADES, np.where(kind > 0, disability_grade(city.seed, person), 0)
        ),
    }
