"""Kept answers in both databases: written as they change, found by blind index, never by name or number."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import text

from gateway.model.answers import BUCKET, GROUND, Ground, Kept, number_token, pack
from gateway.store import DataKeys, Store
from gateway.store.database import Database

DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 18, tzinfo=UTC)
Line = tuple[str, str, Kept]


def line(person: int, said: str, token: str, kind: str = "number") -> Line:
    return kind, token, Kept(person, "419901", said)


def put(store: Store, *lines: Line, empty: Sequence[str] = ()) -> int:
    run = store.runs.begin_run(DAY, NOW, "night", False, "x").run_id
    ground = [
        {
            "question": "insured",
            "county": "419901",
            "roll_as_of": DAY,
            "coverage": "city",
            "until_day": DAY,
        }
    ]
    gone = [{"kind": "number", "bucket": bucket} for bucket in empty]
    changed = pa.concat_tables([pack(lines), pa.Table.from_pylist(gone, schema=BUCKET)])
    store.answers.put(run, changed, pa.Table.from_pylist(ground, schema=GROUND))
    store.runs.finish_run(run, "done", NOW)
    return run


def test_only_the_buckets_that_changed_are_written(store: Store) -> None:
    put(store, line(1, "yyy", "a" * 64), line(2, "nnn", "b" * 64), line(3, "hhh", "c" * 64))
    before = {row["bucket"]: row["digest"] for row in store.answers.digests().to_pylist()}
    run = put(store, line(2, "ynn", "b" * 64), empty=["cccc"])
    after = {row["bucket"]: row["digest"] for row in store.answers.digests().to_pylist()}
    assert after.keys() == {"aaaa", "bbbb"}
    assert after["aaaa"] == before["aaaa"] and after["bbbb"] != before["bbbb"]
    assert store.answers.grounds() == {("insured", "419901"): Ground(run, DAY, "city", DAY)}
    found = store.answers.find(["a" * 64, "b" * 64, "c" * 64])
    assert found == {"a" * 64: [Kept(1, "419901", "yyy")], "b" * 64: [Kept(2, "419901", "ynn")]}
    assert store.answers.find(["b" * 64], named=True) == {}


def test_tokens_of_one_bucket_are_told_apart(store: Store) -> None:
    one, other = "abcd" + "1" * 60, "abcd" + "2" * 60
    put(store, line(1, "yyy", one), line(2, "nnn", other), line(3, "hhh", one, "named"))
    assert store.answers.digests().num_rows == 2
    assert store.answers.find([one]) == {one: [Kept(1, "419901", "yyy")]}
    assert store.answers.find([one], named=True) == {one: [Kept(3, "419901", "hhh")]}
    assert store.answers.find(["abcd" + "3" * 60]) == {}


@pytest.mark.parametrize("count", [1, 900])
def test_children_who_share_a_number_are_all_found(store: Store, count: int) -> None:
    put(store, *(line(n, "yyy", "a" * 64) for n in range(1, count + 1)))
    assert (
        len(store.answers.find(["a" * 64] + [f"{n:064x}" for n in range(900)])["a" * 64]) == count
    )


def test_a_token_is_keyed_and_tells_no_number(url: str, keys: DataKeys) -> None:
    with Store(url, keys) as store:
        token = number_token(store.answers.index_key, "41990120150101001X")
        assert token != number_token("00" * 32, "41990120150101001X")
        put(store, line(1, "yyy", token))
    db = Database(url)
    with db.read() as c:
        found = c.execute(text("SELECT * FROM answer")).one()
    db.close()
    assert "41990120150101001X" not in str(found)
