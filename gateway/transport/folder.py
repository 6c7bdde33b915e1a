"""Exchange folders: files appear whole, under a suffix, because their writers rename last."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.model.errors import PeerRefused, Unreachable
from gateway.transport.place import MOST_PARCELS, SUFFIX, Parcel


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a bureau drops sealed files into, and one it takes ours from (None: nowhere).

    Satisfies gateway.transport.place.Place.
    """

    path: Path
    hand_over: Path | None = None
    suffix: str = SUFFIX

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.path)

    def parcels(self) -> Iterator[Parcel]:
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
        for _, name in found[:MOST_PARCELS]:
            yield Parcel(name, (name,))

    @contextmanager
    def head(self, part: str) -> Iterator[Path]:
        """The file itself."""
        yield self.path / part

    def each(self, parcel: Parcel) -> Generator[Path, None, None]:
        """The file itself."""
        yield from (self.path / part for part in parcel.parts)

    def put(self, sealed: Path) -> None:
        """Copy a sealed file into the hand-over folder: under another name, then renamed."""
        if self.hand_over is None:
            raise nowhere(self.where)
        part = self.hand_over / f".{sealed.name}.part"
        try:
            shutil.copyfile(sealed, part)
            part.rename(self.hand_over / sealed.name)
        except OSError as error:
            raise Unreachable(
                f"the hand-over folder cannot be written ({error.strerror})",
                where=str(self.hand_over),
                mend="is the share mounted, and may this account write there?",
            ) from None

    def _dated(self, entry: os.DirEntry[str]) -> tuple[int, str] | None:
        """(minus the time of the last change, name) of a whole file; None for anything else."""
        if not entry.name.endswith(self.suffix) or not entry.is_file(follow_symlinks=False):
            return None
        try:
            return -entry.stat(follow_symlinks=False).st_mtime_ns, entry.name
        except FileNotFoundError:  # its writer has taken it back meanwhile
            return None


def nowhere(where: str) -> PeerRefused:
    """The refusal of a place that has no hand-over side."""
    return PeerRefused(
        "this bureau takes no documents",
        where=where,
        mend="set `hand_over` in its source file",
    )
