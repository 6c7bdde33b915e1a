"""What was known at a time: source states that were overwritten, rows refused then, rules kept."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from gateway.model.exchange import Closing, Delivery, SealedRef
from gateway.model.outcomes import OutcomeCount
from gateway.store import QUARANTINE, REPLAY_FINDING, STATUS, Run, SnapshotRow, Store

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROLL = ("education", "enrolment")


def run_at(store: Store, known_at: datetime, kind: str = "night") -> int:
    return store.runs.begin_run(known_at.date(), known_at, kind, False, "x").run_id


def put(store: Store, known_at: datetime, state: str, period: str = "2026-11") -> None:
    row = dict.fromkeys(STATUS.names) | {
        "source": ROLL[0], "roll": ROLL[1], "table_name": "enrolment", "scope": "*",
        "period": period, "state": state, "coverage": "province",
    }  # fmt: skip
    store.sources.put_status(run_at(store, known_at), pa.Table.from_pylist([row], schema=STATUS))


def states(store: Store, known_at: datetime) -> list[tuple[str, str]]:
    found = store.sources.status(known_at=known_at).to_pylist()
    return [(row["period"], row["state"]) for row in found]


def test_a_state_that_was_overwritten_is_still_known_as_of_then(store: Store) -> None:
    put(store, NOW, "late")
    put(store, NOW + HOUR, "partial")
    put(store, NOW + HOUR, "odd")
    put(store, NOW + 2 * HOUR, "verified")
    assert states(store, NOW - HOUR) == []
    assert states(store, NOW) == [("2026-11", "late")]
    assert states(store, NOW + HOUR - timedelta(microseconds=1)) == [("2026-11", "late")]
    assert states(store, NOW + HOUR) == [("2026-11", "odd")]
    assert states(store, NOW + 9 * HOUR) == [("2026-11", "verified")]
    assert [row["state"] for row in store.sources.status().to_pylist()] == ["verified"]


def deliver(
    store: Store, known_at: datetime, exchange: str, period: str, replaces: str = ""
) -> None:
    run_id = run_at(store, known_at)
    refs = pa.Table.from_pylist(
        [
            dict.fromkeys(QUARANTINE.names) | {
                "source": ROLL[0], "roll": ROLL[1], "table_name": "enrolment",
                "row_ref": f"{exchange}#1", "column_name": "csrq", "reason": "bad_date",
                "original_json": "{}",
            }
        ],
        schema=QUARANTINE,
    )  # fmt: skip
    store.quarantine.put(run_id, *ROLL, period, refs)
    sealed = (SealedRef(exchange, "d", 1),)
    whole = Delivery(*ROLL, period, sealed, Closing(1, 1, "r", (), ()), replaces)
    store.deliveries.add(whole, known_at)


def refs_known(store: Store, period: str, known_at: datetime) -> list[str]:
    return store.quarantine.as_known(period, known_at).column("row_ref").to_pylist()


def test_refused_rows_are_those_of_the_delivery_that_counted(store: Store) -> None:
    deliver(store, NOW, "a", "2026-10")
    deliver(store, NOW + HOUR, "b", "2026-10", replaces="a")
    deliver(store, NOW + 2 * HOUR, "c", "2026-11")
    assert refs_known(store, "2026-10", NOW) == ["a#1"]
    assert refs_known(store, "2026-10", NOW + HOUR) == ["b#1"]
    assert refs_known(store, "2026-10", NOW + 9 * HOUR) == ["b#1"]
    assert refs_known(store, "2026-11", NOW + 9 * HOUR) == ["c#1"]
    store.quarantine.replayed(("c#1",), NOW + 3 * HOUR)
    assert refs_known(store, "2026-11", NOW + 2 * HOUR) == ["c#1"]
    assert refs_known(store, "2026-11", NOW + 3 * HOUR) == []


def test_a_snapshot_is_chosen_on_both_axes(store: Store) -> None:
    def add(name: str, period: str, known_from: datetime) -> None:
        file = f"{name}.parquet"
        of = (name, *ROLL, "enrolment", period, known_from, "base", file, 1, "r", "")
        store.snapshots.add(SnapshotRow(*of))

    def chosen(period: str, known_at: datetime) -> list[str]:
        return [s.id for s in store.snapshots.chain(*ROLL, "enrolment", known_at, period)]

    add("october", "2026-10", NOW)
    add("november", "2026-11", NOW + HOUR)
    add("october again", "2026-10", NOW + 2 * HOUR)
    assert chosen("2026-10", NOW + HOUR) == ["october"]
    assert chosen("2026-10", NOW + 2 * HOUR) == ["october again"]
    assert chosen("2026-11", NOW + 9 * HOUR) == chosen("", NOW + 9 * HOUR) == ["november"]
    assert chosen("2026-09", NOW + 9 * HOUR) == []


def test_a_rulebook_is_kept_once_and_found_by_run_and_by_day(store: Store) -> None:
    first, second = run_at(store, NOW), run_at(store, NOW + timedelta(days=1))
    assert store.rulebooks.keep(first, b"one") == store.rulebooks.keep(second, b"one")
    assert store.rulebooks.of_run(first) == b"one"
    assert store.rulebooks.of_day(NOW.date()) is None
    store.runs.finish_run(first, "done", NOW)
    store.runs.finish_run(second, "held", NOW)
    store.rulebooks.keep(second, b"two")
    assert store.rulebooks.of_day(NOW.date()) == b"one"
    assert store.rulebooks.of_day(NOW.date() + timedelta(days=400)) == b"two"
    assert store.rulebooks.of_day(NOW.date() - timedelta(days=1)) is None
    assert store.rulebooks.of_run(9) is None


def test_a_replay_is_kept_whole_and_is_no_night(store: Store) -> None:
    night = run_at(store, NOW)
    store.runs.finish_run(night, "done", NOW)
    new = Run(0, date(2026, 9, 1), NOW + HOUR, "replay", False, "d", "done", NOW, NOW)
    finding = dict.fromkeys(REPLAY_FINDING.names) | {
        "finding_key": "f" * 64, "rule": "EDU-02", "rule_version": 1, "person_id": 7,
        "severity": "1", "owner": "education", "answer": "no", "reason": "vanished",
        "access": "ordinary", "episode": date(2026, 9, 1), "evidence": "[]",
    }  # fmt: skip
    counts = (OutcomeCount("EDU-02", 1, 1, 0, 0, 0, 0),)
    table = pa.Table.from_pylist([finding], schema=REPLAY_FINDING)
    kept = store.replays.add(new, table, counts, "digest")
    assert (kept.run_id, kept.kind, kept.inputs_digest) == (night + 1, "replay", "digest")
    assert store.night.outcome_counts(kept.run_id) == counts
    assert [row.person_id for row in store.replays.findings(kept.run_id, ("ordinary",))] == [7]
    assert store.replays.findings(kept.run_id, ("sealed",)) == ()
    spoken = store.runs.spoken(NOW + 2 * HOUR)
    assert spoken is not None
    assert spoken.run_id == night
    assert [run.run_id for run in store.runs.runs(kinds=("replay",))] == [kept.run_id]
