"""One child looked up: the night's own weights, the likeliest first, and nobody by a veto."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest
from small_world import AS_OF, WEIGHTS, child, night, table_row, world_of

from gateway.engine import Engine, load_step
from gateway.linkage.levels import Face
from gateway.linkage.lookup import LookUp

CHILDREN = 300


@pytest.fixture(scope="module")
def people(engine: Engine) -> pa.Table:
    night(
        engine,
        world_of(("child", table_row("child", child(n), f"c{n:03d}")) for n in range(CHILDREN)),
    )
    grown = date(AS_OF.year - 25, AS_OF.month, AS_OF.day)
    return engine.fetch(load_step("gateway.linkage", "faces"), {"grown_born_by": grown})


@pytest.fixture(scope="module")
def index(people: pa.Table) -> Iterator[LookUp]:
    with LookUp(WEIGHTS) as made:
        made.add(people)
        yield made


def face(people: pa.Table, which: int) -> tuple[int, Face]:
    row = people.sort_by("person_id").to_pylist()[which]
    return row.pop("person_id"), Face(**row)


def but(face: Face, **changes: object) -> Face:
    from dataclasses import replace

    return replace(face, **changes)  # type: ignore[arg-type]


SLIPS: list[dict[str, object]] = [
    {},
    {"id_number": None, "number_given": None, "firm": False},
    {"birth_date": None, "firm": False},
    {"name_key": "欧阳远"},
    {"guardian_name_key": None, "guardian_id": None, "division": None},
]


@pytest.mark.parametrize("slip", range(len(SLIPS)))
@pytest.mark.parametrize("which", [0, 17, 299])
def test_a_child_is_found(index: LookUp, people: pa.Table, which: int, slip: int) -> None:
    person_id, own = face(people, which)
    first, *rest = index.look_up(but(own, **SLIPS[slip]))
    assert first.person_id == person_id
    assert first.waterfall.weight is not None
    assert first.waterfall.weight >= WEIGHTS.link
    assert all(other.waterfall.weight <= first.waterfall.weight for other in rest)
    assert sum(p.bits for p in first.waterfall.parts) == pytest.approx(first.waterfall.weight)
    expected = rest[0].person_id if rest else None
    assert first.waterfall.second_person_id == expected


def test_a_wrong_digit_is_found_by_the_rest_of_the_number(index: LookUp, people: pa.Table) -> None:
    person_id, own = face(people, 5)
    assert own.id_number is not None
    wrong = own.id_number[:3] + str((int(own.id_number[3]) + 1) % 10) + own.id_number[4:]
    slipped = but(own, id_number=None, number_given=wrong, firm=False, birth_date=None)
    first = index.look_up(slipped)[0]
    assert (first.person_id, dict(first.levels)["number"]) == (person_id, "near")


def test_a_home_in_another_style_weighs(people: pa.Table) -> None:
    homed = [r | {"address": f"安禾市石桥镇柳树村{n}号"} for n, r in enumerate(people.to_pylist())]
    with LookUp(WEIGHTS) as index:
        index.add(pa.Table.from_pylist(homed, schema=people.schema))
        person_id, own = homed[7].pop("person_id"), Face(**homed[7])
        slipped = but(own, **SLIPS[1], **SLIPS[4], address="柳树村7号")
        first = index.look_up(slipped)[0]
        assert (first.person_id, dict(first.levels)["household"]) == (person_id, "address")


def test_two_good_numbers_are_two_children(index: LookUp, people: pa.Table) -> None:
    _, own = face(people, 5)
    twin = but(own, id_number="419901201005170030", number_given="419901201005170030")
    assert own.firm
    assert index.look_up(twin) == ()


def test_nothing_told_finds_nobody(index: LookUp) -> None:
    assert index.look_up(Face()) == ()


def test_a_constant_name_is_bounded(people: pa.Table) -> None:
    many = pa.Table.from_pylist(
        [
            {
                **people.to_pylist()[0],
                "person_id": n,
                "id_number": None,
                "number_given": None,
                "firm": False,
            }
            for n in range(5000)
        ],
        schema=people.schema,
    )
    with LookUp(WEIGHTS) as index:
        index.add(many)
        found = index.look_up(Face(name_key=many["name_key"][0].as_py()))
    assert len(found) <= 10


def test_a_filler_is_no_number(people: pa.Table) -> None:
    """What stands on many files in place of a number leads a query to none of them."""
    filler = "999999190001010000"
    lost = {"id_number": None, "number_given": filler, "firm": False}
    few, many = people.to_pylist()[:3], people.to_pylist()[:40]
    asked = Face(number_given=filler, sex="1", birth_date=face(people, 0)[1].birth_date)
    for files, found in ((few, True), (many, False)):
        with LookUp(WEIGHTS) as index:
            index.add(pa.Table.from_pylist([f | lost for f in files], schema=people.schema))
            near = [c for c in index.look_up(asked) if ("number", "near") in c.levels]
        assert bool(near) is found
