"""`cwg serve`: health, the read API and the pages, on this machine only."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.api import serve as serve_app
from gateway.cli.common import HERE, SiteOption, command, say
from gateway.wiring import open_site_store
from gateway.wiring_apps import make_app


@command
def serve(
    site: SiteOption = HERE,
    host: Annotated[
        str, typer.Option(help="this machine only; a proxy with TLS in front brings it to others")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8080,
) -> None:
    """Serve health, the read API and the pages until stopped."""
    serve_site(site, host, port)


def serve_site(folder: Path, host: str, port: int) -> None:
    """Serve a site's published night until stopped."""
    with open_site_store(folder) as store:
        app = make_app(folder, store)
        say(f"Serving http://{host}:{port}/ (health: /-/health/ready); Ctrl-C stops it")
        serve_app(app, host, port)
