"""Serving on the loopback address."""

import ipaddress

import uvicorn
from fastapi import FastAPI

from gateway.model.errors import UsageError


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises UsageError for a host that is not loopback: passwords and pages would cross the network in
    the clear. A proxy on this machine that speaks TLS brings them to others.
    """
    if not is_loopback(host):
        raise UsageError(
            "passwords would cross the network in the clear",
            where="--host",
            mend="use --host 127.0.0.1, with a proxy that speaks TLS in front (docs/site.md)",
        )
    # No access log: what an officer looks at is in the audit, with its purpose, and nowhere else.
    uvicorn.run(
        app, host=host, port=port, access_log=False, server_header=False, log_level="warning"
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
