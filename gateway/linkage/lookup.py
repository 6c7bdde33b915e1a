"""One child looked up among all persons of a night: a keyed index in SQLite, weighed in Python.

The same levels and the same weights file as the night (gateway/linkage/levels.py). The index is in
memory, or in a file of the spill folder, which is encrypted or RAM-backed; it is made anew from
each night and is never kept.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import date
from math import floor, log2
from pathlib import Path
from typing import Self

import pyarrow as pa

from gateway.linkage.explain import Waterfall
from gateway.linkage.latin import is_latin
from gateway.linkage.levels import Face, Scale, compare
from gateway.linkage.matching import FEW as FILLER
from gateway.linkage.papers import is_paper
from gateway.linkage.weights import Weights

Blocks = tuple[tuple[str, tuple[str, ...]], ...]

FEW, MOST = 10, 100
"""So many candidates are shown, and so many at most are taken from one block."""

_COLUMNS = tuple(f.name for f in fields(Face))
_TABLE = f"CREATE TABLE face (person_id INTEGER PRIMARY KEY, {', '.join(_COLUMNS)}, tail, given)"
_KEYS = ("id_number", "name_key, birth_date", "birth_date, given", "birth_date, guardian_name_key",
         "guardian_id", "tail")  # fmt: skip
_UNFILLED = (
    "UPDATE face SET number_given = NULL, tail = NULL WHERE id_number IS NULL AND number_given IN ("
    "SELECT number_given FROM face WHERE id_number IS NULL AND number_given IS NOT NULL "
    "GROUP BY number_given HAVING count(*) > ?)"
)
_NARROW = (
    ("id_number = :id_number", ("id_number",)),
    ("id_number = :hint", ("hint",)),
    ("name_key = :name_key AND birth_date = :birth_date", ("name_key", "birth_date")),
)
_WIDE = (
    ("tail = :tail", ("tail",)),
    ("birth_date = :birth_date AND given = :given", ("birth_date", "given")),
    # A name in letters is found whatever the order of its parts (letters stand before '[').
    ("birth_date = :birth_date AND given < :letters", ("birth_date", "letters")),
    ("birth_date = :birth_date AND guardian_name_key = :guardian_name_key",
     ("birth_date", "guardian_name_key")),
    ("guardian_id = :guardian_id", ("guardian_id",)),
    ("name_key = :name_key AND (birth_date IS NULL OR substr(birth_date, 1, 4) = :year"
     " OR substr(birth_date, 6) = :day OR guardian_name_key = :guardian_name_key"
     " OR abs(julianday(birth_date) - julianday(:birth_date)) <= 60)", ("name_key", "birth_date")),
    ("name_key = :name_key AND :birth_date IS NULL", ("name_key",)),
)  # fmt: skip
"""Ways to a person, and what the query must tell for each. The wide ones are for whom nobody fits whole."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom a query could be, and why. The best comes first."""

    person_id: int
    levels: tuple[tuple[str, str], ...]
    waterfall: Waterfall


@dataclass(frozen=True, slots=True)
class _Weighed:
    person_id: int
    weight: float
    levels: Mapping[str, str]


