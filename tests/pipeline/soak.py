"""A soak of the night (`make soak`): killed once at each of its fault points, and 200 times at random.

Each trial starts from a fresh copy of a site after two nights, kills the third, resumes it, and holds
what is left against a night that nobody disturbed. Not collected by `make test`; it prints one line.
"""

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crash_kit import Driver, begun, check_intact, driving, finish, left_behind
from night_kit import NIGHTS, Town

AS_OF = NIGHTS[-1]
RANDOM_KILLS = 200
pytestmark = pytest.mark.timeout(6 * 3600)
Trial = Callable[..., str]


@pytest.fixture(scope="module")
def driver(town: Town) -> Iterator[Driver]:
    with driving(town.after[0]) as made:
        yield made


@pytest.fixture
def trial(town: Town, driver: Driver, tmp_path: Path) -> Trial:
    undisturbed = left_behind(town.after[3])

    def once(**wish: Any) -> str:
        site = town.copy(2, tmp_path / "site")
        ended = begun(driver, site, AS_OF, **wish)
        assert ended in ("killed", "done"), ended
        assert finish(driver, site, AS_OF) == "done"
        assert left_behind(site) == undisturbed, wish
        check_intact(site)
        shutil.rmtree(site)
        return ended

    return once


def test_killed_at_every_fault_point(
    town: Town, driver: Driver, trial: Trial, tmp_path: Path
) -> None:
    places, began = tmp_path / "places", time.monotonic()
    site = town.copy(2, tmp_path / "counted")
    assert driver.night(site, AS_OF, places=str(places)).ended == "done"
    points = len(places.read_text("utf-8").splitlines())
    ended = Counter(trial(kill_at=point) for point in range(1, points + 1))
    tell(f"{points} fault points, each killed once", ended, began)
    assert ended["killed"] == points


def test_killed_at_random_instants(
    town: Town, driver: Driver, trial: Trial, tmp_path: Path
) -> None:
    chance, began = random.Random(f"{AS_OF}"), time.monotonic()
    whole = driver.night(town.copy(2, tmp_path / "timed"), AS_OF).seconds
    ended: Counter[str] = Counter()
    while ended["killed"] < RANDOM_KILLS and ended.total() < 4 * RANDOM_KILLS:
        ended[trial(kill_after=chance.uniform(0.01, whole))] += 1
    tell("nights killed at random instants", ended, began)
    assert ended["killed"] == RANDOM_KILLS


def tell(what: str, ended: Counter[str], began: float) -> None:
    print(
        f"\nsoak: {what}: {ended['killed']} killed in mid-night, {ended['done']} had ended before; "
        f"every one resumed to the same findings, cases, notices, sums and person numbers; "
        f"{time.monotonic() - began:.0f} s"
    )
