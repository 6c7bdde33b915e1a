"""SFTP with a pinned host key: the key in the source's file is the only one that is spoken to.

One connection is kept between calls and made anew after a fault. No known_hosts, agent, password
prompt or ~/.ssh of the account is used.
"""

import posixpath
import stat
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import paramiko

from gateway.model.errors import PeerRefused, TransportError, Unreachable, UsageError
from gateway.transport.folder import nowhere
from gateway.transport.place import HEAD_CAP, MOST_PARCELS, SUFFIX, Parcel

R = TypeVar("R")
CHUNK = 256 * 1024
_PIECE = 32 * 1024
_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_LINES_OF_HEAD = 2


@dataclass(frozen=True, slots=True)
class SftpSettings:
    """How to reach the server. `host_key` is its public key as one OpenSSH line (`ssh-ed25519 AAAA…`),
    `key` our private key's file (mode 0600); `pick_up` and `hand_over` are folders there."""

    host: str
    port: int
    user: str
    key: Path
    host_key: str
    pick_up: str
    hand_over: str = ""
    timeout_seconds: float = 30


class Sftp:
    """Satisfies gateway.transport.place.Place. `scratch` holds sealed bytes for a moment."""

    def __init__(self, settings: SftpSettings, scratch: Path) -> None:
        self._settings = settings
        self._scratch = scratch
        self._open: tuple[paramiko.Transport, paramiko.SFTPClient] | None = None

    @property
    def where(self) -> str:
        """Host, port and folder."""
        s = self._settings
        return f"sftp://{s.host}:{s.port}{s.pick_up}"

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open[0].close()
            self._open = None

    def parcels(self) -> Iterator[Parcel]:
        """Whole files, newest first: those with the suffix, because writers rename last."""
        try:
            found = self._do(lambda sftp: sftp.listdir_attr(self._settings.pick_up))
        except FileNotFoundError:
            raise Unreachable(
                "the pick-up folder is not on the SFTP server",
                where=self.where,
                mend="compare `pick_up` with what the bureau says",
            ) from None
        files = [
            (-(entry.st_mtime or 0), entry.filename)
            for entry in found
            if entry.filename.endswith(SUFFIX) and stat.S_ISREG(entry.st_mode or 0)
        ]
        for _, name in sorted(files)[:MOST_PARCELS]:
            yield Parcel(name, (name,))

    @contextmanager
    def head(self, part: str) -> Iterator[Path]:
        """The file's magic line and manifest."""
        with self._local() as path:
            self._do(lambda sftp: self._read_head(sftp, part, path))
            yield path

    def each(self, parcel: Parcel) -> Generator[Path, None, None]:
        """The whole file, its length compared with the server's."""
        for part in parcel.parts:
            with self._local() as path:
                self._do(partial(self._read_whole, part=part, path=path))
                yield path

    def put(self, sealed: Path) -> None:
        """Upload under another name, then rename."""
        if not self._settings.hand_over:
            raise nowhere(self.where)
        folder = self._settings.hand_over
        part = posixpath.join(folder, f".{sealed.name}.part")

        def upload(sftp: paramiko.SFTPClient) -> None:
            sftp.put(str(sealed), part, confirm=True)
            sftp.posix_rename(part, posixpath.join(folder, sealed.name))

        self._do(upload)

    def names(self) -> list[str]:
        """Every file of the folder, the oldest first: for a relay."""
        found = self._do(lambda sftp: sftp.listdir_attr(self._settings.pick_up))
        files = [e for e in found if stat.S_ISREG(e.st_mode or 0)]
        return [e.filename for e in sorted(files, key=lambda e: (e.st_mtime or 0, e.filename))]

    def fetch(self, name: str, into: Path) -> None:
        """Copy one file of the folder: for a relay."""
        self._do(lambda sftp: self._read_whole(sftp, name, into))

    def store(self, local: Path, name: str) -> None:
        """Put one file into the folder, under another name first: for a relay."""
        part = self._at(f".{name}.part")

        def upload(sftp: paramiko.SFTPClient) -> None:
            sftp.put(str(local), part, confirm=True)
            sftp.posix_rename(part, self._at(name))

        self._do(upload)

    def remove(self, name: str) -> None:
        """Take one file of the folder away: for a relay."""
        self._do(lambda sftp: sftp.remove(self._at(name)))

    def _read_head(self, sftp: paramiko.SFTPClient, part: str, path: Path) -> None:
        with sftp.open(self._at(part), "rb") as remote, path.open("wb") as local:
            lines = size = 0
            while lines < _LINES_OF_HEAD and size < HEAD_CAP:
                piece = remote.read(_PIECE)
                if not piece:
                    return
                local.write(piece)
                lines, size = lines + piece.count(b"\n"), size + len(piece)

    def _read_whole(self, sftp: paramiko.SFTPClient, part: str, path: Path) -> None:
        with sftp.open(self._at(part), "rb") as remote, path.open("wb") as local:
            size = remote.stat().st_size or 0
            remote.prefetch(size)
            got = 0
            while piece := remote.read(CHUNK):
                local.write(piece)
                got += len(piece)
        if got != size:
            raise Unreachable("the file broke off", where=self.where, mend="it is tried again")

    def _at(self, part: str) -> str:
        # A part is a name that the server listed; one that leads elsewhere is not followed.
        return posixpath.join(self._settings.pick_up, posixpath.basename(part))

    @contextmanager
    def _local(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="cwg-sftp-", dir=self._scratch) as folder:
            yield Path(folder) / f"part{SUFFIX}"

    def _do(self, work: Callable[[paramiko.SFTPClient], R]) -> R:
        try:
            return work(self._client())
        except TransportError:
            self.close()
            raise
        except FileNotFoundError:
            raise
        except PermissionError:
            raise PeerRefused(
                "the SFTP server does not allow it",
                where=self.where,
                mend="ask the bureau for the rights of this account on that folder",
            ) from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            self.close()
            raise Unreachable(
                f"the SFTP server did not answer ({type(error).__name__})",
                where=self.where,
                mend="is it up, and are host and port in sources/*.yaml right?",
            ) from None

    def _client(self) -> paramiko.SFTPClient:
        if self._open is None or not self._open[0].is_active():
            self._open = _connect(self._settings, self.where)
        return self._open[1]


