"""`cwg run`: the night."""

from datetime import datetime, timedelta, timezone
from typing import Annotated

import typer

from gateway.cli.common import (
    HERE,
    JsonOption,
    SiteOption,
    command,
    day,
    emit,
    moment,
    out,
    say,
)
from gateway.cli.progress import progress
from gateway.cli.witnessing import witness
from gateway.pipeline import NightAsk, NightReport, night
from gateway.wiring import open_house

EXIT_HELD = 3
CHINA = timezone(timedelta(hours=8))


@command
def run(
    site: SiteOption = HERE,
    as_of: Annotated[str | None, typer.Option(help="the day to speak for; today")] = None,
    known_at: Annotated[str | None, typer.Option(help="what was known then; now")] = None,
    source: Annotated[str, typer.Option(help="collect only this source")] = "",
    resume: Annotated[bool, typer.Option(help="go on with the night that was cut off")] = False,
    baseline: Annotated[bool, typer.Option(help="the first verified night (存量)")] = False,
    again: Annotated[bool, typer.Option(help="also collect rolls that are verified")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run one night. Exit 0 done, 1 failed, 2 usage, 3 done with held rules or exceeded budgets."""
    with progress(quiet=as_json) as shown, open_house(site, shown) as house:
        spoken = day(as_of, "--as-of") or house.default_day or datetime.now(CHINA).date()
        known = moment(known_at, "--known-at")
        report = night(house.house, NightAsk(spoken, known, source, baseline, resume, again))
        witness(site, house.house.store)
    show(report, as_json)
    if report.held:
        raise typer.Exit(EXIT_HELD)


def show(report: NightReport, as_json: bool) -> None:
    """Print what a night did: per source, per rule, and what changed."""
    if as_json:
        emit([{"run": report.run.run_id, "state": report.run.state}], "run", as_json)
        return
    emit(source_rows(report), f"Rolls of {report.run.as_of} · 名册", as_json)
    emit(rule_rows(report), "Rules · 规则", as_json)
    applied = report.applied
    out(
        f"run {report.run.run_id}: {report.run.state}; {applied.opened} cases opened, "
        f"{applied.moved} moved, {applied.notices} notices"
    )
    if report.held:
        say("held: a rule waits for a roll, or a roll exceeded its budget; see the lines marked !")


def source_rows(report: NightReport) -> list[dict[str, object]]:
    """Per roll: state, rows received, accepted, quarantined, superseded, linked, undecided."""
    linked = {(part.source, part.roll): part for part in report.links.per_roll}
    rows: list[dict[str, object]] = []
    for c in report.collected:
        part = linked.get((c.source, c.roll))
        rows.append(
            {
                "source": c.source,
                "roll": c.roll,
                "state": str(c.state),
                "received": c.received,
                "accepted": c.accepted,
                "quarantined": c.quarantined,
                "superseded": c.superseded,
                "linked": part.linked if part else 0,
                "undecided": part.undecided if part else 0,
            }
        )
    return rows


def rule_rows(report: NightReport) -> list[dict[str, object]]:
    """Per rule: the universe and its five sums."""
    names = ("rule", "universe", "fires", "satisfied", "excused", "held", "not_applicable")
    return [{name: getattr(count, name) for name in names} for count in report.outcomes]
