"""A small CAS server: gives service tickets that are good once and for one service (CAS 2.0 and 3.0)."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from lxml import etree

NS = "http://www.yale.edu/tp/cas"


class CasServer:
    """`user` is who logs in; `answer`, when set, is sent instead of a proper validation."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.answer: bytes | None = None
        self.tickets: dict[str, str] = {}
        self.asked: list[str] = []
        self.base = ""

    def page(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Answer one request: status, headers, body."""
        split = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        self.asked.append(split.path)
        service = query.get("service", "")
        if split.path.endswith("/login"):
            ticket = "ST-" + secrets.token_urlsafe(16)
            self.tickets[ticket] = service
            sign = "&" if "?" in service else "?"
            return 302, {"Location": f"{service}{sign}{urlencode({'ticket': ticket})}"}, b""
        good = self.tickets.pop(query.get("ticket", ""), None) == service
        return 200, {"Content-Type": "text/xml"}, self.answer or self._said(good)

    def _said(self, good: bool) -> bytes:
        root = etree.Element(f"{{{NS}}}serviceResponse", nsmap={"cas": NS})
        if good:
            success = etree.SubElement(root, f"{{{NS}}}authenticationSuccess")
            etree.SubElement(success, f"{{{NS}}}user").text = self.user
        else:
            failure = etree.SubElement(
                root, f"{{{NS}}}authenticationFailure", code="INVALID_TICKET"
            )
            failure.text = "ticket not recognised"
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@contextmanager
def cas_server(user: str) -> Iterator[CasServer]:
    """A running server."""
    cas = CasServer(user)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = cas.page(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cas.base = f"http://127.0.0.1:{server.server_address[1]}/cas"
    try:
        yield cas
    finally:
        server.shutdown()
        server.server_close()
