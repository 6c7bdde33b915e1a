"""Tokens bound to a TLS certificate (RFC 8705), which a proxy that proves itself hands on."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from api_kit import ask_token, question
from client_kit import client_row
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from online_fixtures import app_of
from online_seed import make_store
from online_server import serving

from gateway.access.client_keys import certificate_thumbprint
from gateway.api.proxy import ProxyCertificate, thumbprint_of
from gateway.model.errors import SpecError, UsageError
from gateway.site import Site, SiteIdentity
from gateway.wiring_apps import proxy_secret

SECRET = "s" * 40


def certificate(name: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    made = made.public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(began).not_valid_after(began + timedelta(days=900))
    return made.sign(key, hashes.SHA256())


MINE, OTHER = certificate("mine"), certificate("other")


def pem(shown: x509.Certificate) -> str:
    """As nginx writes `$ssl_client_escaped_cert`."""
    return quote(shown.public_bytes(Encoding.PEM).decode())


def rfc9440(shown: x509.Certificate) -> str:
    return f":{base64.b64encode(shown.public_bytes(Encoding.DER)).decode()}:"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    bound = certificate_thumbprint(MINE.public_bytes(Encoding.DER))
    with make_store(tmp_path_factory.mktemp("proxy")) as store:
        store.clients.put(client_row("bound", certificate=bound))
        store.clients.put(client_row("free"))
        app = app_of(store)
        app.add_middleware(ProxyCertificate, secret=SECRET)
        with serving(app) as served:
            yield served


def through(http: httpx.Client, client: str = "bound", **headers: str) -> httpx.Response:
    """The answer to a token request with these headers; their names' underscores are dashes."""
    http.headers.clear()
    http.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return ask_token(http, client)


@pytest.mark.parametrize("written", [pem(MINE), rfc9440(MINE)], ids=["nginx", "rfc9440"])
def test_a_bound_token_is_got_and_used_with_its_certificate(
    http: httpx.Client, written: str
) -> None:
    got = through(http, x_cwg_proxy=SECRET, client_cert=written)
    assert got.status_code == 200, got.text
    head = {"authorization": f"Bearer {got.json()['access_token']}"}
    path = "/api/v1/children:check"
    assert http.post(path, json=question(), headers=head).status_code == 200
    http.headers["client-cert"] = pem(OTHER)
    assert http.post(path, json=question(), headers=head).status_code == 401
    http.headers.clear()
    assert http.post(path, json=question(), headers=head).status_code == 401


WRONG: dict[str, dict[str, str]] = {
    "no header": {},
    "another certificate": {"x_cwg_proxy": SECRET, "client_cert": pem(OTHER)},
    "no secret": {"client_cert": pem(MINE)},
    "another secret": {"x_cwg_proxy": "s" * 39 + "t", "client_cert": pem(MINE)},
    "a thumbprint for a certificate": {"x_cwg_proxy": SECRET, "client_cert": "A" * 43},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
def test_a_header_counts_only_from_the_proxy_that_proves_itself(
    http: httpx.Client, headers: dict[str, str]
) -> None:
    assert through(http, **headers).status_code == 401


def test_who_is_not_bound_needs_no_certificate(http: httpx.Client) -> None:
    assert through(http, "free").status_code == 200


@pytest.mark.parametrize("value", [b"", b":", b"::", b":!!:", b"%zz", b"x" * 20_000, b"\xff"])
def test_what_is_no_certificate_has_no_thumbprint(value: bytes) -> None:
    assert thumbprint_of(value) == ""


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(UsageError):
        ProxyCertificate(lambda *_: None, "short")  # type: ignore[arg-type, return-value]


def test_the_secret_is_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    identity = SiteIdentity(
        name="x", division="419900", counties=("419901",), proxy_secret_file="keys/proxy"
    )
    site = Site(site=identity)
    with pytest.raises(SpecError):
        proxy_secret(tmp_path, site)
    path = tmp_path / "keys" / "proxy"
    path.parent.mkdir()
    path.write_text(f"{SECRET}\n")
    path.chmod(0o644)
    with pytest.raises(SpecError):
        proxy_secret(tmp_path, site)
    path.chmod(0o600)
    assert proxy_secret(tmp_path, site) == SECRET
