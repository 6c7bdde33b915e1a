"""Runs of the night and their steps: what is done, so that a resumed run does the rest."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gateway.model.errors import StoreError
from gateway.store.database import Database
from gateway.store.tables import published_run, run, run_step

NIGHTS = ("night", "partial")
"""Kinds of runs that change the online view; a replay only looks."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `known_at` is the second time axis: what was known then is what the run may read."""

    run_id: int
    as_of: date
    known_at: datetime
    kind: str
    baseline: bool
    inputs_digest: str
    state: str
    started_at: datetime
    finished_at: datetime | None


class Runs:
    """Runs, their steps, and which one the online view shows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin_run(
        self,
        as_of: date,
        known_at: datetime,
        kind: str,
        baseline: bool,
        inputs_digest: str,
        now: datetime | None = None,
    ) -> Run:
        """Start a run; `kind` is night, partial, replay or dry_run. `now` defaults to `known_at`."""
        values = {
            "as_of": as_of,
            "known_at": known_at,
            "kind": kind,
            "baseline": baseline,
            "inputs_digest": inputs_digest,
            "state": "running",
            "started_at": now or known_at,
        }
        with self._db.write() as c:
            (run_id,) = c.execute(insert(run).values(values).returning(run.c.run_id)).one()
            return read_run(c, int(run_id))

    def resume_run(self, run_id: int, known_at: datetime) -> Run:
        """Let a run that was cut off speak with what is known now."""
        with self._db.write() as c:
            c.execute(update(run).where(run.c.run_id == run_id).values(known_at=known_at))
            return read_run(c, run_id)

    def spoken(self, known_at: datetime) -> Run | None:
        """The night that had spoken last at a time: the newest finished one that was known then."""
        where = (
            run.c.kind.in_(NIGHTS),
            run.c.state.in_(("done", "held")),
            run.c.known_at <= known_at,
        )
        newest = (run.c.known_at.desc(), run.c.run_id.desc())
        with self._db.read() as c:
            row = c.execute(select(run).where(*where).order_by(*newest).limit(1)).first()
        return None if row is None else _run(row)

    def unfinished_run(self, as_of: date, inputs_digest: str) -> Run | None:
        """The newest run of that day over the same inputs that was neither finished nor given up."""
        where = (
            run.c.as_of == as_of,
            run.c.inputs_digest == inputs_digest,
            run.c.kind.in_(NIGHTS),
            run.c.state == "running",
        )
        with self._db.read() as c:
            row = c.execute(select(run).where(*where).order_by(run.c.run_id.desc())).first()
        return None if row is None else _run(row)

    def run(self, run_id: int) -> Run:
        """The run of that number. Raises StoreError when there is none."""
        with self._db.read() as c:
            return read_run(c, run_id)

    def runs(self, limit: int = 50, kinds: tuple[str, ...] = ()) -> tuple[Run, ...]:
        """The newest runs, newest first; of some kinds, or of all."""
        query = select(run).order_by(run.c.run_id.desc()).limit(limit)
        if kinds:
            query = query.where(run.c.kind.in_(kinds))
        with self._db.read() as c:
            rows = c.execute(query).all()
        return tuple(_run(row) for row in rows)

    def step_done(self, run_id: int, step: str, digest: str) -> None:
        """Note that a step is done. The same step with another digest is refused with StoreError."""
        with self._db.write() as c:
            mark_step(c, run_id, step, digest)

    def steps(self, run_id: int) -> dict[str, str]:
        """The steps that are done and their digests, in the order in which they were done."""
        query = (
            select(run_step.c.step, run_step.c.digest)
            .where(run_step.c.run_id == run_id)
            .order_by(run_step.c.position)
        )
        with self._db.read() as c:
            return {str(step): str(digest) for step, digest in c.execute(query)}

    def finish_run(self, run_id: int, state: str, now: datetime) -> Run:
        """End a run: done, held (done with held rules or exceeded budgets), failed or abandoned."""
        where = (run.c.run_id == run_id, run.c.state == "running")
        with self._db.write() as c:
            done = c.execute(
                update(run).where(*where).values(state=state, finished_at=now)
            ).rowcount
            found = read_run(c, run_id)
        if not done and found.state != state:
            raise StoreError(
                f"the run already ended as {found.state}",
                where=f"run {run_id}",
                mend="start another run",
            )
        return found

    def published(self) -> Run | None:
        """The run that the online view shows, or None before the first one."""
        query = select(run).join(published_run, published_run.c.run_id == run.c.run_id)
        with self._db.read() as c:
            row = c.execute(query).first()
        return None if row is None else _run(row)


def mark_step(connection: Connection, run_id: int, step: str, digest: str) -> None:
    """Note a step inside a transaction that does the step's work too."""
    this_run = run_step.c.run_id == run_id
    before = connection.execute(
        select(run_step.c.digest).where(this_run, run_step.c.step == step)
    ).scalar_one_or_none()
    if before is not None:
        if before != digest:
            raise StoreError(
                "a step was done before with another result",
                where=f"run {run_id}, step {step}",
                mend="its inputs changed: start a new run instead of resuming",
            )
        return
    last = connection.execute(select(func.max(run_step.c.position)).where(this_run)).scalar_one()
    values = {"run_id": run_id, "step": step, "digest": digest, "position": (last or 0) + 1}
    connection.execute(insert(run_step).values(values))


def read_run(connection: Connection, run_id: int) -> Run:
    """The run of that number, inside a transaction. Raises StoreError when there is none."""
    row = connection.execute(select(run).where(run.c.run_id == run_id)).first()
    if row is None:
        raise StoreError("there is no such run", where=f"run {run_id}", mend="see `cwg run --help`")
    return _run(row)


def _run(row: Row[Any]) -> Run:
    return Run(
        row.run_id, row.as_of, row.known_at, row.kind, row.baseline,
        row.inputs_digest, row.state, row.started_at, row.finished_at,
    )  # fmt: skip
