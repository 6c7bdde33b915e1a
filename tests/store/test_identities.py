"""Merges and splits of persons are kept for good, and cases follow who is left."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store_cases import apply, begin, found, people

from gateway.store import Store
from gateway.store.identities import PersonChange


def test_a_merged_childs_cases_follow_into_a_child_without_a_case(store: Store) -> None:
    apply(store, found(1), who=people(1, name="王小明"))
    run = begin(store, day=1)
    assert store.identities.keep(run, [(1, 7)], []) == 1
    assert store.identities.keep(run, [(1, 7)], []) == 0
    assert store.cases.open_cases().column("person_id").to_pylist() == [7]
    left = store.persons.person(7)
    assert left is not None
    assert (left.name, left.merged_into, left.division) == ("王小明", None, "419901001001")
    gone = store.persons.person(1)
    assert gone is not None
    assert gone.merged_into == 7
    assert store.identities.merged() == {1: 7}
    # A later night: who was left goes on into another, and the first follows.
    store.identities.keep(begin(store, day=2), [(7, 9)], [])
    assert store.cases.open_cases().column("person_id").to_pylist() == [9]
    assert store.identities.merged() == {1: 9, 7: 9}


def test_persons_without_a_case_are_remembered_too(store: Store) -> None:
    first = begin(store)
    assert store.identities.keep(first, [(3, 4)], [(4, 5)]) == 2
    assert store.identities.history(4) == (
        PersonChange(first, "merged", 3, 4), PersonChange(first, "split", 4, 5),
    )  # fmt: skip
    assert store.identities.history(5) == (PersonChange(first, "split", 4, 5),)
    assert store.identities.history(6) == ()
    assert store.persons.person(4) is None
    assert store.cases.open_cases().num_rows == 0


def test_a_split_moves_no_case(store: Store) -> None:
    apply(store, found(1))
    store.identities.keep(begin(store, day=1), [], [(1, 8)])
    assert store.cases.open_cases().column("person_id").to_pylist() == [1]
    assert store.identities.merged() == {}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(6)), st.data())
def test_every_merged_number_leads_to_who_is_left(
    store: Store, order: list[int], data: st.DataObject
) -> None:
    """Night after night one of those who are left goes into another of them."""
    base = 1_000 * begin(store)
    left = [base + n for n in order]
    everybody = set(left)
    home: dict[int, int] = {}
    while len(left) > 1 and data.draw(st.booleans()):
        one, into = left.pop(), data.draw(st.sampled_from(left))
        store.identities.keep(begin(store), [(one, into)], [])
        home = {n: into if end == one else end for n, end in home.items()} | {one: into}
    found = store.identities.merged()
    assert {n: found[n] for n in everybody if n in found} == home
