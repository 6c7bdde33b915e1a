"""One engine per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.engine import Engine, EngineSettings


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(EngineSettings(tmp_path, memory_limit="1GB", threads=2)) as running:
        yield running
