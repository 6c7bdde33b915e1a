"""Bounds of a roll, learned from its verified past: by phase of the year, shown before they bind.

Autumn, when classes move and insurance is collected anew, is a phase of its own. A bound is the range of
the verified periods of the phase, widened by a tenth of the greatest; two periods teach nothing.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

FEWEST_PERIODS = 3
MARGIN = 0.1
_AUTUMN = (9, 10, 11, 12)


@dataclass(frozen=True, slots=True)
class Bound:
    """What past periods of a phase teach of one roll. `verdict` is how this month's count stands."""

    roll: str
    phase: str
    periods: int
    low: int
    high: int
    refused_share: float
    verdict: str


def phase_of(period: str) -> str:
    """`autumn` (September to December) or `rest`."""
    return "autumn" if int(period[5:]) in _AUTUMN else "rest"


def learned_bounds(
    status: Iterable[Mapping[str, object]], source: str, today: date
) -> tuple[Bound, ...]:
    """The bounds of a source's rolls, from status rows (gateway.store.STATUS) of whole rolls."""
    past: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    month = f"{today:%Y-%m}"
    now: dict[str, int] = {}
    for row in status:
        if (row["source"], row["scope"]) != (source, "*") or row["received"] is None:
            continue
        roll, period = str(row["roll"]), str(row["period"])
        counts = (int(str(row["received"])), int(str(row["quarantined"] or 0)))
        if period == month:
            now[roll] = counts[0]
        elif row["state"] == "verified" and period < month:
            past[roll, phase_of(period)][period] = counts
    return tuple(
        _bound(
            roll, phase, list(rows.values()), now.get(roll) if phase == phase_of(month) else None
        )
        for (roll, phase), rows in sorted(past.items())
        if len(rows) >= FEWEST_PERIODS
    )


def _bound(roll: str, phase: str, rows: Sequence[tuple[int, int]], now: int | None) -> Bound:
    received = [count for count, _ in rows]
    margin = math.ceil(max(received) * MARGIN)
    low, high = max(min(received) - margin, 0), max(received) + margin
    share = max(refused / max(count, 1) for count, refused in rows)
    verdict = "" if now is None else "inside" if low <= now <= high else "OUTSIDE"
    return Bound(roll, phase, len(rows), low, high, share, verdict)
