"""Each sign fires on its row, and not on the one beside it: a table of rows as a roll would map them."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gateway.engine import Engine, EngineSettings
from gateway.harm import RawSign, Sign, find_signs
from gateway.model import tables as canonical

AS_OF = date(2026, 11, 16)
REFUSED = pa.schema([
    ("table_name", pa.string()), ("row_ref", pa.string()), ("row_key", pa.string()),
    ("id_number", pa.string()), ("name_key", pa.string()), ("birth_date", pa.date32()),
    ("division", pa.string()), ("original_json", pa.string()),
])  # fmt: skip
RAW = (
    RawSign("enrolment", "xsdqztm", "15", Sign.STUDENT_MISSING),
    RawSign("enrolment", "xsdqztm", "下落不明", Sign.STUDENT_MISSING),
    RawSign("coverage", "insutype", "310", Sign.CHILD_EMPLOYED),
)
CHILD, MINOR_PARENT, ADULT_PARENT = "419901201501011234", "419901201001011234", "419901198501011234"

CASES: list[tuple[str, str, list[dict[str, Any]], list[str]]] = [
    # what, table, rows, signs
    ("status 15", "enrolment", [{"status": "15", "status_class": "harm"}], ["student_missing"]),
    ("a dropout", "enrolment", [{"status": "06", "status_class": "lead"}], []),
    ("E-1", "child", [{"category": "501"}], ["trafficked"]),
    ("E-4", "child", [{"category": "504"}], ["abused"]),
    ("E-5", "child", [{"category": "505"}], ["abandoned"]),
    ("E-2, a prisoner's child", "child", [{"category": "502"}], []),
    ("left the registry", "child", [{"category": "504", "exit_on": date(2026, 1, 1)}], []),
    ("leaves tomorrow", "child", [{"category": "504", "exit_on": date(2026, 11, 17)}], ["abused"]),
    ("no guardian", "child", [{"category": "400", "guardianship": "0"}], ["unguarded"]),
    ("fair guardian", "child", [{"category": "400", "guardianship": "B"}], []),
    ("two signs", "child", [{"category": "504", "guardianship": "0"}], ["abused", "unguarded"]),
    ("a parent of 16", "child",
     [{"id_number": CHILD, "guardian_id": MINOR_PARENT, "guardian_relation": "母亲"}],
     ["child_parent"]),
    ("a grown parent", "child",
     [{"id_number": CHILD, "guardian_id": ADULT_PARENT, "guardian_relation": "母亲"}], []),
    ("a sister of 16 as guardian", "child",
     [{"id_number": CHILD, "guardian_id": MINOR_PARENT, "guardian_relation": "姐姐"}], []),
    ("the child's own number as guardian's: a slip", "child",
     [{"id_number": CHILD, "guardian_id": CHILD, "guardian_relation": "父亲"}], []),
    ("works at 15", "coverage",
     [{"scheme": "310", "status": "1", "birth_date": date(2010, 11, 17)}], ["child_employed"]),
    ("works on the 16th birthday", "coverage",
     [{"scheme": "310", "status": "1", "birth_date": date(2010, 11, 16)}], []),
    ("employment ended", "coverage",
     [{"scheme": "310", "status": "4", "birth_date": date(2012, 1, 1)}], []),
    ("residents' insurance", "coverage",
     [{"scheme": "390", "status": "1", "birth_date": date(2012, 1, 1)}], []),
    ("alone in a household", "assistance_member",
     [{"family_id": "F1", "relation": "02", "birth_date": date(2012, 1, 1)}], ["child_alone"]),
    ("an adult alone", "assistance_member",
     [{"family_id": "F1", "relation": "02", "birth_date": date(1960, 1, 1)}], []),
    ("head of a household", "assistance_member",
     [{"family_id": "F1", "relation": "02", "birth_date": date(2012, 1, 1)},
      {"family_id": "F1", "relation": "70", "birth_date": date(2016, 1, 1)}], ["child_head"]),
    ("head by number", "assistance_member",
     [{"family_id": "F1", "relation": "99", "id_number": CHILD, "head_id": CHILD,
       "birth_date": date(2015, 1, 1)},
      {"family_id": "F1", "relation": "70", "birth_date": date(2016, 1, 1)}], ["child_head"]),
    ("18 today", "assistance_member",
     [{"family_id": "F1", "relation": "02", "birth_date": date(2008, 11, 16)}], []),
    ("a mother of 16", "assistance_member",
     [{"family_id": "F1", "relation": "52", "birth_date": date(2010, 1, 1)},
      {"family_id": "F1", "relation": "02", "birth_date": date(1960, 1, 1)}], ["child_parent"]),
    ("both parents dead or in custody", "guardian",
     [{"child_row_key": "D1", "role": "father", "state": "prison"},
      {"child_row_key": "D1", "role": "mother", "state": "dead"}], ["no_adult_left"]),
    ("a grandmother is left", "guardian",
     [{"child_row_key": "D1", "role": "father", "state": "prison"},
      {"child_row_key": "D1", "role": "mother", "state": "dead"},
      {"child_row_key": "D1", "role": "guardian", "state": "healthy"}], []),
    ("one parent named", "guardian",
     [{"child_row_key": "D1", "role": "father", "state": "dead"}], []),
    ("ill is not gone", "guardian",
     [{"child_row_key": "D1", "role": "father", "state": "prison"},
      {"child_row_key": "D1", "role": "mother", "state": "ill"}], []),
    ("a father of 17", "guardian",
     [{"child_row_key": "D1", "role": "father", "state": "healthy",
       "birth_date": date(2009, 5, 5)}], ["child_parent"]),
]  # fmt: skip

REFUSALS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("status by code", {"xsdqztm": "15"}, ["student_missing"]),
    ("status by name, with a space", {"xsdqztm": " 下落不明 "}, ["student_missing"]),
    ("another status", {"xsdqztm": "06"}, []),
    ("the code in another column", {"njdm": "15"}, []),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(EngineSettings(Path("/dev/shm"), "400MB", 1)) as made:
        yield made


def signs(
    engine: Engine, table: str, rows: list[dict[str, Any]], refused: list[dict[str, Any]]
) -> list[str]:
    schema = canonical.table(table).schema
    full = [{"row_ref": f"r#{n}", "row_key": f"k{n}", **row} for n, row in enumerate(rows)]
    engine.load(f"mapped_{table}", pa.Table.from_pylist(full, schema=schema))
    engine.load("quarantine_rows", pa.Table.from_pylist(refused, schema=REFUSED))
    found = find_signs(engine, (table,), RAW, AS_OF)
    engine.drop(f"mapped_{table}", "quarantine_rows")
    return sorted(found.column("sign").to_pylist())


@pytest.mark.parametrize(("what", "table", "rows", "expected"), CASES, ids=[c[0] for c in CASES])
def test_a_row_shows_its_signs_and_no_other(
    engine: Engine, what: str, table: str, rows: list[dict[str, Any]], expected: list[str]
) -> None:
    assert signs(engine, table, rows, []) == expected


@pytest.mark.parametrize(("what", "row", "expected"), REFUSALS, ids=[c[0] for c in REFUSALS])
def test_a_refused_row_is_looked_at_too(
    engine: Engine, what: str, row: dict[str, Any], expected: list[str]
) -> None:
    refused = {"table_name": "enrolment", "row_ref": "e#1", "original_json": json.dumps(row)}
    # The same row refused for two reasons is one sign.
    assert signs(engine, "enrolment", [], [refused, dict(refused)]) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(2012, 1, 1), ["child_employed"]), (date(2000, 1, 1), []), (None, [])],
)
def test_a_refused_worker_is_a_sign_only_under_16(
    engine: Engine, born: date | None, expected: list[str]
) -> None:
    row = {
        "table_name": "coverage", "row_ref": "c#1", "birth_date": born,
        "original_json": '{"insutype": "310"}',
    }  # fmt: skip
    assert signs(engine, "coverage", [], [row]) == expected


def test_leap_day_ages_are_counted_to_the_day_before(engine: Engine) -> None:
    row = {"family_id": "F1", "relation": "02", "birth_date": date(2008, 2, 29)}
    engine.load(
        "mapped_assistance_member",
        pa.Table.from_pylist(
            [{"row_ref": "r#1", "row_key": "k", **row}],
            schema=canonical.table("assistance_member").schema,
        ),
    )
    engine.load("quarantine_rows", REFUSED.empty_table())

    def on(day: date) -> int:
        return find_signs(engine, ("assistance_member",), (), day).num_rows

    assert (on(date(2026, 2, 28)), on(date(2026, 3, 1))) == (1, 0)
    assert on(date(2024, 2, 29)) == 1
