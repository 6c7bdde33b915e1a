"""The seed of tests/inquiry, served by a real uvicorn (tests/inquiry/online_fixtures.py)."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "inquiry"))
sys.path.append(str(Path(__file__).parents[1] / "access"))

from online_fixtures import client, empty_client, store

__all__ = ["client", "empty_client", "store"]
