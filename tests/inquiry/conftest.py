"""One seeded store for all tests that only read, and an empty one."""

from collections.abc import Iterator

import pytest
from online_seed import empty_store, make_inquiry, make_store

from gateway.inquiry import Inquiry
from gateway.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_store(tmp_path_factory.mktemp("online"), extra=40) as opened:
        yield opened


@pytest.fixture(scope="session")
def inquiry(store: Store) -> Inquiry:
    return make_inquiry(store)


@pytest.fixture
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A seeded store that a test may change."""
    with make_store(tmp_path_factory.mktemp("own")) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with empty_store(tmp_path_factory.mktemp("empty")) as opened:
        yield opened
