"""One table of what rolls get wrong, and what becomes of it: linked (by which method), held, or apart.

All cases lie in one small city and are linked in one night; child number i of the city is case i.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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
    table_row,
    world_of,
)

from gateway.engine import Engine

Change = Callable[[Face], Face]
HELD, APART = "held", "apart"
BY_NUMBER, BY_SCORE, BY_STUDENT = "number", "score", "student_number"


def same(face: Face) -> Face:
    return face


def both(first: Change, *then: Change) -> Change:
    def changed(face: Face) -> Face:
        for change in (first, *then):
            face = change(face)
        return face

    return changed


def but(**changes: object) -> Change:
    return lambda face: face.but(**changes)


def written(at: int, letter: str) -> Change:
    """One character of the name written as another."""

    def change(face: Face) -> Face:
        assert face.name is not None
        return face.but(name=face.name[:at] + letter + face.name[at + 1 :])

    return change


def dropped(face: Face) -> Face:
    assert face.name is not None
    return face.but(name=face.name[:-1])


def born(move: Callable[[date], date]) -> Change:
    def change(face: Face) -> Face:
        assert face.birth is not None
        return face.but(birth=move(face.birth))

    return change


def digits(move: Callable[[str], str]) -> Change:
    def change(face: Face) -> Face:
        assert face.number is not None
        return face.but(number=move(face.number))

    return change


def siblings(face: Face) -> Face:
    """The number of a sister or brother three years older."""
    assert face.birth is not None
    return face.but(number=number(face.birth - timedelta(days=1111), 333))


def guardians(face: Face) -> Face:
    return face.but(number=face.guardian_id)


def another_good(face: Face) -> Face:
    """Somebody else's good number, with the same birth date in it."""
    assert face.birth is not None
    return face.but(number=number(face.birth, 977))


def in_own(letter: str) -> Change:
    return lambda face: face.but(own_number=f"{letter}{face.number}", number=None)


def in_place(letter: str) -> Change:
    return lambda face: face.but(number=f"{letter}{face.number}")


def county_only(face: Face) -> Face:
    assert face.division is not None
    return face.but(division=face.division[:6] + "000000")


def insured_at_home(face: Face) -> Face:
    assert face.division is not None
    return face.but(more={"insured_division": face.division[:6]})


no_number = but(number=None)
other_guardian = but(guardian="欧阳远方", guardian_id=None)
no_guardian = but(guardian=None, guardian_id=None)
elsewhere = but(division="419999001001")
miswritten = written(2, "铭")
wrong_digit = digits(lambda n: n[:8] + str((int(n[8]) + 1) % 10) + n[9:])
wrong_day = digits(lambda n: n[:12] + str((int(n[12]) + 1) % 4) + n[13:])
wrong_end = digits(lambda n: n[:15] + str((int(n[15]) + 3) % 10) + n[16:])
transposed = digits(lambda n: n[:14] + n[15] + n[14] + n[16:])
too_short = digits(lambda n: n[:7] + n[8:])
filler = but(number="999999190001010000")
year_digit = born(lambda d: d.replace(year=d.year - 3))
far_birth = born(lambda d: d.replace(year=d.year - 4) - timedelta(days=95))
lunar = born(lambda d: d - timedelta(days=38))
new_year = born(lambda d: d.replace(month=1, day=1))
year_off = born(lambda d: d.replace(year=d.year - 1))
excel = born(lambda d: d + timedelta(days=1))
no_birth = but(birth=None)
default_birth = but(birth=date(1900, 1, 1))
other_name = but(name="欧阳锦绣")
other_given = both(written(1, "锦"), written(2, "绣"))


@dataclass(frozen=True)
class Case:
    what: str
    change: Change
    becomes: str
    table: str = "enrolment"
    registry: Change = same


