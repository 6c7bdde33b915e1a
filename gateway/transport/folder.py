"""Exchange folders: files appear whole, under a suffix, because their writers rename last."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.model.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a bureau drops sealed files into, or takes them from."""

    path: Path
    suffix: str = ".cwgx"

    def files(self) -> Iterator[Path]:
        """Whole files, newest first. Raises Unreachable when the folder cannot be read."""
        try:
            names = [entry for entry in os.scandir(self.path) if self._counts(entry)]
            names.sort(key=lambda entry: (-entry.stat().st_mtime_ns, entry.name))
        except OSError as error:
            raise Unreachable(
                f"the exchange folder cannot be read ({error.strerror})",
                where=str(self.path),
                mend="is the share mounted, and may this account read it?",
            ) from None
        yield from (Path(entry.path) for entry in names)

    def _counts(self, entry: os.DirEntry[str]) -> bool:
        return entry.name.endswith(self.suffix) and entry.is_file(follow_symlinks=False)
