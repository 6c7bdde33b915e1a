"""How far a run is: which rolls are in, with their sums, and the steps after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.model.site_facts import SourceFact

ROLL_STEP = "roll:"
"""A run's step of one roll is this and `source/roll`."""
STEPS = ("world", "link", "apply")
"""The steps after the rolls, in order; a run that has ended has done `publish` too."""


class ProgressStore(Protocol):
    """The store as progress sees it."""

    @property
    def runs(self) -> Any: ...
    @property
    def sources(self) -> Any: ...
    def held_since(self, now: datetime) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class RollProgress:
    """One roll in a run. `state` is empty while the night has not come to it; the sums are None for a
    roll that brought no rows in this run."""

    source: str
    roll: str
    done: bool
    state: str
    received: int | None = None
    accepted: int | None = None
    quarantined: int | None = None
    superseded: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `stopped`: it says that it runs, and nobody holds the night's lock."""

    run: Any
    rolls: tuple[RollProgress, ...]
    steps: tuple[tuple[str, bool], ...]
    stopped: bool


def progress_of(
    store: ProgressStore, sources: Sequence[SourceFact], run: Any, now: datetime
) -> Progress:
    """The progress of a run over the rolls that the site declares."""
    done = store.runs.steps(run.run_id)
    sums = {(line.source, line.roll): line for line in store.sources.ledger(run.run_id)}
    declared = [(s.name, roll) for s in sources for roll in s.rolls]
    names = dict.fromkeys([*declared, *sums])
    rolls = tuple(_roll(store, run, name, done, sums.get(name)) for name in names)
    ended = run.state != "running"
    steps = [(name, name in done) for name in STEPS]
    stopped = not ended and store.held_since(now) is None
    return Progress(run, rolls, (*steps, ("publish", run.state in ("done", "held"))), stopped)


def _roll(
    store: ProgressStore, run: Any, name: tuple[str, str], done: dict[str, str], line: Any
) -> RollProgress:
    source, roll = name
    if line is None and f"{ROLL_STEP}{source}/{roll}"[:64] not in done:
        return RollProgress(source, roll, False, "")
    known = store.sources.roll_counts(source, roll, f"{run.as_of:%Y-%m}")
    state = known.state if known else ""
    if line is None:
        return RollProgress(source, roll, True, state)
    return RollProgress(
        source, roll, True, state,
        line.received, line.accepted, line.quarantined, line.superseded,
    )  # fmt: skip
