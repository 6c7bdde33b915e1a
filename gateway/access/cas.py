"""CAS, protocol 2.0 and 3.0: a service ticket is validated at the server, once, for our own address."""

import re
import secrets
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import httpx
from lxml import etree

from gateway.access.outside import CAS, Attempt, Known, refused

_NS = "{http://www.yale.edu/tp/cas}"
_TICKET = re.compile(r"ST-[\x21-\x7e]{1,250}")
MAX_ANSWER = 64 * 1024
_PATHS = {"2.0": "/serviceValidate", "3.0": "/p3/serviceValidate"}


@dataclass(frozen=True, slots=True)
class CasSettings:
    """`base` is the server's address without `/login`; `service` our own of `/login/cas/back`."""

    base: str
    service: str
    protocol: Literal["2.0", "3.0"] = "3.0"


class Cas:
    """One CAS server. `client` speaks TLS strictly."""

    def __init__(self, settings: CasSettings, client: httpx.Client) -> None:
        self._settings = settings
        self._client = client

    def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what it keeps."""
        attempt = Attempt(CAS, secrets.token_urlsafe(32))
        query = urlencode({"service": self._service(attempt.state)})
        return f"{self._settings.base.rstrip('/')}/login?{query}", attempt

    def finish(self, attempt: Attempt, answer: dict[str, str]) -> Known:
        """Who came back. Raises LoginRefused."""
        same = secrets.compare_digest(attempt.state.encode(), answer.get("state", "").encode())
        ticket = answer.get("ticket", "")
        if not same or attempt.provider != CAS or not _TICKET.fullmatch(ticket):
            raise refused()
        query = {"service": self._service(attempt.state), "ticket": ticket}
        place = self._settings.base.rstrip("/") + _PATHS[self._settings.protocol]
        try:
            said = self._client.get(place, params=query)
        except httpx.HTTPError:
            raise refused() from None
        if said.status_code != 200 or len(said.content) > MAX_ANSWER:
            raise refused()
        # CAS has no common word for a second factor: roles that need one log in here.
        return Known(CAS, _user(said.content), strong=False)

    def _service(self, state: str) -> str:
        return f"{self._settings.service}?{urlencode({'state': state})}"


def _user(body: bytes) -> str:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise refused()
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise refused() from None
    success = [e for e in root if e.tag == f"{_NS}authenticationSuccess"]
    users = success[0].findall(f"{_NS}user") if len(success) == 1 and len(root) == 1 else []
    if root.tag != f"{_NS}serviceResponse" or len(users) != 1 or len(users[0]):
        raise refused()
    name = (users[0].text or "").strip()
    if not name or len(name) > 255:
        raise refused()
    return name
