"""The keys of finding keys and blind indexes, the same in every run: whatever is ordered by them then
stands in one order, and a test that fails once fails always."""

import hashlib
from pathlib import Path

from gateway.store import DataKeys


def fixed_data_keys(folder: Path) -> DataKeys:
    """Data keys in a folder, of which those that only compare are known."""
    DataKeys.create(folder)
    for name in ("site.1.key", "index.1.key"):
        known = hashlib.sha256(f"of the tests: {name}".encode()).hexdigest()
        (folder / name).write_text(f"{known}\n", encoding="ascii")
    return DataKeys(folder)
