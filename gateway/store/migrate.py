"""Migrations: bring a database to this version's schema, or say that it is of another version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gateway.model.errors import StoreError
from gateway.store.database import Database
from gateway.store.queue_counts import renew

# Any fixed number: two nodes that upgrade at once queue for it.
_UPGRADE_LOCK = 7_320_211_947


def upgrade(db: Database) -> str:
    """Run every migration that the database lacks and count the queue anew, in one transaction.

    Returns the revision that the database is at.
    """
    config = _config()
    with db.write() as connection:
        if not db.is_sqlite:
            key = {"key": _UPGRADE_LOCK}
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        renew(connection)
        return _revision(connection)


def check_revision(db: Database) -> str:
    """The database's revision. Raises StoreError when it is not this version's."""
    with db.read() as connection:
        found = _revision(connection)
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise StoreError(
            f"the database is at revision {found or 'none'}, this version needs {wanted}",
            where="site.toml: database",
            mend="run `cwg db upgrade` (after a backup)",
        )
    return found


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
