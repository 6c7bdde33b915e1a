"""Divisions merged or renamed since a day: a row that bears an old code is one of the new division."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from night_kit import NIGHTS, Town, rows

from gateway.model.errors import SpecError
from gateway.pipeline import NightAsk
from gateway.pipeline.collect import collect
from gateway.pipeline.divisions import (
    NOBODY_SAYS,
    DivisionChange,
    load_changes,
    moved_by,
    now_called,
)
from gateway.wiring import open_house
from gateway.wiring_files import MAPPINGS

CHANGES = [
    DivisionChange(old=old, new=new, since=date.fromisoformat(since), source="a test")
    for old, new, since in (
        ("419971", "419902", "2026-10-01"),
        ("419902005", "419902105", "2026-11-15"),
        ("419902", "419912", "2027-01-01"),
        ("419912", "419902", "2027-06-01"),
    )
]
CASES = [
    # period, code as written, code then
    ("2026-09", "419971001002", "419971001002"),
    ("2026-10", "419971001002", "419902001002"),
    ("2026-10", "419902005001", "419902005001"),
    ("2026-11", "419902005001", "419902105001"),
    ("2026-11", "419971005001", "419902005001"),
    ("2027-01", "419971001002", "419912001002"),
    ("2027-01", "419902001002", "419912001002"),
    ("2027-06", "419971001002", "419902001002"),
    ("2027-06", "419902001002", "419902001002"),
    ("2027-06", "419903001002", "419903001002"),
]


@pytest.mark.parametrize(("period", "written", "then"), CASES)
def test_a_code_is_read_as_it_is_called_in_the_rolls_time(
    period: str, written: str, then: str
) -> None:
    assert now_called(written, moved_by(CHANGES, period)) == then


def by_county(site: Path, day: date) -> dict[str, tuple[int, int]]:
    """The registry's roll of a month taken; per county the rows received and expected."""
    ask = NightAsk(day, datetime.now(UTC))
    with open_house(site) as opened:
        house = opened.house
        plan = next(p for p in house.rolls if p.roll == "registry")
        run = house.store.runs.begin_run(
            ask.as_of, ask.known_at, "partial", False, "test", house.clock()
        )
        assert collect(house, ask, run.run_id, plan).state == "verified"
    query = "SELECT scope, received, expected_rows FROM source_status WHERE roll = 'registry' AND period = ?"
    return {
        r["scope"]: (r["received"], r["expected_rows"]) for r in rows(site, query, f"{day:%Y-%m}")
    }


def test_a_merged_county_is_counted_with_the_one_that_took_it_in(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site, usual = site_after(1), site_after(3)
    text = 'changes: [{old: "419901", new: "419902", since: 2026-11-01, source: a test}]\n'
    (site / "divisions.yaml").write_text(text, "utf-8")
    query = (
        "SELECT scope, received, expected_rows FROM source_status "
        "WHERE roll = 'registry' AND period = ? AND scope IN ('419901', '419902')"
    )
    for night, merged in ((NIGHTS[1], False), (NIGHTS[2], True)):
        before = {
            r["scope"]: (r["received"], r["expected_rows"])
            for r in rows(usual, query, f"{night:%Y-%m}")
        }
        one, other = before["419901"], before["419902"]
        found = by_county(site, night)
        both = (one[0] + other[0], one[1] + other[1])
        expected = ((0, 0), both) if merged else (one, other)
        assert (found["419901"], found["419902"]) == expected


def test_a_change_leads_to_another_code_of_the_same_length(
    site_after: Callable[[int], Path],
) -> None:
    site = site_after(0)
    for new in ("419901", "4199020"):
        text = f'changes: [{{old: "419901", new: "{new}", since: 2026-11-01, source: a test}}]\n'
        (site / "divisions.yaml").write_text(text, "utf-8")
        with pytest.raises(SpecError), open_house(site):
            pass


def test_the_changes_that_ship_are_dated_sourced_and_for_the_sites_region(tmp_path: Path) -> None:
    shipped = MAPPINGS / "codes" / "divisions"
    found = load_changes(tmp_path / "divisions.yaml", shipped, "350600")
    assert {c.old for c in found} == {"350681", "350625"}
    assert all(c.source for c in found)
    before, after = moved_by(found, "2021-01"), moved_by(found, "2021-02")
    assert now_called("350681001002", before) == "350681001002"
    assert now_called("350681001002", after) == "350604001002"
    assert load_changes(tmp_path / "divisions.yaml", shipped, "419900") == ()
    qinhuangdao = moved_by(load_changes(tmp_path / "x", shipped, "130300"), "2015-07")
    assert now_called("130323101001", qinhuangdao) == NOBODY_SAYS
    jinan = load_changes(tmp_path / "divisions.yaml", shipped, "370100")
    before, after = moved_by(jinan, "2018-12"), moved_by(jinan, "2019-01")
    assert set(after.items()) - set(before.items()) == {("371202", "370116"), ("371203", "370117")}
    assert set(before) < set(moved_by(load_changes(tmp_path / "x", shipped, "370000"), "2019-01"))


def test_a_site_has_the_last_word_on_a_code(tmp_path: Path) -> None:
    own = tmp_path / "divisions.yaml"
    own.write_text(
        'changes:\n  - {old: "350681", new: "350699", since: 2022-01-01, source: a test}\n', "utf-8"
    )
    found = load_changes(own, MAPPINGS / "codes" / "divisions", "350600")
    assert now_called("350681001", moved_by(found, "2021-06")) == "350681001"
    assert now_called("350681001", moved_by(found, "2022-01")) == "350699001"
    assert now_called("350625001", moved_by(found, "2022-01")) == "350605001"
