"""Exchange folders: files appear whole, under a suffix, because their writers rename last."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.model.errors import Unreachable

MOST_FILES = 5_000
"""How many of the newest files are looked at: a folder that nobody sweeps must not stall a night."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a bureau drops sealed files into, or takes them from."""

    path: Path
    suffix: str = ".cwgx"

    def files(self) -> Iterator[Path]:
        """Whole files, newest first. Raises Unreachable when the folder cannot be read."""
        try:
            with os.scandir(self.path) as entries:
                found = sorted(filter(None, map(self._dated, entries)))
        except OSError as error:
            raise Unreachable(
                f"the exchange folder cannot be read ({error.strerror})",
                where=str(self.path),
                mend="is the share mounted, and may this account read it?",
            ) from None
        yield from (self.path / name for _, name in found[:MOST_FILES])

    def _dated(self, entry: os.DirEntry[str]) -> tuple[int, str] | None:
        """(minus the time of the last change, name) of a whole file; None for anything else."""
        if not entry.name.endswith(self.suffix) or not entry.is_file(follow_symlinks=False):
            return None
        try:
            return -entry.stat(follow_symlinks=False).st_mtime_ns, entry.name
        except FileNotFoundError:  # its writer has taken it back meanwhile
            return None
