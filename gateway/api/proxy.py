"""The certificate that a client showed to the proxy in front (RFC 8705, section 6.1; RFC 9440).

A header is believed from one proxy only: the one that also sends the secret that the operator gave it.
Whoever else reaches the loopback address can write headers, but not that.
"""

import base64
import binascii
import hmac
from urllib.parse import unquote_to_bytes

from gateway.access.client_keys import certificate_thumbprint, read_certificate
from gateway.api.callers import TLS_CERTIFICATE
from gateway.api.guard import App, Receive, Scope, Send
from gateway.model.errors import UsageError

SECRET, CERTIFICATE = b"x-cwg-proxy", b"client-cert"
LEAST = 32
_LONGEST = 16 * 1024


class ProxyCertificate:
    """Puts the thumbprint of the shown certificate into the request, where the proxy proves itself."""

    def __init__(self, app: App, secret: str) -> None:
        if len(secret) < LEAST:
            raise UsageError(f"the proxy's secret has at least {LEAST} characters")
        self._app = app
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http":
            # Written here whatever came in: only this layer says which certificate was shown.
            scope[TLS_CERTIFICATE] = self._thumbprint(scope)
        await self._app(scope, receive, send)

    def _thumbprint(self, scope: Scope) -> str:
        secrets = [v for k, v in scope["headers"] if k == SECRET]
        shown = [v for k, v in scope["headers"] if k == CERTIFICATE]
        if len(secrets) != 1 or not hmac.compare_digest(secrets[0], self._secret):
            return ""
        return thumbprint_of(shown[0]) if len(shown) == 1 else ""


def thumbprint_of(value: bytes) -> str:
    """The thumbprint (`x5t#S256`) of a `Client-Cert` header: `:base64 of DER:` (RFC 9440), or the
    URL-escaped PEM that nginx writes; empty when it is neither."""
    if len(value) > _LONGEST:
        return ""
    try:
        if value[:1] == b":" == value[-1:] and len(value) > 2:
            return certificate_thumbprint(base64.b64decode(value[1:-1], validate=True))
        return read_certificate(unquote_to_bytes(value))
    except (UsageError, binascii.Error, ValueError):
        return ""
