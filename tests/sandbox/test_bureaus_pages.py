"""Pages, closing statements, scopes, and what the fault switches do to them."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from bureaus_support import PERIOD, small_roll

from sandbox.bureaus.errors import BusinessRefusal, SandboxError
from sandbox.bureaus.faults import Faults, parse_switch
from sandbox.bureaus.insurance import row_texts
from sandbox.bureaus.pages import MAX_PAGE_ROWS, Deliveries, Page
from sandbox.bureaus.rolls import COUNTIES, Roll, RollStore, count_scopes, county_column, rows_of
from sandbox.bureaus.rows import NO_ROWS, pages_root

SCOPE = (PERIOD, "coverage")


def store(city: Path, folder: Path, *switches: str) -> RollStore:
    return RollStore(city, folder, Faults(folder, tuple(map(parse_switch, switches))))


def roll_of(count: int) -> Roll:
    table = small_roll(("certno", "resd_loc_admdvs"), count)
    return Roll(table, count, count_scopes(county_column(table, "resd_loc_admdvs")))


def all_pages(deliveries: Deliveries, roll: Roll, size: int) -> list[Page]:
    pages = [deliveries.first(roll, SCOPE, size)]
    while not pages[-1].last:
        pages[-1].tree(row_texts(pages[-1].table))
        pages.append(deliveries.next(pages[-1].cursor, SCOPE))
    pages[-1].tree(row_texts(pages[-1].table))
    return pages


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [
        (25, 10, [10, 10, 5]),
        (20, 10, [10, 10]),
        (1, 10, [1]),
        (0, 10, [0]),
        (2500, 10_000, [MAX_PAGE_ROWS, 500]),
    ],
)
def test_pages_and_closing(count: int, size: int, sizes: list[int]) -> None:
    pages = all_pages(Deliveries(), roll_of(count), size)
    assert [page.table.num_rows for page in pages] == sizes
    assert [page.number for page in pages] == list(range(1, len(sizes) + 1))
    assert [page.closing() is None for page in pages[:-1]] == [True] * (len(sizes) - 1)
    closing = pages[-1].closing()
    assert closing is not None
    roots = list(pages[0].delivery.roots.values())
    assert (closing.rows, closing.pages) == (count, len(sizes))
    assert closing.pages_root == pages_root(roots)
    assert sum(rows for _, rows in closing.scopes) == count


def test_a_page_asked_again_has_the_same_root() -> None:
    deliveries = Deliveries()
    first = deliveries.first(roll_of(25), SCOPE, 10)
    first.tree(row_texts(first.table))
    trees = []
    for _ in range(2):
        page = deliveries.next(first.cursor, SCOPE)
        trees.append(page.tree(row_texts(page.table)))
    assert trees[0] == trees[1]


def test_an_empty_page_has_no_tree() -> None:
    page = Deliveries().first(roll_of(0), SCOPE, 10)
    assert page.tree([]) == NO_ROWS
    assert page.closing() is not None


@pytest.mark.parametrize(
    "cursor", ["x", "x.1", ".", "{id}.0", "{id}.4", "{id}.-1", "{id}.x", "{id}"]
)
def test_foreign_cursors_are_refused(cursor: str) -> None:
    deliveries = Deliveries()
    page = deliveries.first(roll_of(25), SCOPE, 10)
    with pytest.raises(BusinessRefusal):
        deliveries.next(cursor.format(id=page.delivery.id), SCOPE)


def test_a_cursor_holds_for_its_own_period_only() -> None:
    deliveries = Deliveries()
    page = deliveries.first(roll_of(25), SCOPE, 10)
    with pytest.raises(BusinessRefusal):
        deliveries.next(page.cursor, ("2026-10", "coverage"))


def test_skipping_a_page_gives_no_closing() -> None:
    deliveries = Deliveries()
    page = deliveries.first(roll_of(25), SCOPE, 10)
    page.tree(row_texts(page.table))
    last = deliveries.next(f"{page.delivery.id}.3", SCOPE)
    last.tree(row_texts(last.table))
    with pytest.raises(BusinessRefusal):
        last.closing()


def test_page_size_must_be_positive() -> None:
    with pytest.raises(BusinessRefusal):
        Deliveries().first(roll_of(1), SCOPE, 0)


@pytest.mark.parametrize(
    ("division", "county"),
    [
        ("419901001002", "419901"),
        ("419901", "419901"),
        ("41990", "000000"),
        ("", "000000"),
        (None, "000000"),
        ("安禾市", "000000"),
        ("310101001002", "310101"),
    ],
)
def test_county(division: str | None, county: str) -> None:
    table = pa.table({"区划": pa.array([division], pa.string())})
    assert county_column(table, "区划").to_pylist() == [county]


def test_every_county_is_listed() -> None:
    scopes = count_scopes(county_column(roll_of(25).table, "resd_loc_admdvs"))
    assert scopes == (
        ("000000", 1),
        ("419901", 5),
        ("419902", 5),
        ("419903", 5),
        ("419904", 4),
        ("419905", 5),
        ("419906", 0),
    )


def test_honest(small_city: Path, tmp_path: Path) -> None:
    roll = store(small_city, tmp_path).find(PERIOD, "coverage")
    assert roll is not None
    assert (roll.table.num_rows, roll.stated_rows, roll.held_scopes) == (30, 30, ())


def test_half(small_city: Path, tmp_path: Path) -> None:
    roll = store(small_city, tmp_path, "half").find(PERIOD, "coverage")
    assert roll is not None
    assert (roll.table.num_rows, roll.stated_rows) == (15, 30)
    assert sum(rows for _, rows in roll.scopes) == 30


def test_half_honest(small_city: Path, tmp_path: Path) -> None:
    roll = store(small_city, tmp_path, "half_honest").find(PERIOD, "coverage")
    assert roll is not None
    assert roll.held_scopes == COUNTIES[3:]
    assert roll.table.num_rows == roll.stated_rows == sum(rows for _, rows in roll.scopes) < 30
    assert {name for name, _ in roll.scopes} >= set(COUNTIES)
    assert dict(roll.scopes)["419904"] == 0


@pytest.mark.parametrize(
    ("switch", "ready"),
    [
        ("late", False),
        ("late:2026-11", False),
        ("late:2026-11:coverage", False),
        ("late:2026-10", True),
        ("late:2026-11:registry", True),
    ],
)
def test_late(small_city: Path, tmp_path: Path, switch: str, ready: bool) -> None:
    assert (store(small_city, tmp_path, switch).find(PERIOD, "coverage") is not None) == ready


def test_faults_file_is_read_each_time(small_city: Path, tmp_path: Path) -> None:
    rolls = store(small_city, tmp_path)
    assert rolls.find(PERIOD, "coverage")
    (tmp_path / "faults.json").write_text(json.dumps(["late"]), "utf-8")
    assert rolls.find(PERIOD, "coverage") is None


def test_only_released_periods_are_served(small_city: Path, tmp_path: Path) -> None:
    rolls = store(small_city, tmp_path)
    (tmp_path / "released.json").write_text(json.dumps(["2026-10"]), "utf-8")
    assert rolls.find(PERIOD, "coverage") is None
    assert rolls.find("2026-10", "coverage")
    assert rolls.find("2026-09", "coverage") is None


def test_unknown_fault() -> None:
    with pytest.raises(SandboxError, match="choose from altered"):
        parse_switch("sleepy")


def test_rows_of_subjects() -> None:
    table = small_roll(("psn_cert_type", "certno"), 6)
    found = rows_of(table, ("psn_cert_type", "certno"), [("01", "number-1"), ("02", "number-2")])
    assert found["certno"].to_pylist() == ["number-1", "number-1"]
