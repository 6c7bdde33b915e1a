"""Posts to addresses that clients name: nothing inside our own networks can be reached through them.

A host name is resolved once, every address that it has is judged, and the connection goes to the one that
was judged (a second look-up could answer otherwise). Certificates are checked against the host's name. No
redirect is followed and no answer is read.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from gateway.model.errors import Busy, PeerRefused, Unreachable, UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → the addresses that it has."""

LONGEST = 512
_BUSY = (408, 425, 429, 502, 503, 504)
_GONE = 410
_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class HookSettings:
    """`allow` are networks that the administrator has listed though they are private; `ca` a PEM file
    with an authority besides the system's."""

    allow: tuple[Network, ...] = ()
    ca: Path | None = None
    timeout_seconds: float = 10


class Gone(PeerRefused):
    """The receiver says that it is no more (410)."""


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The system's own look-up. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("the receiver's name is not known", where=host) from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Hooks:
    """Posts to receivers, each address judged anew at each post."""

    def __init__(self, settings: HookSettings, resolve: Resolve = system_resolve) -> None:
        self._settings = settings
        self._resolve = resolve
        self._trust = ssl.create_default_context()
        if settings.ca is not None:
            self._trust.load_verify_locations(settings.ca)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        """Post once. Raises Unreachable, Busy, Gone, PeerRefused, and UsageError for an address that
        must not be reached."""
        parts = split_hook(url)
        host, port = parts.hostname or "", parts.port or 443
        address = self._judged(host, port)
        netloc = f"[{address}]" if address.version == 6 else str(address)
        target = parts._replace(netloc=f"{netloc}:{port}").geturl()
        shown = host if port == 443 else f"{host}:{port}"
        try:
            with (
                httpx.Client(
                    verify=self._trust,
                    trust_env=False,
                    follow_redirects=False,
                    timeout=self._settings.timeout_seconds,
                ) as client,
                client.stream(
                    "POST",
                    target,
                    content=body,
                    headers={**headers, "Host": shown},
                    extensions={"sni_hostname": host},
                ) as answer,
            ):
                _check(answer, host)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"the receiver did not answer ({type(error).__name__})", where=host
            ) from None

    def _judged(self, host: str, port: int) -> Address:
        """The address to connect to; every one that the name has must be allowed."""
        found = [ipaddress.ip_address(text) for text in self._resolve(host, port)]
        if not found:
            raise Unreachable("the receiver's name has no address", where=host)
        for address in found:
            if not allowed_address(address, self._settings.allow):
                raise UsageError(
                    "the receiver lies in a network that no webhook may reach",
                    where=host,
                    mend="give a public address, or let the administrator list it in site.toml",
                )
        return found[0]


def split_hook(url: str) -> SplitResult:
    """The parts of a receiver's address. Raises UsageError for one that is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        parts, port = urlsplit(""), 0
    plain = parts.username is None and parts.password is None and not parts.fragment
    if parts.scheme != "https" or not parts.hostname or not plain or not 0 < port < 65536:
        raise UsageError(
            "a receiver is an https address without user and fragment", mend="https://host/path"
        )
    if len(url) > LONGEST or not url.isascii() or any(c <= " " for c in url):
        raise UsageError("a receiver's address is plain ASCII of at most 512 characters")
    return parts


def allowed_address(address: Address, allow: Sequence[Network]) -> bool:
    """Whether a webhook may go there: a global unicast address, or one that is listed."""
    inner = _unwrapped(address)
    if any(inner in network for network in allow if network.version == inner.version):
        return True
    return inner.is_global and not inner.is_multicast and inner == address


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64); else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and any(address in network for network in _WRAPPED):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def _check(answer: httpx.Response, host: str) -> None:
    status = answer.status_code
    if 200 <= status < 300:
        return
    if status == _GONE:
        raise Gone("the receiver says that it is no more", where=host)
    if status in _BUSY or status >= 500:
        raise Busy(f"the receiver answered {status}", where=host)
    raise PeerRefused(f"the receiver answered {status}", where=host)
