"""Rows of who stands in for whom, what somebody saved, and the counts of a day."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Deputy:
    """`deputy` works on the cases of `account` from `since` to `until`, both days included."""

    deputy_id: int
    account: str
    deputy: str
    since: date
    until: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter of the list under a name; `query` is a URL's, without anything personal."""

    view_id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """One rule in one county on one night: ordinary findings, the baseline apart."""

    as_of: date
    rule: str
    county: str
    open: int
    overdue: int
    baseline: int
    found: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one account works on; the empty account is nobody's."""

    account: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Baseline findings (存量) of one township and rule that wait for release."""

    township: str
    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class Judged:
    """How officers judged a rule since a day: found true, found a false alarm; and the middle number of
    minutes between taking a case and the first decision about it (None: nobody did both within a day)."""

    rule: str
    confirmed: int
    dismissed: int
    minutes: int | None

    @property
    def precision(self) -> int | None:
        """Per cent found true; None when nobody judged."""
        judged = self.confirmed + self.dismissed
        return round(100 * self.confirmed / judged) if judged else None
