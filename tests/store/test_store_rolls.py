from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import text

from gateway.model.errors import StoreError
from gateway.model.exchange import Closing, Delivery, ScopeCount, SealedRef
from gateway.store import QUARANTINE, STATUS, RollCounts, RowLedger, Store

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
EX = "0199-a"


def run_of(store: Store, known_at: datetime = NOW) -> int:
    return store.runs.begin_run(known_at.date(), known_at, "night", False, "x").run_id


# Exchanges seen.


def seen(store: Store, sender: str = "education", signed: str = "s1", sealed: str = "e1") -> str:
    return store.exchanges.first_seen(EX, sender, signed, sealed, NOW)


def test_the_same_exchange_gets_the_same_receipt(store: Store) -> None:
    assert seen(store) == "new"
    store.exchanges.keep_receipt(EX, "education", "receipt one", NOW)
    store.exchanges.keep_receipt(EX, "education", "receipt two", NOW)
    assert seen(store) == "same"
    assert seen(store, sealed="e2") == "same"
    assert store.exchanges.receipt(EX, "education") == "receipt one"


def test_a_failed_first_attempt_does_not_turn_its_resend_away(store: Store) -> None:
    assert seen(store) == "new"
    assert seen(store) == "new"


@pytest.mark.parametrize("receipted", [True, False])
def test_one_id_with_other_content_is_told_apart(store: Store, receipted: bool) -> None:
    seen(store)
    if receipted:
        store.exchanges.keep_receipt(EX, "education", "r", NOW)
    assert seen(store, signed="s2") == "other"


def test_a_partner_cannot_use_up_anothers_ids(store: Store) -> None:
    seen(store, sender="education")
    assert seen(store, sender="medical_insurance", signed="s2") == "new"


def test_no_receipt_for_what_was_never_seen(store: Store) -> None:
    assert store.exchanges.receipt(EX, "education") is None
    with pytest.raises(StoreError, match="never seen"):
        store.exchanges.keep_receipt(EX, "education", "r", NOW)


# Deliveries.


def delivery(first: str, replaces: str = "", period: str = "2026-11") -> Delivery:
    closing = Closing(3, 1, "00", (ScopeCount("419901", 3),), ("419902",))
    refs = (SealedRef(first, "sha-256:aa", 10), SealedRef(first + "-2", "sha-256:bb", 11))
    return Delivery("education", "enrolment", period, refs, closing, replaces)


def test_a_delivery_comes_back_as_it_was(store: Store) -> None:
    number = store.deliveries.add(delivery("a"), NOW)
    assert store.deliveries.add(delivery("a"), LATER) == number
    kept = store.deliveries.current("education", "enrolment", "2026-11")
    assert (kept.delivery, kept.state, kept.known_from) == (delivery("a"), "current", NOW)
    assert store.deliveries.current("education", "enrolment", "2026-10") is None


@pytest.mark.parametrize("replaces", ["", "b"])
def test_a_second_delivery_must_name_the_one_it_replaces(store: Store, replaces: str) -> None:
    store.deliveries.add(delivery("a"), NOW)
    with pytest.raises(StoreError, match="does not name the one it replaces"):
        store.deliveries.add(delivery("c", replaces), LATER)


def test_a_delivery_that_names_it_supersedes(store: Store) -> None:
    store.deliveries.add(delivery("a"), NOW)
    store.deliveries.add(delivery("b", "a"), LATER)
    store.deliveries.add(delivery("c", period="2026-10"), LATER)
    history = store.deliveries.history("education", "enrolment")
    assert [(k.delivery.exchanges[0].exchange_id, k.state, k.known_to) for k in history] == [
        ("a", "superseded", LATER), ("b", "current", None), ("c", "current", None),
    ]  # fmt: skip


def test_a_delivery_set_aside_does_not_count(store: Store) -> None:
    store.deliveries.set_aside(delivery("a"), "delivery_incomplete", NOW)
    assert store.deliveries.current("education", "enrolment", "2026-11") is None
    assert store.deliveries.history("education", "enrolment")[0].reason == "delivery_incomplete"
    store.deliveries.add(delivery("b"), LATER)
    assert store.deliveries.current("education", "enrolment", "2026-11").delivery == delivery("b")


# Snapshots.


@dataclass(frozen=True)
class Snap:
    id: str
    period: str
    known_from: datetime
    kind: str = "changes"
    previous: str = ""
    source: str = "education"
    roll: str = "enrolment"
    table: str = "enrolment"
    path: str = "education/x.parquet"
    present: int = 3
    root: str = "ab" * 32


def nights(store: Store) -> list[datetime]:
    times = [NOW + timedelta(days=30 * n) for n in range(4)]
    store.snapshots.add(Snap("s1", "2026-09", times[0], "base"))
    store.snapshots.add(Snap("s2", "2026-10", times[1], previous="s1"))
    store.snapshots.add(Snap("s2", "2026-10", times[1], previous="s1"))
    store.snapshots.add(Snap("s3", "2026-11", times[2], "base", previous="s2"))
    store.snapshots.add(Snap("s4", "2026-12", times[3], previous="s3"))
    return times


def ids(store: Store, at: datetime) -> list[str]:
    return [s.id for s in store.snapshots.chain("education", "enrolment", "enrolment", at)]


def test_a_chain_is_what_was_known_then(store: Store) -> None:
    times = nights(store)
    known = [ids(store, t) for t in (times[0] - timedelta(days=1), *times)]
    assert known == [[], ["s1"], ["s1", "s2"], ["s3"], ["s3", "s4"]]
    assert store.snapshots.get("s3") == store.snapshots.chain(
        "education", "enrolment", "enrolment", times[2]
    )[0]  # fmt: skip


