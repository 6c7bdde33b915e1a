"""The seed of tests/inquiry, served by a real uvicorn (tests/inquiry/online_fixtures.py)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "inquiry"))

from console_site import Site, open_site_at
from online_fixtures import client, empty_client, store

__all__ = ["client", "empty_client", "store"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site_at(tmp_path) as opened:
        yield opened
