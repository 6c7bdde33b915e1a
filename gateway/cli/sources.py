"""`cwg source`: the bureaus of a site."""

from typing import Annotated

import typer

from gateway.cli.bounds import bounds
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.trials import request, trial
from gateway.model.errors import UsageError
from gateway.sources import SourceSettings, load_sources
from gateway.wiring import open_house
from gateway.wiring_site import PAUSED
from gateway.wiring_sources import is_paused

app = typer.Typer(no_args_is_help=True)
app.command()(trial)
app.command()(request)
app.command()(bounds)
Name = Annotated[str, typer.Argument(help="the source's name")]


@app.command("list")
@command
def list_sources(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Every source with its rolls."""
    rows = [
        {
            "source": source.name,
            "roll": roll.roll,
            "adapter": source.adapter,
            "suite": source.suite,
            "coverage": roll.coverage,
            "due_day": roll.due_day,
            "grant_until": source.grant.valid_to,
            "paused": is_paused(site, source),
        }
        for source in load_sources(site)
        for roll in source.rolls
    ]
    emit(rows, "Sources · 数据来源", as_json)


@app.command()
@command
def check(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Ask every bureau, over its own sealed exchange, whether it is there. Exit 1 when one is not."""
    rows: list[dict[str, object]] = []
    with open_house(site) as opened:
        for plan in {p.source: p for p in opened.house.rolls}.values():
            probe = plan.adapter.probe(plan.line())
            rows.append(
                {"source": plan.source, "reachable": probe.reachable, "status": probe.status}
            )
    emit(rows, "Sources · 数据来源", as_json)
    if not all(row["reachable"] for row in rows):
        raise typer.Exit(1)


@app.command()
@command
def pause(name: Name, site: SiteOption = HERE) -> None:
    """Stop collecting from a source; the rules that need it are held."""
    _known(site, name)
    marks = site / "var" / PAUSED
    marks.mkdir(parents=True, exist_ok=True)
    (marks / name).touch()
    say(f"{name} is paused; `cwg source resume {name}` opens it again")


@app.command()
@command
def resume(name: Name, site: SiteOption = HERE) -> None:
    """Collect from a paused source again."""
    source = _known(site, name)
    (site / "var" / PAUSED / name).unlink(missing_ok=True)
    if source.paused:
        raise UsageError(
            "its file says `paused: true`",
            where=f"sources/{name}.yaml",
            mend="take that line out",
        )
    say(f"{name} is collected again")


def _known(site: SiteOption, name: str) -> SourceSettings:
    for source in load_sources(site):
        if source.name == name:
            return source
    raise UsageError("there is no such source", where=name, mend="see `cwg source list`")
