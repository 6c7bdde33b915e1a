"""Whose number stands on a roll is not silently absent from it; who is on it for sure is not asked about."""

from datetime import date, timedelta

import pytest
from small_world import (
    Face,
    Row,
    child,
    held,
    household,
    links,
    night,
    number,
    rows,
    table_row,
    world_of,
)

from gateway.engine import Engine

World = list[tuple[str, Row]]
FAR = timedelta(days=1500)
NAMELESS, SECOND, TWIN, CHAIN, FILLER, INSURED = (child(n) for n in (1, 3, 5, 7, 9, 11))


def row(table: str, face: Face, key: str) -> tuple[str, Row]:
    return table, table_row(table, face, key)


def stranger(face: Face, key: str) -> Face:
    """Another name and birth date, another home, under the face's number."""
    assert face.birth is not None
    return face.but(
        name="钱" + key,
        birth=face.birth - FAR,
        division="419999009009",
        guardian=None,
        guardian_id=None,
    )


def twin(face: Face) -> Face:
    assert face.name is not None
    return face.but(name=face.name[:1] + "双双")


def town() -> World:
    assert NAMELESS.birth is not None
    other = number(NAMELESS.birth, 733)
    learned = NAMELESS.but(number=other)
    filler = FILLER.number
    return [
        # the registry has no number; school teaches it; insurance bears it under another name
        row("child", NAMELESS.but(number=None), "nameless"),
        row("enrolment", learned, "nameless"),
        row("coverage", stranger(learned, "甲乙"), "nameless"),
        # the number stands on a stranger's row, the child has a row of its own
        row("child", SECOND, "second"),
        row("enrolment", SECOND, "second"),
        row("enrolment", stranger(SECOND, "丙丁"), "second-2"),
        # a twin of whom the registry knows nothing is on the roll without a number
        row("child", TWIN, "twin"),
        row("enrolment", TWIN.but(guardian="另人", guardian_id=None), "twin"),
        row("enrolment", twin(TWIN).but(number=None), "twin-2"),
        # a number on a row that was found by weight alone, and on one that no weight would ask about
        row("child", CHAIN.but(number=None, division=None), "chain"),
        row(
            "enrolment",
            CHAIN.but(guardian=None, guardian_id=None, division="419901001001"),
            "chain",
        ),
        row("coverage", stranger(CHAIN, "戊己"), "chain"),
        # a number on every second row
        row("child", FILLER, "filler"),
        *(
            row("enrolment", stranger(FILLER, f"庚{n}").but(number=filler), f"filler-{n}")
            for n in range(25)
        ),
        # the same child twice, the second time all but its number
        row("child", INSURED, "insured"),
        row("coverage", INSURED, "insured"),
        row("coverage", INSURED.but(number=None, division=None), "insured-2"),
    ]


@pytest.fixture(scope="module")
def linked(engine: Engine) -> Engine:
    night(engine, world_of(town()))
    return engine


@pytest.mark.parametrize(
    ("key", "table", "ref"),
    [
        ("nameless", "coverage", "coverage#nameless"),
        ("chain", "coverage", "coverage#chain"),
    ],
)
def test_whose_number_stands_on_a_row_is_held_by_it(
    linked: Engine, key: str, table: str, ref: str
) -> None:
    assert links(linked)[f"enrolment#{key}"][0] == key
    assert (key, table, ref) in held(linked)
    (why,) = rows(linked, f"SELECT why FROM undecided WHERE row_ref = '{ref}'")
    assert "bears_number" in why["why"]


@pytest.mark.parametrize("key", ["second", "twin", "filler"])
def test_nobody_is_asked_about_for_little(linked: Engine, key: str) -> None:
    assert key not in {of for of, _, _ in held(linked)}


def test_the_second_row_of_a_child_that_is_on_the_roll_is_found_all_the_same(
    linked: Engine,
) -> None:
    assert links(linked)["coverage#insured-2"] == ("insured", "score")


AIDED = child(20)
HOME = {"family_id": "F1"}


@pytest.mark.parametrize(
    ("second", "persons"),
    [
        (AIDED.but(number=None), 1),
        (AIDED.but(number=None, guardian_id="41990119800101001X"), 2),
        (AIDED.but(number=None, birth=date(2012, 2, 2)), 2),
        (AIDED.but(number=number(date(2012, 2, 2), 123)), 2),
    ],
)
@pytest.mark.parametrize("numbered", [True, False])
def test_a_member_written_twice_is_one_child(
    engine: Engine, second: Face, persons: int, numbered: bool
) -> None:
    first = AIDED if numbered else AIDED.but(number=None)
    if not numbered and second.number is not None:
        persons = 1
    world = world_of([
        row("assistance_member", first.but(more=HOME), "M2"),
        row("assistance_member", second.but(more=HOME), "M1"),
    ])  # fmt: skip
    night(engine, world | {"assistance_household": [household("F1")]})
    assert engine.count("person") == persons
    assert engine.value("SELECT count(*) FROM link WHERE table_name = 'assistance_member'") == 2
