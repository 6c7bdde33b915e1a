"""The online view: pages and counts of findings. Who may see what is decided by the caller."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from gateway.model.cases import CaseState
from gateway.model.errors import UsageError
from gateway.model.queue import FindingFilter
from gateway.model.teams import Batch, Load
from gateway.store.database import Database
from gateway.store.finding_query import counted, filtered, in_order, joined
from gateway.store.queue_counts import drifted
from gateway.store.tables import case_file, finding, finding_past


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding of the online view. `evidence` is JSON text of references."""

    finding_key: str
    case_id: int
    state: CaseState
    version: int
    rule: str
    rule_version: int
    run_id: int
    first_run: int
    person_id: int | None
    source: str | None
    roll: str | None
    scope: str | None
    division: str | None
    severity: str
    owner: str
    answer: str
    reason: str
    access: str
    episode: date
    evidence: str
    due_on: date | None
    assigned_to: str | None
    known_from: datetime
    unverified_since: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """Findings in order of severity, then case number; `next_cursor` is empty on the last page."""

    rows: tuple[FindingRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of one rule, county (six digits, or None) and state there are."""

    rule: str
    county: str | None
    state: CaseState
    count: int


WORKED_ON = (
    CaseState.OPEN, CaseState.REOPENED, CaseState.IN_REVIEW, CaseState.CONFIRMED,
    CaseState.NOT_MINE, CaseState.REFERRED, CaseState.WAITING,
)  # fmt: skip
"""States in which a case is still somebody's work."""

_OF_CASE = ("state", "version", "due_on", "assigned_to")
_COLUMNS = tuple(
    case_file.c[name] if name in _OF_CASE else finding.c[name]
    for name in FindingRow.__dataclass_fields__
)


class Findings:
    """Reads of the online view."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def page(self, wanted: FindingFilter, *, cursor: str = "", limit: int = 50) -> Page:
        """One page. Raises UsageError for a cursor that did not come from here."""
        after = _decode(cursor) if cursor else None
        with self._db.read() as c:
            found = c.execute(in_order(_COLUMNS, wanted, after, limit + 1)).all()
        rows = tuple(_row(r) for r in found[:limit])
        more = len(found) > limit
        return Page(rows, _encode(rows[-1]) if more else "")

    def finding(self, finding_key: str) -> FindingRow | None:
        """The finding of that key, or None."""
        query = joined(select(*_COLUMNS)).where(finding.c.finding_key == finding_key)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else _row(row)

    def workload(self, wanted: FindingFilter, today: date) -> tuple[Load, ...]:
        """What each account works on, most overdue first; the empty account is nobody's."""
        account = func.coalesce(case_file.c.assigned_to, "")
        late = func.sum(case((case_file.c.due_on < today, 1), else_=0))
        said: tuple[ColumnElement[Any], ...] = (account, func.count(), late)
        query = filtered(select(*said), wanted)
        query = query.where(case_file.c.state.in_(WORKED_ON)).group_by(account)
        with self._db.read() as c:
            rows = c.execute(query.order_by(late.desc(), account)).all()
        return tuple(Load(*row) for row in rows)

    def baseline(self, wanted: FindingFilter) -> tuple[Batch, ...]:
        """What of the first night waits for release, by township (nine digits) and rule."""
        township = func.substr(func.coalesce(finding.c.division, ""), 1, 9)
        group = (township, finding.c.rule)
        query = filtered(select(*group, func.count()), wanted).group_by(*group).order_by(*group)
        waits = case_file.c.state == CaseState.BASELINE_PENDING
        with self._db.read() as c:
            return tuple(Batch(*row) for row in c.execute(query.where(waits)).all())

    def baseline_cases(self, township: str, rule: str, most: int) -> tuple[tuple[int, int], ...]:
        """(case, version) of the first so many of a batch, gravest first."""
        mine = (
            finding.c.division.between(township.ljust(12, "0"), township.ljust(12, "9")),
            finding.c.rule == rule,
            case_file.c.state == CaseState.BASELINE_PENDING,
        )
        query = joined(select(case_file.c.case_id, case_file.c.version)).where(*mine)
        with self._db.read() as c:
            rows = c.execute(query.order_by(finding.c.severity, finding.c.case_id).limit(most))
            return tuple((row[0], row[1]) for row in rows.all())

    def mine(self, accounts: Sequence[str]) -> tuple[FindingRow, ...]:
        """What somebody works on and has not brought to an end, oldest case first."""
        own = (case_file.c.assigned_to.in_(accounts), case_file.c.state.in_(WORKED_ON))
        query = joined(select(*_COLUMNS)).where(*own).order_by(finding.c.case_id)
        with self._db.read() as c:
            return tuple(_row(row) for row in c.execute(query).all())

    def cases_of(self, person_id: int, rule: str) -> tuple[int, ...]:
        """The cases of a rule about one person."""
        mine = (finding.c.person_id == person_id, finding.c.rule == rule)
        with self._db.read() as c:
            return tuple(c.execute(select(finding.c.case_id).where(*mine)).scalars())

    def counts(self, wanted: FindingFilter) -> tuple[FindingCount, ...]:
        """Counts by rule, county and state: the kept ones, where they tell what is wanted."""
        with self._db.read() as c:
            rows = c.execute(counted(wanted)).all()
        return tuple(FindingCount(r[0], r[1], CaseState(r[2]), r[3]) for r in rows)

    def drifted(self) -> int:
        """How many kept counts are not what the findings say; `upgrade` of the store mends them."""
        with self._db.read() as c:
            return drifted(c)

    def past(self, finding_key: str) -> tuple[dict[str, Any], ...]:
        """What the finding said before, oldest first, each with known_from and known_to."""
        query = select(finding_past).where(finding_past.c.finding_key == finding_key)
        with self._db.read() as c:
            rows = c.execute(query.order_by(finding_past.c.run_id)).mappings().all()
        return tuple(dict(row) for row in rows)


def _encode(row: FindingRow) -> str:
    return base64.urlsafe_b64encode(f"{row.severity}.{row.case_id}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[str, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        severity, case_id = text.split(".")
        return severity, int(case_id)
    except (binascii.Error, ValueError):
        raise UsageError(
            "the cursor is not one of ours", where="cursor", mend="start at the first page"
        ) from None


def _row(row: Row[Any]) -> FindingRow:
    return FindingRow(**(dict(row._mapping) | {"state": CaseState(row.state)}))
