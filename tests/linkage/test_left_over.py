"""Who is left over finds what is left over, where most of that year are on the roll and nobody else fits."""

from datetime import timedelta

import pytest
from small_world import (
    Face,
    Row,
    child,
    held,
    links,
    night,
    number,
    quarantined,
    rows,
    table_row,
    world_of,
)

from gateway.engine import Engine
from gateway.linkage import matching

ELSEWHERE = "419999009009"
SAME_YEAR = 11
"""Children 0 to 11 of the small world are born in one year."""
FREE = child(5)


def others(table: str = "coverage") -> list[tuple[str, Row]]:
    """Most children of the year are in the registry and, by number, on the roll."""
    faces = [(f"o{n}", child(n)) for n in range(SAME_YEAR) if n != 5]
    return [(of, table_row(of, face, key)) for key, face in faces for of in ("child", table)]


def loose(**changes: object) -> Face:
    """The free child's row: no number, a lunar date, another place."""
    assert FREE.birth is not None
    told = {"number": None, "birth": FREE.birth - timedelta(days=30), "division": ELSEWHERE}
    return FREE.but(**(told | changes))


def town(*more: tuple[str, Row], row: Face | None = None) -> dict[str, list[Row]]:
    return world_of([
        *others(),
        ("child", table_row("child", FREE, "free")),
        ("coverage", table_row("coverage", loose() if row is None else row, "loose")),
        *more,
    ])  # fmt: skip


def renamed(sex: str = "1") -> Face:
    """The free child's number, surname and village; another given name, no birth date."""
    assert FREE.name is not None
    return FREE.but(name=FREE.name[:1] + "新名", birth=None, sex=sex)


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "OF_A_YEAR", 5)


@pytest.mark.parametrize("row", [loose(), renamed()], ids=["no number", "another given name"])
def test_who_is_left_over_is_linked(engine: Engine, row: Face) -> None:
    night(engine, town(row=row))
    assert links(engine)["coverage#loose"][0] == "free"
    (found,) = rows(engine, "SELECT explanation, weight FROM link WHERE row_ref = 'coverage#loose'")
    assert ";left_over:" in found["explanation"]
    assert found["weight"] >= 0.5


def test_where_few_are_counted_it_is_asked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "OF_A_YEAR", 200)
    night(engine, town())
    assert ("free", "coverage", "coverage#loose") in held(engine)


def test_where_few_of_that_year_are_on_the_roll_it_is_asked(engine: Engine) -> None:
    assert FREE.birth is not None
    absent = [
        (
            "child",
            table_row(
                "child", face.but(birth=FREE.birth, number=number(FREE.birth, 501 + n)), f"a{n}"
            ),
        )
        for n, face in ((n, child(n)) for n in range(40, 52))
    ]
    night(engine, town(*absent))
    assert ("free", "coverage", "coverage#loose") in held(engine)


ASKED = {
    "no birth date": loose(birth=None),
    "another sex": loose(sex="2"),
    "another child's number": loose(number=child(1).number),
    "the number, another name, another sex": renamed(sex="2"),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=key) for key, row in ASKED.items()])
def test_what_speaks_against_is_asked_or_apart(engine: Engine, row: Face) -> None:
    night(engine, town(row=row))
    assert links(engine).get("coverage#loose", ("", ""))[0] != "free"


def test_two_rows_for_one_child_are_asked(engine: Engine) -> None:
    assert FREE.birth is not None
    other = loose(birth=FREE.birth - timedelta(days=31))
    night(engine, town(("coverage", table_row("coverage", other, "loose-2"))))
    assert not {"coverage#loose", "coverage#loose-2"} & set(links(engine))


def test_two_children_for_one_row_are_asked(engine: Engine) -> None:
    assert FREE.birth is not None
    namesake = FREE.but(
        number=number(FREE.birth, 777), division="419999001001", guardian="别人", guardian_id=None
    )
    night(engine, town(("child", table_row("child", namesake, "namesake"))))
    assert "coverage#loose" not in links(engine)


def test_a_row_that_was_set_aside_is_another_that_could_be_the_childs(engine: Engine) -> None:
    night(engine, town(("quarantine", quarantined("coverage", loose(), "aside"))))
    assert "coverage#loose" not in links(engine)


def test_who_has_a_row_is_not_left_over(engine: Engine) -> None:
    night(engine, town(("coverage", table_row("coverage", FREE, "own"))))
    assert links(engine)["coverage#own"] == ("free", "number")
    assert "coverage#loose" not in links(engine)


def test_a_sister_of_the_rows_name_takes_the_number_back(engine: Engine) -> None:
    assert FREE.birth is not None
    born = FREE.birth + timedelta(days=900)
    sister = renamed().but(birth=born, number=number(born, 301))
    night(engine, town(("child", table_row("child", sister, "sister")), row=renamed()))
    assert links(engine).get("coverage#loose", ("", ""))[0] != "free"
