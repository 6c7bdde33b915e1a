"""A folder of its own for what one engine spills: closed to other accounts, and swept after a crash.

DuckDB writes spilled blocks in the clear, readable by everybody, and a killed process leaves them
behind. The folder is held by a lock that ends with its process, so the next engine knows a dead one's.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "cwg-engine-"


class SpillFolder:
    """A new folder under `root` (made when missing), mode 0700, held until `remove` or the end of the
    process. Folders there that nobody holds any more are removed first."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        sweep(root)
        self.path, self._handle = _take(root)

    def remove(self) -> None:
        """Remove the folder and what is in it. May be called again."""
        if self._handle is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._handle)
            self._handle = None


def sweep(root: Path) -> int:
    """Remove what dead engines left under `root`; how many there were."""
    swept = 0
    for path in root.glob(f"{PREFIX}*"):
        handle = _hold(path)
        if handle is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)
            swept += 1
    return swept


def _take(root: Path) -> tuple[Path, int | None]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        handle = _hold(path)
        # Another engine's sweep may come between the making and the holding.
        if handle is not None and path.exists():
            return path, handle
        if handle is not None:
            os.close(handle)


def _hold(path: Path) -> int | None:
    """A handle that holds the folder, or None when somebody else does, or may not be disturbed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
