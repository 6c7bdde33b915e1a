"""`cwg rights`: what children and guardians ask of their own data, taken and answered at the counter."""

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from gateway.access import Role, User
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.erasing import erase as erase_child
from gateway.cli.erasing import reach, whose
from gateway.cli.noting import note
from gateway.desk import Rights, Wish
from gateway.model.rights import RefusalReason, RightsKind
from gateway.site import load_site
from gateway.store import Store
from gateway.wiring import open_house, open_site_store
from gateway.wiring_apps import local_reader
from gateway.wiring_files import load_calendar

app = typer.Typer(no_args_is_help=True)
CaseOption = Annotated[int, typer.Option("--case", help="a case of the child")]


@app.command()
@command
def request(
    case: CaseOption,
    kind: Annotated[RightsKind, typer.Option(help="what is asked")],
    guardian: Annotated[bool, typer.Option(help="asked by the guardian, not the child")] = False,
    bureau: Annotated[
        list[str] | None, typer.Option(help="who is asked to check its data (校核)")
    ] = None,
    text: Annotated[bool, typer.Option(help="the wish in words is read from stdin")] = False,
    site: SiteOption = HERE,
) -> None:
    """Take a request. A correction or deletion goes to the bureaus named, and disputes the case."""
    wish = Wish(
        kind,
        "guardian" if guardian else "child",
        sys.stdin.read().strip() if text else "",
        tuple(bureau or ()),
    )
    with open_site_store(site) as store:
        made = rights_of(site, store).request(_me(site), case, wish)
    say(f"request {made.request_id}, to be answered by {made.due_on} · 已受理，应于该日前答复")


@app.command()
@command
def answer(
    number: Annotated[int, typer.Argument(help="the request's number")],
    case: CaseOption,
    refuse: Annotated[RefusalReason | None, typer.Option(help="refused, and why")] = None,
    site: SiteOption = HERE,
) -> None:
    """Answer or refuse a request; the words are read from stdin and rest sealed."""
    with open_site_store(site) as store:
        rights = rights_of(site, store)
        done = rights.answer(_me(site), case, number, sys.stdin.read().strip(), refuse)
    say(f"request {number}: {done.state} · 已答复")


@app.command()
@command
def erase(
    number: Annotated[int, typer.Argument(help="a granted request of deletion")],
    destroy: Annotated[
        bool, typer.Option("--destroy", help="do it; without this nothing is touched")
    ] = False,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what a granted deletion reaches, and until when; with --destroy, erase the child."""
    now = datetime.now(UTC)
    with open_house(site) as opened:
        store = opened.house.store
        person_id = whose(store, number)
        gone = store.erasure.preview(person_id)
        if destroy:
            gone = erase_child(opened, number, person_id, now)
        rows = [asdict(one) for one in reach(opened, gone, now.date())]
    emit(rows, "Reach of the erasure · 删除范围", as_json)
    if destroy:
        note(site, "erase", "rights_request", str(number), values=str(gone.values))
        say(f"request {number}: erased · 已删除")
    else:
        say("nothing was touched: with --destroy the child is erased · 仅预览，未删除")


@app.command("list")
@command
def list_open(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Requests that nobody has answered."""
    names = ("request_id", "kind", "asked_by", "asked_at", "due_on", "taken_by")
    with open_site_store(site) as store:
        found = rights_of(site, store).open(_me(site))
    emit([{n: getattr(r, n) for n in names} for r in found], "Requests · 权利请求", as_json)


@app.command("who-saw")
@command
def who_saw(case: CaseOption, site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Who saw or was told of the child of a case, from the audit; officers by their office only."""
    with open_site_store(site) as store:
        found = rights_of(site, store).who_saw(_me(site), case)
    rows = [
        {
            "at": f"{s.at:%Y-%m-%d %H:%M}",
            "who": s.who,
            "what": s.action,
            "purpose": s.purpose,
            "fields": " ".join(s.fields),
        }
        for s in found
    ]
    emit(rows, "Who saw · 查询与提供记录", as_json)


def rights_of(site: Path, store: Store) -> Rights:
    """Rights over a site's store."""
    settings = load_site(site)
    zone = ZoneInfo(settings.site.time_zone)

    def today() -> date:
        return settings.site.as_of or datetime.now(zone).date()

    days = load_calendar(site, settings).add_working_days
    return Rights(store, clock=lambda: datetime.now(UTC), today=today, working_days=days)


def _me(site: Path) -> User:
    return User(local_reader(load_site(site)), frozenset({Role.DATA_OFFICER}))
