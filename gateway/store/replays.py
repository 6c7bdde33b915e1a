"""Replays: the rules that each run was judged by, and what a look at another day found."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, insert, select

from gateway.model.outcomes import OutcomeCount
from gateway.store.database import Database, insert_rows, upsert_rows
from gateway.store.runs import NIGHTS, Run, read_run
from gateway.store.tables import outcome_count, replay_finding, rulebook, run, run_rulebook

REPLAY_FINDING = pa.schema([
    ("finding_key", pa.string()), ("rule", pa.string()), ("rule_version", pa.int32()),
    ("person_id", pa.int64()), ("source", pa.string()), ("roll", pa.string()),
    ("scope", pa.string()), ("division", pa.string()), ("severity", pa.string()),
    ("owner", pa.string()), ("answer", pa.string()), ("reason", pa.string()),
    ("access", pa.string()), ("episode", pa.date32()), ("evidence", pa.string()),
])  # fmt: skip
"""What a replay keeps of each outcome that fires; `evidence` is JSON text of references."""


class Rulebooks:
    """The rules and the calendar of every run, kept once for all runs that share them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, run_id: int, body: bytes) -> str:
        """Keep what a run is judged by; its SHA-256. A resumed run keeps its newest."""
        digest = hashlib.sha256(body).hexdigest()
        with self._db.write() as c:
            packed = {"digest": digest, "body": zlib.compress(body)}
            insert_rows(c, rulebook, [packed], keep_first=True)
            upsert_rows(c, run_rulebook, [{"run_id": run_id, "digest": digest}])
        return digest

    def of_run(self, run_id: int) -> bytes | None:
        """What a run was judged by; None for a run from before rulebooks were kept."""
        query = (
            select(rulebook.c.body)
            .join(run_rulebook, run_rulebook.c.digest == rulebook.c.digest)
            .where(run_rulebook.c.run_id == run_id)
        )
        with self._db.read() as c:
            body = c.execute(query).scalar_one_or_none()
        return None if body is None else zlib.decompress(body)

    def of_day(self, day: date) -> bytes | None:
        """What the last night for that day or an earlier one was judged by."""
        query = (
            select(run.c.run_id)
            .join(run_rulebook, run_rulebook.c.run_id == run.c.run_id)
            .where(run.c.as_of <= day, run.c.kind.in_(NIGHTS), run.c.state.in_(("done", "held")))
            .order_by(run.c.as_of.desc(), run.c.run_id.desc())
        )
        with self._db.read() as c:
            found = c.execute(query.limit(1)).scalar_one_or_none()
        return None if found is None else self.of_run(int(found))


class Replays:
    """Replay runs, their sums and their findings. Nothing here is read by the online view."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Run, found: pa.Table, counts: Sequence[OutcomeCount], digest: str) -> Run:
        """Keep a finished replay whole: its run (a number is given), findings, sums and digest.

        `found` is `REPLAY_FINDING`; `digest` the SHA-256 over every outcome.
        """
        values = {
            name: getattr(new, name)
            for name in ("as_of", "known_at", "state", "started_at", "finished_at")
        }
        values |= {"kind": "replay", "baseline": False, "inputs_digest": digest}
        with self._db.write() as c:
            made = c.execute(insert(run).values(values).returning(run.c.run_id))
            run_id = int(made.scalar_one())
            rows = [row | {"run_id": run_id} for row in found.cast(REPLAY_FINDING).to_pylist()]
            insert_rows(c, replay_finding, rows)
            upsert_rows(c, outcome_count, [asdict(one) | {"run_id": run_id} for one in counts])
            return read_run(c, run_id)

    def findings(self, run_id: int, access: Sequence[str]) -> tuple[Row[Any], ...]:
        """What a replay found within those access scopes, by severity, rule and key."""
        query = select(replay_finding).where(
            replay_finding.c.run_id == run_id, replay_finding.c.access.in_(access)
        )
        order = (replay_finding.c.severity, replay_finding.c.rule, replay_finding.c.finding_key)
        with self._db.read() as c:
            return tuple(c.execute(query.order_by(*order)).all())
