"""`cwg replay`: looks at other days and other rules that were kept."""

import json
from typing import Annotated

import typer

from gateway.access import Purpose
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, plain
from gateway.inquiry.replays import rows_of
from gateway.site import load_site
from gateway.wiring import open_site_store
from gateway.wiring_apps import local_reader, make_inquiry

app = typer.Typer(no_args_is_help=True)
PurposeOption = Annotated[Purpose, typer.Option("--purpose", help="why it is read; audited")]


@app.command("list")
@command
def list_replays(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """The newest replays."""
    with open_site_store(site) as store:
        inquiry, reader = make_inquiry(site, store), local_reader(load_site(site))
        rows = rows_of(inquiry.looks.replays(reader, Purpose.SUPERVISION))
    emit(rows, "Replays · 回看", as_json)


@app.command()
@command
def export(
    run: Annotated[int, typer.Argument(help="the number of a replay")],
    site: SiteOption = HERE,
    purpose: PurposeOption = Purpose.CASEWORK,
) -> None:
    """What a replay found, as JSON Lines on stdout (docs/finding.md), masked."""
    with open_site_store(site) as store:
        inquiry, reader = make_inquiry(site, store), local_reader(load_site(site))
        for row in inquiry.looks.export(reader, purpose, run):
            out(json.dumps(row, ensure_ascii=False, default=plain))
