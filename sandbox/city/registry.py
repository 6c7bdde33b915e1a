"""The child welfare registry: one row per registered child, exited ones for twelve months."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.city import chance, family, places, state, text
from sandbox.city.codes import CATEGORIES, DE_FACTO, EXIT_REASONS, ORPHAN
from sandbox.city.days import FAR, Column, Ints
from sandbox.city.enrolment import addresses
from sandbox.city.faces import Faces
from sandbox.city.model import City
from sandbox.city.rowkeys import REGISTRY, in_key_order, keys
from sandbox.city.text import Text

NATION_TEXTS = (
    "汉族", "回族", "满族", "蒙古族", "土家族", "苗族", "毛南族", "藏族", "维吾尔族", "哈萨克族",
)  # fmt: skip
_RELATIONS = ("父亲", "母亲", "祖父", "祖母", "其他")


def project(city: City, day: int) -> pa.Table:
    """The registry on a day."""
    rows = state.registered(city, day)
    pick, child = in_key_order(rows.child, np.zeros(len(rows.child), np.bool_), REGISTRY)
    category = rows.category[pick]
    faces = Faces(city, "registry", day, child)
    guardian, guardian_number = faces.guardians()
    village = state.villages(city, day)[child]
    births, codes = text.dates(faces.births()), text.choose([c for c, _ in CATEGORIES], category)
    left = rows.exit[pick]
    return pa.table({
        "档案编号": keys(child, REGISTRY),
        "姓名": faces.names(),
        "性别": text.choose(("女", "男"), faces.males()),
        "出生日期": faces.junked(births, "junk_date", "2013-13-45"),
        "民族": nations(city.children.nation[child], child),
        **_documents(city, day, faces, child),
        "儿童类别": text.choose([name for _, name in CATEGORIES], category),
        "类别代码": faces.junked(codes, "junk_code", "999"),
        "户籍区划": text.take(places.village_texts()["code"], village),
        "现住址": addresses(faces, city.children.household[child], village),
        "监护人姓名": guardian,
        "监护人身份证号": guardian_number,
        "与儿童关系": _relations(city, child),
        "监护情况": _guardianship(city, child, category),
        "认定日期": text.dates(rows.entry[pick]),
        "退出日期": text.dates(left),
        "退出原因": text.blank(text.choose(EXIT_REASONS, rows.reason[pick]), left == FAR),
        "末领年月": text.year_months(rows.last_paid[pick]),
        "月发放金额": money(rows.amount[pick]),
    })  # fmt: skip


def money(fen: Ints) -> Text:
    """Whole yuan with two decimals; an empty text for nothing."""
    yuan = pa.array(fen // 100).cast(pa.string())
    return text.blank(text.join(yuan, text.same(".00", len(fen))), fen == 0)


def nations(index: Column, person: Ints) -> Text:
    """民族 in words; some clerks still write 毛难族."""
    old = (index == 6) & (person % 3 == 0)
    return text.choose((*NATION_TEXTS, "毛难族"), np.where(old, len(NATION_TEXTS), index))


def _documents(city: City, day: int, faces: Faces, child: Ints) -> dict[str, Text]:
    """A child without a number shows its birth certificate, or nothing."""
    shown = faces.numbers()
    none = pc.utf8_length(shown).to_numpy() < 5
    certificate = none & (city.people.numbered[child] > day) & (child % 2 == 0)
    where = np.flatnonzero(certificate)
    digits = chance.below(city.seed, "birth certificate", child[where], 10**9)
    shown = text.patch(shown, where, text.join(text.same("U", len(where)), text.whole(digits, 9)))
    kind = np.where(certificate, 1, np.where(none, 2, 0))
    return {
        "身份证件类型": text.choose(("居民身份证", "出生医学证明", ""), kind),
        "身份证件号码": shown,
    }


def _relations(city: City, child: Ints) -> Text:
    home = city.children.household[child]
    role = city.traits.guardian[home].astype(np.int64)
    elder = city.homes.adult(family.GRANDPARENT, home)
    grandmother = (role == family.GRANDPARENT) & ~city.people.male[elder]
    custody = role == family.NOBODY
    return text.choose(_RELATIONS, np.where(custody, 4, role + grandmother))


def _guardianship(city: City, child: Ints, category: Ints) -> Text:
    """A good, B fair; 0 none for a very few de-facto unattended children."""
    luck = chance.below(city.seed, "registry/guardianship", child, 200)
    unattended = np.isin(category, (DE_FACTO, ORPHAN)) & (luck < 4)
    return text.choose(("A", "B", "0"), np.where(unattended, 2, luck % 5 == 0))
