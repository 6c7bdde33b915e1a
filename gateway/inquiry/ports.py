"""What inquiry asks of the store. `gateway.store.Store` satisfies these ports by shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import pyarrow as pa

from gateway.model.cases import CaseState
from gateway.model.exchange import Delivery
from gateway.model.outcomes import OutcomeCount


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter as the store reads it: `access` and `divisions` (prefixes) are the reader's scope."""

    access: tuple[str, ...]
    divisions: tuple[str, ...]
    rules: tuple[str, ...] = ()
    states: tuple[CaseState, ...] = ()
    owners: tuple[str, ...] = ()
    person_ids: tuple[int, ...] = ()
    due_before: date | None = None
    assigned_to: str = ""
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One audit entry, its fields those of the store's."""

    at: datetime
    actor: str
    actor_kind: str
    action: str
    purpose: str
    subject_kind: str
    subject: str
    detail: str


class Row(Protocol):
    """A finding of the online view. `evidence` is JSON text of `[{"roll": …, "ref": …}]`."""

    @property
    def finding_key(self) -> str: ...
    @property
    def state(self) -> CaseState: ...
    @property
    def rule(self) -> str: ...
    @property
    def rule_version(self) -> int: ...
    @property
    def run_id(self) -> int: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def roll(self) -> str | None: ...
    @property
    def scope(self) -> str | None: ...
    @property
    def division(self) -> str | None: ...
    @property
    def severity(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def access(self) -> str: ...
    @property
    def episode(self) -> date: ...
    @property
    def evidence(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def case_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def assigned_to(self) -> str | None: ...
    @property
    def unverified_since(self) -> date | None: ...


class RowPage(Protocol):
    """A page of rows; `next_cursor` is empty on the last one."""

    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def next_cursor(self) -> str: ...


class Group(Protocol):
    """A number of findings that share rule, county and state."""

    @property
    def rule(self) -> str: ...
    @property
    def county(self) -> str | None: ...
    @property
    def state(self) -> CaseState: ...
    @property
    def count(self) -> int: ...


class Findings(Protocol):
    """The online view. Its filters are `Wanted` by shape."""

    def page(self, wanted: Any, *, cursor: str = "", limit: int = 50) -> RowPage: ...
    def finding(self, finding_key: str) -> Row | None: ...
    def counts(self, wanted: Any) -> Sequence[Group]: ...


class RunRow(Protocol):
    """A run of the night."""

    @property
    def run_id(self) -> int: ...
    @property
    def as_of(self) -> date: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def baseline(self) -> bool: ...
    @property
    def state(self) -> str: ...


class Runs(Protocol):
    """Runs, their finished steps, and the one that is published."""

    def published(self) -> RunRow | None: ...
    def run(self, run_id: int) -> RunRow: ...
    def steps(self, run_id: int) -> dict[str, str]: ...
    def runs(self, limit: int = 50, kinds: tuple[str, ...] = ()) -> Sequence[RunRow]: ...


class Replays(Protocol):
    """What replays found; rows as the store keeps them."""

    def findings(self, run_id: int, access: Sequence[str]) -> Sequence[Any]: ...


class Person(Protocol):
    """A person with a case, opened: the only unmasked value that inquiry ever holds."""

    @property
    def person_id(self) -> int: ...
    @property
    def name(self) -> str | None: ...
    @property
    def id_number(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def school_name(self) -> str | None: ...
    @property
    def household_key(self) -> str | None: ...
    @property
    def named_officer(self) -> bool: ...


class Persons(Protocol):
    """People of a page."""

    def people(self, person_ids: Sequence[int]) -> Sequence[Person]: ...
    def find(self, id_number: str) -> tuple[int, ...]: ...
    def find_name(self, name: str) -> tuple[int, ...]: ...
    def household(self, household_key: str) -> tuple[int, ...]: ...


class Counts(Protocol):
    """What became of the rows of a roll."""

    @property
    def superseded(self) -> int: ...


class Sources(Protocol):
    """Status rows of a period (gateway/store/sources.py, `STATUS`) and row counts."""

    def status(self, period: str = "") -> pa.Table: ...
    def roll_counts(self, source: str, roll: str, period: str) -> Counts | None: ...


class Kept(Protocol):
    """A delivery as kept."""

    @property
    def delivery(self) -> Delivery: ...


class Deliveries(Protocol):
    """Every delivery of a roll, so that a cited row finds its period."""

    def history(self, source: str, roll: str) -> Sequence[Kept]: ...


class Night(Protocol):
    """The sums of a run."""

    def outcome_counts(self, run_id: int) -> Sequence[OutcomeCount]: ...


class Harm(Protocol):
    """All that a reader may know of signs of harm: their number."""

    def restricted(self, run_id: int) -> int: ...


class Audit(Protocol):
    """Who read what, and why. Its entries are `Note` by shape."""

    def add(self, new: Any) -> int: ...


class Online(Protocol):
    """The store, as far as reading needs it."""

    @property
    def findings(self) -> Findings: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def night(self) -> Night: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def harm(self) -> Harm: ...
    @property
    def audit(self) -> Audit: ...
    def check(self) -> str: ...
