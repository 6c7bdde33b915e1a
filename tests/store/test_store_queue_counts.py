"""Kept counts are the findings counted anew, whatever nights and people do and in whatever order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway.model.cases import CaseMove
from gateway.model.errors import StaleCase
from gateway.model.queue import FindingFilter
from gateway.store import FindingRow, Store, queue_counts
from tests.store.test_store_cases import DAY, EVERYWHERE, NINE, S, apply, found, key, known, move

PLACES = ("419901001001", "419901002001", "419902001001", None)
OWNERS = ("education", "medical_insurance")
OFFICERS = ("li", "wang")
STATES = (S.OPEN, S.IN_REVIEW, S.CONFIRMED, S.RESOLVED)
PEOPLE = st.integers(1, 5)
DUE = st.none() | st.integers(0, 3).map(lambda n: DAY + timedelta(days=n))

VIEW = st.fixed_dictionaries({
    "division": st.sampled_from(PLACES), "owner": st.sampled_from(OWNERS),
    "severity": st.sampled_from("12"), "answer": st.sampled_from(("no", "not_found_locally")),
    "access": st.sampled_from(("ordinary", "sealed")), "due_on": DUE, "to_state": st.sampled_from(STATES),
})  # fmt: skip
NIGHT = st.tuples(st.just("night"), st.dictionaries(PEOPLE, VIEW, min_size=1, max_size=4))
ONE_MOVE = st.tuples(
    PEOPLE, st.sampled_from(STATES), st.sampled_from(("", *OWNERS)), DUE,
    st.sampled_from(("", *OFFICERS)), st.booleans(),
)  # fmt: skip
MOVES = st.tuples(st.just("moves"), st.lists(ONE_MOVE, min_size=1, max_size=3))


def drift(store: Store) -> int:
    return store.findings.drifted()


def rows(store: Store, table: str) -> int:
    with store._db.read() as c:
        return c.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def night(store: Store, views: dict[int, dict[str, object]], day: int) -> None:
    plan = [
        known(store, n, event="night_moves", view_changed=True, **view)
        if store.findings.finding(key(n))
        else found(n, **view)
        for n, view in views.items()
    ]
    apply(store, *plan, day=day)


def moves(store: Store, wanted: list[tuple[int, S, str, date | None, str, bool]]) -> None:
    """Several moves in one transaction; what is stale is passed over, as in bulk."""
    with store.transaction():
        for person, to, owner, due_on, officer, stale in wanted:
            row = store.findings.finding(key(person))
            if row is None:
                continue
            one = CaseMove(row.case_id, row.version + stale, "moved", row.state, to, "li", NINE)
            try:
                store.cases.move(replace(one, owner=owner, due_on=due_on, assign_to=officer))
            except StaleCase:
                assert stale


def counted(store: Store) -> list[tuple[object, ...]]:
    """Every group of the filterless count, and the same counted from the findings."""
    asked = replace(EVERYWHERE, access=("ordinary", "sealed"))
    anew = replace(asked, person_ids=tuple(range(1, 6)))
    kept = store.findings.counts(asked)
    assert kept == store.findings.counts(anew)
    late = {"due_before": DAY + timedelta(days=2)}
    assert store.findings.counts(replace(asked, **late)) == store.findings.counts(
        replace(anew, **late)
    )
    for officers in (OFFICERS, OFFICERS[:1]):
        for more in ({}, late, {"divisions": ("419901",)}, {"states": (S.IN_REVIEW,)}):
            own, own_anew = (replace(f, assigned_to=officers, **more) for f in (asked, anew))
            assert store.findings.counts(own) == store.findings.counts(own_anew)
            assert pages(store, own) == list(store.findings.page(own_anew).rows)
    return list(kept)


def pages(store: Store, wanted: FindingFilter) -> list[FindingRow]:
    """All that is wanted, two a page."""
    found, cursor = [], ""
    while True:
        page = store.findings.page(wanted, cursor=cursor, limit=2)
        found += page.rows
        cursor = page.next_cursor
        if not cursor:
            return found


def _wipe(store: Store) -> None:
    tables = "case_feed outbox case_event finding_past finding case_file"
    with store._db.write() as c:
        for table in (*tables.split(), "queue_count", "queue_due", "queue_own"):
            c.execute(text(f"DELETE FROM {table}"))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(NIGHT | MOVES, min_size=1, max_size=5))
def test_kept_counts_are_the_findings_counted_anew(store: Store, steps) -> None:
    _wipe(store)
    for day, (kind, what) in enumerate(steps):
        if kind == "night":
            night(store, what, day)
        else:
            moves(store, what)
        assert drift(store) == 0
        counted(store)


def test_a_move_counts_a_case_where_it_is_now(store: Store) -> None:
    apply(store, found(1), found(2))
    move(store, 1, "take", S.IN_REVIEW, owner="medical_insurance")
    of = {o: store.findings.counts(replace(EVERYWHERE, owners=(o,))) for o in OWNERS}
    assert {o: [(c.state, c.count) for c in found_] for o, found_ in of.items()} == {
        "education": [(S.OPEN, 1)],
        "medical_insurance": [(S.IN_REVIEW, 1)],
    }


def test_a_night_never_counts_everything_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes out and puts in comes to the right sums; settling them would take long and hide it."""

    def anew(*_: object) -> None:
        raise AssertionError("everything was counted anew")

    monkeypatch.setattr(queue_counts, "renew", anew)
    apply(store, found(1), found(2))
    view = {"division": PLACES[1], "severity": "2", "due_on": DAY, "to_state": S.CONFIRMED}
    for day in (1, 2, 3):
        night(store, {1: view, 2: view, 2 + day: view}, day)
    assert drift(store) == 0
    assert sum(c.count for c in store.findings.counts(EVERYWHERE)) == 5


