"""Carrying sealed files and receipts between two sides, each a folder or an SFTP server.

A file is known by its content's digest, never by its name: what was carried before is not carried again,
also when somebody has taken it meanwhile (an empty `.carried-<digest>` stays on the far side). The copy
is read back and compared before the original goes. Nothing here can open what it carries.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.model.errors import Unreachable
from gateway.transport.place import SUFFIX
from gateway.transport.sftp import Sftp

RECEIPT = ".receipt"
MAGIC = b"CWGX1\n"


class Side(Protocol):
    """One side of a relay. Every method raises Unreachable or PeerRefused when the side fails."""

    def names(self) -> list[str]:
        """Every name there, the oldest first."""

    def read(self, name: str, into: Path) -> None:
        """Copy a file of this side into a local one."""

    def write(self, local: Path, name: str) -> None:
        """Copy a local file to this side: under another name, then renamed."""

    def remove(self, name: str) -> None:
        """Take a file away."""


@dataclass(frozen=True, slots=True)
class FolderSide:
    """A folder, or a mounted share."""

    path: Path

    def names(self) -> list[str]:
        """Files only, the oldest first."""
        with self._failing():
            found = [p for p in self.path.iterdir() if p.is_file()]
            return [p.name for p in sorted(found, key=lambda p: p.stat().st_mtime_ns)]

    def read(self, name: str, into: Path) -> None:
        """See Side."""
        with self._failing():
            shutil.copyfile(self.path / name, into)

    def write(self, local: Path, name: str) -> None:
        """See Side."""
        part = self.path / f".{name}.part"
        try:
            with self._failing():
                shutil.copyfile(local, part)
                part.rename(self.path / name)
        except Unreachable:
            part.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """See Side."""
        with self._failing():
            (self.path / name).unlink()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unreachable(
                f"the folder cannot be used ({error.strerror})",
                where=str(self.path),
                mend="is the share mounted, and may this account write there? Then relay again",
            ) from None


@dataclass(frozen=True, slots=True)
class SftpSide:
    """A folder of an SFTP server (its `pick_up`)."""

    server: Sftp

    def names(self) -> list[str]:
        """See Side."""
        return self.server.names()

    def read(self, name: str, into: Path) -> None:
        """See Side."""
        self.server.fetch(name, into)

    def write(self, local: Path, name: str) -> None:
        """See Side."""
        self.server.store(local, name)

    def remove(self, name: str) -> None:
        """See Side."""
        self.server.remove(name)


@dataclass(frozen=True, slots=True)
class Carried:
    """One file. `carried` is False when it had been carried before; `sealed` when it is no sealed file
    and was left where it is."""

    name: str
    digest: str
    size: int
    carried: bool
    sealed: bool = True


def relay(near: Side, far: Side, scratch: Path | None = None) -> Iterator[Carried]:
    """Carry every whole sealed file and receipt of the near side, the oldest first."""
    there = set(far.names())
    for name in near.names():
        if name.startswith(".") or Path(name).suffix not in (SUFFIX, RECEIPT):
            continue
        with tempfile.TemporaryDirectory(prefix="cwg-relay-", dir=scratch) as folder:
            yield _carry(near, far, there, name, Path(folder))


def _carry(near: Side, far: Side, there: set[str], name: str, folder: Path) -> Carried:
    local, back = folder / "there", folder / "back"
    near.read(name, local)
    digest, size = _digest(local), local.stat().st_size
    if not _is_sealed(local, name):
        return Carried(name, digest, size, carried=False, sealed=False)
    target, mark = f"{digest}{Path(name).suffix}", f".carried-{digest}"
    known = bool({target, mark} & there)
    if not known:
        far.write(local, target)
        far.read(target, back)
        if _digest(back) != digest:
            raise Unreachable("the copy is not the original", where=target, mend="relay again")
        empty = folder / "mark"
        empty.touch()
        far.write(empty, mark)
        there |= {target, mark}
    near.remove(name)
    return Carried(name, digest, size, carried=not known)


def _is_sealed(local: Path, name: str) -> bool:
    with local.open("rb") as stream:
        return Path(name).suffix != SUFFIX or stream.read(len(MAGIC)) == MAGIC


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