CASES = [
    # a number, whatever else is wrong with the row
    Case("nothing wrong", same, BY_NUMBER),
    Case("a character written as another", miswritten, BY_NUMBER),
    Case("surname written as another", written(0, "欧"), BY_NUMBER),
    Case("character dropped", dropped, BY_NUMBER),
    Case("character dropped, sex wrong", both(dropped, but(sex="2")), BY_NUMBER),
    Case("character dropped, sex wrong, birth date missing", both(dropped, but(sex="2"), no_birth), HELD),
    Case("another character, sex wrong: a twin's", both(miswritten, but(sex="2")), HELD),
    Case("changed name, same birth date", other_name, BY_NUMBER),
    Case("name missing, same birth date", but(name=None), BY_NUMBER),
    Case("birth date: a digit", year_digit, BY_NUMBER),
    Case("birth date: lunar", lunar, BY_NUMBER),
    Case("birth date: 1 January", new_year, BY_NUMBER),
    Case("birth date: one day off", excel, BY_NUMBER),
    Case("birth date missing", no_birth, BY_NUMBER),
    Case("birth date far, same name", far_birth, BY_NUMBER),
    Case("sex wrong", but(sex="2"), BY_NUMBER),
    Case("another guardian, moved", both(other_guardian, elsewhere), BY_NUMBER),
    Case("a character and the birth date off", both(miswritten, lunar), BY_NUMBER),
    Case("birth date: a year off", year_off, BY_NUMBER),
    Case("changed given name, no birth date, same village", both(other_given, no_birth), HELD),
    # the guard: a number on somebody else's row
    # whose number it is has no other row there: not linked, nor silently absent
    Case("number on a sibling's row", both(other_given, far_birth), HELD),
    Case("number on a row of that surname from elsewhere",
         both(other_given, far_birth, other_guardian, elsewhere), HELD),
    Case("number on a row of other name and birth date", both(other_name, far_birth), HELD),
    Case("number on a near name of other birth date", both(miswritten, far_birth), HELD),
    Case("number on another name, birth date missing", both(other_name, no_birth), HELD),
    Case("number, other name, same birth date, other sex", both(other_name, but(sex="2")), HELD),
    # no number
    Case("no number", no_number, BY_SCORE),
    Case("no number, another guardian", both(no_number, other_guardian), BY_SCORE),
    Case("no number, moved", both(no_number, elsewhere), BY_SCORE),
    Case("no number, no guardian, county known", both(no_number, no_guardian, county_only), BY_SCORE),
    Case("no number, another guardian, county known",
         both(no_number, other_guardian, county_only), BY_SCORE),
    Case("no number, another guardian, moved", both(no_number, other_guardian, elsewhere), BY_SCORE),
    Case("no number, sex wrong", both(no_number, but(sex="2")), BY_SCORE),
    Case("no number, sex not known", both(no_number, but(sex="0")), BY_SCORE),
    Case("no number, a digit of the birth date", both(no_number, year_digit), BY_SCORE),
    Case("no number, lunar birth date", both(no_number, lunar), BY_SCORE),
    Case("no number, a year off", both(no_number, year_off, other_guardian), BY_SCORE),
    Case("no number, lunar birth date, moved",
         both(no_number, lunar, other_guardian, elsewhere), HELD),
    Case("no number, a character lost",
         both(no_number, written(2, "?"), other_guardian), BY_SCORE),
    Case("no number, a character and the birth date off, same village",
         both(no_number, miswritten, lunar, other_guardian), APART),
    Case("no number, 1 January", both(no_number, new_year), BY_SCORE),
    Case("no number, no birth date", both(no_number, no_birth), BY_SCORE),
    Case("no number, birth date 1900", both(no_number, default_birth), BY_SCORE),
    Case("no number, other birth date, same guardian", both(no_number, far_birth), BY_SCORE),
    Case("no number, other birth date, nothing else",
         both(no_number, far_birth, other_guardian), APART),
    Case("no number, miswritten, moved", both(no_number, miswritten, elsewhere, other_guardian), HELD),
    Case("no number, other surname", both(no_number, written(0, "欧"), other_guardian), BY_SCORE),
    Case("no number, character dropped", both(no_number, dropped, other_guardian), BY_SCORE),
    Case("no number, changed name, same guardian", both(no_number, other_name), HELD),
    Case("no number, changed given name, same village",
         both(no_number, other_given, other_guardian), BY_SCORE),
    Case("no number, changed given name, moved",
         both(no_number, other_given, other_guardian, elsewhere), APART),
    Case("no number, changed name, other guardian, same village",
         both(no_number, other_name, other_guardian), APART),
    Case("no number, a character and the birth date off, same guardian",
         both(no_number, miswritten, lunar), BY_SCORE),
    # a broken number
    Case("a digit of the year wrong", both(wrong_digit, other_guardian, elsewhere), BY_SCORE),
    Case("a digit of the day wrong", both(wrong_day, other_guardian, elsewhere), BY_SCORE),
    Case("a digit of the sequence wrong", both(wrong_end, other_guardian, elsewhere), BY_SCORE),
    Case("two digits transposed", both(transposed, other_guardian, elsewhere), BY_SCORE),
    Case("a digit missing", both(too_short, other_guardian, elsewhere), BY_SCORE),
    Case("a digit of the year wrong, other name and birth date",
         both(wrong_digit, other_name, far_birth, other_guardian, elsewhere), APART),
    Case("a digit of the sequence wrong, other name",
         both(wrong_end, other_name, other_guardian, elsewhere), BY_SCORE),
    Case("a filler for a number", filler, BY_SCORE),
    Case("somebody else's broken number, same name and birth date, moved",
         both(digits(lambda n: n[:14] + "9" + n[15:17] + "?"), digits(lambda n: n[:16] + "98"),
              other_guardian, elsewhere), BY_SCORE),
    # student numbers
    Case("G number holds the number", both(in_own("G"), elsewhere, other_guardian), BY_STUDENT),
    Case("G number in the number's place", both(in_place("G"), elsewhere, other_guardian), BY_STUDENT),
    Case("G number, near name, same birth date",
         both(in_own("G"), miswritten, elsewhere, other_guardian), BY_STUDENT),
    Case("G number, birth date off", both(in_own("G"), lunar, elsewhere, other_guardian), BY_STUDENT),
    Case("G number, other name", both(in_own("G"), other_name, elsewhere, other_guardian), HELD),
    Case("J number says nothing", both(in_own("J"), elsewhere, other_guardian), BY_SCORE),
    Case("L number in the number's place", both(in_place("L"), other_guardian), BY_SCORE),
    # somebody else's good number in the child's place
    Case("a sibling's number, same guardian", siblings, BY_SCORE),
    Case("a sibling's number, nothing else", both(siblings, other_guardian, elsewhere), BY_SCORE),
    Case("a sibling's number, birth date missing, same village",
         both(siblings, no_birth, other_guardian), HELD),
    Case("a sibling's number, birth date missing, moved",
         both(siblings, no_birth, other_guardian, elsewhere), APART),
    Case("the guardian's number", guardians, BY_SCORE),
    Case("the guardian's number, birth date missing", both(guardians, no_birth), BY_SCORE),
    # the veto
    Case("namesake with a good number of its own", both(another_good, other_guardian), APART),
    Case("namesake in the same household", another_good, APART),
    # nobody
    Case("another child of that day and surname",
         both(no_number, other_given, other_guardian, elsewhere), APART),
    # coverage has no guardian
    Case("nothing wrong", same, BY_NUMBER, "coverage"),
    Case("no number, same village", no_number, BY_SCORE, "coverage"),
    Case("no number, moved", both(no_number, elsewhere), BY_SCORE, "coverage"),
    Case("no number, division missing", both(no_number, but(division=None)), BY_SCORE, "coverage"),
    Case("no number, birth date off, moved", both(no_number, lunar, elsewhere), HELD, "coverage"),
    Case("no number, birth date off, moved, insured at home",
         both(no_number, lunar, insured_at_home, elsewhere), BY_SCORE, "coverage"),
    Case("no number, no birth date, moved, insured at home",
         both(no_number, no_birth, insured_at_home, elsewhere), HELD, "coverage"),
    Case("no number, no birth date, moved", both(no_number, no_birth, elsewhere), HELD, "coverage"),
    Case("the guardian's number, same village", guardians, BY_SCORE, "coverage"),
    # what the registry itself gets wrong
    Case("registry without number", same, BY_SCORE, registry=no_number),
    Case("registry without number, moved",
         both(elsewhere, other_guardian), BY_SCORE, registry=no_number),
    Case("registry with a wrong digit", both(elsewhere, other_guardian), BY_SCORE, registry=wrong_day),
    Case("registry with a wrong digit, birth date off",
         both(elsewhere, other_guardian, year_digit), BY_SCORE, registry=wrong_end),
    Case("registry with the guardian's number", same, BY_SCORE, registry=guardians),
    Case("registry with a sibling's number", same, BY_SCORE, registry=siblings),
    Case("registry with a birth date off", both(no_guardian), BY_NUMBER, registry=lunar),
    Case("registry without birth date", no_guardian, BY_NUMBER, registry=no_birth),
    Case("registry without number and birth date", no_guardian, BY_SCORE,
         registry=both(no_number, no_birth)),
    Case("neither has a number", no_number, BY_SCORE, registry=no_number),
    Case("registry without number, a character and the birth date off, same village",
         both(miswritten, other_guardian), APART, registry=both(no_number, lunar)),
    Case("registry without number, the row's number knows the birth date",
         lunar, BY_SCORE, registry=no_number),
    # names that look alike, and names once borne
    Case("no number, a look-alike, moved, sex wrong",
         both(no_number, but(name="李末明"), no_guardian, elsewhere, but(sex="2")), HELD,
         registry=but(name="李未明")),
    Case("no number, another character, moved, sex wrong",
         both(no_number, miswritten, no_guardian, elsewhere, but(sex="2")), APART),
    Case("no number, a former name, same village",
         both(no_number, but(name="欧阳旧名"), other_guardian), BY_SCORE,
         registry=but(more={"former_name": "欧阳·旧名"})),
    Case("no number, a pet name, another birth date",
         both(no_number, but(name="妞妞"), far_birth, other_guardian), APART,
         registry=but(more={"pet_name": "妞妞"})),
]  # fmt: skip

