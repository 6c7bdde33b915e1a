"""What an officer sees of a linked world: open pairs side by side and masked, waterfalls, a look-up."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from small_world import AS_OF, WEIGHTS, Face, child, night, number, table_row, world_of

from gateway.engine import Engine
from gateway.linkage.explain import LEVEL_WORDS, read_waterfall, words
from gateway.linkage.levels import Face as Asked
from gateway.linkage.levels import Part
from gateway.linkage.weights import LEVELS
from gateway.pipeline import NightAsk, explain_person, look_up, open_pairs
from gateway.pipeline.judged import is_followed, judged_at, seen_mark, tells_of_another
from gateway.store import Judgement, Verdict
from gateway.store import Side as JudgedSide

HOUSE: Any = SimpleNamespace(site_key="ab" * 32, weights=WEIGHTS)
ASK = NightAsk(AS_OF, datetime(2026, 11, 16, tzinfo=UTC))


@pytest.fixture(scope="module")
def linked(engine: Engine) -> Iterator[Engine]:
    own, other = child(1), child(40)
    assert own.birth is not None
    # Nobody can say whether a row with name and birth date only, of another county, is the child's.
    doubtful = Face(own.name, None, own.birth, "1", "419999001001", "欧阳远方")
    night(engine, world_of([
        ("child", table_row("child", own, "c1")),
        ("child", table_row("child", own.but(number=number(own.birth, 977)), "c2")),
        ("child", table_row("child", other, "c3")),
        ("enrolment", table_row("enrolment", other, "e3")),
        ("enrolment", table_row("enrolment", doubtful, "e1")),
    ]))  # fmt: skip
    yield engine


def test_open_pairs_are_side_by_side_and_masked(linked: Engine) -> None:
    pairs = open_pairs(HOUSE, linked)
    assert {p.rows[1] for p in pairs} == {"education/enrolment/enrolment/e1"}
    assert {p.rows[0][-2:] for p in pairs} == {"c1", "c2"}
    assert len({p.handle for p in pairs}) == len(pairs)
    first = pairs[0]
    assert (first.one.name, first.other.name) == ("李*", "李*")
    assert first.one.number.startswith("419***")
    assert (first.other.number, first.other.born) == ("", f"{child(1).birth:%Y-%m}")
    seen = json.dumps([str(p) for p in pairs], ensure_ascii=False)
    assert not any(secret in seen for secret in (child(1).name, child(1).number, "远方"))
    again = open_pairs(HOUSE, linked)
    assert [p.handle for p in again] == [p.handle for p in pairs]


def test_an_open_pair_says_what_spoke_for_and_against(linked: Engine) -> None:
    waterfall = open_pairs(HOUSE, linked)[0].waterfall
    assert waterfall.weight is not None
    assert sum(p.bits for p in waterfall.parts) == pytest.approx(waterfall.weight, abs=0.5)
    assert {"name", "birth_date"} <= {p.comparison for p in waterfall.agreed}
    assert [p.comparison for p in waterfall.against] == ["household"]


def test_every_link_of_a_person_has_its_waterfall(linked: Engine) -> None:
    person = linked.value("SELECT person_id FROM person WHERE base_row_key = 'c3'")
    own, row = explain_person(linked, int(str(person)))
    assert {own.method, row.method} == {"base", "number"}
    by_number = row if row.method == "number" else own
    assert by_number.linked
    assert by_number.waterfall.weight is not None
    told = sum(p.bits for p in by_number.waterfall.parts)
    assert told == pytest.approx(by_number.waterfall.weight, abs=0.5)
    assert (by_number.waterfall.probability or 0) > 0.999


def test_an_open_pair_names_the_second_best(linked: Engine) -> None:
    """A row that two files could be: each of the two pairs shows the other."""
    people = {
        key: int(
            str(linked.value("SELECT person_id FROM person WHERE base_row_key = $k", {"k": key}))
        )
        for key in ("c1", "c2")
    }
    for own, other in (("c1", "c2"), ("c2", "c1")):
        open_pair = next(f for f in explain_person(linked, people[own]) if not f.linked)
        rival = next(f for f in explain_person(linked, people[other]) if not f.linked)
        assert open_pair.waterfall.second_person_id == people[other]
        assert open_pair.waterfall.second_weight == rival.waterfall.weight
        assert open_pair.waterfall.margin is not None


def test_a_look_up_of_a_night(linked: Engine) -> None:
    seen = child(40)
    query = Asked(
        name_key=seen.name,
        birth_date=seen.birth,
        guardian_name_key=seen.guardian,
        division=seen.division,
    )
    found = look_up(HOUSE, linked, ASK, query)
    person = linked.value("SELECT person_id FROM person WHERE base_row_key = 'c3'")
    assert [c.person_id for c in found] == [person]


def test_every_level_has_words() -> None:
    for comparison, levels in LEVELS.items():
        for level in levels:
            zh, en = words(Part(comparison, level, 0.0))
            assert level in LEVEL_WORDS
            assert zh and en and zh != en


def test_an_explanation_is_read_back_whole() -> None:
    text = "prior:-19.9;strangers:3.0;number=same:30.8;name=same:14.7;rarity:-3.2;sex=unknown;second_row:-8.0"
    parts = read_waterfall(text, 17.4).parts
    assert parts[0] == Part("prior", "", -19.9)
    assert parts[2] == Part("number", "same", 30.8)
    assert parts[5] == Part("sex", "unknown", 0.0)
    assert read_waterfall("own row", None).parts == ()


def test_what_officers_said_reaches_the_night() -> None:
    sides = [JudgedSide("row", f"education/enrolment/enrolment/e{n}") for n in range(3)]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    said = (
        Judgement(sides[0], sides[1], Verdict.SAME, "officer", at, "papers"),
        Judgement(sides[1], sides[2], Verdict.NOT_SAME, "officer", at, "papers"),
        Judgement(JudgedSide("person", "7"), sides[2], Verdict.SAME, "officer", at, "papers"),
    )
    store = SimpleNamespace(judgements=SimpleNamespace(standing=lambda known_at: said))
    known = judged_at(SimpleNamespace(store=store), at)  # type: ignore[arg-type]
    assert known.sets == (frozenset(s.ref for s in sides[:2]),)
    assert known.verdict(sides[0].ref, sides[2].ref) == "not_same"


def test_words_that_contradict_one_another_are_not_followed() -> None:
    sides = [JudgedSide("row", f"education/enrolment/enrolment/e{n}") for n in range(5)]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    said = [
        Judgement(sides[one], sides[other], verdict, "officer", at, "papers")
        for one, other, verdict in (
            (0, 1, Verdict.SAME), (1, 2, Verdict.SAME), (0, 2, Verdict.NOT_SAME),
            (3, 4, Verdict.NOT_SAME), (0, 4, Verdict.UNSURE),
        )
    ]  # fmt: skip
    store = SimpleNamespace(judgements=SimpleNamespace(standing=lambda known_at: tuple(said)))
    known = judged_at(SimpleNamespace(store=store), at)  # type: ignore[arg-type]
    assert [is_followed(known, word) for word in said] == [False, False, False, True, True]


NAME, NUMBER = "李安明", child(1).number
TOLD = [
    ("the same", (NAME, NUMBER), (NAME, NUMBER), False),
    ("a number that was corrected", (NAME, "419901"), (NAME, NUMBER), False),
    ("a number that was added", (NAME, None), (NAME, NUMBER), False),
    ("a name that was corrected", (NAME, NUMBER), ("李安铭", NUMBER), False),
    ("another child", (NAME, NUMBER), ("王平清", child(2).number), True),
    ("another child, neither with a number", (NAME, None), ("王平清", None), True),
    ("nothing told any more", (NAME, NUMBER), (None, None), True),
    ("nothing was told", (None, None), (NAME, NUMBER), False),
]


@pytest.mark.parametrize(("what", "before", "now", "another"), TOLD, ids=[t[0] for t in TOLD])
def test_whether_a_row_tells_of_another_child(
    what: str, before: tuple[str | None, ...], now: tuple[str | None, ...], another: bool
) -> None:
    marks = [seen_mark(HOUSE.site_key, *said) for said in (before, now)]
    assert tells_of_another(*marks) is another
    assert not any(text and text in mark for text in (NAME, NUMBER) for mark in marks)


def test_a_word_is_not_followed_for_another_child_under_the_same_key(engine: Engine) -> None:
    """A bureau gives the row key of one child to another: what was said of the first is asked anew."""
    own, judged_of, later = child(1), child(20).but(number=None), child(30)
    refs = ("national_welfare_system/registry/child/c1", "education/enrolment/enrolment/e1")
    faces = (own, judged_of)
    sides = [
        JudgedSide("row", ref, seen_mark(HOUSE.site_key, face.name, face.number))
        for ref, face in zip(refs, faces, strict=True)
    ]
    at = datetime(2026, 11, 1, tzinfo=UTC)
    word = Judgement(*sides, Verdict.SAME, "officer", at, "papers")
    house: Any = SimpleNamespace(
        store=SimpleNamespace(judgements=SimpleNamespace(standing=lambda known_at: (word,))),
        site_key=HOUSE.site_key,
    )
    for row, said, linked in ((judged_of, "same", True), (later, "unsure", False)):
        world = world_of([
            ("child", table_row("child", own, "c1")),
            ("enrolment", table_row("enrolment", row, "e1")),
        ])  # fmt: skip
        night(engine, world)
        known = judged_at(house, at, engine)
        assert known.verdict(*refs) == said
        night(engine, world, judged=known)
        count = "SELECT count(*) FROM link WHERE method = 'judgement'"
        assert engine.value(count) == int(linked)
        assert engine.count("undecided") == int(not linked), "asked anew"
