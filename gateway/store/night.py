"""The night's changes, written in one transaction: people, cases, findings, history, outbox, sums."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
from sqlalchemy import Connection, select

from gateway.model.cases import CASE_PERSON, TRANSITION
from gateway.model.outcomes import OutcomeCount
from gateway.store.database import Database, insert_rows, upsert_rows
from gateway.store.feed import feed
from gateway.store.keys import DataKeys
from gateway.store.night_rows import (
    Changes,
    archive_views,
    check_versions,
    event_row,
    mark_views,
    move_cases,
    notice_row,
    open_cases,
    update_views,
)
from gateway.store.persons import put_people
from gateway.store.queue_counts import put_in, settle, take_out
from gateway.store.runs import Run, mark_step, read_run
from gateway.store.tables import case_event, outbox, outcome_count, published_run, run_step

STEP = "apply"


@dataclass(frozen=True, slots=True)
class Applied:
    """What one night changed."""

    opened: int
    moved: int
    changed: int
    marked: int
    notices: int


class Night:
    """Writes of the nightly run to the online view."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def apply_transitions(
        self,
        run_id: int,
        transitions: pa.Table,
        persons: pa.Table,
        counts: Sequence[OutcomeCount],
    ) -> Applied:
        """Write planned transitions, their people, outbox rows and the run's sums; publish the run.

        `transitions` is `gateway.model.cases.TRANSITION`, `persons` `CASE_PERSON`. One transaction. A
        second call for the same run changes nothing and returns what the first one did. Raises
        StaleCase when an officer moved a case after it was read: read `open_cases` and plan again.
        """
        with self._db.write() as c:
            done = _done(c, run_id)
            if done is not None:
                return done
            run = read_run(c, run_id)
            put_people(c, self._keys, persons.cast(CASE_PERSON))
            applied = _apply(c, run, Changes.of(transitions.cast(TRANSITION)))
            upsert_rows(c, outcome_count, [_sums(run_id, count) for count in counts])
            _publish(c, run_id)
            mark_step(c, run_id, STEP, json.dumps(asdict(applied)))
            return applied

    def publish(self, run_id: int) -> None:
        """Let the online view name this run as the one it shows."""
        with self._db.write() as c:
            _publish(c, run_id)

    def outcome_counts(self, run_id: int) -> tuple[OutcomeCount, ...]:
        """The five sums of each rule in a run."""
        query = select(*(outcome_count.c[name] for name in OutcomeCount.__slots__))
        query = query.where(outcome_count.c.run_id == run_id).order_by(outcome_count.c.rule)
        with self._db.read() as c:
            return tuple(OutcomeCount(*row) for row in c.execute(query))


def _apply(connection: Connection, run: Run, changes: Changes) -> Applied:
    check_versions(connection, changes.known)
    notices = open_cases(connection, run, changes.new)
    take_out(connection, changes.recounted)
    move_cases(connection, changes.moved)
    archive_views(connection, run, changes.changed)
    update_views(connection, run, changes.changed)
    put_in(connection, changes.recounted)
    mark_views(connection, changes.marked)
    events = [event_row(row, run) for row in changes.moved]
    insert_rows(connection, case_event, events)
    feed(connection, events)
    settle(connection)
    told = [notice_row(row, run) for row in changes.moved if row["notice"] is not None]
    notices += insert_rows(connection, outbox, told, keep_first=True)
    return Applied(
        changes.new.num_rows,
        len(changes.moved),
        len(changes.changed),
        len(changes.marked),
        notices,
    )


def _publish(connection: Connection, run_id: int) -> None:
    upsert_rows(connection, published_run, [{"name": "online", "run_id": run_id}])


def _sums(run_id: int, count: OutcomeCount) -> dict[str, object]:
    return asdict(count) | {"run_id": run_id}


def _done(connection: Connection, run_id: int) -> Applied | None:
    query = select(run_step.c.digest).where(run_step.c.run_id == run_id, run_step.c.step == STEP)
    text = connection.execute(query).scalar_one_or_none()
    return None if text is None else Applied(**json.loads(text))
