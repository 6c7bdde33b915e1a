"""`cwg source bounds`: what past rolls teach of the next one, shown, and put in force when asked."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.model.errors import UsageError
from gateway.pipeline import NightAsk, RollPlan
from gateway.pipeline.bounds import (
    Bound,
    BoundsFile,
    PhaseBound,
    learned_bounds,
    phase_bound,
    taught_by,
)
from gateway.pipeline.chains import as_chain
from gateway.pipeline.profile import Profile, profile_of
from gateway.wiring import OpenSite, open_house
from gateway.wiring_files import bounds_file


@command
def bounds(
    name: Annotated[str, typer.Argument(help="the source's name")],
    bind: Annotated[bool, typer.Option(help="生效 · put what was learned in force")] = False,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Bounds of row counts, blanks and code shares, learned from past rolls; --bind puts them in force."""
    with open_house(site) as opened:
        if not any(p.source == name for p in opened.house.rolls):
            raise UsageError("there is no such source", where=name, mend="see `cwg source list`")
        status = opened.house.store.sources.status().to_pylist()
        found = learned_bounds(status, name, opened.default_day)
        periods = taught_by(status, name, opened.default_day)
        made = tuple(
            phase_bound(bound, _profiles(opened, name, bound, periods[bound.roll, bound.phase]))
            for bound in found
        )
    emit([_bound_row(b) for b in found], "Learned bounds · 学得的界限", as_json)
    if not as_json:
        emit([row for one in made for row in _shares(one)], "Shares · 占比", as_json)
    path = bounds_file(site, name)
    if bind and made:
        _write(path, BoundsFile(source=name, learned=opened.default_day, bounds=made))
        say(f"已生效 · in force: bounds/{path.name}; edit it, or bind anew")
    elif made:
        say("尚未生效；加 --bind 写入 · not in force yet; --bind writes them")
    else:
        say("已验证的月份不足，无法学习 · too few verified months to learn from")


def _profiles(opened: OpenSite, source: str, bound: Bound, periods: Sequence[str]) -> list[Profile]:
    plan = next(p for p in opened.house.rolls if (p.source, p.roll) == (source, bound.roll))
    ask = NightAsk(opened.default_day, datetime.now(UTC))
    return [_profile(opened, plan, ask, period) for period in periods]


def _profile(opened: OpenSite, plan: RollPlan, ask: NightAsk, period: str) -> Profile:
    house, of = opened.house, (plan.source, plan.roll, plan.mapping.main.table)
    with house.engine() as engine:
        chain = as_chain(house.store.snapshots.chain(*of, ask.known_at, period))
        house.snapshots.scan(engine, chain, "past_roll")
        return profile_of(engine, plan.mapping, "past_roll")


def _write(path: Path, made: BoundsFile) -> None:
    """As YAML, every list of shares a line each, so that an operator can read and edit it."""
    lines = [f"source: {made.source}", f"learned: {made.learned}", "bounds:"]
    for one in made.bounds:
        lines += [
            f"  - roll: {one.roll}", f"    phase: {one.phase}", f"    periods: {one.periods}",
            f"    low: {one.low}", f"    high: {one.high}", "    columns:",
        ]  # fmt: skip
        lines += [
            f"      - {{column: {c.column}, most_blank: {_number(c.most_blank)}}}"
            for c in one.columns
        ]
        lines += ["    codes:"] if one.codes else []
        lines += [
            f"      - {{column: {c.column}, code: {json.dumps(c.code)}, "
            f"least: {_number(c.least)}, most: {_number(c.most)}}}"
            for c in one.codes
        ]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _number(share: float) -> str:
    return f"{share:.4f}"


def _shares(one: PhaseBound) -> list[dict[str, object]]:
    blanks = [
        {"roll": one.roll, "phase": one.phase, "column": c.column, "code": "（空 · blank）",
         "least": 0.0, "most": c.most_blank}
        for c in one.columns
    ]  # fmt: skip
    codes = [
        {"roll": one.roll, "phase": one.phase, "column": c.column, "code": c.code,
         "least": c.least, "most": c.most}
        for c in one.codes
    ]  # fmt: skip
    return [*blanks, *codes]


def _bound_row(bound: Bound) -> dict[str, object]:
    return {
        "roll": bound.roll, "phase": bound.phase, "periods": bound.periods, "low": bound.low,
        "high": bound.high, "refused_share": round(bound.refused_share, 4), "today": bound.verdict,
    }  # fmt: skip
