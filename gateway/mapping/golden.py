"""Golden twins: rows as a bureau sends them, and what a mapping must make of each, written by hand.

`<roll>.v1.golden.yaml` stands beside `<roll>.v1.yaml`. `base` is a clean row and what it gives; a
case overrides both (null takes a value away), or says how its row is quarantined or superseded.
"""

import io
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from gateway.engine import Engine
from gateway.mapping.mapper import apply_pages
from gateway.mapping.readers.write import write_rows
from gateway.mapping.spec import RECORDED, RollMapping
from gateway.mapping.values import Page
from gateway.specs import SpecModel, read_spec

Value = str | int | bool | None
Given = dict[str, Value]
EXCHANGE = "golden"
UNSTATED = ("row_ref", "row_digest", "original_json", "source", "roll", "table_name")
"""What a twin does not write down: it follows from the row's place, or has tests of its own."""


class QuarantineSpec(SpecModel):
    """The expected entry: `reasons` in order, each `column:reason`, and who the row may be about."""

    reasons: tuple[str, ...]
    hints: Given = Field(default_factory=dict)


class CaseSpec(SpecModel):
    """One row, and what becomes of it. `superseded_by` counts cases from 1."""

    note: str
    row: dict[str, str | None] = Field(default_factory=dict)
    gives: dict[str, Given | None] = Field(default_factory=dict)
    quarantined: QuarantineSpec | None = None
    superseded_by: int = 0


class BaseSpec(SpecModel):
    """A clean row, complete, and what it gives in each table."""

    row: dict[str, str]
    gives: dict[str, Given]


class GoldenSpec(SpecModel):
    """A whole golden twin. `version` is the mapping's: a new version asks for a new twin."""

    mapping: str
    version: int
    base: BaseSpec
    cases: tuple[CaseSpec, ...]


def golden_path(mapping: RollMapping) -> Path:
    """Where the golden twin of a mapping is."""
    return mapping.path.with_name(mapping.path.name.removesuffix(".yaml") + ".golden.yaml")


def load_golden(mapping: RollMapping) -> GoldenSpec:
    """The golden twin of a mapping. Raises SpecError with file and line."""
    path = golden_path(mapping)
    return read_spec(path, f"{path.parent.name}/{path.name}").check(GoldenSpec)


def run_golden(engine: Engine, mapping: RollMapping) -> list[str]:
    """Map the twin's rows in each form that the mapping reads; gives every difference.

    The rows are invented, so differences show values. Raises SpecError for a wrong file.
    """
    golden = load_golden(mapping)
    rows = [_row(golden.base, case) for case in golden.cases]
    found = []
    for content in mapping.spec.contents:
        media, payload, before = write_rows(rows, mapping.spec.columns, content)
        signed = None if before else len(rows)  # of a form, every line but the first is counted
        page = Page(EXCHANGE, mapping.spec.bureau, media, io.BytesIO(payload), signed)
        apply_pages(engine, mapping, [page], spill_dir=engine.settings.spill_dir)
        found += [f"{media}: {said}" for said in _differences(engine, mapping, golden, before)]
    return found


def _row(base: BaseSpec, case: CaseSpec) -> dict[str, str]:
    return {k: v for k, v in {**base.row, **case.row}.items() if v is not None}


def _differences(
    engine: Engine, mapping: RollMapping, golden: GoldenSpec, before: int
) -> list[str]:
    """Rows are told by their place among the cases: `before` is the number of the row above."""
    said = []
    for table in mapping.tables:
        expected = _expected(golden, table, main=table == mapping.main.table)
        said += _compare(table, expected, _by_ref(engine.fetch(f"FROM mapped_{table}"), before))
    refused = engine.fetch("FROM quarantine_rows")
    said += _compare("quarantine", _expected_quarantine(golden), _by_ref(refused, before))
    gone = _by_ref(engine.fetch("SELECT row_ref, superseded_by FROM superseded_rows"), before)
    said += _compare("superseded", _expected_superseded(golden), gone)
    engine.drop("quarantine_rows", "superseded_rows")
    return said


def _by_ref(table: pa.Table, before: int) -> dict[str, Given]:
    rows = table.to_pylist()
    for row in rows:
        for column in ("row_ref", "superseded_by"):
            if column in row:
                row[column] = _ref(int(row[column].rpartition("#")[2]) - before)
    return {row["row_ref"]: {k: _shown(v) for k, v in row.items()} for row in rows}


def _shown(value: object) -> Value:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _ref(place: int) -> str:
    return f"{EXCHANGE}#{place}"


def _expected(golden: GoldenSpec, table: str, *, main: bool) -> dict[str, Given]:
    expected = {}
    for place, case in enumerate(golden.cases, start=1):
        gives = case.gives.get(table, {} if main else None)
        if case.quarantined is None and not case.superseded_by and gives is not None:
            expected[_ref(place)] = {**golden.base.gives[table], **gives}
    return expected


def _expected_quarantine(golden: GoldenSpec) -> dict[str, Given]:
    return {
        _ref(place): _entry(case.quarantined)
        for place, case in enumerate(golden.cases, start=1)
        if case.quarantined is not None
    }


def _entry(spec: QuarantineSpec) -> Given:
    column, _, reason = spec.reasons[0].rpartition(":")
    first: Given = {"column_name": column, "reason": reason, "reasons": "; ".join(spec.reasons)}
    return {**first, **spec.hints}


def _expected_superseded(golden: GoldenSpec) -> dict[str, Given]:
    return {
        _ref(place): {"superseded_by": _ref(case.superseded_by)}
        for place, case in enumerate(golden.cases, start=1)
        if case.superseded_by
    }


def _compare(what: str, expected: Mapping[str, Given], found: Mapping[str, Given]) -> list[str]:
    said = [f"{what} {ref}: expected, and not there" for ref in expected.keys() - found.keys()]
    said += [f"{what} {ref}: there, and not expected" for ref in found.keys() - expected.keys()]
    for ref in sorted(expected.keys() & found.keys()):
        unstated = {*UNSTATED, *(RECORDED.keys() - expected[ref].keys())}
        for column in sorted((expected[ref].keys() | found[ref].keys()) - unstated):
            want, got = expected[ref].get(column), found[ref].get(column)
            if want != got:
                said.append(f"{what} {ref}: {column} is {got!r}, not {want!r}")
    return said
