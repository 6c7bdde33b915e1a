"""Rolls with many rows of a child: one record a person, linked once, and its rows all the child's."""

from datetime import date
from random import Random

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
from gateway.linkage.judgements import Said, Verdict, judge
from gateway.linkage.world import RECORDS

RECORD_TABLES = [t.name for t in RECORDS]
MONTHS = ("2026-08", "2026-09", "2026-10")


def paid(table: str, face: Face, key: str, months: tuple[str, ...] = MONTHS) -> list[Row]:
    """A row a month, each with a key of its own."""
    return [table_row(table, face, f"{key}-{m}") | _more(table, m) for m in months]


def _more(table: str, month: str) -> Row:
    if table in ("aid", "attendance"):
        return {"month": month}
    return {"died_on": date(2026, 1, 1)} if table == "death" else {}


def registry(*faces: Face) -> list[tuple[str, Row]]:
    return [("child", table_row("child", face, f"c{n}")) for n, face in enumerate(faces)]


def of(table: str, made: list[Row]) -> list[tuple[str, Row]]:
    return [(table, row) for row in made]


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_every_row_of_a_child_is_its_own(engine: Engine, table: str) -> None:
    one, other = child(1), child(2)
    report = night(
        engine,
        world_of([
            *registry(one, other), *of(table, paid(table, one, "a")), *of(table, paid(table, other, "b")),
            *of(table, paid(table, child(3), "stranger")),
        ]),
    )  # fmt: skip
    assert links(engine) == {
        f"{table}#{key}-{m}": (base, "number") for key, base in (("a", "c0"), ("b", "c1"))
        for m in MONTHS
    }  # fmt: skip
    assert not held(engine)
    counts = {r.roll: (r.rows, r.linked) for r in report.per_roll}
    assert counts[table_row(table, one, "")["roll"]] == (9, 6)


NO_NUMBER = ("aid", "attendance", "rehabilitation")


@pytest.mark.parametrize("table", NO_NUMBER)
def test_name_and_birth_date_are_enough_where_nobody_else_is_like_it(
    engine: Engine, table: str
) -> None:
    one = child(1)
    told = one.but(number=None, guardian=None, guardian_id=None, division=None)
    night(engine, world_of([*registry(one), *of(table, paid(table, told, "a"))]))
    assert {base for base, _ in links(engine).values()} == {"c0"}
    assert len(links(engine)) == len(MONTHS)


def school(code: str | None, name: str | None) -> Row:
    return {"school_code": code, "school_name": name}


SCHOOLS = [
    # the report's school, linked or asked about
    (school("S1", None), "linked"),
    (school(None, "第一小学"), "linked"),
    (school("S2", "第二小学"), "asked"),
    (school(None, "一小"), "asked"),
    (school(None, None), "asked"),
]


@pytest.mark.parametrize(("at", "becomes"), SCHOOLS)
def test_a_name_and_a_school(engine: Engine, at: Row, becomes: str) -> None:
    """With the name and the sex only: the child's own school decides, another one is asked about."""
    one = child(1)
    told = one.but(number=None, birth=None, guardian=None, guardian_id=None, division=None)
    report = [row | at for row in paid("attendance", told, "a")]
    pupil = table_row("enrolment", one, "e") | school("S1", "第一小学")
    night(engine, world_of([*registry(one), ("enrolment", pupil), *of("attendance", report)]))
    found = {r for r in links(engine) if r.startswith("attendance")}
    asked = {table for _, table, _ in held(engine)}
    assert (bool(found), bool(asked)) == (becomes == "linked", becomes == "asked")
    why = rows(engine, "SELECT explanation FROM link WHERE table_name = 'attendance'")
    assert all("school=same:7.8" in r["explanation"] for r in why)


def test_two_children_of_one_name_and_birth_date_are_asked_about(engine: Engine) -> None:
    one = child(1)
    twin = one.but(number=number(one.birth or date.min, 301), guardian="别", guardian_id=None)
    told = one.but(number=None, guardian=None, guardian_id=None)
    night(engine, world_of([*registry(one, twin), *of("aid", paid("aid", told, "a"))]))
    assert links(engine) == {}
    # One question of each, not one a month; it names a row that is there.
    assert held(engine) == {("c0", "aid", "aid#a-2026-08"), ("c1", "aid", "aid#a-2026-08")}
    keys = rows(engine, "SELECT DISTINCT row_key FROM undecided")
    assert keys == [{"row_key": "a-2026-08"}]


