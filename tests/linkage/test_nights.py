"""Person ids from night to night: carried by row, else by number; never stolen, never given twice."""

from collections.abc import Sequence
from datetime import date, timedelta

from small_world import Face, Ids, Row, child, household, known, night, rows, table_row

from gateway.engine import Engine
from gateway.pipeline.identity import changed_persons

World = dict[str, list[Row]]


def registry(*faces: tuple[Face, str]) -> list[Row]:
    return [table_row("child", face, key) for face, key in faces]


def member(face: Face, key: str) -> Row:
    return table_row("assistance_member", face.but(more={"family_id": "F1"}), key)


def ids_of(engine: Engine) -> dict[str, int]:
    return {r["base_row_key"]: r["person_id"] for r in rows(engine, "SELECT * FROM person")}


def nights(engine: Engine, *worlds: World) -> tuple[list[dict[str, int]], list[int]]:
    """The ids of each night, and how many were minted; each night knows what the last one left."""
    ids, book, seen, minted = Ids(), list[Row](), list[dict[str, int]](), list[int]()
    for world in worlds:
        report = night(engine, {**world, "known_person": book}, ids)
        seen.append(ids_of(engine))
        minted.append(report.minted)
        book = known(engine)
    return seen, minted


def merges(engine: Engine) -> Sequence[Row]:
    return rows(engine, "SELECT * FROM person_merge ORDER BY ALL")


A, B, C = child(0), child(1), child(2)


def test_ids_are_minted_in_the_order_of_the_row_keys(engine: Engine) -> None:
    (first,), minted = nights(engine, {"child": registry((B, "k2"), (C, "k3"), (A, "k1"))})
    assert first == {"k1": 1, "k2": 2, "k3": 3}
    assert minted == [3]


def test_a_corrected_number_changes_no_id(engine: Engine) -> None:
    fixed = A.but(number=child(7).number, name="改名")
    (before, after), minted = nights(
        engine, {"child": registry((A, "k1"))}, {"child": registry((fixed, "k1"))}
    )
    assert before == after
    assert minted == [1, 0]


def test_a_new_file_of_the_same_number_is_the_same_child(engine: Engine) -> None:
    (before, after), minted = nights(
        engine, {"child": registry((A, "k1"), (B, "k2"))}, {"child": registry((A, "k9"), (B, "k2"))}
    )
    assert after == {"k9": before["k1"], "k2": before["k2"]}
    assert minted == [2, 0]


def test_a_number_does_not_take_the_id_of_a_file_that_is_still_there(engine: Engine) -> None:
    (before, after), minted = nights(
        engine,
        {"child": registry((A, "k1"))},
        {"child": registry((A.but(number=None), "k1"), (A, "k2"))},
    )
    assert after == {"k1": before["k1"], "k2": 2}
    assert minted == [1, 1]


def test_a_number_under_another_birth_date_carries_nothing(engine: Engine) -> None:
    (before, after), _ = nights(
        engine,
        {"child": registry((A, "k1"))},
        {"child": registry((child(30).but(number=A.number), "k2"))},
    )
    assert after == {"k2": 2}
    assert before == {"k1": 1}


def test_who_comes_back_after_a_silent_night_is_known(engine: Engine) -> None:
    world = {"child": registry((A, "k1"), (B, "k2"))}
    (before, silent, after), minted = nights(engine, world, {}, world)
    assert silent == {}
    assert before == after
    assert minted == [2, 0, 0]


def test_a_child_that_leaves_the_registry_keeps_its_id_in_the_household(engine: Engine) -> None:
    home = {"assistance_household": [household("F1")], "assistance_member": [member(A, "m1")]}
    left = registry((A, "k1"))
    (before, after), minted = nights(
        engine,
        {"child": registry((A, "k1")), **home},
        {"child": [row | {"exit_on": date(2026, 10, 1)} for row in left], **home},
    )
    assert after == {"m1": before["k1"]}
    assert minted == [1, 0]


def test_a_member_who_is_registered_later_becomes_that_child_and_says_so(engine: Engine) -> None:
    home = {"assistance_household": [household("F1")], "assistance_member": [member(A, "m1")]}
    ids = Ids()
    night(engine, {**home, "child": registry((B, "k1"))}, ids)
    assert ids_of(engine) == {"k1": 1, "m1": 2}
    unnumbered = [row | {"id_number": None, "id_given": None} for row in home["assistance_member"]]
    book = known(engine)
    home["assistance_member"] = unnumbered
    night(engine, {**home, "child": registry((B, "k1"), (A, "k2")), "known_person": book}, ids)
    assert ids_of(engine) == {"k1": 1, "k2": 2}, "by its number, before the household is looked at"
    assert merges(engine) == []


def test_two_persons_that_turn_out_to_be_one_are_a_merge(engine: Engine) -> None:
    home = {"assistance_household": [household("F1")]}
    bare = A.but(number=None)
    ids = Ids()
    assert bare.birth is not None
    slip = bare.birth + timedelta(days=1)
    far = bare.but(birth=slip, guardian="别人", guardian_id=None, division="419999001001")
    first = {**home, "child": registry((A, "k1")), "assistance_member": [member(far, "m1")]}
    night(engine, first, ids)
    assert ids_of(engine) == {"k1": 1, "m1": 2}
    book = known(engine)
    second = {**home, "child": registry((A, "k1")), "assistance_member": [member(bare, "m1")]}
    night(engine, {**second, "known_person": book}, ids)
    assert ids_of(engine) == {"k1": 1}
    assert merges(engine) == [{"person_id": 2, "into_id": 1}]
    assert changed_persons(engine) == ([(2, 1)], [])


def test_one_child_that_turns_out_to_be_two_splits(engine: Engine) -> None:
    other = B.but(name=A.name)
    (before, after), minted = nights(
        engine,
        {"child": registry((A, "k1"), (A, "k2"))},
        {"child": registry((A, "k1"), (other, "k2"))},
    )
    assert before == {"k1": 1}
    assert after == {"k1": 1, "k2": 2}
    assert minted == [1, 1]


def test_a_split_says_from_whom(engine: Engine) -> None:
    home = {"child": registry((A, "k1"), (A, "k2"))}
    ids = Ids()
    night(engine, home, ids)
    book = known(engine)
    assert splits(engine) == []
    parted = {"child": registry((A, "k1"), (B.but(name=A.name), "k2"))}
    night(engine, {**parted, "known_person": book}, ids)
    assert splits(engine) == [{"person_id": 1, "other_id": 2}]
    assert changed_persons(engine) == ([], [(1, 2)])
    assert merges(engine) == []
    # The next night knows both, and nothing happens any more.
    night(engine, {**parted, "known_person": known(engine)}, ids)
    assert splits(engine) == []


def splits(engine: Engine) -> list[Row]:
    return rows(engine, "SELECT person_id, other_id FROM person_split ORDER BY ALL")
