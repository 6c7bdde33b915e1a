"""人大金仓 KingbaseES in its PostgreSQL mode, over PostgreSQL's own driver: `kingbase+psycopg://…`.

SQLAlchemy's PostgreSQL dialect refuses a server whose `version()` does not begin with PostgreSQL; this
one takes it for the PostgreSQL that KingbaseES V8 was made from.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

LIKE_POSTGRESQL = (12, 0)


class KingbaseDialect(PGDialect_psycopg):
    """PostgreSQL's dialect without its question for the version."""

    supports_statement_cache = True

    def _get_server_version_info(self, connection: Any) -> tuple[int, int]:
        return LIKE_POSTGRESQL


def know_kingbase() -> None:
    """Let SQLAlchemy find the dialect by its name in a URL."""
    registry.register("kingbase.psycopg", __name__, KingbaseDialect.__name__)
