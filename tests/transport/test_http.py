"""HTTP against servers that answer well, late, long, packed, or not at all."""

import gzip
import socket
import time
from pathlib import Path

import pytest
from servers import Behave, Handler, make_authority, serving

from gateway.model.errors import (
    Busy,
    PeerRefused,
    TransportError,
    Unreachable,
    UsageError,
)
from gateway.transport import Http, HttpSettings

BODY = b"sealed \x00 bytes"


def post(base: str, tls_ca: Path | None = None, cap: int = 1000) -> bytes:
    settings = HttpSettings(base, tls_ca, timeout_seconds=0.4, total_seconds=0.8, answer_cap=cap)
    with Http(settings) as http:
        return http.post("/soap", BODY, "application/jose")


def echo(handler: Handler) -> None:
    handler.answer(200, b"answer")


def test_bytes_go_out_and_come_back() -> None:
    with serving(echo) as server:
        assert post(server.base + "/") == b"answer"
        ((path, body, headers),) = server.seen
    assert (path, body) == ("/soap", BODY)
    assert headers["Content-Type"] == "application/jose"
    assert headers["Accept-Encoding"] == "identity"


def packed(handler: Handler) -> None:
    handler.answer(200, gzip.compress(b"x" * 100_000), Content_Encoding="gzip")


def moved(handler: Handler) -> None:
    handler.answer(302, Location="http://127.0.0.1:1/elsewhere")


def broken_off(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def silent(handler: Handler) -> None:
    time.sleep(0.9)


def answering(status: int, size: int = 0) -> Behave:
    return lambda handler: handler.answer(status, b"x" * size)


def dripping(handler: Handler) -> None:
    handler.drip(40, 0.05)


BAD = [
    (answering(500), Unreachable, "server error"),
    (answering(502), Unreachable, "bad gateway"),
    (answering(503), Busy, "unavailable"),
    (answering(429), Busy, "too many requests"),
    (answering(400), PeerRefused, "bad request"),
    (answering(403), PeerRefused, "forbidden"),
    (answering(404), PeerRefused, "not found"),
    (answering(204), PeerRefused, "no content"),
    (moved, PeerRefused, "redirect"),
    (packed, PeerRefused, "packed"),
    (answering(200, 1001), PeerRefused, "too long"),
    (broken_off, Unreachable, "broken off"),
    (silent, Unreachable, "silent"),
    (dripping, Unreachable, "dripping"),
]


@pytest.mark.parametrize(("behave", "error", "why"), BAD, ids=[b[2] for b in BAD])
def test_a_bad_answer_has_its_class(behave: Behave, error: type[TransportError], why: str) -> None:
    with serving(behave) as server, pytest.raises(TransportError) as raised:
        post(server.base)
    assert type(raised.value) is error
    assert "/soap" in raised.value.where


def test_an_answer_at_the_cap_is_taken() -> None:
    with serving(answering(200, 1000)) as server:
        assert len(post(server.base)) == 1000


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            post(f"http://127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("", 0), ("soon", 0), ("-1", 0)])
def test_a_wait_that_is_asked_for_is_told(header: str, seconds: float) -> None:
    with (
        serving(lambda h: h.answer(503, Retry_After=header)) as server,
        pytest.raises(Busy) as busy,
    ):
        post(server.base)
    assert busy.value.after_seconds == seconds


def test_only_the_named_authority_is_trusted(tmp_path: Path) -> None:
    ours, context = make_authority(tmp_path, "ours")
    strange, _ = make_authority(tmp_path, "strange")
    with serving(echo, context) as server:
        assert post(server.base, ours) == b"answer"
        for other in (strange, None):
            with pytest.raises(Unreachable):
                post(server.base, other)
        assert len(server.seen) == 1


def test_a_certificate_for_another_host_is_not_enough(tmp_path: Path) -> None:
    ours, context = make_authority(tmp_path, "ours")
    with serving(echo, context) as server, pytest.raises(Unreachable):
        post(server.base.replace("127.0.0.1", "localhost"), ours)


def test_the_environment_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, context = make_authority(tmp_path, "ours")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(ours))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(echo) as plain:
        assert post(plain.base) == b"answer"
    with serving(echo, context) as server, pytest.raises(Unreachable):
        post(server.base)


@pytest.mark.parametrize(
    "base", ["http://bureau.example", "ftp://127.0.0.1", "file:///etc", "bureau.example", ""]
)
def test_plain_http_stays_on_this_machine(base: str) -> None:
    with pytest.raises(UsageError):
        Http(HttpSettings(base))


def test_an_authority_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    nonsense = tmp_path / "ca.pem"
    nonsense.write_text("nonsense")
    for path in (tmp_path / "absent.pem", nonsense):
        with pytest.raises(UsageError) as refused:
            Http(HttpSettings("https://127.0.0.1", path))
        assert str(path) in refused.value.where
