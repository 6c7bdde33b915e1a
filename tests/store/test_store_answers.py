"""Kept answers in both databases: written as they change, found by blind index, never by name or number."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from sqlalchemy import text

from gateway.model.answers import ANSWER, GROUND, Ground, Kept, number_token
from gateway.store import DataKeys, Store
from gateway.store.database import Database

CHANGED = ANSWER.append(pa.field("gone", pa.bool_()))
DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 18, tzinfo=UTC)


def row(person: int, said: str, number: str = "", *, gone: bool = False) -> dict[str, object]:
    return {
        "person_id": person, "number_token": number or None, "named_token": None,
        "division": "419901", "said": said, "gone": gone,
    }  # fmt: skip


def put(store: Store, *rows: dict[str, object]) -> int:
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
    changed = pa.Table.from_pylist(list(rows), schema=CHANGED)
    store.answers.put(run, changed, pa.Table.from_pylist(ground, schema=GROUND))
    store.runs.finish_run(run, "done", NOW)
    return run


def test_only_what_changed_is_written(store: Store) -> None:
    put(store, row(1, "yyy", "a" * 64), row(2, "nnn", "b" * 64), row(3, "hhh"))
    run = put(store, row(2, "ynn", "b" * 64), row(3, "hhh", gone=True))
    kept = {one["person_id"]: one["said"] for one in store.answers.all().to_pylist()}
    assert kept == {1: "yyy", 2: "ynn"}
    assert store.answers.grounds() == {("insured", "419901"): Ground(run, DAY, "city", DAY)}
    assert store.answers.find(["b" * 64, "c" * 64]) == {"b" * 64: [Kept(2, "419901", "ynn")]}
    assert store.answers.find(["b" * 64], named=True) == {}


@pytest.mark.parametrize("count", [1, 900])
def test_children_who_share_a_number_are_all_found(store: Store, count: int) -> None:
    put(store, *(row(n, "yyy", "a" * 64) for n in range(1, count + 1)))
    assert (
        len(store.answers.find(["a" * 64] + [f"{n:064x}" for n in range(900)])["a" * 64]) == count
    )


def test_a_token_is_keyed_and_tells_no_number(url: str, keys: DataKeys) -> None:
    with Store(url, keys) as store:
        token = number_token(store.answers.index_key, "41990120150101001X")
        assert token != number_token("00" * 32, "41990120150101001X")
        put(store, row(1, "yyy", token))
    db = Database(url)
    with db.read() as c:
        found = c.execute(text("SELECT * FROM answer")).one()
    db.close()
    assert "41990120150101001X" not in str(found)
