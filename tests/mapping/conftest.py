"""One engine for the room's tests; each test finds it empty."""

from collections.abc import Iterator

import pytest

from gateway.engine import Engine, EngineSettings


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = EngineSettings(tmp_path_factory.mktemp("spill"), memory_limit="1GB", threads=2)
    with Engine(settings) as running:
        yield running


@pytest.fixture
def engine(shared_engine: Engine) -> Engine:
    tables = shared_engine.fetch("SELECT table_name FROM information_schema.tables")
    shared_engine.drop(*tables.column(0).to_pylist())
    return shared_engine
