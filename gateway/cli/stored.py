"""`cwg quarantine` and `cwg db`: what the store keeps."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, day, emit, say
from gateway.pipeline import NightAsk, read_quarantined
from gateway.wiring import open_house, open_site_store

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


@quarantine.command("told")
@command
def told(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Lists of refused rows that went back to the bureaus, or wait for `cwg work`."""
    names = ("source", "roll", "period", "row_count", "state", "exchange_id", "sent_at", "error")
    with open_site_store(site) as store:
        rows = [{name: getattr(one, name) or "" for name in names} for one in store.refusals.all()]
    emit([r | {"sent_at": str(r["sent_at"])} for r in rows], "Refusal lists · 退回清单", as_json)


@quarantine.command("replay")
@command
def replay_quarantine(
    as_of: Annotated[
        str | None, typer.Option(help="a day of the month; that of the last night")
    ] = None,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Read quarantined rolls again after a mapping was mended. The next night judges what they say."""
    with open_house(site) as opened:
        shown = opened.house.store.runs.published()
        spoken = day(as_of, "--as-of") or (shown.as_of if shown else opened.default_day)
        done = read_quarantined(opened.house, NightAsk(spoken, datetime.now(UTC)))
    names = ("source", "roll", "received", "accepted", "quarantined", "superseded")
    emit([{n: getattr(c, n) for n in names} for c in done], "Replay · 重新读取", as_json)
    for line in filter(None, (c.note for c in done)):
        say(line)


@database.command()
@command
def upgrade(site: SiteOption = HERE) -> None:
    """Bring the database to this version's schema."""
    with open_site_store(site, check=False) as store:
        say(f"the database is at revision {store.upgrade()}")
