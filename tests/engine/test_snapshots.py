"""Snapshots: whatever nights came before, scanning the chain gives the last night's rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.engine import Engine, EngineSettings, Snapshot, SnapshotStore
from gateway.engine.snapshots import Frozen
from gateway.model.errors import LedgerUnbalanced

KEY = bytes(range(32))
Night = dict[str, str]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(EngineSettings(tmp_path, threads=2)) as made:
        yield made


def rows(night: Night) -> pa.Table:
    digest = [f"{abs(hash((k, v))) % 16**8:08x}".ljust(64, v[0]) for k, v in night.items()]
    return pa.table(
        {
            "row_key": pa.array(list(night), pa.string()),
            "row_digest": pa.array(digest, pa.string()),
            "name": pa.array(list(night.values()), pa.string()),
        }
    )


def freeze(engine: Engine, store: SnapshotStore, night: Night, chain: list[Snapshot]) -> Snapshot:
    engine.load("roll", rows(night))
    number = len(chain) + 1
    of = Frozen(
        f"s{number}", "a", "r", "t", f"2026-{number:02}", datetime(2026, number, 1, tzinfo=UTC)
    )
    return store.freeze(engine, "roll", of, chain)


def present(engine: Engine, name: str) -> Night:
    table = engine.fetch(f"SELECT row_key, name FROM {name}")
    return dict(zip(table["row_key"].to_pylist(), table["name"].to_pylist(), strict=True))


nights = st.lists(
    st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from(["x", "y"])),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights)
def test_a_chain_of_nights_scans_to_the_last_one(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, nights: list[Night]
) -> None:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"), KEY)
    chain: list[Snapshot] = []
    last_seen: dict[str, str] = {}
    for night in nights:
        chain.append(freeze(engine, store, night, chain))
        last_seen |= dict.fromkeys(night, chain[-1].period)
    store.scan(engine, chain, "now")
    assert present(engine, "now") == nights[-1]
    gone = engine.fetch("SELECT row_key, seen_period FROM now_gone").to_pylist()
    expected = {k: p for k, p in last_seen.items() if k not in nights[-1]}
    assert {g["row_key"]: g["seen_period"] for g in gone} == expected
    store.verify(engine, chain)


def test_the_root_does_not_depend_on_row_order(engine: Engine, tmp_path: Path) -> None:
    night = {"a": "x", "b": "y", "c": "x"}
    one = freeze(engine, SnapshotStore(tmp_path / "1", KEY), night, [])
    two = freeze(engine, SnapshotStore(tmp_path / "2", KEY), dict(reversed(night.items())), [])
    assert one.root == two.root
    other = freeze(engine, SnapshotStore(tmp_path / "3", KEY), night | {"a": "y"}, [])
    assert other.root != one.root


def test_a_quiet_night_writes_no_row_twice(engine: Engine, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path, KEY)
    first = freeze(engine, store, {"a": "x", "b": "y"}, [])
    second = freeze(engine, store, {"a": "x", "b": "y"}, [first])
    assert (first.kind, second.kind) == ("base", "changes")
    assert second.root == first.root


def test_files_hold_no_readable_value(engine: Engine, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path, KEY)
    engine.load(
        "roll", pa.table({"row_key": ["k"], "row_digest": ["0" * 64], "name": ["READABLE"]})
    )
    of = Frozen("s1", "a", "r", "t", "2026-01", datetime(2026, 1, 1, tzinfo=UTC))
    path = tmp_path / store.freeze(engine, "roll", of, []).path
    assert b"READABLE" not in path.read_bytes()
    assert b"row_digest" not in path.read_bytes()


def test_a_swapped_file_is_noticed(engine: Engine, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path, KEY)
    first = freeze(engine, store, {"a": "x"}, [])
    forged = Snapshot(**{f: getattr(first, f) for f in first.__slots__} | {"present": 2})
    with pytest.raises(LedgerUnbalanced):
        store.verify(engine, [forged])


def test_only_files_that_nobody_registered_are_swept(engine: Engine, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path, KEY)
    kept = freeze(engine, store, {"a": "x"}, [])
    stray = freeze(engine, store, {"a": "y"}, [kept])
    half = (tmp_path / stray.path).with_suffix(".partial")
    half.write_bytes(b"half")
    assert store.sweep([kept.path]) == 2
    assert sorted(p.name for p in tmp_path.rglob("*.p*")) == [Path(kept.path).name]
    store.verify(engine, [kept])
    assert store.sweep([kept.path]) == 0


def test_what_was_remembered_is_recalled_or_nothing_is(engine: Engine, tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path / "snapshots", KEY)
    assert store.recall(engine, ("one", "two")) is False, "the first night"
    for night in ("n1", "n2"):
        engine.load("one", pa.table({"a": pa.array([1, 2], pa.uint64()), "b": [night, None]}))
        engine.load("two", pa.table({"c": pa.array([], pa.string())}))
        store.remember(engine, ("one", "two"), night)
    assert store.sweep(()) == 0
    engine.drop("one", "two")
    assert store.recall(engine, ("one", "two")) is True
    assert engine.fetch("FROM one").to_pylist() == [{"a": 1, "b": "n2"}, {"a": 2, "b": None}]
    assert engine.count("two") == 0
    first, last = sorted((tmp_path / "snapshots" / "kept").iterdir())
    assert b"n2" not in first.read_bytes()
    engine.drop("one", "two")
    last.write_bytes(last.read_bytes()[:-9])
    assert store.recall(engine, ("one", "two")) is False
    assert not engine.exists("one")
    last.unlink()
    assert store.recall(engine, ("one", "two")) is False, "one of them is missing"
