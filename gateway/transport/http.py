"""HTTP posts of sealed bytes: explicit trust, time-outs everywhere, answers capped."""

import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from gateway.model.errors import Busy, PeerRefused, Unreachable, UsageError

ANSWER_CAP = 8 * 2**20
BUSY = (429, 503)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """`base` is the bureau's URL; `tls_ca` a PEM file with the only authority trusted for it (None:
    the system's). `timeout_seconds` bounds each connect, read and write, `total_seconds` a whole
    post, however slowly its answer drips. Plain HTTP is for loopback only."""

    base: str
    tls_ca: Path | None = None
    timeout_seconds: float = 30
    total_seconds: float = 120
    answer_cap: int = ANSWER_CAP


class Http:
    """A client for one bureau. Proxies and trust from the environment are not used."""

    def __init__(self, settings: HttpSettings) -> None:
        parts = urlsplit(settings.base)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
            raise UsageError(
                "a bureau is reached over https only",
                where=f"endpoint {parts.scheme}://{parts.hostname}",
                mend="write the https address into sources/*.yaml",
            )
        self._settings = settings
        self._client = httpx.Client(
            verify=_trust(settings.tls_ca),
            trust_env=False,
            timeout=httpx.Timeout(settings.timeout_seconds),
            follow_redirects=False,
            # Sealed bytes do not shrink, and an unpacked answer could burst any cap.
            headers={"Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, path: str, body: bytes, content_type: str) -> bytes:
        """Post bytes and give the answer's bytes.

        Raises Unreachable (no answer in time, or a server error), Busy (come back later),
        PeerRefused (4xx, a redirect, a packed answer, or one over the cap).
        """
        url = self._settings.base.rstrip("/") + path
        until = time.monotonic() + self._settings.total_seconds
        try:
            with self._client.stream(
                "POST", url, content=body, headers={"Content-Type": content_type}
            ) as answer:
                _check(answer, path)
                return self._read(answer, path, until)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"the bureau did not answer ({type(error).__name__})",
                where=path,
                mend="is its server up, and is the address in sources/*.yaml right?",
            ) from None

    def _read(self, answer: httpx.Response, path: str, until: float) -> bytes:
        parts, size = [], 0
        for part in answer.iter_raw():
            size += len(part)
            if size > self._settings.answer_cap:
                raise PeerRefused(
                    f"the answer is longer than {self._settings.answer_cap} bytes",
                    where=path,
                    mend="ask the bureau for smaller pages",
                )
            if time.monotonic() > until:
                raise Unreachable(
                    f"the answer took longer than {self._settings.total_seconds:g} seconds",
                    where=path,
                    mend="ask for smaller pages, or look at the line to the bureau",
                )
            parts.append(part)
        return b"".join(parts)


def _check(answer: httpx.Response, path: str) -> None:
    status, where = answer.status_code, f"{path}, HTTP {answer.status_code}"
    if status in BUSY:
        busy = Busy("the bureau asks us to come back later", where=where)
        busy.after_seconds = _seconds(answer.headers.get("Retry-After", ""))
        raise busy
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unreachable("the bureau's server failed", where=where)
    if status != httpx.codes.OK:
        raise PeerRefused(
            "the bureau refused",
            where=where,
            mend="ask the bureau what its log says; it tells strangers nothing",
        )
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise PeerRefused(
            "the bureau packed its answer, which nobody asked for",
            where=where,
            mend="ask the bureau to switch compression off for this service",
        )


def _seconds(retry_after: str) -> float:
    """Seconds of a Retry-After header; a date in its place says nothing here."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0


def _trust(ca: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if ca is not None:
            context.load_verify_locations(cafile=str(ca))
        else:
            _trust_system(context)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"the authority's certificate cannot be read ({type(error).__name__})",
            where=str(ca or "the system's store"),
            mend="give a PEM file as `tls_ca` in sources/*.yaml",
        ) from None
    return context


def _trust_system(context: ssl.SSLContext) -> None:
    """The places that OpenSSL was built with: SSL_CERT_FILE and SSL_CERT_DIR are not heard."""
    paths = ssl.get_default_verify_paths()
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    if file.is_file():
        context.load_verify_locations(cafile=str(file))
    if folder.is_dir():
        context.load_verify_locations(capath=str(folder))
