"""Whether a folder of homes changed since it was last read: asked at every exchange, so it must be cheap."""

import os
from pathlib import Path

Mark = tuple[str, int, int, int]
Marks = tuple[Mark, ...]
"""Path, time of change in nanoseconds, inode and size: of the folder, then of each home and its file."""


def file_marks(folder: Path, name: str, seen: Marks) -> Marks:
    """What changes when a home in the folder, or the file `name` in it, does, or a home comes or goes.

    `seen` is the answer before: while the folder itself is as it was, the same files are asked about.
    """
    top = _mark(str(folder))
    if seen[:1] == (top,):
        paths = [path for path, *_ in seen[1:]]
    else:
        homes = sorted(entry.path for entry in os.scandir(folder)) if folder.is_dir() else []
        paths = [path for home in homes for path in (home, f"{home}/{name}")]
    return (top, *map(_mark, paths))


def _mark(path: str) -> Mark:
    try:
        about = os.stat(path)  # noqa: PTH116 - a Path would take longer than the question
    except (FileNotFoundError, NotADirectoryError):
        return path, 0, 0, 0
    return path, about.st_mtime_ns, about.st_ino, about.st_size
