"""One child, one file (一人一档): the facts that a night knew of a child, as lines of text.

A line is `table, source, roll, row reference, method and weight of the link, weight of the second-best
candidate, what each part weighed, current`, then the
values of `FACTS[table]`, with U+001F between; lines stand with U+001E between. The night writes them
in SQL (gateway/pipeline/sql/child_facts.sql), which has the columns in this order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

FACTS: Mapping[str, tuple[str, ...]] = {
    "child": (
        "category", "recognised_on", "exit_on", "exit_reason", "last_paid_month", "paid_monthly",
        "child_type", "care_mode", "guardian_name", "guardian_relation", "guardianship",
        "entered_on", "entry_reason", "health", "schooling", "needs", "entrusted_care_on",
        "returned_on", "both_parents_away", "former_name", "pet_name",
    ),
    "enrolment": (
        "school_name", "grade", "status", "status_on", "leave_until", "entered_month",
        "graduated_month", "boarding", "inclusive_class",
    ),
    "coverage": (
        "insurance_year", "scheme", "status", "started_on", "paused_on", "paid", "paid_on",
        "insured_division",
    ),
    "contribution": (
        "year", "identity", "paid_by_person", "paid_by_finance", "paid_by_other", "paid_on",
    ),
    "insured_identity": ("identity", "begin_on", "end_on"),
    "assistance_member": (
        "kind", "begin_month", "end_month", "card_status", "relation", "health", "disability",
        "disability_grade",
    ),
    "aid": ("month", "kind", "amount", "nature", "paid_on", "paid_to_household"),
    "disability": ("kind", "grade", "issued_on", "valid_until"),
    "rehabilitation": ("kind", "done_on"),
    "attendance": ("month", "absent_days", "suspected", "reason"),
    "death": ("died_on", "confirmed"),
    "guardian": ("name", "role", "relation", "state", "state_from", "state_until"),
    "visit": ("kind", "made_on"),
}  # fmt: skip
"""What a file tells of each canonical table, in the order in which it is shown."""

WHEN: Mapping[str, tuple[str, ...]] = {
    "child": ("recognised_on", "entered_on"),
    "enrolment": ("status_on", "entered_month"),
    "coverage": ("started_on", "insurance_year"),
    "contribution": ("paid_on", "year"),
    "insured_identity": ("begin_on",),
    "assistance_member": ("begin_month",),
    "aid": ("month",),
    "disability": ("issued_on",),
    "rehabilitation": ("done_on",),
    "attendance": ("month",),
    "death": ("died_on",),
    "guardian": ("state_from",),
    "visit": ("made_on",),
}
"""Where a fact stands on the time line: the first of these that it has."""

UNIT, RECORD = "\x1f", "\x1e"
_LEAD = 9


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of one roll, as far as it is about a child. `weight` (bits) is None for the child's own
    base row, `second` that of the next-best person for this row (None: nobody else was like it), `why`
    the parts of the weight as linkage wrote them; `current` is false for a row that has left its roll."""

    table: str
    source: str
    roll: str
    ref: str
    method: str
    weight: float | None
    second: float | None
    why: str
    current: bool
    values: Mapping[str, str] = field(repr=False)

    @property
    def when(self) -> str:
        """A day, month or year; empty when the row tells none."""
        return next((self.values[n] for n in WHEN[self.table] if self.values[n]), "")


def read_facts(text: str) -> tuple[Fact, ...]:
    """The facts of a file's text."""
    return tuple(_fact(line.split(UNIT)) for line in text.split(RECORD) if line)


def _fact(parts: list[str]) -> Fact:
    table, source, roll, ref, method, weight, second, why, current = parts[:_LEAD]
    values = dict(zip(FACTS[table], parts[_LEAD:], strict=True))
    return Fact(
        table,
        source,
        roll,
        ref,
        method,
        float(weight) if weight else None,
        float(second) if second else None,
        why,
        bool(current),
        values,
    )


@dataclass(frozen=True, slots=True)
class NightFile:
    """A child's file as one night wrote it: only nights that changed something wrote one."""

    run_id: int
    facts: tuple[Fact, ...] = field(repr=False)
    sealed: tuple[Fact, ...] = field(repr=False)
