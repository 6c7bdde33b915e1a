"""`cwg quarantine` and `cwg db`: what the store keeps."""

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.wiring import open_site_store

quarantine = typer.Typer(no_args_is_help=True)
database = typer.Typer(no_args_is_help=True)


@quarantine.command("list")
@command
def list_quarantine(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Rows set aside: reference, column, reason. Never what the row says."""
    shown = ("source", "roll", "row_ref", "column_name", "reason", "division")
    with open_site_store(site) as store:
        rows = store.quarantine.current().select(shown).to_pylist()
    emit(rows, "Quarantine · 隔离区", as_json)


@database.command()
@command
def upgrade(site: SiteOption = HERE) -> None:
    """Bring the database to this version's schema."""
    with open_site_store(site, check=False) as store:
        say(f"the database is at revision {store.upgrade()}")
