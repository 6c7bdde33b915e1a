"""Bounds of a roll, learned from its verified past: by phase of the year, shown before they bind.

Autumn, when classes move and insurance is collected anew, is a phase of its own. A bound is the range of
the verified periods of the phase: of rows widened by a tenth of the greatest, of shares by a margin;
two periods teach nothing. Bounds bind when they stand in `bounds/<source>.yaml` of the site.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from gateway.pipeline.profile import Profile
from gateway.specs import SpecModel

FEWEST_PERIODS = 3
MARGIN = 0.1
SHARE_MARGIN = 0.05
"""Shares of blanks and of codes may differ by so much from all that was seen."""
NEW_CODE = 0.15
"""A code that was not seen in the phase may have no more than this share."""
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


class ColumnBound(SpecModel):
    """The greatest share of blanks of one column."""

    column: str
    most_blank: float = Field(ge=0, le=1)


class CodeBound(SpecModel):
    """The least and the greatest share of one code of a column."""

    column: str
    code: str
    least: float = Field(ge=0, le=1)
    most: float = Field(ge=0, le=1)


class PhaseBound(SpecModel):
    """What binds one roll in one phase of the year."""

    roll: str
    phase: str = Field(pattern="^(autumn|rest)$")
    periods: int = Field(ge=1)
    low: int = Field(ge=0)
    high: int = Field(ge=0)
    columns: tuple[ColumnBound, ...] = ()
    codes: tuple[CodeBound, ...] = ()


class BoundsFile(SpecModel):
    """`bounds/<source>.yaml` of a site: written by `cwg source bounds --bind`, read by every night."""

    source: str
    learned: date
    bounds: tuple[PhaseBound, ...]


def phase_of(period: str) -> str:
    """`autumn` (September to December) or `rest`."""
    return "autumn" if int(period[5:]) in _AUTUMN else "rest"


def learned_bounds(
    status: Iterable[Mapping[str, object]], source: str, today: date
) -> tuple[Bound, ...]:
    """The bounds of a source's rolls, from status rows (gateway.store.STATUS) of whole rolls."""
    month = f"{today:%Y-%m}"
    past, now = _past(status, source, month)
    return tuple(
        _bound(
            roll, phase, list(rows.values()), now.get(roll) if phase == phase_of(month) else None
        )
        for (roll, phase), rows in sorted(past.items())
        if len(rows) >= FEWEST_PERIODS
    )


def taught_by(
    status: Iterable[Mapping[str, object]], source: str, today: date
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The verified periods that teach, by (roll, phase)."""
    past, _ = _past(status, source, f"{today:%Y-%m}")
    return {of: tuple(sorted(rows)) for of, rows in past.items() if len(rows) >= FEWEST_PERIODS}


def phase_bound(bound: Bound, profiles: Sequence[Profile]) -> PhaseBound:
    """A learned bound with what the profiles of its periods teach."""
    columns = {name for p in profiles for name in p.blanks}
    codes = {of for p in profiles for of in p.codes}
    return PhaseBound(
        roll=bound.roll, phase=bound.phase, periods=bound.periods, low=bound.low, high=bound.high,
        columns=tuple(
            ColumnBound(column=name, most_blank=_up(max(p.blanks.get(name, 1.0) for p in profiles)))
            for name in sorted(columns)
        ),
        codes=tuple(
            CodeBound(column=column, code=code, least=_down(min(shares)), most=_up(max(shares)))
            for column, code in sorted(codes)
            for shares in [[p.codes.get((column, code), 0.0) for p in profiles]]
        ),
    )  # fmt: skip


def outside(bound: PhaseBound, profile: Profile) -> str:
    """The first share of a roll that is outside its bounds, in words; empty when none is."""
    return next(_outside(bound, profile), "")


def _outside(bound: PhaseBound, profile: Profile) -> Iterator[str]:
    if not profile.rows:
        return
    for column in bound.columns:
        share = profile.blanks.get(column.column, 1.0)
        if share > column.most_blank:
            yield (
                f"{share:.0%} of column {column.column!r} are blank, more than the "
                f"{column.most_blank:.0%} of past rolls"
            )
    known = {(code.column, code.code): code for code in bound.codes}
    for of in sorted({*known, *profile.codes}):
        share, code = profile.codes.get(of, 0.0), known.get(of)
        least, most = (code.least, code.most) if code else (0.0, NEW_CODE)
        if not least <= share <= most:
            yield (
                f"{share:.0%} of the rows have code {of[1]!r} in column {of[0]!r}, outside the "
                f"{least:.0%} to {most:.0%} of past rolls"
            )


def _up(share: float) -> float:
    return round(min(share + SHARE_MARGIN, 1.0), 4)


def _down(share: float) -> float:
    return round(max(share - SHARE_MARGIN, 0.0), 4)


def _past(
    status: Iterable[Mapping[str, object]], source: str, month: str
) -> tuple[dict[tuple[str, str], dict[str, tuple[int, int]]], dict[str, int]]:
    """Per (roll, phase) the counts of each verified period before the month; this month's counts."""
    past: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
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
    return past, now


def _bound(roll: str, phase: str, rows: Sequence[tuple[int, int]], now: int | None) -> Bound:
    received = [count for count, _ in rows]
    margin = math.ceil(max(received) * MARGIN)
    low, high = max(min(received) - margin, 0), max(received) + margin
    share = max(refused / max(count, 1) for count, refused in rows)
    verdict = "" if now is None else "inside" if low <= now <= high else "OUTSIDE"
    return Bound(roll, phase, len(rows), low, high, share, verdict)
