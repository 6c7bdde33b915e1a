"""Files that only this account may read."""

import os
from pathlib import Path

from gateway.model.errors import KeyUnavailable


def read_secret(path: Path) -> bytes:
    """A secret's bytes without white space at its ends. Raises KeyUnavailable, OSError."""
    # Windows tells nothing in these bits: there the folder's access list guards the keys.
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise KeyUnavailable(
            "Other accounts can read a secret file.", where=str(path), mend="chmod 600 it."
        )
    return path.read_bytes().strip()
