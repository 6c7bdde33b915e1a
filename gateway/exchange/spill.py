"""Unlinked temporary files: plaintext has no name, so that a crash leaves nothing to find."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast


def unlinked_file(folder: Path) -> BinaryIO:
    """An empty file under `folder` that no name leads to, open for writing and reading.

    `folder` must be RAM-backed or on an encrypted volume; the night's checks see to that.
    """
    try:
        handle = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except (OSError, AttributeError):
        # Not every file system has files without a name; this one is unlinked before it is written.
        return cast(BinaryIO, tempfile.TemporaryFile(dir=folder, buffering=1 << 16))
    return os.fdopen(handle, "w+b", buffering=1 << 16)
