"""HTTP posts of sealed bytes: explicit trust, time-outs everywhere, answers capped."""

import ssl
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
    the system's). Seconds bound each connect, read and write. Plain HTTP is for loopback only."""

    base: str
    tls_ca: Path | None = None
    timeout_seconds: float = 30
    answer_cap: int = ANSWER_CAP


class Http:
    """A client for one bureau. Proxies and trust from the environment are not used."""

    def __init__(self, settings: HttpSettings) -> None:
        parts = urlsplit(settings.base)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
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
        PeerRefused (4xx, a redirect, or an answer over the cap).
        """
        url = self._settings.base.rstrip("/") + path
        try:
            with self._client.stream(
                "POST", url, content=body, headers={"Content-Type": content_type}
            ) as answer:
                _check(answer.status_code, path)
                return self._read(answer, path)
        except httpx.TransportError as error:
            raise Unreachable(
                f"the bureau did not answer ({type(error).__name__})",
                where=path,
                mend="is its server up, and is the address in sources/*.yaml right?",
            ) from None

    def _read(self, answer: httpx.Response, path: str) -> bytes:
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > self._settings.answer_cap:
                raise PeerRefused(
                    f"the answer is longer than {self._settings.answer_cap} bytes",
                    where=path,
                    mend="ask the bureau for smaller pages",
                )
            parts.append(part)
        return b"".join(parts)


def _check(status: int, path: str) -> None:
    if status == httpx.codes.OK:
        return
    if status in BUSY:
        raise Busy("the bureau asks us to come back later", where=f"{path}, HTTP {status}")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unreachable("the bureau's server failed", where=f"{path}, HTTP {status}")
    raise PeerRefused(
        "the bureau refused",
        where=f"{path}, HTTP {status}",
        mend="ask the bureau what its log says; it tells strangers nothing",
    )


def _trust(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
