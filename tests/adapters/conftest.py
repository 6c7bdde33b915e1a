"""Keys of the gateway and of every bureau, made once for the room."""

import pytest
from pairs import PairKeys


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> PairKeys:
    return PairKeys(tmp_path_factory.mktemp("pair-keys")).make()
