"""What every table module shares: the metadata, column types and check helpers."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Integer, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from gateway.model.errors import StoreError

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC on both databases. Raises StoreError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise StoreError("a time without a zone", mend="pass aware times")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        time: datetime = value
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


# SQLite counts up by itself only in a column declared INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")
DIGEST = String(64)
DIVISION = String(12)
PERIOD = String(7)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A check that a text column holds one of the listed codes (or NULL, where it may be null)."""
    codes = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({codes})", name=column)


def holds(name: str, condition: str) -> CheckConstraint:
    """A named check."""
    return CheckConstraint(condition, name=name)