def test_a_month_written_in_another_way_is_the_same_child_s(engine: Engine) -> None:
    one = child(1)
    slip = one.but(number=None, guardian=None, guardian_id=None)
    made = [*paid("aid", one, "a", MONTHS[:2]), *paid("aid", slip, "a", MONTHS[2:])]
    night(engine, world_of([*registry(one), *of("aid", made)]))
    assert links(engine)["aid#a-2026-10"] == ("c0", "score")
    name_only = slip.but(birth=None, division=None)
    made = [*paid("aid", one, "a", MONTHS[:2]), *paid("aid", name_only, "a", MONTHS[2:])]
    night(engine, world_of([*registry(one), *of("aid", made)]))
    assert held(engine) == {("c0", "aid", "aid#a-2026-10")}


def test_a_row_set_aside_holds_the_child(engine: Engine) -> None:
    one = child(1)
    world = world_of(registry(one)) | {"quarantine": [quarantined("aid", one, "q")]}
    night(engine, world)
    assert held(engine) == {("c0", "aid", "aside#q")}


def test_grown_ups_are_nobody_s_but_a_guardian_s_number_under_a_child_s_name_holds(
    engine: Engine,
) -> None:
    one = child(1)
    adult = Face("某大人", number(date(1980, 5, 5), 17), date(1980, 5, 5))
    under = one.but(
        number=one.guardian_id, birth=None, guardian=None, guardian_id=None, division=None
    )
    night(
        engine,
        world_of([*registry(one), *of("aid", paid("aid", adult, "x")), *of("aid", paid("aid", under, "y"))]),
    )  # fmt: skip
    assert links(engine) == {}
    assert held(engine) == {("c0", "aid", "aid#y-2026-08")}


def test_nobody_is_dead_by_likeness(engine: Engine) -> None:
    one, other = child(1), child(2)
    likely = other.but(number=None, guardian=None, guardian_id=None)
    night(
        engine,
        world_of([*registry(one, other), *of("death", paid("death", one, "d", MONTHS[:1])),
                  *of("death", paid("death", likely, "e", MONTHS[:1]))]),
    )  # fmt: skip
    assert links(engine) == {"death#d-2026-08": ("c0", "number")}
    assert held(engine) == {("c1", "death", "death#e-2026-08")}
    dead = rows(engine, "SELECT base_row_key FROM person WHERE death_reported")
    assert dead == [{"base_row_key": "c0"}]


def test_what_an_officer_said_of_a_record_holds_next_month(engine: Engine) -> None:
    one = child(1)
    twin = one.but(number=number(one.birth or date.min, 301), guardian="别", guardian_id=None)
    told = one.but(number=None, guardian=None, guardian_id=None)
    base = registry(one, twin)
    night(engine, world_of([*base, *of("aid", paid("aid", told, "a", MONTHS[:1]))]))
    (record,) = rows(engine, "SELECT record FROM roll_record")
    name = f"national_welfare_system/aid/aid/{record['record']}"
    said = [Said(name, "national_welfare_system/registry/child/c0", Verdict.SAME)]
    later = of("aid", paid("aid", told, "a", MONTHS[1:]))
    night(engine, world_of([*base, *later]), judged=judge(said))
    assert links(engine) == {f"aid#a-{m}": ("c0", "judgement") for m in MONTHS[1:]}
    assert not held(engine)


def test_the_order_of_rows_does_not_matter(engine: Engine) -> None:
    people = [child(n) for n in range(12)]
    made: list[tuple[str, Row]] = registry(*people)
    for n, face in enumerate(people):
        told = face if n % 3 else face.but(number=None, guardian=None, guardian_id=None)
        for table in ("aid", "contribution"):
            made += of(table, paid(table, told, f"k{n}"))
    night(engine, world_of(made))
    first = (links(engine), held(engine))
    assert len(first[0]) == 72
    for seed in (1, 2):
        Random(seed).shuffle(made)
        made.sort(key=lambda pair: pair[0] != "child")
        night(engine, world_of(made))
        assert (links(engine), held(engine)) == first
