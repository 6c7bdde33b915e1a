"""One contract suite for both databases: every test that asks for `store` runs on each of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixed_keys import fixed_data_keys
from sqlalchemy import text

from gateway.store import DataKeys, Store
from gateway.store.database import Database
from gateway.store.tables import metadata


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DataKeys:
    return fixed_data_keys(tmp_path_factory.mktemp("keys"))


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
