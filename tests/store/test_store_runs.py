import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.model.errors import RunLocked, StoreError
from gateway.store import DataKeys, Store

DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
TTL = timedelta(minutes=30)


def begin(store: Store, inputs: str = "2026-11/all") -> int:
    return store.runs.begin_run(DAY, NOW, "night", False, inputs).run_id


def test_a_run_and_its_steps(store: Store) -> None:
    run_id = begin(store)
    for step in ("collect", "link", "apply"):
        store.runs.step_done(run_id, step, f"digest of {step}")
    store.runs.step_done(run_id, "link", "digest of link")
    assert list(store.runs.steps(run_id)) == ["collect", "link", "apply"]
    run = store.runs.finish_run(run_id, "done", NOW + TTL)
    assert (run.state, run.as_of, run.known_at, run.finished_at) == ("done", DAY, NOW, NOW + TTL)
    assert store.runs.runs() == (run,)


def test_a_step_with_another_result_stops_the_resume(store: Store) -> None:
    run_id = begin(store)
    store.runs.step_done(run_id, "link", "a")
    with pytest.raises(StoreError, match="another result"):
        store.runs.step_done(run_id, "link", "b")


def test_only_a_run_over_the_same_inputs_is_resumed(store: Store) -> None:
    first, second = begin(store), begin(store)
    assert store.runs.unfinished_run(DAY, "2026-11/all").run_id == second
    store.runs.finish_run(second, "failed", NOW)
    assert store.runs.unfinished_run(DAY, "2026-11/all").run_id == first
    assert store.runs.unfinished_run(DAY, "2026-11/education") is None
    assert store.runs.unfinished_run(DAY + timedelta(days=1), "2026-11/all") is None


def test_a_run_ends_once(store: Store) -> None:
    run_id = begin(store)
    store.runs.finish_run(run_id, "failed", NOW)
    assert store.runs.finish_run(run_id, "failed", NOW + TTL).finished_at == NOW
    with pytest.raises(StoreError, match="already ended as failed"):
        store.runs.finish_run(run_id, "done", NOW)


def test_there_is_no_such_run(store: Store) -> None:
    with pytest.raises(StoreError, match="run 77"):
        store.runs.run(77)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.runs.begin_run(DAY, datetime(2026, 11, 16), "night", False, "x")


def test_times_come_back_as_they_went_in(store: Store) -> None:
    beijing = datetime.fromisoformat("2026-11-16T09:00:00.123456+08:00")
    run = store.runs.begin_run(DAY, beijing, "night", False, "x")
    assert run.known_at == beijing
    assert run.known_at.utcoffset() == timedelta(0)


def test_person_numbers_are_never_given_twice(store: Store) -> None:
    first, second = begin(store), begin(store)
    blocks = [
        store.persons.reserve_persons(first, 10),
        store.persons.reserve_persons(second, 5),
        store.persons.reserve_persons(first, 3, call=1),
        store.persons.reserve_persons(first, 11),
    ]
    assert blocks[0] == range(1, 11)
    numbers = [n for block in blocks for n in block]
    assert len(set(numbers)) == len(numbers) == 29


def test_a_resumed_run_gets_its_numbers_again(store: Store) -> None:
    run_id = begin(store)
    ids = store.persons.ids(run_id)
    given = [ids.reserve(10), ids.reserve(0), ids.reserve(10)]
    assert given[0] != given[2]
    again = store.persons.ids(run_id)
    assert [again.reserve(10), again.reserve(0), again.reserve(10)] == given


def test_several_writes_are_kept_together_or_not_at_all(store: Store) -> None:
    with store.transaction():
        kept = begin(store)
        store.runs.step_done(kept, "collect", "x")
    with pytest.raises(RuntimeError), store.transaction():
        lost = begin(store)
        store.runs.step_done(kept, "link", "x")
        assert list(store.runs.steps(kept)) == ["collect", "link"]
        raise RuntimeError
    assert list(store.runs.steps(kept)) == ["collect"]
    with pytest.raises(StoreError):
        store.runs.run(lost)


def test_one_node_holds_the_night(store: Store, url: str, keys: DataKeys) -> None:
    with Store(url, keys) as other:
        with store.hold_lock("a", NOW, TTL), pytest.raises(RunLocked, match="node a, until 01:30"):
            _hold(other, NOW)
        with other.hold_lock("b", NOW, TTL):
            pass


def test_the_lock_is_free_after_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="x"), store.hold_lock("a", NOW, TTL):
        raise ValueError("x")
    _hold(store, NOW)


def test_a_renewed_lease_lives_on(store: Store, url: str, keys: DataKeys) -> None:
    later = NOW + timedelta(minutes=40)
    with store.hold_lock("a", NOW, TTL) as lock, Store(url, keys) as other:
        lock.renew(NOW + timedelta(minutes=20))
        with pytest.raises(RunLocked):
            _hold(other, later)


def test_an_expired_lease_is_taken_over_and_its_holder_told(store: Store) -> None:
    """As after a lost connection: on PostgreSQL the advisory lock of the first holder is gone."""
    with store.hold_lock("a", NOW, TTL) as lock:
        _expire_advisory(store)
        _hold(store, NOW + TTL)
        with pytest.raises(RunLocked, match="lost the night's lock"):
            lock.renew(NOW + TTL)


DEAD = """
import os, sys
sys.path[:0] = sys.argv[3:]
from datetime import UTC, datetime, timedelta
from pathlib import Path
from gateway.store import DataKeys, Store
store = Store(sys.argv[1], DataKeys(Path(sys.argv[2])))
held = store.hold_lock("crashed", datetime(2026, 11, 16, 1, tzinfo=UTC), timedelta(hours=9))
held.__enter__()
os._exit(1)
"""


def test_a_crashed_holder_on_this_host_keeps_nobody_out(store, url, keys, tmp_path) -> None:
    DataKeys.create(tmp_path / "k")
    argv = [sys.executable, "-c", DEAD, url, str(tmp_path / "k"), *filter(None, sys.path)]
    assert subprocess.run(argv, timeout=60).returncode == 1
    with store._db.read() as c:
        assert c.execute(text("SELECT node FROM run_lock")).scalar_one() == "crashed"
    _hold(store, NOW)


@pytest.mark.parametrize(("host", "expires", "free"), [
    ("elsewhere", "2026-11-16 01:30:00", False),
    ("elsewhere", "2026-11-16 00:59:00", True),
])  # fmt: skip
def test_a_lease_of_another_host_is_respected_until_it_ends(store, host, expires, free) -> None:
    zone = "" if store._db.is_sqlite else "+00"
    with store._db.write() as c:
        c.execute(
            text("INSERT INTO run_lock VALUES ('night', 'far', :h, :p, 't', :a, :e)"),
            {"h": host, "p": os.getpid(), "a": f"2026-11-16 00:00:00{zone}", "e": expires + zone},
        )
    if free:
        _hold(store, NOW)
    else:
        with pytest.raises(RunLocked, match="node far"):
            _hold(store, NOW)


def _hold(store: Store, now: datetime) -> None:
    with store.hold_lock("b", now, TTL):
        pass


def _expire_advisory(store: Store) -> None:
    if store._db.is_sqlite:
        return
    advisory = "FROM pg_locks WHERE locktype = 'advisory'"
    with store._db.engine.connect() as c:
        c.execute(text(f"SELECT pg_terminate_backend(pid) {advisory}"))
        while c.execute(text(f"SELECT count(*) {advisory}")).scalar_one():
            time.sleep(0.01)
