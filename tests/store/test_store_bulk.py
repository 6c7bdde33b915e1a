"""Many rows at once do what each would do alone, on both databases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from gateway.model.errors import StoreError
from gateway.store import Store
from gateway.store.bulk import MANY
from gateway.store.database import insert_columns, insert_rows, upsert_columns, upsert_rows
from gateway.store.tables import person, run

BIG = MANY + 7
AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)


def people(count: int, first: int = 1, **same: object) -> list[dict[str, object]]:
    return [
        {"person_id": n, "birth_year": 2016, "sex": None, "name": bytes([n % 256])} | same
        for n in range(first, first + count)
    ]


def columns(rows: list[dict[str, object]]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.mark.parametrize("count", [3, BIG])
@pytest.mark.parametrize("by_column", [False, True])
def test_rows_that_are_there_stay_or_are_replaced(
    store: Store, count: int, by_column: bool
) -> None:
    with store._db.write() as c:
        assert insert_rows(c, person, people(count)) == count
        more = people(count, first=count, sex="2", name=None)
        if by_column:
            assert insert_columns(c, person, columns(more), keep_first=True) == count - 1
            upsert_columns(c, person, columns(people(count, first=2, birth_year=2015)))
        else:
            assert insert_rows(c, person, more, keep_first=True) == count - 1
            upsert_rows(c, person, people(count, first=2, birth_year=2015))
        years = dict(
            c.execute(select(person.c.birth_year, func.count()).group_by("birth_year")).all()
        )
        assert years == {2015: count, 2016: count - 1}
        first, last = (
            c.execute(select(person).where(person.c.person_id == n)).one()
            for n in (1, 2 * count - 1)
        )
    assert (first.sex, bytes(first.name), first.birth_year) == (None, b"\x01", 2016)
    assert (last.sex, last.name, last.birth_year) == ("2", None, 2016)


@pytest.mark.parametrize("count", [3, BIG])
def test_days_and_times_come_back_as_they_went_in(store: Store, count: int) -> None:
    rows = [
        {
            "as_of": date(2026, 1, 1 + n % 28), "known_at": AT, "kind": "replay", "baseline": False,
            "inputs_digest": "x", "state": "running", "started_at": AT, "finished_at": None,
        }
        for n in range(count)
    ]  # fmt: skip
    with store._db.write() as c:
        assert insert_rows(c, run, rows) == count
        found = c.execute(
            select(run.c.as_of, run.c.known_at, run.c.finished_at, run.c.baseline)
        ).all()
    assert sorted(row.as_of for row in found) == sorted(row["as_of"] for row in rows)
    assert {(row.known_at, row.finished_at, row.baseline) for row in found} == {(AT, None, False)}


@pytest.mark.parametrize("count", [3, BIG])
def test_a_refusal_undoes_all_and_tells_no_row(store: Store, count: int) -> None:
    wrong = people(count)
    wrong[-1]["birth_year"] = "王小明"
    wrong[-2]["person_id"] = 1
    with pytest.raises(StoreError) as refused, store._db.write() as c:
        insert_rows(c, person, wrong)
    assert "王" not in str(refused.value) and refused.value.__cause__ is None
    with store._db.read() as c:
        assert c.execute(select(func.count()).select_from(person)).scalar_one() == 0
