"""`cwg run`: the night."""

from datetime import UTC
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

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
from gateway.linkage.report import CROWD_WORDS
from gateway.model.errors import UsageError
from gateway.pipeline import NightAsk, NightReport, ReplayAsk, ReplayReport, night, replay
from gateway.wiring import OpenSite, open_house
from gateway.wiring_proofs import bind_rolls

EXIT_HELD = 3
CROWDED = (
    "许多行写着同一个值（默认值或占位值），这样的值不作关联依据；请向报送单位核实 · many rows say the same "
    "(a default or a filler), which links nobody; ask the bureau that sends it"
)


class RulesOf(StrEnum):
    """By which rules a replay judges."""

    THEN = "then"
    CURRENT = "current"


@command
def run(
    site: SiteOption = HERE,
    as_of: Annotated[str | None, typer.Option(help="the day to speak for; today")] = None,
    known_at: Annotated[str | None, typer.Option(help="look back: what was known then")] = None,
    rules: Annotated[RulesOf | None, typer.Option(help="look back by the rules of")] = None,
    rules_as_of: Annotated[str | None, typer.Option(help="look by the rules of that day")] = None,
    source: Annotated[str, typer.Option(help="collect only this source")] = "",
    resume: Annotated[bool, typer.Option(help="go on with the night that was cut off")] = False,
    baseline: Annotated[bool, typer.Option(help="the first verified night (存量)")] = False,
    again: Annotated[bool, typer.Option(help="also collect rolls that are verified")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run one night. Exit 0 done, 1 failed, 2 usage, 3 done with held rules or exceeded budgets.

    With --known-at, --rules or --rules-as-of it is a replay: it looks, and changes nothing.
    """
    looks = bool(known_at or rules or rules_as_of)
    if looks and (source or resume or baseline or again):
        raise UsageError(
            "a replay collects nothing", mend="leave out --source, --resume, --again and --baseline"
        )
    with progress(quiet=as_json) as shown, open_house(site, shown) as house:
        spoken = day(as_of, "--as-of") or house.default_day
        known = moment(known_at, "--known-at", ZoneInfo(house.site.site.time_zone))
        if looks:
            law = day(rules_as_of, "--rules-as-of")
            _look(house, ReplayAsk(spoken, known, (rules or RulesOf.THEN).value, law), as_json)
            return
        report = night(house.house, NightAsk(spoken, known, source, baseline, resume, again))
        bind_rolls(house, known)
        witness(site, house.house.store)
    show(report, as_json)
    if report.held:
        raise typer.Exit(EXIT_HELD)


def _look(house: OpenSite, ask: ReplayAsk, as_json: bool) -> None:
    report = replay(house.house, ask)
    emit(rule_rows(report), "Rules · 规则", as_json)
    known = f"{report.run.known_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    say(
        f"replay {report.run.run_id}: {report.run.as_of} as known at {known}, "
        f"{report.findings} findings; nothing was changed. `cwg replay export {report.run.run_id}`"
    )
    if report.night is not None and report.same is not None:
        words = "the same sums as" if report.same else "OTHER sums than"
        say(f"{words} night {report.night.run_id} gave")


def show(report: NightReport, as_json: bool) -> None:
    """Print what a night did: per source, per rule, and what changed."""
    if as_json:
        emit([{"run": report.run.run_id, "state": report.run.state}], "run", as_json)
        return
    emit(source_rows(report), f"Rolls of {report.run.as_of} · 名册", as_json)
    emit(rule_rows(report), "Rules · 规则", as_json)
    if report.links.crowds:
        emit(crowd_rows(report), "Crowds · 成群的值", as_json)
        say(CROWDED)
    applied = report.applied
    out(
        f"run {report.run.run_id}: {report.run.state}; {applied.opened} cases opened, "
        f"{applied.moved} moved, {applied.notices} notices"
    )
    out(f"restricted: {report.restricted}")
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


def crowd_rows(report: NightReport) -> list[dict[str, object]]:
    """Per kind of value: how many stand on too many rows, and on how many."""
    return [
        {"value": " · ".join(CROWD_WORDS[c.kind]), "blocks": c.blocks, "rows": c.rows}
        for c in report.links.crowds
    ]


def rule_rows(report: NightReport | ReplayReport) -> list[dict[str, object]]:
    """Per rule: the universe and its five sums."""
    names = ("rule", "universe", "fires", "satisfied", "excused", "held", "not_applicable")
    return [{name: getattr(count, name) for name in names} for count in report.outcomes]
