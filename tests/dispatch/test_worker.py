"""The worker over a real outbox: ordered within a case, at least once, with growing pauses."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.dispatch import Round, WorkSettings, work_once, work_until
from gateway.model.errors import (
    Busy,
    ExchangeRefused,
    KeyUnavailable,
    PeerRefused,
    Refusal,
    StoreError,
    Unreachable,
)
from gateway.model.exchange import Sent
from gateway.store import Backlog, DataKeys, OutboxItem, Store
from gateway.store.database import insert_rows
from gateway.store.tables import case_file, finding, outbox, run

START = datetime(2026, 11, 16, 1, tzinfo=UTC)
SETTINGS = WorkSettings(batch=10, max_attempts=4)


class Bench:
    """A store with one pending item a mention of a case, a clock that is set, a peer that may fail."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START
        self.tried: list[int] = []
        self.fail: Callable[[OutboxItem], Exception | None] = lambda item: None

    def send(self, item: OutboxItem) -> Sent:
        self.tried.append(item.outbox_id)
        error = self.fail(item)
        if error is not None:
            raise error
        return Sent(f"ex-{item.outbox_id}", "accepted")

    def work(self, after: timedelta = timedelta()) -> Round:
        self.now += after
        return work_once(self.store.outbox, self.send, lambda: self.now, SETTINGS)

    def fill(self, *cases: int) -> None:
        with self.store._db.write() as c:
            insert_rows(c, run, [_run()])
            for case in sorted(set(cases)):
                insert_rows(c, case_file, [_case(case)])
                insert_rows(c, finding, [_finding(case)])
            insert_rows(c, outbox, [_item(case, n) for n, case in enumerate(cases)])

    def errors(self) -> list[str]:
        with self.store._db.read() as c:
            rows = c.execute(text("SELECT error FROM outbox WHERE error IS NOT NULL ORDER BY 1"))
            return [row[0] for row in rows]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store(f"sqlite:///{tmp_path}/store.db", DataKeys.create(tmp_path / "keys")) as store:
        store.upgrade()
        yield Bench(store)


def test_all_is_sent_in_order_within_a_case(bench: Bench) -> None:
    bench.fill(1, 1, 2, 1)
    rounds = [bench.work() for _ in range(4)]
    assert rounds == [Round(sent=2), Round(sent=1), Round(sent=1), Round()]
    assert bench.tried == [1, 3, 2, 4]
    assert bench.store.outbox.backlog() == Backlog(0, 0, 4, 0, 0)


HOPEFUL = [Unreachable("x"), Busy("x"), KeyUnavailable("x"), StoreError("x")]


@pytest.mark.parametrize("error", HOPEFUL, ids=lambda e: type(e).__name__)
def test_a_failure_that_may_pass_is_tried_again_with_growing_pauses(bench: Bench, error) -> None:
    bench.fill(1)
    bench.fail = lambda item: error
    assert bench.work() == Round(again=1)
    waits = []
    while bench.store.outbox.backlog().dead == 0:
        waited = timedelta()
        while bench.work(timedelta(seconds=5)).idle:
            waited += timedelta(seconds=5)
        waits.append(waited)
    assert len(bench.tried) == SETTINGS.max_attempts
    assert [w >= SETTINGS.first_pause * 2**n for n, w in enumerate(waits)] == [True] * 3
    assert [w <= SETTINGS.first_pause * 2**n * 1.3 for n, w in enumerate(waits)] == [True] * 3
    assert bench.errors() == [type(error).__name__]


HOPELESS = [
    (PeerRefused("no"), "PeerRefused"),
    (ExchangeRefused(Refusal.WEAK_KEY, "no"), "ExchangeRefused weak_key"),
]


@pytest.mark.parametrize(("error", "code"), HOPELESS, ids=["peer", "exchange"])
def test_what_will_never_pass_is_given_up_at_once(bench: Bench, error, code: str) -> None:
    bench.fill(1, 1)
    bench.fail = lambda item: error
    assert bench.work() == Round(dead=1)
    assert bench.work().idle
    assert bench.errors() == [code]


def test_a_bug_stops_neither_the_worker_nor_shows_what_it_said(bench: Bench) -> None:
    bench.fill(1, 2, 3)
    bench.fail = lambda item: ValueError("王小明") if item.case_id == 2 else None
    assert bench.work() == Round(sent=2, again=1)
    assert bench.errors() == ["bug: ValueError"]


def test_an_interrupt_is_not_an_items_failure(bench: Bench) -> None:
    bench.fill(1)
    bench.fail = lambda item: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    assert bench.store.outbox.backlog().leased == 1
    bench.fail = lambda item: None
    assert bench.work(SETTINGS.lease) == Round(sent=1)


def test_a_worker_that_was_too_slow_learns_that_another_took_over(bench: Bench) -> None:
    bench.fill(1)

    def slow(item: OutboxItem) -> None:
        bench.now += SETTINGS.lease
        bench.store.outbox.lease(bench.now, SETTINGS.lease, 10)

    bench.fail = slow
    assert bench.work() == Round(lost=1)


def test_what_the_lease_does_not_cover_is_left_for_later(bench: Bench) -> None:
    bench.fill(1, 2)

    def slow(item: OutboxItem) -> None:
        bench.now += SETTINGS.lease

    bench.fail = slow
    assert bench.work() == Round(sent=1)
    assert bench.tried == [1]
    assert bench.work() == Round(sent=1)
    assert bench.tried == [1, 2]


def test_the_longest_pause_is_a_bound() -> None:
    item = OutboxItem(1, 1, "k", "opened", "p", "it", 500, START, "t")
    assert SETTINGS.longest_pause <= SETTINGS.pause(item) <= SETTINGS.longest_pause * 1.25


def test_rounds_until_told_to_stop_with_rests_when_idle() -> None:
    rounds = iter([Round(sent=2), Round(), Round(dead=1), Round()])
    left, rests = [4], []

    def once() -> Round:
        left[0] -= 1
        return next(rounds)

    total = work_until(lambda: left[0] == 0, once, lambda: rests.append(left[0]))
    assert total == Round(sent=2, dead=1)
    assert rests == [2, 0]


def _run() -> dict[str, object]:
    return {
        "run_id": 1, "as_of": START.date(), "known_at": START, "kind": "night", "baseline": False,
        "inputs_digest": "x", "state": "running", "started_at": START,
    }  # fmt: skip


def _case(case: int) -> dict[str, object]:
    return {"case_id": case, "state": "open", "version": 1, "opened_on": START.date()}


def _finding(case: int) -> dict[str, object]:
    return {
        "finding_key": f"{case:064x}", "case_id": case, "rule": "SRC-01", "rule_version": 1,
        "run_id": 1, "first_run": 1, "source": "education", "severity": "2", "owner": "it",
        "answer": "no", "reason": "late", "access": "ordinary", "episode": START.date(),
        "evidence": "[]", "evidence_digest": "d", "known_from": START,
    }  # fmt: skip


def _item(case: int, n: int) -> dict[str, object]:
    return {
        "case_id": case, "finding_key": f"{case:064x}", "kind": "opened", "period": f"p{n}",
        "recipient": "it", "state": "pending", "attempts": 0, "created_at": START, "next_at": START,
    }  # fmt: skip
