"""Values of inquiry as the API's JSON (gateway/api/shapes.py)."""

from dataclasses import asdict
from datetime import date, datetime

from gateway.inquiry import (
    BEIJING,
    FindingPage,
    NightView,
    RollLedger,
    RuleLedger,
    RunView,
    export_rows,
)

Json = dict[str, object]


def time_of(moment: datetime) -> str:
    """A time as the API writes it: ISO 8601 with +08:00."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def run_of(run: RunView) -> Json:
    """`RunOut`."""
    return {
        "run": run.run,
        "as_of": run.as_of.isoformat(),
        "known_at": time_of(run.known_at),
        "period": run.period,
        "state": run.state,
        "baseline": run.baseline,
    }


def page_of(page: FindingPage) -> Json:
    """`FindingsOut`."""
    run = run_of(page.run) if page.run else None
    return {"run": run, "findings": export_rows(page.findings), "next": page.next_cursor}


def latest_of(night: NightView | None) -> Json:
    """`LatestRunOut`."""
    if night is None:
        return {"run": None, "rolls": [], "rules": []}
    return {
        "run": run_of(night.run),
        "rolls": [_roll(roll) for roll in night.rolls],
        "rules": [_rule(rule) for rule in night.rules],
    }


def _roll(roll: RollLedger) -> Json:
    values: Json = asdict(roll)
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()} | {
        "held_counties": list(roll.held_counties)
    }


def _rule(rule: RuleLedger) -> Json:
    title: Json = {"title": {"zh": rule.title.zh, "en": rule.title.en}}
    return title | asdict(rule.sums)
