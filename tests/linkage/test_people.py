"""Households, twins, namesakes, aided households, files that left: one city, one night."""

import re
from datetime import date, timedelta

import pytest
from small_world import (
    AS_OF,
    Face,
    Row,
    child,
    held,
    household,
    links,
    night,
    number,
    quarantined,
    rows,
    table_row,
    world_of,
)

from gateway.engine import Engine
from gateway.linkage import LinkReport

NO_NUMBER = {"number": None}
ELSEWHERE = {"division": "419999001001"}


def member(face: Face, key: str, family: str, **more: str) -> tuple[str, Row]:
    return "assistance_member", table_row(
        "assistance_member", face.but(more={"family_id": family, **more}), key
    )


def in_child(face: Face, key: str, **more: object) -> tuple[str, Row]:
    return "child", table_row("child", face.but(more=more), key)


def in_school(face: Face, key: str, **more: object) -> tuple[str, Row]:
    return "enrolment", table_row("enrolment", face.but(more=more), key)


def insured(face: Face, key: str, **more: object) -> tuple[str, Row]:
    return "coverage", table_row("coverage", face.but(more=more), key)


def twin_of(face: Face, sequence: int = 105) -> Face:
    """The twin: same surname, day, home and guardian; a neighbouring number."""
    assert face.name is not None and face.birth is not None
    return face.but(name=face.name[:2] + "双", number=number(face.birth, sequence))


def day_after(face: Face) -> date:
    assert face.birth is not None
    return face.birth + timedelta(days=1)


def sister_of(face: Face) -> Face:
    assert face.name is not None and face.birth is not None
    born = face.birth + timedelta(days=900)
    return face.but(name=face.name[:2] + "妹", birth=born, number=number(born, 204), sex="2")


TWIN, SISTER, ALONE = child(0), child(1), child(2)
BOTH_TWINS, SAME_NAME, TWO_ROWS = child(3), child(4), child(5)
DOUBLE, AIDED, MISSED, GROWN = child(6), child(7), child(8), child(9)
LEFT, GONE, OWN, DEAD = child(10), child(11), child(12), child(13)
DOUBT, UNKNOWN, STOPPED, ADULT_CHILD = child(14), child(15), child(16), child(17)
SOUNDS = child(18).but(name="周子涵")
CONTESTED, OTHER_SEX, INSTITUTION = child(19), child(20), child(21)
KNOWN_SCHOOL = child(22)
LEARNER, COMPOUND = child(23), child(24).but(name="欧阳宇翔")


