import hashlib
import io
from pathlib import Path

import pytest

from gateway.evidence import Archive, Shelf
from gateway.model.errors import EvidenceBroken


def digest(data: bytes) -> str:
    return f"sha-256:{hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1])
def test_bytes_come_back_under_their_digest(tmp_path: Path, size: int) -> None:
    archive, data = Archive(tmp_path), b"x" * size
    assert archive.put(io.BytesIO(data)) == archive.put(data) == digest(data)
    with archive.open(digest(data)) as stream:
        assert stream.read() == data
    assert archive.has(digest(data))
    assert not list(tmp_path.glob("part/*"))


def test_what_is_staged_is_no_part_of_the_archive_until_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.stage(b"one") as staged:
        assert not archive.has(staged.digest)
        assert staged.open().read() == b"one"
    assert not archive.has(digest(b"one"))
    with archive.stage(b"two") as staged:
        staged.keep()
        assert staged.open().read() == b"two"
    assert archive.has(digest(b"two"))
    assert not list(tmp_path.glob("part/*"))


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("the stick was pulled")

    archive = Archive(tmp_path)
    with pytest.raises(OSError, match="stick"):
        archive.put(Broken())  # type: ignore[arg-type]
    assert not list(tmp_path.glob("part/*"))


def test_a_crash_in_mid_write_is_swept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (tmp_path / "part" / "half.part").write_bytes(b"half")
    assert archive.sweep() == 1
    assert archive.sweep() == 0


def test_changed_and_missing_bytes_are_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    name = archive.put(b"sealed")
    next(p for p in tmp_path.glob("sealed/*/*")).write_bytes(b"sEaled")
    with pytest.raises(EvidenceBroken, match="changed"):
        archive.open(name)
    assert archive.destroy(name)
    assert not archive.destroy(name)
    with pytest.raises(EvidenceBroken, match="not in the archive"):
        archive.open(name)


@pytest.mark.parametrize("name", ["", "sha-256:../../etc/passwd", "sha-256:" + "A" * 64, "a" * 64])
def test_a_digest_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceBroken):
        Archive(tmp_path).open(name)


def test_files_are_for_this_account_only(tmp_path: Path) -> None:
    Archive(tmp_path / "a").put(b"sealed")
    for path in (tmp_path / "a").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_shelf_keeps_the_last_record_of_a_name(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.get("../x") is None
    shelf.put("../x", b"1")
    shelf.put("../x", b"2")
    assert Shelf(tmp_path).get("../x") == b"2"
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
