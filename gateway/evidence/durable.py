"""Writing so that a power cut leaves the old file or the new one, never half of one."""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


def sync_folder(folder: Path) -> None:
    """Make renames and new names inside `folder` survive a power cut."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows: names are durable without it
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create `folder`, readable by this account only, and make its name survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def stream_digest(stream: BinaryIO) -> str:
    """`sha-256:` + hex of what is left of a stream."""
    hasher = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        hasher.update(chunk)
    return f"sha-256:{hasher.hexdigest()}"


def move_into_place(temporary: Path, target: Path) -> None:
    """Rename a file that is whole and synced to its final name. Same file system only."""
    temporary.rename(target)
    sync_folder(target.parent)
