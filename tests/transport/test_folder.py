"""Exchange folders: whole files of the suffix, newest first."""

import os
from pathlib import Path

import pytest

from gateway.model.errors import Unreachable
from gateway.transport import Folder, folder


def drop(path: Path, age: int) -> None:
    path.write_bytes(b"x")
    os.utime(path, (1_000_000 - age, 1_000_000 - age))


def test_whole_files_newest_first(tmp_path: Path) -> None:
    for name, age in (
        ("b.cwgx", 2),
        ("a.cwgx", 1),
        ("c.cwgx", 2),
        ("a.cwgx.part", 0),
        ("x.txt", 0),
    ):
        drop(tmp_path / name, age)
    (tmp_path / "d.cwgx").mkdir()
    (tmp_path / "link.cwgx").symlink_to(tmp_path / "a.cwgx")
    assert [p.name for p in Folder(tmp_path).parcels()] == ["a.cwgx", "b.cwgx", "c.cwgx"]


def test_another_suffix(tmp_path: Path) -> None:
    drop(tmp_path / "a.zip", 0)
    drop(tmp_path / "a.cwgx", 0)
    assert [p.name for p in Folder(tmp_path, suffix=".zip").parcels()] == ["a.zip"]


def test_a_link_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gone.cwgx").symlink_to(tmp_path / "nothing")
    assert list(Folder(tmp_path).parcels()) == []


def test_a_folder_that_cannot_be_read_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as gone:
        list(Folder(tmp_path / "absent").parcels())
    assert gone.value.mend


def test_an_unswept_folder_is_looked_at_from_its_newest_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_PARCELS", 2)
    for age in range(4):
        drop(tmp_path / f"{age}.cwgx", age)
    assert [p.name for p in Folder(tmp_path).parcels()] == ["0.cwgx", "1.cwgx"]
