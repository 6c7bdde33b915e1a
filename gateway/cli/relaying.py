"""`cwg relay`: sealed files between network zones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import JsonOption, command, emit, say
from gateway.model.errors import UsageError
from gateway.sources import SftpPlace
from gateway.specs import load_spec
from gateway.transport import Sftp, SftpSettings
from gateway.transport.relay import FolderSide, SftpSide, Side
from gateway.transport.relay import relay as carry_all


@command
def relay(
    source: Annotated[
        Path, typer.Argument(help="where sealed files come from: a folder, or x.yaml")
    ],
    target: Annotated[Path, typer.Argument(help="where they are carried to: a folder, or x.yaml")],
    as_json: JsonOption = False,
) -> None:
    """Carry sealed files from one network zone to another. Needs no site and no exchange key.

    A side is a folder, or a YAML file that names an SFTP server as a source's `endpoint.sftp` does. A
    file is known by its content's digest, never by its name: what was carried before is not carried
    again. What is no sealed file, and what is not whole yet, stays where it is.
    """
    rows = []
    with _side(source) as near, _side(target) as far:
        for one in carry_all(near, far):
            if not one.sealed:
                say(f"{one.name}: 不是密封文件，留在原处 · no sealed file, left where it is")
                continue
            size = one.size if one.carried else 0
            rows.append({"sha256": one.digest, "bytes": size, "carried": one.carried})
    emit(rows, "Relay · 摆渡", as_json)


@contextmanager
def _side(path: Path) -> Iterator[Side]:
    if path.suffix != ".yaml":
        if not path.is_dir():
            raise UsageError("there is no such folder", where=str(path), mend="check the path")
        yield FolderSide(path)
        return
    place = load_spec(path, SftpPlace)
    settings = SftpSettings(
        place.host, place.port, place.user, path.parent / place.key, place.host_key, place.pick_up
    )
    server = Sftp(settings, Path())
    try:
        yield SftpSide(server)
    finally:
        server.close()