def test_a_sum_that_is_off_is_told_and_the_next_night_mends_it(store: Store) -> None:
    apply(store, found(1), found(2, division=None))
    with store._db.write() as c:
        c.execute(text("UPDATE queue_count SET count = 7 WHERE area = ''"))
        c.execute(text("DELETE FROM queue_due"))
    assert drift(store) == 1 + 2
    apply(store, day=1)
    assert drift(store) == 0
    assert sum(c.count for c in store.findings.counts(EVERYWHERE)) == 2


@pytest.mark.parametrize(
    ("change", "off"),
    [
        ("UPDATE queue_due SET count = 7 WHERE area = '419902'", 1),
        ("DELETE FROM queue_due WHERE area = '419902'", 1),
        ("DELETE FROM queue_own WHERE case_id = 1", 1),
        ("INSERT INTO queue_own SELECT 99, assigned_to, rule, division, owner, severity, access,"
         " state, answer, due_on FROM queue_own", 1),
    ],
    ids=["due date", "due date gone", "own case gone", "own case of nobody"],
)  # fmt: skip
def test_a_night_mends_what_is_kept_of_due_dates_and_of_ones_own(
    store: Store, change: str, off: int
) -> None:
    apply(store, found(1, division=PLACES[0]), found(2, division=PLACES[2]))
    first = store.findings.finding(key(1))
    assert first is not None
    store.cases.move(CaseMove(first.case_id, 1, "take", S.OPEN, S.IN_REVIEW, "li", NINE))
    with store._db.write() as c:
        c.execute(text(change.replace("= 1", f"= {first.case_id}")))
    assert drift(store) == off
    apply(store, day=1)
    assert drift(store) == 0
    counted(store)


