"""Many rows of one table at once: plain tuples to SQLite, COPY to PostgreSQL.

SQLAlchemy makes the parameters of each row by itself, which costs a night more than its database
does. What is written, and what a collision does, is what the statement says row by row.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, column, select
from sqlalchemy import table as named
from sqlalchemy.dialects import postgresql, sqlite

from gateway.model.errors import StoreError

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[Any]]
Insert = sqlite.Insert | postgresql.Insert

MANY = 500
"""From how many rows on PostgreSQL is given a stream instead of statements."""

_COUNTED = {"preserve_rowcount": True}  # Without it SQLAlchemy forgets the row count of an INSERT.


def insert_statement(connection: Connection, table: Table) -> Insert:
    """An INSERT that may say what a collision does, in the connection's dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def write_rows(connection: Connection, table: Table, insert: Insert, rows: Sequence[Row]) -> int:
    """Run an INSERT into `table` for every row, with the columns of the first; rows changed."""
    if connection.dialect.name != "sqlite" and len(rows) < MANY:
        return connection.execute(insert, list(rows), execution_options=_COUNTED).rowcount
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return write_columns(connection, table, insert, columns)


def write_columns(connection: Connection, table: Table, insert: Insert, columns: Columns) -> int:
    """The same for rows that come as columns of one length.

    Raises StoreError when PostgreSQL refuses the stream.
    """
    names = list(columns)
    if connection.dialect.name == "sqlite":
        compiled = insert.compile(dialect=connection.dialect, column_keys=names)
        order = compiled.positiontup or names
        tuples = list(_tuples(connection, table, {name: columns[name] for name in order}))
        done = connection.exec_driver_sql(str(compiled), tuples, execution_options=_COUNTED)
        return done.rowcount
    _copy(connection, table, columns)
    incoming = named("bulk_rows", *(column(name) for name in names))
    into = insert.from_select(names, select(*(incoming.c[name] for name in names)))
    count = connection.execute(into, execution_options=_COUNTED).rowcount
    connection.exec_driver_sql("DROP TABLE bulk_rows")
    return count


def _copy(connection: Connection, table: Table, columns: Columns) -> None:
    quote = connection.dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in columns)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE bulk_rows ON COMMIT DROP AS "
        f"SELECT {listed} FROM {quote(table.name)} WHERE FALSE"
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (narrows the type; the connection is open)
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY bulk_rows ({listed}) FROM STDIN") as into,
        ):
            for row in _tuples(connection, table, columns):
                into.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # The driver's text may quote the row.
        raise StoreError("the database refused", where=type(error).__name__) from None


def _tuples(connection: Connection, table: Table, columns: Columns) -> Iterator[tuple[Any, ...]]:
    """The rows, each value as the driver takes it."""
    made: list[Sequence[Any]] = []
    for name, values in columns.items():
        kind = table.c[name].type
        bind = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if bind is None or isinstance(kind, LargeBinary):
            made.append(values)
            continue
        # Days and times of a night are few: each is written out once.
        known = {value: bind(value) for value in set(values)}
        made.append([known[value] for value in values])
    return zip(*made, strict=True)
