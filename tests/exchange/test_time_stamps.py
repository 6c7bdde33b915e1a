"""Time stamps over the log's heads: a real authority (`openssl ts`), its outage, and forged answers."""

import base64
import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from exchange_kit import US, Keys
from typer.testing import CliRunner

from gateway.cli.init import make_site
from gateway.cli.main import app
from gateway.evidence import ChainedLog
from gateway.exchange import sign_heads
from gateway.exchange.stamps import check_stamps, read_root, stamp_head, waiting_heads
from gateway.model.errors import EvidenceBroken, GatewayError, Unreachable

CONFIG = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
[stamper]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = authority
[authority]
serial = {home}/serial
crypto_device = builtin
signer_cert = {home}/tsa.pem
signer_key = {home}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority in a folder of its own, which `openssl ts` answers for."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        (home / "ts.cnf").write_text(CONFIG.format(home=home))
        (home / "serial").write_text("01\n")
        for name in ("root", "tsa"):
            self.openssl("genrsa", "-out", f"{name}.key", "2048")
        self.certify("root", "root")
        self.certify("tsa", "stamper", "-CA", "root.pem", "-CAkey", "root.key")
        self.down = False

    def openssl(self, *words: str) -> bytes:
        command = ["openssl", *words]
        return subprocess.run(command, cwd=self.home, check=True, capture_output=True).stdout

    def certify(self, name: str, section: str, *issuer: str) -> None:
        new = ("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "30")
        self.openssl(
            *new, "-config", "ts.cnf", "-extensions", section, *issuer, "-out", f"{name}.pem"
        )

    @property
    def root(self) -> x509.Certificate:
        return read_root(self.home / "root.pem")

    def ask(self, request: bytes) -> bytes:
        if self.down:
            raise Unreachable("the authority does not answer")
        (self.home / "asked.tsq").write_bytes(request)
        return self.openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "asked.tsq")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ts") / "authority")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ts") / "stranger")


@pytest.fixture
def log(tmp_path: Path) -> ChainedLog:
    return ChainedLog(tmp_path / "log", "node-1")


@pytest.fixture(autouse=True)
def _fresh(authority: Authority) -> None:
    authority.down = False


def signed(log: ChainedLog, keys: Keys, at: datetime | None = None) -> None:
    log.append("row", {"x": "1"})
    assert sign_heads(log.path.parent, "node-1", keys.ring(US), at or datetime.now(UTC))


def test_an_outage_is_shown_and_caught_up(
    log: ChainedLog, keys: Keys, authority: Authority
) -> None:
    folder = log.path.parent
    signed(log, keys)
    assert stamp_head(folder, "node-1", authority.root, authority.ask)
    assert not stamp_head(folder, "node-1", authority.root, authority.ask)
    authority.down = True
    for _ in range(2):
        signed(log, keys)
        with pytest.raises(Unreachable):
            stamp_head(folder, "node-1", authority.root, authority.ask)
    stamped = check_stamps(folder, "node-1", authority.root)
    assert (stamped.covered, stamped.waiting, waiting_heads(folder, "node-1")) == (1, 2, 2)
    authority.down = False
    assert stamp_head(folder, "node-1", authority.root, authority.ask)
    stamped = check_stamps(folder, "node-1", authority.root)
    assert (stamped.covered, stamped.waiting, waiting_heads(folder, "node-1")) == (3, 0, 0)
    assert stamped.last is not None
    assert abs(stamped.last - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_is_no_stamp_of_this_head_is_not_kept(
    log: ChainedLog, keys: Keys, authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    folder = log.path.parent
    signed(log, keys)
    old = authority.ask(request_of(authority, b"something else"))
    for answer, error in (
        (lambda request: stranger.ask(request), EvidenceBroken),
        (lambda request: old, EvidenceBroken),
        (lambda request: b"<html>busy</html>", Unreachable),
        (lambda request: b"", Unreachable),
    ):
        with pytest.raises(error):
            stamp_head(folder, "node-1", authority.root, answer)
    assert not (folder / "node-1.stamps").exists()


def request_of(authority: Authority, data: bytes) -> bytes:
    (authority.home / "data").write_bytes(data)
    return authority.openssl("ts", "-query", "-data", "data", "-sha512", "-cert")


def test_forged_stamps_are_found(
    log: ChainedLog, keys: Keys, authority: Authority, stranger: Authority
) -> None:
    folder, path = log.path.parent, log.path.with_suffix(".stamps")
    signed(log, keys)
    stamp_head(folder, "node-1", authority.root, authority.ask)
    honest = json.loads(path.read_text())
    with pytest.raises(EvidenceBroken, match="by this authority"):
        check_stamps(folder, "node-1", stranger.root)
    bent = bytearray(base64.b64decode(honest["stamp"]))
    bent[-1] ^= 1
    for change, told in (
        ({"head": "0" * 64}, "not there"),
        ({"stamp": base64.b64encode(bent).decode()}, "by this authority"),
        ({"stamp": "?"}, "cannot be read"),
    ):
        path.write_text(json.dumps({**honest, **change}) + "\n")
        with pytest.raises(EvidenceBroken, match=told):
            check_stamps(folder, "node-1", authority.root)
    path.write_text(json.dumps(honest) + "\n" + json.dumps(honest)[:40])
    assert check_stamps(folder, "node-1", authority.root).covered == 1


def test_a_stamp_older_than_its_head_is_found(
    log: ChainedLog, keys: Keys, authority: Authority
) -> None:
    signed(log, keys, datetime.now(UTC) + timedelta(hours=2))
    stamp_head(log.path.parent, "node-1", authority.root, authority.ask)
    with pytest.raises(EvidenceBroken, match="older"):
        check_stamps(log.path.parent, "node-1", authority.root)


@pytest.fixture
def served(authority: Authority) -> Iterator[str]:
    """The authority over HTTP, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                body = authority.ask(self.rfile.read(int(self.headers["Content-Length"])))
            except GatewayError:
                self.send_error(500)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/stamp"
    server.shutdown()
    server.server_close()


def test_a_site_has_its_heads_stamped(tmp_path: Path, authority: Authority, served: str) -> None:
    """An act on the command line is stamped; in an outage it is done all the same, and said."""
    make_site(tmp_path / "city", "某市", "419900", ("419901",))
    site, run = tmp_path / "city", CliRunner()
    (site / "keys" / "time-stamps.root.pem").write_bytes((authority.home / "root.pem").read_bytes())
    with (site / "site.toml").open("a") as out:
        out.write(f'\n[time_stamps]\nurl = "{served}"\n')

    def cwg(*words: str) -> str:
        done = run.invoke(app, [*words, "--site", str(site)])
        assert done.exit_code in (0, 1), done.output
        return done.output

    cwg("keys", "new", "--kind", "sm2")
    assert "1 heads covered, 0 since" in cwg("verify", "log", "--json")
    authority.down = True
    assert "not time-stamped yet" in cwg("keys", "export", str(tmp_path / "out"))
    assert "1 heads covered, 1 since" in cwg("verify", "log", "--json")
    authority.down = False
    cwg("keys", "export", str(tmp_path / "out"))
    assert "3 heads covered, 0 since" in cwg("verify", "log", "--json")
