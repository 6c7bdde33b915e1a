"""An engine for the room, and small worlds made of faces."""

from collections.abc import Iterator

import pytest

from gateway.engine import Engine, EngineSettings


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill = tmp_path_factory.mktemp("spill")
    with Engine(EngineSettings(spill, memory_limit="500MB", threads=1)) as made:
        yield made
