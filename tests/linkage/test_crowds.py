"""A constant name or a default birth date does not pair everybody with everybody."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from small_world import Face, Row, child, night, number, rows, table_row, world_of

from gateway.engine import Engine, load_step
from gateway.linkage import matching
from gateway.linkage.sounds import char_sounds


def crowd(count: int) -> list[tuple[str, Row]]:
    """Children and rows without numbers, all of one name and born on one day."""
    pairs = []
    for which in range(count):
        face = child(0).but(number=None, guardian=f"守{which}", division=f"4199010010{which:02d}")
        pairs.append(("child", table_row("child", face, f"R{which:02d}")))
        pairs.append(
            ("enrolment", table_row("enrolment", face.but(guardian=None), f"E{which:02d}"))
        )
    return pairs


def test_a_crowded_block_pairs_nobody_and_is_reported(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "CROWD", 900)
    lone = child(5)
    pairs = crowd(35)
    pairs.append(("child", table_row("child", lone, "lone")))
    pairs.append(("enrolment", table_row("enrolment", lone.but(number=None), "lone")))
    near = child(0).but(number=number(child(0).birth or date(2010, 1, 1), 321))
    pairs.append(("child", table_row("child", near, "near")))
    broken = near.number[:15] + "9" + near.number[16:] if near.number else None
    pairs.append(("enrolment", table_row("enrolment", near.but(number=broken), "near")))
    report = night(engine, world_of(pairs))
    assert {c.kind for c in report.crowds} == {"name", "birth_date", "guardian"}
    assert all(c.rows >= 35 for c in report.crowds)
    held = {r["row_ref"] for r in rows(engine, "SELECT row_ref FROM undecided")}
    linked = {r["row_ref"] for r in rows(engine, "SELECT row_ref FROM link WHERE method <> 'base'")}
    assert "enrolment#lone" in linked, "others are linked as ever"
    assert "enrolment#near" in held | linked, "a near number speaks through the crowd"
    assert not {ref for ref in held | linked if ref.startswith("enrolment#E")}


def test_under_the_cap_everybody_is_compared(engine: Engine) -> None:
    report = night(engine, world_of(crowd(35)))
    assert report.crowds == ()
    assert engine.value("SELECT count(*) FROM undecided") == 35 * 35


MANY = 25
"""More rows than one number can stand on."""


def constant(**what: Any) -> Callable[[Face, bool], Face]:
    """Every row and every file has this, whatever else it says."""
    return lambda face, _: face.but(**what)


def numbered(face: Face, is_row: bool) -> Face:
    """A registry of one broken number, rows without any other."""
    return face.but(number=FILLER)


def on_rows(face: Face, is_row: bool) -> Face:
    """A good number on each file, one broken number on all rows."""
    return face.but(number=FILLER) if is_row else face


def everything(face: Face, is_row: bool) -> Face:
    """The very same on every row and every file, with a number that looks good."""
    return child(0)


def teacher(face: Face, is_row: bool) -> Face:
    """The head of the school as everybody's guardian, with a number."""
    lone = face.but(number=None, guardian="王校长", guardian_id=child(0).guardian_id)
    return lone.but(birth=face.birth and face.birth - timedelta(days=400)) if is_row else lone


FILLER = "419901201501010000"
CONSTANT = [
    ("a broken number", numbered, {"number"}),
    ("a broken number on the rows", on_rows, {"number"}),
    ("a good number", constant(number=child(3).number), {"number"}),
    ("everything", everything, {"number", "name", "birth_date", "guardian"}),
    ("the birth date", constant(birth=date(2012, 1, 1), number=None), {"birth_date"}),
    ("the guardian", teacher, {"guardian"}),
    ("the bureau's own number", constant(number=None, own_number="0000000001"), set()),
    ("nothing told", constant(name=None, number=None, birth=None, division=None, sex="0"), set()),
]


@pytest.mark.parametrize(("what", "change", "crowds"), CONSTANT, ids=[c[0] for c in CONSTANT])
def test_what_everybody_has_links_and_asks_nobody(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    change: Callable[[Face, bool], Face],
    crowds: set[str],
) -> None:
    """Files of some children and rows of others, alike in one thing that is all of theirs."""
    monkeypatch.setattr(matching, "CROWD", 500)
    pairs = []
    for which in range(MANY):
        own, other = child(which), child(which + MANY)
        pairs.append(("child", table_row("child", change(own, False), f"R{which:02d}")))
        pairs.append(("enrolment", table_row("enrolment", change(other, True), f"E{which:02d}")))
    report = night(engine, world_of(pairs))
    assert engine.count("undecided") == 0
    assert report.persons == MANY, "nor do files become one child"
    assert engine.value("SELECT count(*) FROM link WHERE method <> 'base'") == 0
    assert {c.kind for c in report.crowds} == crowds
    assert all(c.rows >= MANY for c in report.crowds)


