"""Which findings are asked for: one value for whoever reads the online view and for the store that has it."""

from dataclasses import dataclass
from datetime import date

from gateway.model.cases import CaseState


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings. `access` and `divisions` come from the reader's scope and are never optional.

    `divisions` are prefixes of division codes; the empty prefix means everywhere, also where the
    division is not known. Empty `rules`, `states`, `owners` and so on mean all. `due_before`: due on an
    earlier day; `assigned_to`: accounts that work on the case; `unverified`: only what no roll has
    confirmed lately; `born`: first and last year of birth; `unseen`: no supervisor has seen that it is
    overdue.
    """

    access: tuple[str, ...]
    divisions: tuple[str, ...]
    rules: tuple[str, ...] = ()
    states: tuple[CaseState, ...] = ()
    owners: tuple[str, ...] = ()
    person_ids: tuple[int, ...] = ()
    due_before: date | None = None
    assigned_to: tuple[str, ...] = ()
    case_id: int | None = None
    severities: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unverified: bool = False
    born: tuple[int, int] | None = None
    unseen: bool = False