ASIDE = [
    Case("row set aside with the number", both(other_name, no_birth), HELD),
    Case("row set aside, no number", no_number, HELD),
    Case("row set aside, only a name and the county", both(no_number, no_birth), HELD),
    Case("row set aside, a digit wrong", both(wrong_end, other_name), HELD),
    Case("row set aside of somebody else", another_good, APART),
    Case("row set aside that says nothing", both(no_number, other_name, no_birth), APART),
    Case("row set aside of the insurer", no_number, HELD, "coverage"),
]


@dataclass(frozen=True)
class Seen:
    """What the night made of the cases."""

    links: dict[str, tuple[str, str]]
    held: set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def seen(engine: Engine) -> Seen:
    pairs: list[tuple[str, Row]] = []
    for which, case in enumerate(CASES):
        face = child(which)
        pairs.append(("child", table_row("child", case.registry(face), f"R{which}")))
        pairs.append((case.table, table_row(case.table, case.change(face), f"C{which}")))
    for which, case in enumerate(ASIDE, start=len(CASES)):
        face = child(which)
        pairs.append(("child", table_row("child", face, f"R{which}")))
        aside = quarantined(case.table, case.change(face), f"C{which}")
        pairs.append(("quarantine", aside))
    night(engine, world_of(pairs))
    return Seen(links(engine), held(engine))


