import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

import gateway.store
from gateway.model.cases import CaseState, Notice
from gateway.model.errors import StoreError, UsageError
from gateway.store import DataKeys, Store, open_store
from gateway.store.database import Database
from gateway.store.tables import NOTICES, STATES, metadata


def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    db = Database(url)
    with db.read() as c:
        assert compare_metadata(MigrationContext.configure(c), metadata) == []
    db.close()


def test_the_migrations_make_the_checks_that_the_tables_say(url: str) -> None:
    db = Database(url)
    with db.read() as c:
        found = {
            (name, check["name"])
            for name in metadata.tables
            for check in inspect(c).get_check_constraints(name)
        }
    db.close()
    wanted = {
        (name, str(c.name))
        for name, table in metadata.tables.items()
        for c in table.constraints
        if isinstance(c, CheckConstraint)
    }
    assert found == wanted


def test_the_text_of_every_check_is_the_same(sqlite_template, tmp_path) -> None:
    def checks(database: Database) -> dict[str, list[str]]:
        with database.read() as c:
            rows = c.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        return {
            name: sorted(re.sub(r"\s+", " ", line) for line in _checks(sql))
            for name, sql in rows
            if name in metadata.tables
        }

    migrated, declared = (
        Database(f"sqlite:///{sqlite_template}"),
        Database(f"sqlite:///{tmp_path}/d"),
    )
    with declared.write() as c:
        metadata.create_all(c)
    assert checks(migrated) == checks(declared)
    assert len(checks(declared)) == len(metadata.tables)


def _checks(sql: str) -> list[str]:
    flat = re.sub(r"\s+", " ", sql)
    ends = r"(?=, CONSTRAINT|, PRIMARY|, FOREIGN|, UNIQUE|,? ?\)$)"
    return re.findall(r"CONSTRAINT \S+ CHECK \(.*?\)" + ends, flat)


def test_states_and_notices_are_those_of_the_model() -> None:
    assert set(STATES) == {str(s) for s in CaseState}
    assert set(NOTICES) == {str(n) for n in Notice}


def _head() -> str:
    # `get_heads` would return two names when two migrations follow the same one.
    folder = Path(gateway.store.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    (head,) = ScriptDirectory.from_config(config).get_heads()
    return head


def test_upgrade_twice_changes_nothing(store: Store) -> None:
    assert store.upgrade() == store.upgrade() == store.check() == _head()


def test_open_store_refuses_a_database_of_another_version(tmp_path, keys: DataKeys) -> None:
    with pytest.raises(StoreError, match="cwg db upgrade"):
        open_store(f"sqlite:///{tmp_path}/empty.db", keys)


def test_open_store_opens_one_of_this_version(url: str, keys: DataKeys) -> None:
    with open_store(url, keys) as store:
        assert store.runs.published() is None


def test_another_kind_of_database_is_refused(keys: DataKeys) -> None:
    with pytest.raises(UsageError, match="neither SQLite nor PostgreSQL"):
        Store("mysql://x", keys)


BAD_ROWS = [
    ("INSERT INTO run_lock VALUES ('day', 'n', 'h', 1, 't', :now, :later)", "ck_run_lock_one_night"),
    ("INSERT INTO run_lock VALUES ('night', 'n', 'h', 1, 't', :later, :now)", "ck_run_lock_lease"),
    ("INSERT INTO counter VALUES ('dog', 1)", "ck_counter_name"),
    ("INSERT INTO case_file (case_id, state, version, opened_on) VALUES (1, 'lost', 1, :now)",
     "ck_case_file_state"),
    ("INSERT INTO person (person_id, birth_month) VALUES (1, 13)", "ck_person_month"),
    ("INSERT INTO person (person_id, merged_into) VALUES (1, 77)", "fk_person_merged_into|FOREIGN KEY"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "constraint"), BAD_ROWS, ids=[b[1] for b in BAD_ROWS])
def test_the_database_itself_refuses(url: str, sql: str, constraint: str) -> None:
    db = Database(url)
    times = {"now": datetime(2026, 11, 16, tzinfo=UTC), "later": datetime(2026, 11, 17, tzinfo=UTC)}
    if db.is_sqlite:
        times = {k: v.isoformat() for k, v in times.items()}
    wanted = {k: v for k, v in times.items() if f":{k}" in sql}
    with pytest.raises(StoreError, match=constraint), db.write() as c:
        c.execute(text(sql), wanted)
    db.close()


def test_an_error_of_the_database_quotes_no_value(url: str) -> None:
    db = Database(url)
    with db.write() as c:
        c.execute(text("INSERT INTO person (person_id, sex) VALUES (4711, '1')"))
    with pytest.raises(StoreError) as caught, db.write() as c:
        c.execute(text("INSERT INTO person (person_id, sex) VALUES (4711, '1')"))
    assert "4711" not in str(caught.value)
    assert caught.value.__cause__ is None
    db.close()


def test_a_write_that_raises_leaves_nothing(url: str) -> None:
    db = Database(url)
    with pytest.raises(RuntimeError), db.write() as c:
        c.execute(text("INSERT INTO person (person_id) VALUES (1)"))
        raise RuntimeError
    with db.read() as c:
        assert c.execute(text("SELECT count(*) FROM person")).scalar_one() == 0
    db.close()


def test_sqlite_is_set_up_for_several_processes(tmp_path) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    with db.read() as c:
        asked = {p: c.execute(text(f"PRAGMA {p}")).scalar_one() for p in
                 ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")}  # fmt: skip
    assert asked == {
        "journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 2,
    }  # fmt: skip
    db.close()
