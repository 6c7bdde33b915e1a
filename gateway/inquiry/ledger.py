"""The ledger of the published night: every row of every roll, every outcome of every rule."""

import json
from collections.abc import Mapping, Sequence

from gateway.inquiry.evidence import Status
from gateway.inquiry.ports import Counts, Online
from gateway.inquiry.values import CrowdLedger, RollLedger, RuleLedger, RunView
from gateway.linkage.report import CROWD_WORDS
from gateway.specs import Text

LINK_STEP = "link"
"""The step whose digest is JSON of `[{"source", "roll", "rows", "linked", "undecided"}, …]`."""
CROWD_STEP = "crowds"
"""The step whose digest is JSON of `[{"kind", "blocks", "rows"}, …]`."""

_WHOLE = "*"
_PARTIAL = "partial"


def rolls_of(store: Online, run: RunView) -> tuple[RollLedger, ...]:
    """What became of the rows of each roll in the run's period, by source and roll.

    A roll that came in with an earlier run of the same period stands here with what it had then.
    """
    links = _links(store.runs.steps(run.run).get(LINK_STEP, "[]"))
    rolls: dict[tuple[str, str], list[Status]] = {}
    for row in store.sources.status(run.period).to_pylist():
        rolls.setdefault((row["source"], row["roll"]), []).append(row)
    counts = {key: store.sources.roll_counts(*key, run.period) for key in rolls}
    return tuple(_roll(rolls[key], counts[key], links.get(key, {})) for key in sorted(rolls))


def crowds_of(store: Online, run: RunView) -> tuple[CrowdLedger, ...]:
    """The values that stood on too many rows to tell anybody apart; none of a run that kept no count."""
    found = json.loads(store.runs.steps(run.run).get(CROWD_STEP, "[]"))
    return tuple(_crowd(line["kind"], line["blocks"], line["rows"]) for line in found)


def _crowd(kind: str, blocks: int, rows: int) -> CrowdLedger:
    zh, en = CROWD_WORDS.get(kind, (kind, kind))
    return CrowdLedger(Text(zh=zh, en=en), blocks, rows)


def rules_of(store: Online, run: RunView, titles: Mapping[str, Text]) -> tuple[RuleLedger, ...]:
    """The five sums of each rule that has a title here; others are not the reader's to see."""
    counts = store.night.outcome_counts(run.run)
    return tuple(RuleLedger(titles[c.rule], c) for c in counts if c.rule in titles)


def _roll(rows: Sequence[Status], counts: Counts | None, links: Mapping[str, int]) -> RollLedger:
    whole = next((row for row in rows if row["scope"] == _WHOLE), rows[0])
    held = [r["scope"] for r in rows if r["scope"] != _WHOLE and r["state"] == _PARTIAL]
    return RollLedger(
        source=whole["source"],
        roll=whole["roll"],
        period=whole["period"],
        state=whole["state"],
        coverage=whole["coverage"],
        roll_date=whole["roll_date"],
        due_on=whole["due_on"],
        received=whole["received"],
        accepted=whole["accepted"],
        quarantined=whole["quarantined"],
        superseded=counts.superseded if counts and whole["received"] is not None else None,
        linked=links.get("linked"),
        undecided=links.get("undecided"),
        held_counties=tuple(sorted(set(held))),
    )


def _links(text: str) -> dict[tuple[str, str], Mapping[str, int]]:
    return {(part["source"], part["roll"]): part for part in json.loads(text)}
