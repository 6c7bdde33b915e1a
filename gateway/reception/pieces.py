"""A file that comes in pieces: beside the files that wait, under a name that nobody picks up."""

import fcntl
import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from gateway.model.errors import UsageError, WrongOffset

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SUFFIX = ".cwgx"


def part_path(folder: Path, submission_id: str) -> Path:
    """Where the pieces of a submission are kept."""
    return folder / f".{submission_id}.part"


def whole_path(folder: Path, submission_id: str) -> Path:
    """Where the whole file waits for the night."""
    return folder / f"{submission_id}{SUFFIX}"


def older(folder: Path, than: float) -> list[Path]:
    """Whole files of submissions, whose names are UUIDs, that were laid down before a time (epoch)."""
    found = (path for path in folder.glob(f"*{SUFFIX}") if _UUID.fullmatch(path.stem))
    return [path for path in found if path.stat().st_mtime < than]


def offset_of(folder: Path, submission_id: str) -> int:
    """How many bytes are here."""
    try:
        return part_path(folder, submission_id).stat().st_size
    except FileNotFoundError:
        return 0


def digest_of(path: Path) -> str:
    """SHA-256 of a file, 64 hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def put_in_place(folder: Path, submission_id: str) -> None:
    """Give a whole file its name, durably."""
    part_path(folder, submission_id).rename(whole_path(folder, submission_id))
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hold(folder: Path, submission_id: str) -> BinaryIO:
    """The file of a submission, whole or not, for one at a time: the hold goes with the file when it gets
    its name, and ends when it is closed. Raises WrongOffset while another one has it, or when there is
    no file."""
    for path in (part_path(folder, submission_id), whole_path(folder, submission_id)):
        try:
            # Never made here: whoever comes after the last piece must not leave an empty file behind.
            file = path.open("r+b")
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            break
        return file
    raise _elsewhere()


class Piece:
    """Writes one piece at `offset` of a file of `size` bytes, which the caller holds and this closes."""

    def __init__(self, file: BinaryIO, offset: int, size: int) -> None:
        self._file, self._left = file, size - offset
        if file.seek(0, os.SEEK_END) != offset:
            file.close()
            raise _elsewhere()

    def write(self, data: bytes) -> None:
        """Append bytes. Raises UsageError, and keeps nothing of them, when the file would grow too long."""
        if len(data) > self._left:
            raise UsageError("more bytes than were declared", mend="declare the file's own size")
        self._left -= len(data)
        self._file.write(data)

    def close(self) -> None:
        """Make what was written durable, and let the next writer in."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _elsewhere() -> WrongOffset:
    return WrongOffset(
        "the file does not go on there", mend="ask how far it is, and go on from there"
    )