def _connect(settings: SftpSettings, where: str) -> tuple[paramiko.Transport, paramiko.SFTPClient]:
    kind, blob = _pinned(settings.host_key, where)
    key = _own_key(settings.key)
    transport = paramiko.Transport((settings.host, settings.port))
    try:
        transport.get_security_options().key_types = _RSA if kind == "ssh-rsa" else (kind,)
        transport.banner_timeout = transport.auth_timeout = settings.timeout_seconds
        transport.start_client(timeout=settings.timeout_seconds)
        if transport.get_remote_server_key().get_base64() != blob:
            raise PeerRefused(
                "the SFTP server shows another host key than the pinned one",
                where=where,
                mend="somebody may stand between: ask the bureau by telephone, then renew `host_key`",
            )
        _log_in(transport, settings, key, where)
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise paramiko.SSHException
        channel = client.get_channel()
        if channel is not None:
            channel.settimeout(settings.timeout_seconds)
    except BaseException:
        transport.close()
        raise
    return transport, client


def _log_in(
    transport: paramiko.Transport, settings: SftpSettings, key: paramiko.PKey, where: str
) -> None:
    try:
        transport.auth_publickey(settings.user, key)
    except paramiko.AuthenticationException:
        raise PeerRefused(
            "the SFTP server does not accept this site's key",
            where=where,
            mend="give the bureau the public half of that key for this account",
        ) from None


def _pinned(line: str, where: str) -> tuple[str, str]:
    parts = line.split()
    if len(parts) < 2:
        raise UsageError(
            "the SFTP server's host key is not pinned",
            where=where,
            mend="write its line, as `ssh-ed25519 AAAA…`, into `host_key` of the source's file",
        )
    return parts[0], parts[1]


def _own_key(path: Path) -> paramiko.PKey:
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(
                "other accounts can read the SFTP key", where=str(path), mend="chmod 600 it"
            )
        return paramiko.PKey.from_path(path)
    except (OSError, ValueError, paramiko.SSHException) as error:
        raise UsageError(
            f"the SFTP key cannot be read ({type(error).__name__})",
            where=str(path),
            mend="name an OpenSSH private key without a passphrase",
        ) from None
