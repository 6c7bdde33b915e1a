"""A real SFTP server (asyncssh) in this process, on a thread of its own, with one account."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from sandbox.bureaus import faults, web

USER = "gateway"


@dataclass(frozen=True)
class SftpServer:
    """Where it listens, its host key as an OpenSSH line, and the folder that it shows as `/`."""

    port: int
    host_key: str
    root: Path


class Moody(asyncssh.SFTPServer):
    """Lists its folders as `manner` says then: `slow`, `server_error`, or as it should."""

    def __init__(
        self, channel: asyncssh.SSHServerChannel[bytes], root: Path, manner: Callable[[], str]
    ) -> None:
        super().__init__(channel, chroot=str(root))
        self._manner = manner

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        manner = self._manner()
        if manner == faults.SLOW:
            await asyncio.sleep(web.SLOW_SECONDS)
        elif manner == faults.SERVER_ERROR:
            raise asyncssh.SFTPFailure("told to fail")
        async for entry in super().scandir(path):
            yield entry


@contextmanager
def sftp_server(
    root: Path,
    client_key: Path,
    kind: str = "ssh-ed25519",
    manner: Callable[[], str] = lambda: "",
) -> Iterator[SftpServer]:
    """Serve `root` to whoever holds `client_key` (a private key's file that is made here).

    `manner` gives the sandbox's fault of the line that is on when a folder is listed.
    """
    made = asyncssh.generate_private_key("ssh-ed25519")
    if not client_key.exists():
        client_key.write_bytes(made.export_private_key())
        client_key.chmod(0o600)
    allowed = asyncssh.read_private_key(client_key).export_public_key().decode()
    host = asyncssh.generate_private_key(kind)
    loop = asyncio.new_event_loop()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host],
            authorized_client_keys=asyncssh.import_authorized_keys(allowed),
            sftp_factory=lambda channel: Moody(channel, root, manner),
        )

    # In its own thread from the first: another test's browser may have left a loop in this one.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listener = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        line = host.export_public_key().decode().strip()
        yield SftpServer(listener.get_port(), line, root)
    finally:

        async def stop() -> None:
            listener.close()
            await listener.wait_closed()
            tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