def city() -> list[tuple[str, Row]]:
    grown = GROWN.but(birth=date(2001, 5, 6), number=number(date(2001, 5, 6), 133))
    return [
        # a twin is on the roll with its own number; the other twin is truly absent
        in_child(TWIN, "twin-a"), in_child(twin_of(TWIN), "twin-b"),
        in_school(twin_of(TWIN), "twin-b"),
        # a younger sister's row carries the sister's (wrongly the elder's) number
        in_child(SISTER, "elder"), in_child(sister_of(SISTER), "sister"),
        in_school(sister_of(SISTER).but(number=SISTER.number), "sister"),
        # truly absent, nobody like it
        in_child(ALONE, "alone"),
        # twins, both rows without numbers: names tell them apart
        in_child(BOTH_TWINS, "both-a"), in_child(twin_of(BOTH_TWINS), "both-b"),
        in_school(BOTH_TWINS.but(**NO_NUMBER), "both-a"),
        in_school(twin_of(BOTH_TWINS).but(**NO_NUMBER), "both-b"),
        # two children of one name and birth date in the registry, one row without number
        in_child(SAME_NAME, "same-a"),
        in_child(SAME_NAME.but(number=number(SAME_NAME.birth or AS_OF, 555), **ELSEWHERE), "same-b"),
        in_school(SAME_NAME.but(**NO_NUMBER), "same"),
        # two rows of one name and birth date on the roll, one child
        in_child(TWO_ROWS, "two-rows"),
        in_school(TWO_ROWS.but(own_number="J1", **NO_NUMBER), "two-rows-1"),
        in_school(TWO_ROWS.but(own_number="J2", **NO_NUMBER), "two-rows-2"),
        # one child with two files
        in_child(DOUBLE, "double-2"), in_child(DOUBLE, "double-1"), in_school(DOUBLE, "double"),
        # a registered child in an aided household, without number there
        in_child(AIDED, "aided"), member(AIDED.but(**NO_NUMBER), "aided", "F1"),
        # a minor of an aided household whom the registry missed; also in school
        member(MISSED, "missed", "F1"), in_school(MISSED, "missed"),
        # a grown-up member, a stopped household, an adult child without birth date
        member(grown, "grown", "F1"),
        member(STOPPED, "stopped", "F2"),
        member(ADULT_CHILD.but(number=number(date(1990, 1, 2), 17), birth=None), "adult-child",
               "F1", relation="21"),
        # a member of whom nothing is known but that it is the head's child
        member(UNKNOWN.but(number=None, birth=None), "unknown", "F1", relation="31"),
        # a member who may be a registered child
        in_child(DOUBT, "doubt"), in_school(DOUBT, "doubt"),
        member(DOUBT.but(birth=day_after(DOUBT), guardian="别人", guardian_id=None,
                         **NO_NUMBER, **ELSEWHERE),
               "doubt", "F1"),
        # files that left the registry
        in_child(LEFT, "left", exit_on=AS_OF - timedelta(days=30)), member(LEFT, "left", "F1"),
        ("child_gone", table_row("child", GONE, "gone")), member(GONE, "gone", "F1"),
        # rows that left the roll
        in_child(OWN, "own"),
        ("enrolment_gone", table_row("enrolment", OWN.but(own_number="J7"), "own-gone")),
        in_school(OWN.but(own_number="J7", birth=None, guardian=None, guardian_id=None, **NO_NUMBER,
                          **ELSEWHERE), "own-now"),
        # a death that a roll reports
        in_child(DEAD, "dead"), insured(DEAD, "dead", survival="2"),
        # both given characters written by their sound
        in_child(SOUNDS, "sounds"), insured(SOUNDS.but(name="周紫寒", **NO_NUMBER, **ELSEWHERE), "sounds"),
        # a row with the number of one child, and name and birth date of another
        in_child(CONTESTED, "number-of"),
        in_child(OTHER_SEX, "name-of"),
        in_school(OTHER_SEX.but(number=CONTESTED.number), "contested"),
        # twins of both sexes, one row with the brother's number
        in_child(INSTITUTION, "brother"),
        in_child(twin_of(INSTITUTION, 106).but(sex="2"), "twin-sister"),
        in_school(twin_of(INSTITUTION, 106).but(sex="2", number=INSTITUTION.number), "his-number"),
        # set aside: a registry row that could be the missed minor's, and one of the assistance roll
        ("quarantine", quarantined("child", MISSED.but(**NO_NUMBER), "file")),
        ("quarantine", quarantined("assistance_household", ALONE, "card")),
        in_child(KNOWN_SCHOOL, "known-school"), in_school(KNOWN_SCHOOL, "known-school"),
        ("quarantine", quarantined("enrolment", KNOWN_SCHOOL, "second-row")),
        # found in school by its household; from there its number is known
        in_child(LEARNER.but(**NO_NUMBER), "learner"), in_school(LEARNER, "learner"),
        insured(LEARNER.but(name="改了名", **ELSEWHERE), "learner"),
        insured(LEARNER.but(number=number(LEARNER.birth or AS_OF, 777), **ELSEWHERE), "namesake"),
        # a compound surname became the other parent's
        in_child(COMPOUND, "compound"), insured(COMPOUND.but(name="周宇翔", **NO_NUMBER), "compound"),
        ("assistance_household", household("F1")),
        ("assistance_household", household("F2", card_status="2")),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def report(engine: Engine) -> LinkReport:
    return night(engine, world_of(city()))


@pytest.fixture(scope="module")
def linked(engine: Engine, report: LinkReport) -> dict[str, tuple[str, str]]:
    return links(engine)


@pytest.fixture(scope="module")
def doubts(engine: Engine, report: LinkReport) -> set[tuple[str, str]]:
    return {(key, ref) for key, _, ref in held(engine)}


@pytest.fixture(scope="module")
def people(engine: Engine, report: LinkReport) -> dict[str, Row]:
    return {r["base_row_key"]: r for r in rows(engine, "SELECT * FROM person")}


LINKED = [
    ("enrolment#twin-b", "twin-b", "number"),
    ("enrolment#both-a", "both-a", "score"),
    ("enrolment#both-b", "both-b", "score"),
    ("enrolment#double", "double-1", "number"),
    ("assistance_member#aided", "aided", "score"),
    ("enrolment#missed", "missed", "number"),
    ("child#left", "left", "number"),
    ("child#gone", "gone", "number"),
    ("enrolment#own-gone", "own", "number"),
    ("enrolment#own-now", "own", "own_number"),
    ("coverage#dead", "dead", "number"),
    ("enrolment#learner", "learner", "score"),
    ("enrolment#sister", "sister", "score"),
    ("enrolment#contested", "name-of", "score"),
    ("enrolment#two-rows-1", "two-rows", "score"),
    ("enrolment#two-rows-2", "two-rows", "score"),
    ("coverage#sounds", "sounds", "score"),
    ("coverage#compound", "compound", "score"),
    ("coverage#learner", "learner", "learned_number"),
]


@pytest.mark.parametrize(("row_ref", "key", "method"), LINKED, ids=[row[0] for row in LINKED])
def test_rows_find_their_child(
    linked: dict[str, tuple[str, str]], row_ref: str, key: str, method: str
) -> None:
    assert linked[row_ref] == (key, method)


HELD = [
    ("same-a", "enrolment#same"),
    ("same-b", "enrolment#same"),
    ("doubt", "assistance_member#doubt"),
    ("brother", "enrolment#his-number"),
    ("twin-sister", "enrolment#his-number"),
    ("missed", "aside#file"),
    ("alone", "aside#card"),
    ("known-school", "aside#second-row"),  # it has a row, and perhaps a second one
]


@pytest.mark.parametrize(("key", "row_ref"), HELD, ids=[f"{k}: {r}" for k, r in HELD])
def test_who_could_be_somebody_else_is_held(
    linked: dict[str, tuple[str, str]], doubts: set[tuple[str, str]], key: str, row_ref: str
) -> None:
    assert (key, row_ref) in doubts
    assert row_ref not in linked


def test_a_learned_number_tells_a_namesake_apart(
    linked: dict[str, tuple[str, str]], doubts: set[tuple[str, str]]
) -> None:
    assert "coverage#namesake" not in linked
    assert ("learner", "coverage#namesake") not in doubts


@pytest.mark.parametrize("key", ["twin-a", "alone"])
def test_a_true_absentee_is_held_by_no_row_of_school(
    doubts: set[tuple[str, str]], key: str
) -> None:
    assert not [ref for k, ref in doubts if k == key and ref.startswith("enrolment")]


def test_a_member_who_may_be_registered_is_in_doubt_wherever_that_child_has_a_row(
    engine: Engine, people: dict[str, Row]
) -> None:
    unregistered = rows(
        engine,
        "SELECT u.table_name, u.row_ref FROM undecided u JOIN person p USING (person_id) "
        "WHERE NOT p.registered AND p.base_row_key = 'doubt' ORDER BY ALL",
    )
    assert [(r["table_name"], r["row_ref"]) for r in unregistered] == [
        ("child", "child#doubt"),
        ("enrolment", "enrolment#doubt"),
    ]


def test_who_is_a_person(engine: Engine, report: LinkReport) -> None:
    found = rows(engine, "SELECT base_row_key FROM person WHERE NOT registered ORDER BY ALL")
    assert [r["base_row_key"] for r in found] == ["doubt", "gone", "left", "missed", "unknown"]
    files = rows(
        engine, "SELECT base_row_key FROM person WHERE registered AND base_row_key LIKE 'do%'"
    )
    assert sorted(r["base_row_key"] for r in files) == ["double-1", "doubt"]


def test_own_rows_are_links_too(engine: Engine, report: LinkReport) -> None:
    own = rows(
        engine,
        "SELECT l.table_name, l.row_key, l.current, p.base_row_key FROM link l "
        "JOIN person p USING (person_id) WHERE l.method = 'base' AND l.row_key LIKE 'double%' "
        "OR l.row_key = 'missed' AND l.method = 'base' ORDER BY ALL",
    )
    assert [tuple(r.values()) for r in own] == [
        ("assistance_member", "missed", True, "missed"),
        ("child", "double-1", True, "double-1"),
        ("child", "double-2", True, "double-1"),
    ]


def test_rows_that_left_are_never_current(engine: Engine, report: LinkReport) -> None:
    current = rows(engine, "SELECT row_ref, current FROM link WHERE method <> 'base' ORDER BY ALL")
    flags = {r["row_ref"]: r["current"] for r in current}
    assert (flags["child#left"], flags["child#gone"], flags["enrolment#own-gone"]) == (False,) * 3
    assert flags["enrolment#own-now"]


def test_a_reported_death_is_on_the_person(people: dict[str, Row]) -> None:
    assert {key for key, person in people.items() if person["death_reported"]} == {"dead"}


def test_siblings_share_a_household_and_nobody_else(people: dict[str, Row]) -> None:
    homes = {key: person["household_key"] for key, person in people.items()}
    assert homes["twin-a"] == homes["twin-b"]
    assert homes["elder"] == homes["sister"]
    assert len({homes[k] for k in ("twin-a", "elder", "alone", "both-a", "dead")}) == 5
    assert homes["alone"] == f"H{people['alone']['person_id']}"


def test_the_report_counts_rows_links_and_held_persons(engine: Engine, report: LinkReport) -> None:
    by_roll = {r.roll: r for r in report.per_roll}
    for roll, table in (("enrolment", "enrolment"), ("registry", "child")):
        assert by_roll[roll].rows == engine.count(table)
        assert by_roll[roll].linked == engine.value(
            f"SELECT count(*) FROM link WHERE roll = '{roll}' AND current"
        )
        assert by_roll[roll].undecided == engine.value(
            f"SELECT count(DISTINCT person_id) FROM undecided WHERE roll = '{roll}'"
        )
    assert report.persons == report.minted == engine.count("person")


def test_a_row_has_one_person_at_most(engine: Engine, report: LinkReport) -> None:
    assert not rows(
        engine,
        "SELECT table_name, row_ref FROM link GROUP BY ALL HAVING count(*) > 1",
    )


def test_every_link_explains_itself_without_a_name_or_number(
    engine: Engine, report: LinkReport
) -> None:
    texts = rows(
        engine,
        "SELECT DISTINCT explanation AS text FROM link UNION SELECT DISTINCT why FROM undecided",
    )
    assert len(texts) > 5
    for text in (r["text"] for r in texts):
        assert text.isascii() and not re.search(r"[0-9]{3}", text)
