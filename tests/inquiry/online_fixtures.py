"""Fixtures of api and console: the seed of this folder, served by a real uvicorn."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from online_seed import city_reader, empty_store, make_inquiry, make_store
from online_server import serving

from gateway.api import create_app
from gateway.console import create_console
from gateway.store import Store


def client_of(store: Store) -> Iterator[httpx.Client]:
    inquiry = make_inquiry(store)
    console = create_console(inquiry, reader=city_reader())
    with serving(create_app(inquiry, reader=city_reader(), console=console)) as client:
        yield client


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_store(tmp_path_factory.mktemp("online"), extra=90) as opened:
        yield opened


@pytest.fixture(scope="session")
def client(store: Store) -> Iterator[httpx.Client]:
    yield from client_of(store)


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A site before its first night."""
    with empty_store(tmp_path) as opened:
        yield from client_of(opened)
