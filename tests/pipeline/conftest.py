"""One town for the whole room; every test works on a copy of a prepared site."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from night_kit import Town, open_town

sys.path.append(str(Path(__file__).parents[1] / "access"))
sys.path.append(str(Path(__file__).parents[1] / "inquiry"))
RAM = Path("/dev/shm")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with open_town(tmp_path_factory.mktemp("town"), RAM) as made:
        yield made


@pytest.fixture
def site_after(town: Town, tmp_path: Path) -> Callable[[int], Path]:
    """A site of the test's own, as after so many nights."""
    return lambda nights: town.copy(nights, tmp_path / f"site-{nights}")


@pytest.fixture
def bureaus_in_order(town: Town) -> Iterator[Town]:
    """The town; whatever faults a test switched on are off again afterwards."""
    yield town
    for bureau in town.bureaus:
        bureau.set_faults()