def test_ones_own_cases_are_read_from_their_list(store: Store) -> None:
    """Found among a million findings they would take most of a second; a list without them shows which."""
    apply(store, found(1), found(2))
    move(store, 1, "take", S.IN_REVIEW)
    mine = replace(EVERYWHERE, assigned_to=("li",))
    assert (len(store.findings.page(mine).rows), len(store.findings.counts(mine))) == (1, 1)
    with store._db.write() as c:
        c.execute(text("DELETE FROM queue_own"))
    assert (store.findings.page(mine).rows, store.findings.counts(mine)) == ((), ())


def test_a_list_that_is_wrong_shows_nobody_what_is_not_theirs(store: Store) -> None:
    apply(store, found(1))
    move(store, 1, "take", S.IN_REVIEW)
    with store._db.write() as c:
        c.execute(text("UPDATE finding SET access = 'protection'"))
    assert store.findings.page(replace(EVERYWHERE, assigned_to=("li",))).rows == ()


def test_a_drift_within_the_sum_is_told_and_an_upgrade_mends_it(store: Store) -> None:
    apply(store, found(1))
    with store._db.write() as c:
        c.execute(text("UPDATE queue_count SET state = 'waiting'"))
    apply(store, day=1)
    assert drift(store) == 2
    store.upgrade()
    assert drift(store) == 0


def test_an_upgrade_counts_the_findings_that_are_there(store: Store) -> None:
    apply(store, found(1), found(2))
    with store._db.write() as c:
        c.execute(text("DELETE FROM queue_count"))
        c.execute(text("DELETE FROM queue_due"))
    store.upgrade()
    assert (drift(store), sum(c.count for c in store.findings.counts(EVERYWHERE))) == (0, 2)


def test_a_night_folds_the_rows_of_a_group_into_one(store: Store) -> None:
    apply(store, found(1), found(2))
    for to in (S.IN_REVIEW, S.OPEN, S.IN_REVIEW):
        move(store, 1, "moved", to)
    assert rows(store, "queue_count") == 1 + 3 * 2
    apply(store, day=1)
    assert (rows(store, "queue_count"), rows(store, "queue_due")) == (2, 2)
    assert drift(store) == 0


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_two_people_at_once_lose_no_count_and_do_not_wait_for_each_other(store: Store) -> None:
    # Crossed order over the same two groups: with one row a group that both change, this deadlocks.
    apply(store, *(found(n, owner=OWNERS[n % 2]) for n in range(1, 5)))
    both = Barrier(2, timeout=10)

    def work(mine: tuple[int, int]) -> None:
        with store.transaction():
            for person in mine:
                move(store, person, "take", S.IN_REVIEW)
                both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ((1, 2), (4, 3))))
    assert drift(store) == 0
    assert [(c.state, c.count) for c in counted(store)] == [(S.IN_REVIEW, 4)]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_of_two_who_decide_one_case_at_once_one_counts(store: Store) -> None:
    apply(store, found(1))
    both = Barrier(2, timeout=10)

    def work(to: S) -> str:
        row = store.findings.finding(key(1))
        both.wait()
        one = CaseMove(row.case_id, row.version, "moved", row.state, to, "li", NINE)
        with store.transaction():
            try:
                store.cases.move(one)
            except StaleCase:
                return "stale"
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, (S.IN_REVIEW, S.CONFIRMED))) == ["moved", "stale"]
    assert drift(store) == 0


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_night_amid_an_unfinished_move_counts_it_once(store: Store) -> None:
    apply(store, found(1), found(2))
    moved, night_over = Barrier(2, timeout=10), Barrier(2, timeout=10)

    def person() -> None:
        with store.transaction():
            move(store, 1, "take", S.IN_REVIEW)
            moved.wait()
            night_over.wait()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(person)
        moved.wait()
        apply(store, known(store, 2, event="night_moves", to_state=S.RESOLVED), day=1)
        night_over.wait()
        done.result()
    assert drift(store) == 0
    assert {c.state: c.count for c in counted(store)} == {S.IN_REVIEW: 1, S.RESOLVED: 1}