def test_a_date_that_everybody_has_is_no_likeness_of_namesakes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that agrees in name and in what all rows have as birth date is asked about, not linked."""
    monkeypatch.setattr(matching, "CROWD", 500)
    pairs = []
    for which in range(MANY):
        own = child(which).but(number=None, birth=date(2012, 1, 1), division=None)
        other = own.but(guardian=None, guardian_id=None)
        pairs.append(("child", table_row("child", own, f"R{which:02d}")))
        pairs.append(("enrolment", table_row("enrolment", other, f"E{which:02d}")))
    night(engine, world_of(pairs))
    assert engine.value("SELECT count(*) FROM link WHERE method <> 'base'") == 0
    said = [r["why"] for r in rows(engine, "SELECT why FROM undecided")]
    assert len(said) == MANY
    assert all("name=same" in why and "birth_date=unknown" in why for why in said)


def test_a_guardian_that_everybody_has_is_no_likeness_of_namesakes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "CROWD", 500)
    pairs = []
    for which in range(MANY):
        own = child(which).but(number=None, birth=None, division=None, guardian_id=None)
        own = own.but(guardian="王校长")
        pairs.append(("child", table_row("child", own, f"R{which:02d}")))
        pairs.append(("enrolment", table_row("enrolment", own, f"E{which:02d}")))
    report = night(engine, world_of(pairs))
    assert {c.kind for c in report.crowds} == {"guardian"}
    assert engine.value("SELECT count(*) FROM link WHERE method <> 'base'") == 0
    assert not engine.value("SELECT count(*) FROM undecided WHERE why LIKE '%guardian_name%'")


def test_a_number_on_a_few_files_is_one_childs(engine: Engine) -> None:
    """Two files of one number and name are one child, and its row finds it: that is no filler."""
    face = child(1)
    pairs = [("child", table_row("child", face, f"R{n}")) for n in range(2)]
    report = night(engine, world_of([*pairs, ("enrolment", table_row("enrolment", face, "E"))]))
    assert (report.persons, report.crowds) == (1, ())
    assert engine.value("SELECT count(*) FROM link WHERE method = 'number'") == 1


@pytest.mark.parametrize("letter", ["测", "A"])
def test_a_name_longer_than_any_is_compared_whole_only(engine: Engine, letter: str) -> None:
    """Distances take the product of two lengths: hours, for a roll of such names."""
    long = letter * 60_000
    face = child(2).but(number=None)
    pairs = [("child", table_row("child", face.but(name=long), "R"))]
    for which in range(20):
        other = face.but(name=long[:-1] + chr(ord(letter) + 1 + which))
        pairs.append(("enrolment", table_row("enrolment", other, f"E{which}")))
    since = time.process_time()
    night(engine, world_of(pairs))
    assert time.process_time() - since < 30, "minutes, where distances are measured"
    assert not engine.value("SELECT count(*) FROM undecided WHERE why LIKE '%one_character%'")


NEAR = [
    (date(2015, 3, 8), date(2015, 3, 8), False, "the same is not near"),
    (date(2015, 3, 8), date(2015, 3, 9), True, "Excel's one day"),
    (date(2015, 3, 8), date(2015, 1, 18), True, "lunar"),
    (date(2015, 2, 8), date(2014, 12, 20), True, "lunar, the year before"),
    (date(2015, 3, 8), date(2015, 8, 3), True, "swapped"),
    (date(2015, 9, 18), date(2015, 1, 1), True, "1 January"),
    (date(2015, 9, 18), date(2018, 9, 18), True, "a digit"),
    (date(2015, 9, 18), date(2005, 9, 18), True, "a digit of the decade"),
    (date(2020, 3, 8), date(2019, 3, 8), True, "a year off, two digits"),
    (date(2015, 9, 18), date(2016, 1, 1), False, "1 January of another year"),
    (date(2015, 9, 18), date(2015, 9, 27), False, "nine days"),
    (date(2015, 9, 18), date(2014, 6, 18), False, "two digits"),
]


@pytest.mark.parametrize(("one", "other", "near", "why"), NEAR, ids=[n[3] for n in NEAR])
def test_near_birth_dates(engine: Engine, one: date, other: date, near: bool, why: str) -> None:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    for a, b in ((one, other), (other, one)):
        mark = engine.value("SELECT date_mark($a, $b)", {"a": a, "b": b})
        assert mark == ("~" if near else "=" if one == other else "!")


NAMES = [
    ("张小明", "张小明", "same"),
    ("张小明", "张晓铭", "sound"),
    ("张小明", "张小强", "one_character"),
    ("张小明", "章小明", "sound"),
    ("张小明", "李小明", "given"),
    ("张小明", "张小", "dropped"),
    ("张明", "张小明", "dropped"),
    ("张明", "张强", "surname"),  # of two characters one is the surname
    ("张小明", "张大强", "surname"),
    ("张小明", "李大强", "differs"),
    ("欧阳小明", "周小明", "given"),
    ("阿依古丽买买提", "阿依古丽麦买提", "sound"),
    ("阿依古丽买买提", "阿依古丽克买提", "one_character"),
    ("张小明", None, "unknown"),
    ("王䶮", "王?", "shape"),
    ("王䶮", "王□", "shape"),
    ("王子䶮", "王子？", "one_character"),
]


@pytest.mark.parametrize(("one", "other", "level"), NAMES)
def test_levels_of_names(engine: Engine, one: str, other: str | None, level: str) -> None:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    sounds = dict(zip(*char_sounds().to_pydict().values(), strict=True))

    def sound(name: str | None) -> str | None:
        return name and "/".join(sounds.get(c, c) for c in name)

    for a, b in ((one, other), (other, one)):
        values = {"a": a, "b": b, "sound_a": sound(a), "sound_b": sound(b)}
        assert (
            engine.value(
                "SELECT name_level($a, $sound_a, NULL, $b, $sound_b, NULL, NULL, NULL)", values
            )
            == level
        )


def test_numbers_of_grown_ups_are_no_childs(engine: Engine) -> None:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    grown, born = date(2001, 11, 16), date(1984, 5, 6)
    ask = "SELECT number_fits($n, CAST($born AS DATE), CAST($grown AS DATE))"
    for given, fits in ((None, False), (born, False), (born + timedelta(days=1), False)):
        values = {"n": number(born, 21), "born": given, "grown": grown}
        assert engine.value(ask, values) == fits
    child_ = child(3)
    assert engine.value(ask, {"n": child_.number, "born": None, "grown": grown}) is True
