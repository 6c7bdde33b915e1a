from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.model.errors import StoreError
from gateway.store import Backlog, DataKeys, Store
from gateway.store.database import insert_rows
from gateway.store.tables import case_file, finding, outbox, run

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
TTL = timedelta(minutes=5)


def fill(store: Store, *cases: int) -> None:
    """One pending item a mention; item numbers count up from 1."""
    with store._db.write() as c:
        lead = {"as_of": NOW.date(), "known_at": NOW, "started_at": NOW, "inputs_digest": "x"}
        insert_rows(
            c, run, [lead | {"run_id": 1, "kind": "night", "baseline": False, "state": "running"}]
        )
        for case in sorted(set(cases)):
            insert_rows(
                c,
                case_file,
                [{"case_id": case, "state": "open", "version": 1, "opened_on": NOW.date()}],
            )
            insert_rows(c, finding, [_finding(case)])
        insert_rows(c, outbox, [_item(case, n) for n, case in enumerate(cases)])


def _finding(case: int) -> dict[str, object]:
    return {
        "finding_key": f"{case:064x}", "case_id": case, "rule": "SRC-01", "rule_version": 1,
        "run_id": 1, "first_run": 1, "source": "education", "severity": "2", "owner": "it",
        "answer": "no", "reason": "late", "access": "ordinary", "episode": NOW.date(),
        "evidence": "[]", "evidence_digest": "d", "known_from": NOW,
    }  # fmt: skip


def _item(case: int, n: int) -> dict[str, object]:
    return {
        "case_id": case, "finding_key": f"{case:064x}", "kind": "opened", "period": f"p{n}",
        "recipient": "it", "state": "pending", "attempts": 0, "created_at": NOW, "next_at": NOW,
    }  # fmt: skip


def lease(store: Store, minutes: int = 0, limit: int = 10) -> list[int]:
    items = store.outbox.lease(NOW + timedelta(minutes=minutes), TTL, limit)
    return [item.outbox_id for item in items]


def test_items_of_one_case_go_one_after_the_other(store: Store) -> None:
    fill(store, 1, 1, 2)
    first, other = store.outbox.lease(NOW, TTL, 10)
    assert (first.outbox_id, other.outbox_id, first.attempts) == (1, 3, 1)
    assert lease(store) == []
    assert store.outbox.sent(first, "ex-1", NOW)
    assert lease(store) == [2]
    assert store.outbox.backlog() == Backlog(0, 2, 1, 0, 0)


def test_an_item_given_back_waits_and_holds_the_later_ones(store: Store) -> None:
    fill(store, 1, 1)
    (item,) = store.outbox.lease(NOW, TTL, 10)
    assert store.outbox.again(item, NOW + timedelta(minutes=9), "Unreachable")
    assert lease(store, minutes=8) == []
    (again,) = store.outbox.lease(NOW + timedelta(minutes=9), TTL, 10)
    assert (again.outbox_id, again.attempts) == (1, 2)


def test_a_dead_item_holds_its_case_until_an_operator_decides(store: Store) -> None:
    fill(store, 1, 1, 2)
    first, _ = store.outbox.lease(NOW, TTL, 10)
    assert store.outbox.dead(first, "PeerRefused")
    assert lease(store) == []
    store.outbox.revive(1, NOW)
    assert lease(store) == [1]
    (first,) = store.outbox.lease(NOW + TTL, TTL, 1)
    store.outbox.dead(first, "PeerRefused")
    store.outbox.skip(1)
    assert lease(store) == [2]
    for fix in (store.outbox.skip, lambda n: store.outbox.revive(n, NOW)):
        with pytest.raises(StoreError, match="no such dead item"):
            fix(1)


def test_a_crashed_workers_items_are_taken_again_and_it_cannot_report(store: Store) -> None:
    fill(store, 1)
    (item,) = store.outbox.lease(NOW, TTL, 10)
    assert lease(store, minutes=4) == []
    (again,) = store.outbox.lease(NOW + TTL, TTL, 10)
    assert not store.outbox.sent(item, "ex-1", NOW)
    assert not store.outbox.again(item, NOW, "Busy")
    assert not store.outbox.dead(item, "x")
    assert store.outbox.sent(again, "ex-2", NOW)
    with store._db.read() as c:
        assert c.execute(text("SELECT exchange_id FROM outbox")).scalar_one() == "ex-2"


def test_two_workers_share_without_overlap(store: Store, url: str, keys: DataKeys) -> None:
    fill(store, *range(1, 21))
    with Store(url, keys) as other:
        taken = [lease(store, limit=6), lease(other, limit=6), lease(store, limit=20)]
    assert [len(t) for t in taken] == [6, 6, 8]
    assert sorted(n for t in taken for n in t) == list(range(1, 21))
