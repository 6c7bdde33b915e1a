import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import Keys, World, make_keys

sys.path.append(str(Path(__file__).parents[1] / "transport"))


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here; three syncs an exchange are most of what these tests would wait for."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def world(tmp_path: Path, keys: Keys) -> World:
    return World(tmp_path / "world", keys)


@pytest.fixture
def make_world(tmp_path: Path, keys: Keys) -> Callable[..., World]:
    def make(name: str = "another", **changes: Any) -> World:
        return World(tmp_path / name, keys, **changes)

    return make
