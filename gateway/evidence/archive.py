"""Content-addressed archive of sealed bytes.

A file's name is its SHA-256. Only sealed bytes and digests may be put here, never plaintext.
"""

import hashlib
import io
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from gateway.evidence.durable import CHUNK, make_folder, move_into_place, stream_digest
from gateway.model.errors import EvidenceBroken

_DIGEST = re.compile(r"sha-256:([0-9a-f]{64})")


class Staged:
    """Bytes that lie in the archive's folder and are not part of it yet.

    They are verified where they lie, so that what is kept is what was verified, even when the
    sender changes its own copy meanwhile. `keep` makes them part of the archive, `drop` forgets
    them; leaving the `with` block without `keep` drops them.
    """

    def __init__(self, path: Path, digest: str, size: int, target: Path) -> None:
        self._path: Path | None = path
        self._target = target
        self.digest = digest
        self.size = size

    def open(self) -> BinaryIO:
        """The staged bytes from their start."""
        return (self._path or self._target).open("rb")

    def keep(self) -> str:
        """Make the bytes durable under their digest, which is returned. May be called again."""
        if self._path is not None:
            make_folder(self._target.parent)
            if self._target.exists():
                self._path.unlink()
            else:
                move_into_place(self._path, self._target)
            self._path = None
        return self.digest

    def drop(self) -> None:
        """Forget the bytes unless they were kept."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    def __enter__(self) -> "Staged":
        return self

    def __exit__(self, *exc: object) -> None:
        self.drop()


class Archive:
    """Sealed bytes by digest, in one folder.

    Layout: `<folder>/sealed/<first two hex digits>/<64 hex digits>`, `<folder>/part/` while writing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._part = folder / "part"
        make_folder(folder)
        make_folder(self._part)

    def stage(self, source: BinaryIO | bytes) -> Staged:
        """Copy sealed bytes into the archive's folder, synced and digested, not yet part of it."""
        stream = io.BytesIO(source) if isinstance(source, bytes) else source
        hasher, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self._part, suffix=".part")
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                while chunk := stream.read(CHUNK):
                    hasher.update(chunk)
                    size += out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        digest = f"sha-256:{hasher.hexdigest()}"
        return Staged(path, digest, size, self._target(digest))

    def put(self, source: BinaryIO | bytes) -> str:
        """Store sealed bytes; returns their digest `sha-256:` + 64 hex. The same bytes lie once."""
        with self.stage(source) as staged:
            return staged.keep()

    def open(self, digest: str) -> BinaryIO:
        """The bytes of a digest, checked against it first. Raises EvidenceBroken."""
        try:
            stream = self._target(digest).open("rb")
        except FileNotFoundError:
            raise EvidenceBroken(
                "A sealed exchange is not in the archive.",
                where=digest,
                mend="Did `cwg retain` let it go (`cwg verify exchange`)? Else restore the archive.",
            ) from None
        if stream_digest(stream) != digest:
            stream.close()
            raise EvidenceBroken(
                "A sealed exchange in the archive was changed.",
                where=digest,
                mend="Restore that file from the backup and check the disk.",
            )
        stream.seek(0)
        return stream

    def has(self, digest: str) -> bool:
        """Whether the archive holds a digest."""
        return self._target(digest).is_file()

    def size(self, digest: str) -> int:
        """How many bytes a digest stands for. Raises EvidenceBroken when they are not here."""
        with self.open(digest) as stream:
            return stream.seek(0, os.SEEK_END)

    def destroy(self, digest: str) -> bool:
        """Remove the bytes of a digest; False when they were gone. The caller logs a certificate."""
        target = self._target(digest)
        if not target.is_file():
            return False
        target.unlink()
        return True

    def sweep(self) -> int:
        """Remove what a crash left half-written; returns how many. Only while nothing is written."""
        leftovers = list(self._part.glob("*.part"))
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers)

    def _target(self, digest: str) -> Path:
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise EvidenceBroken(
                "That is not an archive digest.", mend="Give `sha-256:` and 64 hex digits."
            )
        return self.folder / "sealed" / match[1][:2] / match[1]
