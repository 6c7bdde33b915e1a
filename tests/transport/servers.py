"""Small servers on loopback that behave as badly as bureaus do."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behave = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole, then does what the test wants."""

    behave: Behave
    seen: list[tuple[str, bytes, dict[str, str]]]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.seen.append((self.path, body, dict(self.headers)))
        type(self).behave(self)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """An honest answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, parts: int, seconds: float) -> None:
        """An answer that comes byte by byte."""
        self.send_response(200)
        self.send_header("Content-Length", str(parts))
        self.end_headers()
        for _ in range(parts):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Connections that a client breaks off are no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def serving(behave: Behave, tls: ssl.SSLContext | None = None) -> Iterator["Served"]:
    """A server for the block; `.base` is its address, `.seen` what it was sent."""
    handler = type("H", (Handler,), {"behave": staticmethod(behave), "seen": []})
    server = Server(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        scheme = "https" if tls else "http"
        yield Served(f"{scheme}://127.0.0.1:{server.server_port}", handler.seen)  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Served:
    """A running server."""

    def __init__(self, base: str, seen: list[tuple[str, bytes, dict[str, str]]]) -> None:
        self.base, self.seen = base, seen


def make_authority(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """An authority's PEM file, and a server context with a certificate for 127.0.0.1 under it."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, authority=True)
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bureau")])
    leaf = _certificate(own, ca_name, key, ca_key, authority=False)
    pem = folder / f"{name}.pem"
    pem.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    chain, secret = folder / f"{name}.leaf.pem", folder / f"{name}.key.pem"
    chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return pem, context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(names, critical=False)
        .sign(signer, hashes.SHA256())
    )
