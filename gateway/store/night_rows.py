"""Row by row, what the night writes: only called inside the transaction of gateway/store/night.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from gateway.model.cases import CaseState
from gateway.store.cases import stale
from gateway.store.database import insert_columns, insert_rows
from gateway.store.feed import feed
from gateway.store.persons import take_numbers
from gateway.store.queue_counts import put_in_from
from gateway.store.runs import Run
from gateway.store.tables import case_event, case_file, finding, finding_past, outbox

Change = dict[str, Any]
_VIEW = (
    "rule", "rule_version", "person_id", "source", "roll", "scope", "division", "severity", "owner",
    "answer", "reason", "access", "episode", "evidence", "evidence_digest",
)  # fmt: skip
_OPENED = (
    "finding_key", "unverified_since", *_VIEW, "from_state", "to_state", "event", "event_reason",
    "event_evidence", "notice", "due_on", "follows",
)  # fmt: skip
_NOBODYS = (CaseState.OPEN, CaseState.REOPENED)
_SOME = 500


@dataclass(frozen=True, slots=True)
class Changes:
    """Planned transitions by what has to be written for them."""

    new: pa.Table
    known: list[Change]

    @classmethod
    def of(cls, transitions: pa.Table) -> "Changes":
        """From a table of `gateway.model.cases.TRANSITION`. New ones, the most severe first."""
        is_new = pc.is_null(transitions["case_id"])
        new = transitions.filter(is_new)
        new = new.sort_by([("severity", "ascending"), ("finding_key", "ascending")])
        return cls(new, transitions.filter(pc.invert(is_new)).to_pylist())

    @property
    def moved(self) -> list[Change]:
        """Known cases that get a line in their history."""
        return [row for row in self.known if row["event"] is not None]

    @property
    def changed(self) -> list[Change]:
        """Known cases whose finding says something else now."""
        return [row for row in self.known if row["view_changed"]]

    @property
    def recounted(self) -> list[int]:
        """Known cases that the queue may count elsewhere now."""
        told = (r for r in self.known if r["event"] is not None or r["view_changed"])
        return sorted({row["case_id"] for row in told})

    @property
    def marked(self) -> list[Change]:
        """Known cases of which only the state or `unverified_since` changes."""
        return [row for row in self.known if not row["view_changed"]]


def check_versions(connection: Connection, known: Sequence[Change]) -> None:
    """Raise StaleCase when a case has moved on since the plan was read; else keep it from moving."""
    wanted = {row["case_id"]: row["version"] for row in known}
    ids = sorted(wanted)
    columns = (case_file.c.case_id, case_file.c.version)
    for start in range(0, len(ids), _SOME):
        some = case_file.c.case_id.in_(ids[start : start + _SOME])
        rows = connection.execute(select(*columns).where(some).with_for_update()).all()
        if any(wanted.pop(case_id) != version for case_id, version in rows):
            raise stale("the night's plan")
    if wanted:
        raise stale("the night's plan")


def open_cases(connection: Connection, run: Run, new: pa.Table) -> int:
    """Write new cases with consecutive numbers: file, finding, first line of history and notice.

    Returns how many notices there are.
    """
    if not new.num_rows:
        return 0
    count = new.num_rows
    first = take_numbers(connection, "case", count)
    own = {name: new[name].to_pylist() for name in _OPENED}
    own["case_id"] = list(range(first, first + count))
    same = partial(_same, count)
    insert_columns(connection, case_file, {
        "case_id": own["case_id"], "state": own["to_state"], "version": same(1),
        "opened_on": same(run.as_of), "due_on": own["due_on"], "follows": own["follows"],
    })  # fmt: skip
    view = {name: own[name] for name in ("finding_key", "case_id", "unverified_since", *_VIEW)}
    of_run = {"run_id": run.run_id, "first_run": run.run_id, "known_from": run.known_at}
    insert_columns(connection, finding, view | {k: same(v) for k, v in of_run.items()})
    put_in_from(connection, first)
    history = {
        "case_id": own["case_id"], "version": same(1), "event": own["event"],
        "from_state": own["from_state"], "to_state": own["to_state"], "by": same("night"),
        "at": same(run.started_at), "as_of": same(run.as_of), "run_id": same(run.run_id),
        "reason": own["event_reason"], "evidence": own["event_evidence"],
    }  # fmt: skip
    insert_columns(connection, case_event, history)
    feed(connection, [{"case_id": case_id, "version": 1} for case_id in own["case_id"]])
    told = [
        notice_row({"case_id": i, "finding_key": k, "notice": n, "owner": o}, run)
        for i, k, n, o in zip(
            own["case_id"], own["finding_key"], own["notice"], own["owner"], strict=True
        )
        if n is not None
    ]
    return insert_rows(connection, outbox, told, keep_first=True)


def _same(count: int, value: object) -> list[object]:
    return [value] * count


def move_cases(connection: Connection, moved: Sequence[Change]) -> None:
    """Give moved cases their new state. An excuse's and a wait's end go with their state."""
    if not moved:
        return
    state: BindParameter[str] = bindparam("b_state")
    change = (
        update(case_file)
        .where(case_file.c.case_id == bindparam("b_case"))
        .values(
            state=state,
            version=case_file.c.version + 1,
            due_on=func.coalesce(bindparam("b_due"), case_file.c.due_on),
            reverify_on=bindparam("b_reverify"),
            excuse_until=case((state == CaseState.EXCUSED, case_file.c.excuse_until)),
            wait_until=case((state == CaseState.WAITING, case_file.c.wait_until)),
            waiting_on=case((state == CaseState.WAITING, case_file.c.waiting_on)),
            assigned_to=case((and_(*(state != s for s in _NOBODYS)), case_file.c.assigned_to)),
        )
    )
    rows = [
        {
            "b_case": row["case_id"],
            "b_state": row["to_state"],
            "b_due": row["due_on"],
            "b_reverify": row["reverify_on"],
        }
        for row in moved
    ]
    connection.execute(change, rows)


def archive_views(connection: Connection, run: Run, changed: Sequence[Change]) -> None:
    """Copy what findings said until now into their history."""
    names = ["finding_key", "run_id", "known_from", *_VIEW]
    old = select(
        *(finding.c[name] for name in names), literal(run.known_at, finding.c.known_from.type)
    )
    for start in range(0, len(changed), _SOME):
        keys = [row["finding_key"] for row in changed[start : start + _SOME]]
        some = old.where(finding.c.finding_key.in_(keys))
        connection.execute(insert(finding_past).from_select([*names, "known_to"], some))


def update_views(connection: Connection, run: Run, changed: Sequence[Change]) -> None:
    """Write what findings say now."""
    if not changed:
        return
    names = (*_VIEW, "unverified_since")
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
    change = update(finding).where(finding.c.finding_key == bindparam("b_finding_key"))
    change = change.values(values | {"run_id": run.run_id, "known_from": run.known_at})
    rows = [{f"b_{name}": row[name] for name in ("finding_key", *names)} for row in changed]
    connection.execute(change, rows)


def mark_views(connection: Connection, marked: Sequence[Change]) -> None:
    """Write since when findings could not be checked; null where they were checked tonight."""
    if not marked:
        return
    change = update(finding).where(finding.c.finding_key == bindparam("b_key"))
    change = change.values(unverified_since=bindparam("b_since"))
    rows = [{"b_key": row["finding_key"], "b_since": row["unverified_since"]} for row in marked]
    connection.execute(change, rows)


def event_row(row: Change, run: Run) -> Change:
    """The line of history of one transition."""
    return {
        "case_id": row["case_id"],
        "version": row["version"] + 1,
        "event": row["event"],
        "from_state": row["from_state"],
        "to_state": row["to_state"],
        "by": "night",
        "at": run.started_at,
        "as_of": run.as_of,
        "run_id": run.run_id,
        "reason": row["event_reason"],
        "evidence": row["event_evidence"],
    }


def notice_row(row: Change, run: Run) -> Change:
    """The outbox row of one transition."""
    return {
        "case_id": row["case_id"],
        "finding_key": row["finding_key"],
        "kind": row["notice"],
        "period": f"{run.as_of:%Y-%m}",
        "recipient": row["owner"],
        "state": "pending",
        "attempts": 0,
        "created_at": run.started_at,
        "next_at": run.started_at,
    }
