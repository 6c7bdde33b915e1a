"""What a night is asked to do, and the ready objects it does it with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from gateway.casework import Settings as CaseSettings
from gateway.engine import Engine, SnapshotStore
from gateway.linkage import Weights
from gateway.mapping import RollMapping
from gateway.model.exchange import Delivery, VerifiedExchange
from gateway.model.ports import Adapter, Line
from gateway.pipeline.bounds import PhaseBound, phase_of
from gateway.pipeline.divisions import DivisionChange, moved_by
from gateway.pipeline.progress import Progress
from gateway.policy import NO_PARAMETERS, Calendar, Parameters, Rule
from gateway.store import Store


class NightLine(Line, Protocol):
    """A line that also gives what it has verified."""

    @property
    def receipts(self) -> Mapping[str, str]:
        """Exchange id → the signed receipt given for it, to be sent back."""

    def verified(self, delivery: Delivery) -> Iterator[VerifiedExchange]:
        """The verified exchanges of a delivery, in page order."""


@dataclass(frozen=True)
class DeltaPlan:
    """How changes of a roll come between two whole ones: the roll names under which rows that changed
    and rows that left are sent, after how many months a whole roll is due, and a line for each name."""

    changed: str
    gone: str
    full_every: int
    line: Callable[[str], NightLine]


@dataclass(frozen=True)
class RollPlan:
    """One roll of one source: how to reach it, how to read it, what to expect of it.

    `due_day` is a day of the month; `granted_until` the last day on which the roll may be used.
    `mode` is `roll` (everybody) or `ask` (our population only); `delta` is there when changes come;
    `give` hands a signed receipt to the bureau (None: it takes none); `tells_refused`: it is sent a list
    of its refused rows; `bounds`, by phase of the year, count before `low` and `high`.
    `divisions`: those that were merged or renamed. `earlier`: (last period, mapping) of forms that
    were given up, the oldest first.
    """

    source: str
    roll: str
    mapping: RollMapping
    adapter: Adapter
    line: Callable[[], NightLine]
    coverage: str
    due_day: int
    low: int
    high: int
    error_budget: float
    granted_until: date
    mode: Literal["roll", "ask"] = "roll"
    delta: DeltaPlan | None = None
    give: Callable[[str], None] | None = None
    tells_refused: bool = False
    bounds: tuple[PhaseBound, ...] = ()
    earlier: tuple[tuple[str, RollMapping], ...] = ()
    divisions: tuple[DivisionChange, ...] = ()

    def at(self, period: str) -> "RollPlan":
        """The plan with the mapping of the form that was in use in a period, and its divisions."""
        then = next((mapping for until, mapping in self.earlier if period <= until), self.mapping)
        return replace(self, mapping=replace(then, moved=moved_by(self.divisions, period)))

    def bound(self, period: str) -> PhaseBound | None:
        """What past rolls of the period's phase of the year bind it to, where that was put in force."""
        return next((b for b in self.bounds if b.phase == phase_of(period)), None)

    def limits(self, period: str) -> tuple[int, int]:
        """The fewest and the most rows of the roll of a period."""
        bound = self.bound(period)
        return (bound.low, bound.high) if bound else (self.low, self.high)

    @property
    def name(self) -> str:
        """Source and roll, as operators see them."""
        return f"{self.source}/{self.roll}"


@dataclass(frozen=True)
class NightAsk:
    """What one night is asked: the day it speaks for, and when it knew it (aware, UTC).

    `only` names the one source to collect (all others keep what they have); `baseline` marks the
    first verified night; `resume` goes on with the run that was cut off; `again` also collects rolls
    that are verified already, to take a replacement from a bureau that is called.
    """

    as_of: date
    known_at: datetime
    only: str = ""
    baseline: bool = False
    resume: bool = False
    again: bool = False

    @property
    def period(self) -> str:
        """The month that rolls are collected for."""
        return f"{self.as_of:%Y-%m}"


@dataclass(frozen=True)
class House:
    """Everything a night uses, made by gateway/wiring.py.

    `clock` (aware, UTC) is for the lease and for a run's start and end; nothing that is judged reads
    it.
    """

    node: str
    store: Store
    engine: Callable[[], AbstractContextManager[Engine]]
    snapshots: SnapshotStore
    rolls: Sequence[RollPlan]
    counties: tuple[str, ...]
    rules: tuple[Rule, ...]
    weights: Weights
    calendar: Calendar
    site_key: str
    spill_dir: Path
    cases: CaseSettings
    clock: Callable[[], datetime] = field(repr=False)
    progress: Progress = field(repr=False)
    parameters: Parameters = NO_PARAMETERS
    roll_engine: Callable[[], AbstractContextManager[Engine]] | None = None
    """An engine for one of the rolls that are taken at a time, with its share of memory."""
