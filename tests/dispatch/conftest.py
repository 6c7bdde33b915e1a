"""One site and three running bureaus for the whole room; every test works on a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dispatch_kit import Base, Bench, clear, open_base, open_bench


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    with open_base(tmp_path_factory.mktemp("dispatch")) as made:
        yield made


@pytest.fixture
def town(base: Base, tmp_path: Path) -> Iterator[Bench]:
    """A bench over bureaus that remember nothing."""
    clear(base)
    with open_bench(base, tmp_path) as made:
        yield made