def test_a_withdrawn_snapshot_counts_until_it_was_withdrawn(store: Store) -> None:
    times = nights(store)
    store.snapshots.withdraw("s4", times[3] + timedelta(days=2))
    store.snapshots.add(Snap("s5", "2026-12", times[3] + timedelta(days=2), previous="s3"))
    assert ids(store, times[3] + timedelta(days=1)) == ["s3", "s4"]
    assert ids(store, times[3] + timedelta(days=3)) == ["s3", "s5"]
    everything = store.snapshots.all("education", "enrolment", "enrolment")
    assert [s.id for s in everything] == ["s1", "s2", "s3", "s4", "s5"]


def test_changes_without_a_base_are_refused_by_the_database(store: Store) -> None:
    with pytest.raises(StoreError, match="ck_snapshot_start"):
        store.snapshots.add(Snap("s1", "2026-09", NOW))


def test_there_is_no_such_snapshot(store: Store) -> None:
    with pytest.raises(StoreError, match="no such snapshot"):
        store.snapshots.get("s9")


# Source status and ledger.


def status(state: str, scope: str = "*", period: str = "2026-11") -> dict[str, object]:
    plain = dict.fromkeys(STATUS.names)
    return plain | {
        "source": "education", "roll": "enrolment", "table_name": "enrolment", "scope": scope,
        "period": period, "state": state, "coverage": "province", "due_on": date(2026, 11, 10),
        "error_budget": 0.01, "expected_rows": 7,
    }  # fmt: skip


def test_status_is_one_row_for_each_scope_and_period(store: Store) -> None:
    run_id = run_of(store)
    first = [status("late"), status("late", "419901"), status("verified", period="2026-10")]
    store.sources.put_status(run_id, pa.Table.from_pylist(first, schema=STATUS))
    store.sources.put_status(run_id, pa.Table.from_pylist([status("verified")], schema=STATUS))
    rows = store.sources.status()
    assert rows.schema == STATUS
    found = [(r["scope"], r["period"], r["state"]) for r in rows.to_pylist()]
    assert found == [
        ("*", "2026-10", "verified"), ("*", "2026-11", "verified"), ("419901", "2026-11", "late"),
    ]  # fmt: skip
    assert store.sources.status("2026-10").num_rows == 1


def test_roll_counts_join_the_state_and_the_newest_ledger(store: Store) -> None:
    assert store.sources.roll_counts("education", "enrolment", "2026-11") is None
    first, second = run_of(store), run_of(store)
    store.sources.put_status(first, pa.Table.from_pylist([status("odd")], schema=STATUS))
    of = ("education", "enrolment", "2026-11")
    assert store.sources.roll_counts(*of) == RollCounts("odd", 0, 0, 0, 0)
    store.sources.put_ledger(first, (RowLedger(*of, 5, 4, 1, 0),))
    store.sources.put_ledger(second, (RowLedger(*of, 9, 7, 1, 1),))
    assert store.sources.roll_counts(*of) == RollCounts("odd", 9, 7, 1, 1)


def test_a_ledger_that_does_not_add_up_is_refused_by_the_database(store: Store) -> None:
    entry = RowLedger("education", "enrolment", "2026-11", 10, 8, 1, 1)
    run_id = run_of(store)
    store.sources.put_ledger(run_id, (entry,))
    assert store.sources.ledger(run_id) == (entry,)
    with pytest.raises(StoreError, match="ck_ledger_balanced"):
        store.sources.put_ledger(run_id, (replace(entry, received=11),))


# Quarantine.


def refused(*refs: str) -> pa.Table:
    rows = [
        {
            "source": "education", "roll": "enrolment", "table_name": "enrolment", "row_ref": ref,
            "row_key": "k" + ref, "column_name": "csrq", "reason": "bad_date",
            "original_json": '{"xm": "王小明"}', "name_key": "王小明", "id_number": None,
            "id_given": "4.11E+17", "birth_date": date(2016, 5, 5), "sex": "1",
            "division": "419901001001",
        }
        for ref in refs
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=QUARANTINE)


def refs(store: Store) -> list[str]:
    return store.quarantine.current().column("row_ref").to_pylist()


def test_refused_rows_come_back_whole_and_rest_sealed(store: Store) -> None:
    store.quarantine.put(run_of(store), "education", "enrolment", "2026-11", refused("a#1", "a#2"))
    assert store.quarantine.current().equals(refused("a#1", "a#2"))
    with store._db.read() as c:
        rows = c.execute(text("SELECT * FROM quarantine")).all()
    assert "王小明".encode() not in b"".join(v for r in rows for v in r if isinstance(v, bytes))
    assert "王小明" not in str(rows)


def test_the_next_delivery_of_a_roll_supersedes_its_refused_rows(store: Store) -> None:
    run_id = run_of(store)
    store.quarantine.put(run_id, "education", "enrolment", "2026-10", refused("a#1", "a#2"))
    store.quarantine.put(run_id, "education", "enrolment", "2026-10", refused("a#1", "a#2"))
    assert refs(store) == ["a#1", "a#2"]
    store.quarantine.put(run_id, "medical_insurance", "coverage", "2026-11", refused())
    assert refs(store) == ["a#1", "a#2"]
    store.quarantine.put(run_id, "education", "enrolment", "2026-11", refused("b#1"))
    assert refs(store) == ["b#1"]
    store.quarantine.put(run_id, "education", "enrolment", "2026-12", refused())
    assert refs(store) == []


def test_a_row_read_after_all_does_not_count(store: Store) -> None:
    store.quarantine.put(run_of(store), "education", "enrolment", "2026-11", refused("a#1", "a#2"))
    assert store.quarantine.replayed(("a#1", "zz"), LATER) == 1
    assert refs(store) == ["a#2"]
