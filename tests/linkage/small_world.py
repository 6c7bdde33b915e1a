"""Small worlds: faces (what a roll says of a child) become canonical rows; a night links them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from gateway.engine import Engine
from gateway.linkage import LinkReport, link
from gateway.linkage.judged import NOBODY
from gateway.linkage.judgements import Judged
from gateway.linkage.kept import KEPT
from gateway.linkage.weights import Weights, load_weights
from gateway.linkage.world import SCRATCH, world_schemas
from gateway.model.identifiers import check_digit, valid18

AS_OF = date(2026, 11, 16)
WEIGHTS = load_weights(Path(__file__).parents[2] / "mappings" / "linkage" / "weights.v1.yaml")
Row = dict[str, Any]

SOURCES = {
    "child": ("national_welfare_system", "registry"),
    "assistance_member": ("national_welfare_system", "assistance"),
    "assistance_household": ("national_welfare_system", "assistance"),
    "enrolment": ("education", "enrolment"),
    "coverage": ("medical_insurance", "coverage"),
    "aid": ("national_welfare_system", "aid"),
    "attendance": ("education", "attendance"),
    "contribution": ("medical_insurance", "contribution"),
    "death": ("national_welfare_system", "death"),
    "disability": ("disabled_persons_federation", "card"),
    "insured_identity": ("medical_insurance", "insured_identity"),
    "rehabilitation": ("disabled_persons_federation", "rehabilitation"),
}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾"
    "彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任卢姚沈钟姜崔谭陆范汪廖"
)
_FIRST = "子浩宇轩文博思佳嘉晨辰彦航翔天阳宏志成云海东建国辉龙峰"
_SECOND = "明安宁和平远清川江河湖山石木森林松柏梅兰竹菊荷桂"


@dataclass(frozen=True)
class Face:
    """What a roll says of one child. `number` is as given; None for none."""

    name: str | None
    number: str | None
    birth: date | None
    sex: str = "1"
    division: str | None = "419901001001"
    guardian: str | None = None
    guardian_id: str | None = None
    own_number: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Face":
        """The same face with other words."""
        return replace(self, **changes)


def number(birth: date, sequence: int, area: str = "419901") -> str:
    """A good number; the sequence's last digit tells the sex."""
    first = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


def child(which: int) -> Face:
    """Child number `which`: nobody shares its name, birth date, number or guardian with another."""
    birth = date(2010, 1, 17) + timedelta(days=which * 31)
    surname = _SURNAMES[which % len(_SURNAMES)]
    first = _FIRST[which * 5 % len(_FIRST)]
    second = _SECOND[which * 7 % len(_SECOND)]
    return Face(
        name=surname + first + second,
        number=number(birth, 101 + 2 * (which % 400)),
        birth=birth,
        division=f"4199{which % 6 + 1:02d}0{which % 8 + 1:02d}{which % 10 + 1:03d}",
        guardian=surname + "守" + second,
        guardian_id=number(date(1985, 3, 1) + timedelta(days=which), 211),
    )


def table_row(table: str, face: Face, key: str) -> Row:
    """The canonical row of a face; the mapping's work on the number is done here by hand."""
    source, roll = SOURCES[table]
    good = valid18(face.number)
    row: Row = {
        "row_key": key, "row_ref": f"{table}#{key}", "division": face.division, "row_digest": "",
        "name": face.name, "name_key": face.name, "birth_date": face.birth, "sex": face.sex,
        "id_number": face.number if good else None, "id_given": face.number,
        "id_state": "valid" if good else _state(face.number), "source": source, "roll": roll,
    }  # fmt: skip
    if table in ("child", "enrolment"):
        row |= {"guardian_name_key": face.guardian, "guardian_id": face.guardian_id}
    if table == "assistance_member":
        row |= {"head_name_key": face.guardian, "head_id": face.guardian_id, "family_id": "F" + key}
    own = {
        "enrolment": "student_number",
        "coverage": "person_number",
        "contribution": "person_number",
    }.get(table)
    if own:
        row[own] = face.own_number
    return row | dict(face.more)


def _state(given: str | None) -> str:
    if given is None:
        return "missing"
    return {"G": "student_number", "J": "student_number", "L": "temporary"}.get(given[0], "invalid")


def household(family: str, **changes: Any) -> Row:
    """An assistance household in force."""
    source, roll = SOURCES["assistance_household"]
    row: Row = {
        "row_key": family, "row_ref": f"household#{family}", "row_digest": "", "family_id": family,
        "kind": "02", "card_status": "1", "begin_month": "2024-05", "source": source, "roll": roll,
    }  # fmt: skip
    return row | changes


def quarantined(table: str, face: Face, key: str) -> Row:
    """The hints of a row that was set aside."""
    source, roll = SOURCES[table]
    return {
        "source": source, "roll": roll, "table_name": table, "row_ref": f"aside#{key}",
        "name_key": face.name, "id_number": face.number if valid18(face.number) else None,
        "id_given": face.number, "birth_date": face.birth, "sex": face.sex,
        "division": face.division, "column_name": "status", "reason": "unlisted_code",
    }  # fmt: skip


class Ids:
    """Person ids from one counter."""

    def __init__(self) -> None:
        self.next = 1

    def reserve(self, count: int) -> range:
        """The next `count` ids."""
        self.next += count
        return range(self.next - count, self.next)


World = Mapping[str, Sequence[Row]]


def night(
    engine: Engine,
    world: World,
    ids: Ids | None = None,
    as_of: date = AS_OF,
    judged: Judged[str] = NOBODY,
    *,
    keep: bool = False,
    weights: Weights = WEIGHTS,
) -> LinkReport:
    """Load a world and link it. Tables that the world does not name are empty.

    With `keep` only what changed since the last night of this engine is linked.
    """
    if not keep:
        engine.drop(*KEPT)
    for name, schema in world_schemas().items():
        engine.load(name, pa.Table.from_pylist(list(world.get(name, ())), schema=schema))
    report = link(engine, as_of=as_of, ids=ids or Ids(), weights=weights, judged=judged)
    assert not any(engine.exists(name) for name in SCRATCH)
    return report


def known(engine: Engine) -> list[Row]:
    """What the next night knows."""
    return rows(engine, "SELECT person_id, source, roll, row_key, id_number FROM person_key")


def rows(engine: Engine, sql: str) -> list[Row]:
    """The rows of a query."""
    return engine.fetch(sql).to_pylist()


def links(engine: Engine) -> dict[str, tuple[str, str]]:
    """row_ref → (the person's base row key, method), own rows left out."""
    found = rows(
        engine,
        "SELECT l.row_ref, p.base_row_key, l.method FROM link l JOIN person p USING (person_id) "
        "WHERE l.method <> 'base'",
    )
    return {r["row_ref"]: (r["base_row_key"], r["method"]) for r in found}


def held(engine: Engine) -> set[tuple[str, str, str]]:
    """(base row key, table, row_ref) of undecided pairs."""
    found = rows(
        engine,
        "SELECT p.base_row_key, u.table_name, u.row_ref FROM undecided u JOIN person p USING (person_id)",
    )
    return {(r["base_row_key"], r["table_name"], r["row_ref"]) for r in found}


def world_of(pairs: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    """Rows gathered by table."""
    out: dict[str, list[Row]] = {}
    for table, row in pairs:
        out.setdefault(table, []).append(row)
    return out
