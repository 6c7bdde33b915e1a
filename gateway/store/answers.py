"""The compact table that is asked between nights: by blind index, one row a child."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import pyarrow as pa
from sqlalchemy import delete, insert, select

from gateway.model.answers import ANSWER, GROUND, Ground, Kept
from gateway.store.arrow import from_rows
from gateway.store.database import Database, upsert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables_answers import answer, answer_ground

_MANY = 20_000
_FEW = 400
T = TypeVar("T")


class Answers:
    """Kept answers, and what they rest on."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    @property
    def index_key(self) -> str:
        """The key of the blind indexes, as hex."""
        return self._keys.index_key()

    def all(self) -> pa.Table:
        """Every kept answer (`ANSWER`): the night compares its own with it."""
        query = select(*(answer.c[name] for name in ANSWER.names))
        with self._db.read() as c:
            return from_rows(ANSWER, c.execute(query).all())

    def put(self, run_id: int, changed: pa.Table, ground: pa.Table) -> None:
        """Write what changed (`ANSWER` with `gone`) and the ground (`GROUND`) of a run."""
        with self._db.write() as c:
            for batch in changed.to_batches(_MANY):
                rows = batch.to_pylist()
                gone = [row["person_id"] for row in rows if row.pop("gone")]
                left = set(gone)
                for some in _parts(gone):
                    c.execute(delete(answer).where(answer.c.person_id.in_(some)))
                upsert_rows(c, answer, [r for r in rows if r["person_id"] not in left])
            c.execute(delete(answer_ground))
            lines = [row | {"run_id": run_id} for row in ground.select(GROUND.names).to_pylist()]
            if lines:
                c.execute(insert(answer_ground), lines)

    def find(self, tokens: Sequence[str], *, named: bool = False) -> Mapping[str, Sequence[Kept]]:
        """The kept answers of each token; a token that several children share gives them all."""
        column = answer.c.named_token if named else answer.c.number_token
        query = select(column, answer.c.person_id, answer.c.division, answer.c.said)
        found: dict[str, list[Kept]] = {}
        with self._db.read() as c:
            for some in _parts(tokens):
                for token, *values in c.execute(query.where(column.in_(some))):
                    found.setdefault(token, []).append(Kept(*values))
        return found

    def grounds(self) -> Mapping[tuple[str, str], Ground]:
        """What answers rest on, by question and county; of the run that was published last."""
        query = select(
            answer_ground.c.question, answer_ground.c.county, answer_ground.c.run_id,
            answer_ground.c.roll_as_of, answer_ground.c.coverage, answer_ground.c.until_day,
        )  # fmt: skip
        with self._db.read() as c:
            return {
                (question, county): Ground(*values)
                for question, county, *values in c.execute(query)
            }


def _parts(values: Sequence[T]) -> Sequence[Sequence[T]]:
    return [values[start : start + _FEW] for start in range(0, len(values), _FEW)]
