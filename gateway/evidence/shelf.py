"""Small records that are written once and found by name: receipts, requests under way."""

import hashlib
import os
import tempfile
from pathlib import Path

from gateway.evidence.durable import make_folder, move_into_place


class Shelf:
    """Named records in one folder. Names are hashed, so that any text is a safe name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_folder(folder)

    def put(self, name: str, record: bytes) -> None:
        """Write a record whole, in place of an earlier one of that name."""
        target = self._target(name)
        make_folder(target.parent)
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
        with os.fdopen(handle, "wb") as out:
            out.write(record)
            out.flush()
            os.fsync(out.fileno())
        move_into_place(Path(temporary), target)

    def get(self, name: str) -> bytes | None:
        """The record of that name, or None."""
        try:
            return self._target(name).read_bytes()
        except FileNotFoundError:
            return None

    def _target(self, name: str) -> Path:
        key = hashlib.sha256(name.encode()).hexdigest()
        return self.folder / key[:2] / key
