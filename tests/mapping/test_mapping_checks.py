"""One schema, two uses: SQL and JSON Schema refuse the same rows."""

import datetime
from decimal import Decimal

import jsonschema
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engine import Engine
from gateway.mapping.checks import broken_rule
from gateway.model.tables import TABLES, Column, Table, json_schema

VALUES: dict[str, st.SearchStrategy[object]] = {
    "text": st.sampled_from(["", "x", "林"]),
    "int": st.integers(-3, 3000),
    "bool": st.booleans(),
    "date": st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
    "month": st.sampled_from(["2026-10", "2026-13", "202610", "x2026-10", "2026-1", ""]),
    "money": st.decimals(-9, 9999, places=2),
}


def cell(column: Column) -> st.SearchStrategy[object]:
    return st.one_of(VALUES[column.kind], VALUES[column.kind], st.none())


def rows(of: Table) -> st.SearchStrategy[list[dict[str, object]]]:
    row = st.fixed_dictionaries({column.name: cell(column) for column in of.columns})
    return st.lists(row, min_size=1, max_size=8)


def shown(value: object) -> object:
    return str(value) if isinstance(value, datetime.date | Decimal) else value


@settings(max_examples=40, deadline=None)
@given(of=st.sampled_from(TABLES), data=st.data())
def test_sql_refuses_what_the_json_schema_refuses(
    shared_engine: Engine, of: Table, data: st.DataObject
) -> None:
    drawn = data.draw(rows(of))
    shared_engine.load("drawn", pa.Table.from_pylist(drawn, of.schema))
    sql = shared_engine.fetch(f"SELECT {broken_rule(of)} AS wrong FROM drawn ORDER BY rowid")
    validator = jsonschema.Draft202012Validator(
        json_schema(of), format_checker=jsonschema.FormatChecker()
    )
    valid = [validator.is_valid({k: shown(v) for k, v in row.items()}) for row in drawn]
    assert sql.column("wrong").to_pylist() == [not good for good in valid]
