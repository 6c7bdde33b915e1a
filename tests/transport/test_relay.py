"""Sealed files between zones: each side a folder or a real SFTP server, each file once, nothing lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.model.errors import Unreachable
from gateway.transport.relay import FolderSide, relay
from tests.transport.sftp_server import USER, sftp_server

RUN = CliRunner()
SEALED = b"CWGX1\nsealed"


@dataclass
class Zones:
    """Two folders, and the word by which `cwg relay` reaches each."""

    near: Path
    far: Path
    words: tuple[str, str]

    def run(self) -> int:
        done = RUN.invoke(app, ["relay", *self.words, "--json"])
        assert done.exit_code == 0, done.output
        return done.output.count('"carried": true')


@pytest.fixture(params=["folder-folder", "sftp-folder", "folder-sftp", "sftp-sftp"])
def zones(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Zones]:
    kinds = request.param.split("-")
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir()
    far.mkdir()
    if "sftp" not in kinds:
        yield Zones(near, far, (str(near), str(far)))
        return
    with sftp_server(tmp_path, tmp_path / "zone.key") as server:

        def word(kind: str, folder: Path) -> str:
            if kind == "folder":
                return str(folder)
            path = tmp_path / f"{folder.name}.yaml"
            path.write_text(
                f"host: 127.0.0.1\nport: {server.port}\nuser: {USER}\nkey: zone.key\n"
                f"host_key: {server.host_key}\npick_up: /{folder.name}\n"
            )
            return str(path)

        yield Zones(near, far, (word(kinds[0], near), word(kinds[1], far)))


def test_whole_sealed_files_are_carried_once(zones: Zones) -> None:
    (zones.near / "name-says-nothing.cwgx").write_bytes(SEALED)
    (zones.near / "the-same-again.cwgx").write_bytes(SEALED)
    (zones.near / "a.receipt").write_text("signed")
    (zones.near / "plain.cwgx").write_text("rows")
    (zones.near / ".half.cwgx.part").write_bytes(SEALED)
    assert zones.run() == 2
    assert sorted(p.name for p in zones.near.iterdir()) == [".half.cwgx.part", "plain.cwgx"]
    shown = [p for p in zones.far.iterdir() if not p.name.startswith(".")]
    assert {p.read_bytes() for p in shown} == {SEALED, b"signed"}
    for path in shown:
        path.unlink()
    (zones.near / "another-name.cwgx").write_bytes(SEALED)
    assert zones.run() == 0
    assert not (zones.near / "another-name.cwgx").exists()
    assert not [p for p in zones.far.iterdir() if not p.name.startswith(".")]


class Lossy(FolderSide):
    """A side that keeps less than it was given."""

    def write(self, local: Path, name: str) -> None:
        (self.path / name).write_bytes(local.read_bytes()[:-1])


@pytest.mark.parametrize("make", [Lossy, lambda path: FolderSide(path / "gone")])
def test_the_original_stays_until_the_copy_is_the_same(
    tmp_path: Path, make: Callable[[Path], FolderSide]
) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir()
    far.mkdir()
    (near / "a.cwgx").write_bytes(SEALED)
    with pytest.raises(Unreachable):
        list(relay(FolderSide(near), make(far)))
    assert (near / "a.cwgx").read_bytes() == SEALED
