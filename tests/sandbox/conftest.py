"""Keys of four parties, made once a session (RSA keys take seconds)."""

from pathlib import Path

import pytest
from bureaus_support import Keys, make_all_keys, make_small_city


@pytest.fixture(scope="session")
def bureau_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_all_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_city(tmp_path_factory.mktemp("city"))