def outcome(seen: Seen, which: int, table: str, row_ref: str) -> str:
    linked = seen.links.get(row_ref)
    if linked is not None:
        assert linked[0] == f"R{which}", "linked to another child"
        return linked[1]
    return HELD if (f"R{which}", table, row_ref) in seen.held else APART


def name_of(case: Case) -> str:
    return f"{case.table}: {case.what}"


@pytest.mark.parametrize(("which", "case"), list(enumerate(CASES)), ids=map(name_of, CASES))
def test_what_becomes_of_a_row(seen: Seen, which: int, case: Case) -> None:
    assert outcome(seen, which, case.table, f"{case.table}#C{which}") == case.becomes


@pytest.mark.parametrize(("which", "case"), list(enumerate(ASIDE)), ids=map(name_of, ASIDE))
def test_what_becomes_of_a_row_set_aside(seen: Seen, which: int, case: Case) -> None:
    number_ = which + len(CASES)
    assert outcome(seen, number_, case.table, f"aside#C{number_}") == case.becomes


def test_nobody_else_is_held(seen: Seen) -> None:
    """A child is held by its own row only: the cases do not look like one another."""
    assert {(key, ref) for key, _, ref in seen.held if key[1:] != ref.partition("#C")[2]} == set()


def test_the_cases_are_different_children() -> None:
    faces = [child(which) for which in range(len(CASES) + len(ASIDE))]
    for column in ("name", "birth", "number", "guardian"):
        assert len({getattr(f, column) for f in faces}) == len(faces)


@pytest.mark.parametrize(
    ("where", "becomes"), [("419905001001", BY_NUMBER), ("419904004004", HELD)]
)
def test_a_number_under_the_name_of_a_child_of_that_day(
    engine: Engine, where: str, becomes: str
) -> None:
    """Of a far-off namesake it is not, of one who may live in that home it may be: a twin."""
    own = child(3).but(guardian=None, guardian_id=None, division="419904004004")
    namesake = dropped(own).but(number=None, division=where)
    pairs = [
        ("child", table_row("child", own, "R0")),
        ("child", table_row("child", namesake, "R1")),
        ("enrolment", table_row("enrolment", dropped(own), "C0")),
    ]
    night(engine, world_of(pairs))
    assert outcome(Seen(links(engine), held(engine)), 0, "enrolment", "enrolment#C0") == becomes
