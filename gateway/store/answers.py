"""The compact table that is asked between nights: by blind index, many children a row."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import delete, insert, select

from gateway.model.answers import BUCKET, GROUND, LEAD, TOKEN, Ground, Kept, read_lines
from gateway.store.arrow import from_rows
from gateway.store.database import Database, upsert_columns
from gateway.store.keys import DataKeys
from gateway.store.tables_answers import answer, answer_ground

_MANY = 20_000
_FEW = 400
_DIGESTS = pa.schema([BUCKET.field(name) for name in ("kind", "bucket", "digest")])
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

    def digests(self) -> pa.Table:
        """Every bucket by `kind`, `bucket` and `digest`: the night compares its own with it."""
        query = select(answer.c.kind, answer.c.bucket, answer.c.digest)
        with self._db.read() as c:
            return from_rows(_DIGESTS, c.execute(query).all())

    def put(self, run_id: int, changed: pa.Table, ground: pa.Table) -> None:
        """Write the buckets that changed (`BUCKET`; one without lines is empty now) and the ground
        (`GROUND`) of a run."""
        with self._db.write() as c:
            for batch in changed.to_batches(_MANY):
                gone = batch.column("lines").is_null()
                for row in batch.filter(gone).select(["kind", "bucket"]).to_pylist():
                    mine = (answer.c.kind == row["kind"]) & (answer.c.bucket == row["bucket"])
                    c.execute(delete(answer).where(mine))
                upsert_columns(c, answer, batch.filter(pc.invert(gone)).to_pydict())
            c.execute(delete(answer_ground))
            lines = [row | {"run_id": run_id} for row in ground.select(GROUND.names).to_pylist()]
            if lines:
                c.execute(insert(answer_ground), lines)

    def find(self, tokens: Sequence[str], *, named: bool = False) -> Mapping[str, Sequence[Kept]]:
        """The kept answers of each token; a token that several children share gives them all."""
        asked: dict[str, dict[str, str]] = {}
        for token in tokens:
            asked.setdefault(token[:LEAD], {})[token[LEAD:TOKEN]] = token
        query = select(answer.c.bucket, answer.c.lines)
        query = query.where(answer.c.kind == ("named" if named else "number"))
        found: dict[str, list[Kept]] = {}
        with self._db.read() as c:
            for some in _parts(list(asked)):
                for bucket, lines in c.execute(query.where(answer.c.bucket.in_(some))).all():
                    for rest, kept in read_lines(lines):
                        if rest in asked[bucket]:
                            found.setdefault(asked[bucket][rest], []).append(kept)
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
