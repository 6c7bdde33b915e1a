"""Serving on the loopback address."""

import ipaddress

import uvicorn
from fastapi import FastAPI

from gateway.model.errors import UsageError


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises UsageError for a host that is not loopback: there is no login yet, so whoever reaches the
    port reads with the rights of the application's one reader.
    """
    if not is_loopback(host):
        raise UsageError(
            "the console has no login yet, so it may only be reached from this machine",
            where="--host",
            mend="use --host 127.0.0.1; from elsewhere, come through an SSH tunnel",
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
