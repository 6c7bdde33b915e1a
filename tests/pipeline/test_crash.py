"""Nights that are killed: what they leave behind, resumed, equals a night that nobody disturbed."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crash_kit import Driver, begun, check_intact, driving, finish, left_behind
from night_kit import NIGHTS, Town, rows

AS_OF = NIGHTS[-1]
SiteAfter = Callable[[int], Path]
RANDOM_KILLS, SITES = 12, 4


@pytest.fixture(scope="module")
def driver(town: Town) -> Iterator[Driver]:
    with driving(town.after[0]) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(town: Town) -> dict[str, list[dict[str, Any]]]:
    return left_behind(town.after[3])


def test_an_undisturbed_night_in_a_process_of_its_own_is_the_same(
    driver: Driver, site_after: SiteAfter, undisturbed: dict[str, list[dict[str, Any]]]
) -> None:
    site = site_after(2)
    assert driver.night(site, AS_OF).ended == "done"
    assert left_behind(site) == undisturbed


def test_a_night_killed_at_every_place_in_turn_ends_as_if_nothing_had_happened(
    driver: Driver,
    site_after: SiteAfter,
    undisturbed: dict[str, list[dict[str, Any]]],
    tmp_path: Path,
) -> None:
    """One night, killed at the first fault point of each place; each time resumed until the next."""
    site, seen = site_after(2), tmp_path / "places"
    seen.touch()
    kills = 0
    while (ended := begun(driver, site, AS_OF, kill_at_new_place=str(seen))) == "killed":
        kills += 1
    assert ended == "done"
    places = seen.read_text("utf-8").splitlines()
    assert len(set(places)) == len(places) == kills
    assert kills > 30
    publishing = [p for p in places if "pipeline/night.py" in p and "after commit" in p]
    assert publishing
    for end in ("store/store.py", "evidence/archive.py", "engine/snapshots.py", "evidence/log.py"):
        assert [p for p in places if end in p], end
    assert left_behind(site) == undisturbed
    check_intact(site)
    assert rows(site, "SELECT state FROM run WHERE run_id = 3") == [{"state": "done"}]


@pytest.mark.parametrize("number", range(SITES))
def test_a_night_killed_at_random_instants_ends_as_if_nothing_had_happened(
    driver: Driver,
    site_after: SiteAfter,
    undisturbed: dict[str, list[dict[str, Any]]],
    number: int,
) -> None:
    chance = random.Random(f"{AS_OF}/{number}")
    site = site_after(2)
    for _ in range(RANDOM_KILLS // SITES):
        begun(driver, site, AS_OF, kill_after=chance.uniform(0.05, 4.0))
    assert finish(driver, site, AS_OF) == "done"
    assert left_behind(site) == undisturbed
    check_intact(site)


def test_a_night_killed_before_it_began_is_begun_anew(
    driver: Driver, site_after: SiteAfter, undisturbed: dict[str, list[dict[str, Any]]]
) -> None:
    site = site_after(2)
    assert driver.night(site, AS_OF, kill_at=1).ended == "killed"
    assert rows(site, "SELECT run_id FROM run WHERE run_id > 2") == []
    assert driver.night(site, AS_OF, resume=True).ended == "nothing"
    assert finish(driver, site, AS_OF) == "done"
    assert left_behind(site) == undisturbed


def test_a_night_that_was_not_resumed_is_abandoned_by_the_next(
    driver: Driver, site_after: SiteAfter
) -> None:
    site = site_after(2)
    assert driver.night(site, AS_OF, kill_at=12).ended == "killed"
    assert rows(site, "SELECT state FROM run WHERE run_id = 3") == [{"state": "running"}]
    assert driver.night(site, AS_OF).ended == "done"
    states = rows(site, "SELECT run_id, state FROM run WHERE run_id > 2 ORDER BY run_id")
    assert [tuple(row.values()) for row in states] == [(3, "abandoned"), (4, "done")]
    assert driver.night(site, AS_OF, resume=True).ended == "nothing"