class LookUp:
    """An index of persons and the rarity of their names."""

    def __init__(self, weights: Weights, path: Path | None = None) -> None:
        self._weights = weights
        self._scale = Scale.of(weights)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_TABLE)
        self._db.execute("CREATE TABLE name (name_key TEXT PRIMARY KEY, bearers) WITHOUT ROWID")
        self._total = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, people: pa.RecordBatchReader | pa.Table) -> None:
        """Take persons (rows of gateway/linkage/sql/faces.sql) and count their names."""
        self._db.execute("BEGIN")
        marks = ", ".join("?" * (len(_COLUMNS) + 3))
        batches = people if isinstance(people, pa.RecordBatchReader) else people.to_batches()
        for batch in batches:
            self._db.executemany(f"INSERT INTO face VALUES ({marks})", _rows(batch))
        self._db.execute(
            "INSERT INTO name SELECT name_key, count(*) FROM face WHERE name_key IS NOT NULL "
            "GROUP BY name_key"
        )
        # What stands on so many is no number, whatever it looks like (gateway/linkage/sql/fillers.sql).
        self._db.execute(_UNFILLED, [FILLER])
        self._db.execute("COMMIT")
        for number, key in enumerate(_KEYS):
            self._db.execute(f"CREATE INDEX by_{number} ON face ({key})")
        self._total = int(self._db.execute("SELECT sum(bearers) FROM name").fetchone()[0] or 0)

    def look_up(self, query: Face, *, at_most: int = FEW) -> tuple[Candidate, ...]:
        """Whom the query could be, the likeliest first; nobody below the weights' `ask`.

        Each candidate's waterfall names the next-best as its second.
        """
        found = self._weighed(query, self._candidates(query, _NARROW))
        settled = self._weights.link + 2 * self._weights.margin
        if len(found) != 1 or found[0].weight < settled:
            seen = {one.person_id for one in found}
            wide = self._candidates(query, (*_NARROW, *_WIDE))
            found += self._weighed(query, ((p, f) for p, f in wide if p not in seen))
        found = [one for one in found if one.weight >= self._weights.ask]
        found.sort(key=lambda one: (-one.weight, one.person_id))
        best = [(one.person_id, one.weight) for one in found[:2]]
        rarity = self.rarity(query.name_key)
        return tuple(
            Candidate(
                one.person_id,
                tuple(one.levels.items()),
                Waterfall(
                    self._scale.parts(one.levels, rarity=rarity),
                    one.weight,
                    *_second(one.person_id, best),
                ),
            )
            for one in found[:at_most]
        )

    def _weighed(self, query: Face, people: Iterable[tuple[int, Face]]) -> list[_Weighed]:
        rarity = self.rarity(query.name_key)
        pairs = ((person_id, compare(query, face)) for person_id, face in people)
        return [
            _Weighed(p, self._scale.score(levels, rarity=rarity), levels) for p, levels in pairs
        ]

    def rarity(self, name_key: str | None) -> float:
        """Bits that agreement of this name weighs above the average name's, in quarters."""
        compared = self._weights.comparisons["name"]
        if name_key is None or not compared.term_frequency:
            return 0.0
        row = self._db.execute("SELECT bearers FROM name WHERE name_key = ?", [name_key]).fetchone()
        u = compared.levels["same"].u
        bits = log2(u * (self._total + 1 / u)) - log2((row[0] if row else 0) + 1)
        return floor(bits * 4 + 0.5) / 4

    def _candidates(self, query: Face, blocks: Blocks) -> Iterator[tuple[int, Face]]:
        values = _values(query)
        seen: set[int] = set()
        for where, needed in blocks:
            if any(values[name] is None for name in needed):
                continue
            rows = self._db.execute(f"SELECT * FROM face WHERE {where} LIMIT {MOST}", values)
            with closing(rows):
                for row in rows.fetchall():
                    if row[0] not in seen:
                        seen.add(row[0])
                        yield row[0], _face(row)


def _second(person_id: int, best: list[tuple[int, float]]) -> tuple[int, float] | tuple[None, None]:
    return next((one for one in best if one[0] != person_id), (None, None))


def _values(face: Face) -> dict[str, object]:
    values = dict(zip(_COLUMNS, astuple(face), strict=True))
    values["birth_date"] = None if face.birth_date is None else face.birth_date.isoformat()
    born = str(values["birth_date"] or "")
    latin = face.name_key is not None and is_latin(face.name_key)
    made = {
        "tail": _tail(face.number_given),
        "given": _given(face.name_key),
        "letters": "[" if latin else None,
    }
    return values | made | {"year": born[:4], "day": born[5:]}


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[object, ...]]:
    columns = batch.to_pydict()
    # What only a row of a roll tells: the number inside a student number, the place of its insurance.
    for name in ("hint", "insured_division"):
        columns[name] = columns.get(name, [None] * batch.num_rows)
    people = zip(columns["person_id"], *(columns[c] for c in _COLUMNS), strict=True)
    for person_id, *values in people:
        told = dict(zip(_COLUMNS, values, strict=True))
        born = told["birth_date"]
        told["birth_date"] = None if born is None else born.isoformat()
        yield (
            person_id, *told.values(), _tail(told["number_given"]), _given(told["name_key"]),
        )  # fmt: skip


def _face(row: tuple[object, ...]) -> Face:
    values = dict(zip(_COLUMNS, row[1:], strict=False))
    born = values["birth_date"]
    values["birth_date"] = None if born is None else date.fromisoformat(str(born))
    values["firm"] = bool(values["firm"])
    return Face(**values)  # type: ignore[arg-type]


def _tail(number: str | None) -> str | None:
    if number is None:
        return None
    return number[-8:] if len(number) >= 17 else number if is_paper(number) else None


def _given(name_key: str | None) -> str | None:
    return name_key[:1] if name_key else None
