"""An officer's word stands above every weight, follows chains, and is undone whole when taken back."""

import pytest
from small_world import (
    SOURCES,
    Face,
    child,
    held,
    links,
    night,
    rows,
    table_row,
    world_of,
)

from gateway.engine import Engine
from gateway.linkage.judged import is_file, row_name
from gateway.linkage.judgements import Said, Verdict, judge

SAME, NOT_SAME, UNSURE = Verdict.SAME, Verdict.NOT_SAME, Verdict.UNSURE


def name(table: str, key: str) -> str:
    return row_name(*SOURCES[table], table, key)


def said(*lines: tuple[str, str, str, str, Verdict]) -> list[Said[str]]:
    return [Said(name(t, k), name(u, j), v) for t, k, u, j, v in lines]


def town() -> dict[str, list[dict[str, object]]]:
    """Child c1 with its rows, c2 a stranger, e9 a row that is nobody's, c3 and c4 one number each."""
    one, two, three = child(1), child(2), child(3)
    odd = child(77)
    doubtful = Face(
        name=one.name,
        number=None,
        birth=two.birth,
        sex="1",
        division=one.division,
        guardian=one.guardian,
    )
    return world_of([
        ("child", table_row("child", one, "c1")),
        ("child", table_row("child", two, "c2")),
        ("child", table_row("child", three, "c3")),
        ("child", table_row("child", three, "c4")),
        ("enrolment", table_row("enrolment", one, "e1")),
        ("coverage", table_row("coverage", two, "v2")),
        ("enrolment", table_row("enrolment", odd, "e9")),
        ("enrolment", table_row("enrolment", doubtful, "e5")),
    ])  # fmt: skip


def after(engine: Engine, *lines: tuple[str, str, str, str, Verdict]) -> tuple[object, object]:
    night(engine, town(), judged=judge(said(*lines)))
    return links(engine), held(engine)


def test_without_a_word_the_weights_speak(engine: Engine) -> None:
    linked, _ = after(engine)
    assert linked["enrolment#e1"] == ("c1", "number")  # type: ignore[index]
    assert "enrolment#e9" not in linked  # type: ignore[operator]


def test_same_joins_what_no_weight_would(engine: Engine) -> None:
    linked, open_pairs = after(engine, ("child", "c2", "enrolment", "e9", SAME))
    assert linked["enrolment#e9"] == ("c2", "judgement")  # type: ignore[index]
    assert not [p for p in open_pairs if p[2] == "enrolment#e9"]  # type: ignore[attr-defined]


def test_not_same_parts_what_a_number_joins(engine: Engine) -> None:
    linked, open_pairs = after(engine, ("child", "c1", "enrolment", "e1", NOT_SAME))
    assert "enrolment#e1" not in linked  # type: ignore[operator]
    assert ("c1", "enrolment", "enrolment#e1") not in open_pairs  # type: ignore[operator]


def test_unsure_is_asked_and_never_linked(engine: Engine) -> None:
    linked, open_pairs = after(engine, ("child", "c1", "enrolment", "e1", UNSURE))
    assert "enrolment#e1" not in linked  # type: ignore[operator]
    assert ("c1", "enrolment", "enrolment#e1") in open_pairs  # type: ignore[operator]


def test_unsure_holds_a_row_whose_good_number_is_nobodys(engine: Engine) -> None:
    linked, open_pairs = after(engine, ("child", "c1", "enrolment", "e9", UNSURE))
    assert "enrolment#e9" not in linked  # type: ignore[operator]
    assert ("c1", "enrolment", "enrolment#e9") in open_pairs  # type: ignore[operator]


def test_same_goes_along_a_chain_of_rows(engine: Engine) -> None:
    linked, _ = after(
        engine,
        ("enrolment", "e9", "coverage", "v2", SAME),
    )
    # v2 is c2's by its number; e9 is one with v2.
    assert linked["enrolment#e9"] == ("c2", "judgement")  # type: ignore[index]


def test_not_same_blocks_along_a_chain(engine: Engine) -> None:
    linked, _ = after(
        engine,
        ("enrolment", "e1", "enrolment", "e9", SAME),
        ("enrolment", "e9", "child", "c1", NOT_SAME),
    )
    assert "enrolment#e1" not in linked  # type: ignore[operator]


def persons(engine: Engine) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for r in rows(
        engine, "SELECT person_id, row_key FROM link WHERE table_name = 'child' AND method = 'base'"
    ):
        found.setdefault(r["person_id"], set()).add(r["row_key"])
    return found


def test_two_files_of_one_child(engine: Engine) -> None:
    after(engine)
    assert {"c3", "c4"} in persons(engine).values()
    after(engine, ("child", "c3", "child", "c4", NOT_SAME))
    assert {"c3", "c4"} not in persons(engine).values()
    after(engine, ("child", "c1", "child", "c2", SAME), ("child", "c2", "child", "c4", SAME))
    assert {"c1", "c2", "c3", "c4"} in persons(engine).values()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_taking_back_takes_back_everything(engine: Engine, verdict: Verdict) -> None:
    before = after(engine)
    everyone = persons(engine)
    for line in (
        ("child", "c1", "enrolment", "e1", verdict),
        ("child", "c3", "child", "c4", verdict),
        ("child", "c2", "enrolment", "e9", verdict),
    ):
        after(engine, line)
    assert after(engine) == before
    assert persons(engine) == everyone


def test_a_contradiction_is_held_and_not_settled(engine: Engine) -> None:
    lines = (
        ("child", "c1", "enrolment", "e1", SAME),
        ("enrolment", "e1", "enrolment", "e9", SAME),
        ("child", "c1", "enrolment", "e9", NOT_SAME),
    )
    assert judge(said(*lines)).contradictions == {
        frozenset((name("child", "c1"), name("enrolment", "e9")))
    }
    linked, open_pairs = after(engine, *lines)
    assert "enrolment#e1" not in linked  # type: ignore[operator]
    assert ("c1", "enrolment", "enrolment#e1") in open_pairs  # type: ignore[operator]


def test_a_chain_of_words_does_not_join_two_files(engine: Engine) -> None:
    """A school's row is said to be one child's and another's: nobody is joined, both are asked."""
    lines = (("child", "c1", "enrolment", "e9", SAME), ("child", "c2", "enrolment", "e9", SAME))
    night(engine, town(), judged=judge(said(*lines), is_file))
    found = persons(engine)
    assert {"c1"} in found.values() and {"c2"} in found.values()
    assert "enrolment#e9" not in links(engine)
    assert {("c1", "enrolment", "enrolment#e9"), ("c2", "enrolment", "enrolment#e9")} <= held(
        engine
    )
    spoken = (*lines, ("child", "c1", "child", "c2", SAME))
    night(engine, town(), judged=judge(said(*spoken), is_file))
    assert {"c1", "c2"} in persons(engine).values()
    assert links(engine)["enrolment#e9"][0] == "c1"
