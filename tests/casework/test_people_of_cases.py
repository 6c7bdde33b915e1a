"""The people whom the store keeps for a case: as the rolls name them tonight."""

from typing import Any

import pyarrow as pa

from gateway.casework import people
from gateway.engine import Engine

PERSON = {
    "person_id": 1, "name": "王小明", "id_number": None, "birth_date": None, "sex": "1",
    "division": "419901001", "household_key": "H1", "registered": True, "source": "welfare",
    "base_row_key": "c1",
}  # fmt: skip
PLANNED = [{"person_id": 1, "event": "found"}, {"person_id": 1, "event": "found"}]
CHILD = {
    "source": "welfare", "row_key": "c1", "guardian_name": "王一", "address": "王家巷3号",
    "former_name": "王小安", "pet_name": "安安",
}  # fmt: skip
SCHOOL = {"row_ref": "x#1", "school_name": "安禾第一小学"}
LINK = {"person_id": 1, "table_name": "enrolment", "row_ref": "x#1", "current": True}


def kept(engine: Engine, **rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tables = {"person": [PERSON], "planned": PLANNED, "child": [CHILD], "enrolment": [SCHOOL]}
    before = {n: engine.fetch(f"SELECT * FROM {n}") for n in ("child", "enrolment", "link")}
    for name, values in (tables | {"link": [LINK]} | rows).items():
        engine.load(name, pa.Table.from_pylist(values or [], schema=_schema(name)))
    found = people(engine).to_pylist()
    for name, table in before.items():
        engine.load(name, table)
    return found


def _schema(name: str) -> pa.Schema:
    example = {
        "person": PERSON, "planned": PLANNED[0], "child": CHILD, "enrolment": SCHOOL, "link": LINK,
    }[name]  # fmt: skip
    kinds = {"birth_date": pa.date32(), "id_number": pa.string()}
    return pa.schema([(c, kinds.get(c) or pa.array([v]).type) for c, v in example.items()])


def test_a_child_with_guardian_address_and_school(engine: Engine) -> None:
    (row,) = kept(engine)
    assert (row["guardian_name"], row["address"], row["school_name"]) == (
        "王一", "王家巷3号", "安禾第一小学",
    )  # fmt: skip


def test_two_schools_or_registry_rows_never_make_two_people(engine: Engine) -> None:
    schools = [SCHOOL, {"row_ref": "x#2", "school_name": "安禾第二小学"}]
    rows = kept(
        engine, enrolment=schools, link=[LINK, LINK | {"row_ref": "x#2"}], child=[CHILD] * 2
    )
    assert [r["school_name"] for r in rows] == ["安禾第一小学"]


def test_what_the_rolls_do_not_say_stays_empty(engine: Engine) -> None:
    gone = LINK | {"current": False}
    unregistered = PERSON | {"registered": False}
    (row,) = kept(engine, link=[gone], person=[unregistered])
    assert row["school_name"] is None and row["guardian_name"] is None
