"""A small HTTP(S) server on 127.0.0.1 and the file that tells where it is."""

import json
import os
import signal
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.bureaus.faults import CUT, SERVER_ERROR, SLOW
from sandbox.bureaus.messages import MAX_BYTES

ADDRESS = "address.json"
HOST = "127.0.0.1"
MAX_DRAINED = 4 * MAX_BYTES
SLOW_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Request:
    """What a bureau's application sees of an HTTP request."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `manner` is a fault of the line with which it is given."""

    status: int
    content_type: str
    body: bytes
    manner: str = ""


Application = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: the bureau's folder, a port (0: any), and (key, certificate) for HTTPS."""

    folder: Path
    port: int = 0
    tls: tuple[Path, Path] | None = None


def serve(application: Application, listen: Listen) -> None:
    """Serve until SIGTERM or SIGINT; writes `<folder>/address.json` when ready."""
    server = ThreadingHTTPServer((HOST, listen.port), handler(application))
    server.daemon_threads = True
    if listen.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(listen.tls[1], listen.tls[0])
        # The handshake is left to the request's own thread: a silent client must not block others.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    scheme = "https" if listen.tls else "http"
    tls_cert = str(listen.tls[1]) if listen.tls else None
    on_stop(lambda: threading.Thread(target=server.shutdown).start())
    write_address(listen.folder, f"{scheme}://{HOST}:{server.server_address[1]}", tls_cert)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()


def write_address(folder: Path, base: str, tls_cert: str | None = None) -> None:
    """Say where the bureau is: `{"base", "pid", "tls_cert"}`, in one rename."""
    value = {"base": base, "pid": os.getpid(), "tls_cert": tls_cert}
    write_atomically(folder / ADDRESS, json.dumps(value).encode())


def write_atomically(path: Path, data: bytes) -> None:
    """Write under another name and rename, so that a reader sees all or nothing."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.rename(path)


def on_stop(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


def stop_with_parent() -> None:
    """End this process when its standard input closes, so that no bureau outlives its starter."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def handler(application: Application) -> type[BaseHTTPRequestHandler]:
    """What serves an application; `serve` and tests hand it to a server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        timeout = 60

        def do_GET(self) -> None:
            self._send(application(self._request(b"")))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            size = int(length) if length.isdecimal() else MAX_DRAINED + 1
            # A peer that is still sending sees no answer: what is too large is read and dropped.
            body = self.rfile.read(size) if size <= MAX_DRAINED else b""
            if size > MAX_BYTES:
                self.close_connection = True
                self._send(Reply(413, "text/plain", b"refused\n"))
                return
            self._send(application(self._request(body)))

        def _request(self, body: bytes) -> Request:
            path, _, query = self.path.partition("?")
            return Request(self.command, path, query, body)

        def _send(self, reply: Reply) -> None:
            if reply.manner == SLOW:
                time.sleep(SLOW_SECONDS)
            self.send_response(500 if reply.manner == SERVER_ERROR else reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.manner == CUT:
                self.close_connection = True
                self.wfile.write(reply.body[: len(reply.body) // 2])
            else:
                self.wfile.write(reply.body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a line per request is written by the bureau itself, without payloads."""

    return Handler
