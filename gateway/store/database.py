"""Connections to SQLite or PostgreSQL, and transactions whose failures are of the house's tree."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.model.errors import StoreError, UsageError
from gateway.store.bulk import (
    Columns,
    Insert,
    Row,
    insert_statement,
    write_columns,
    write_rows,
)

_BUSY_MS = 10_000
_CACHE_KIB = 65_536


class Database:
    """One database. `read` sees one consistent state; `write` commits whole or not at all."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._open: ContextVar[Connection | None] = ContextVar("open_write", default=None)
        self._seen: ContextVar[Connection | None] = ContextVar("open_read", default=None)
        self._writer = self.engine.execution_options(cwg_write=True)
        self._reader = self.engine
        if not self.is_sqlite:
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose changes are never kept; inside a `write` or another `read`, that one's.

        Raises StoreError.
        """
        outer = self._open.get() or self._seen.get()
        if outer is not None:
            yield outer
            return
        with _translated(), self._reader.connect() as connection:
            token = self._seen.set(connection)
            try:
                yield connection
            finally:
                self._seen.reset(token)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in one transaction: kept when the block ends, undone when it raises.

        Inside another `write` of the same thread it joins that transaction.
        """
        outer = self._open.get()
        if outer is not None:
            yield outer
            return
        with _translated(), self._writer.begin() as connection:
            token = self._open.set(connection)
            try:
                yield connection
            finally:
                self._open.reset(token)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Row], *, keep_first: bool = False
) -> int:
    """Insert rows; with `keep_first`, rows that collide with a unique key are left out.

    Returns how many were inserted.
    """
    if not rows:
        return 0
    insert = insert_statement(connection, table)
    return write_rows(
        connection, table, insert.on_conflict_do_nothing() if keep_first else insert, rows
    )


def insert_columns(
    connection: Connection, table: Table, columns: Columns, *, keep_first: bool = False
) -> int:
    """The same for rows that come as columns of one length."""
    if not any(columns.values()):
        return 0
    insert = insert_statement(connection, table)
    return write_columns(
        connection, table, insert.on_conflict_do_nothing() if keep_first else insert, columns
    )


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows or replace the given columns of those that have the same primary key."""
    if rows:
        write_rows(connection, table, _upsert(connection, table, list(rows[0])), rows)


def upsert_columns(connection: Connection, table: Table, columns: Columns) -> None:
    """The same for rows that come as columns of one length."""
    if any(columns.values()):
        write_columns(connection, table, _upsert(connection, table, list(columns)), columns)


def _upsert(connection: Connection, table: Table, names: list[str]) -> Insert:
    keys = [c.name for c in table.primary_key]
    insert = insert_statement(connection, table)
    given = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=given)


def _engine(url: str) -> Engine:
    # hide_parameters: an error must not print a row.
    if url.startswith("sqlite:"):
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.startswith("postgresql+psycopg:"):
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    raise UsageError(
        "the database is neither SQLite nor PostgreSQL",
        where="site.toml: database",
        mend="use sqlite:///… or postgresql+psycopg://…",
    )


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late for DDL and for IMMEDIATE: we say it ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        "synchronous=FULL",
        f"cache_size=-{_CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer could only fail.
    writes = connection.get_execution_options().get("cwg_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(
            "the database refused",
            where=_reference(error),
            mend="`cwg doctor` tells whether it is reachable and of this version",
        ) from None
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise StoreError("the database could not be used", where=cause) from None


def _reference(error: DBAPIError) -> str:
    # Only names of constraints and codes: a driver's full text may quote the row.
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint:
        return str(constraint)
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    text = str(error.orig) if "constraint failed" in str(error.orig) else ""
    return text or str(code or type(error.orig).__name__)
