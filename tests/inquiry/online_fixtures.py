"""Fixtures of api and console: the seed of this folder, served by a real uvicorn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from online_seed import RULES, empty_store, make_inquiry, make_store
from online_server import serving

from gateway.access import LogIn, Reader, Role, hash_password
from gateway.api import create_app
from gateway.console import Rooms, create_console
from gateway.console.sessions import COOKIE, needed
from gateway.desk import Desk, Reviews, Sheets
from gateway.inquiry import ChildFiles, FactWords, Unmasking
from gateway.mapping.codes import read_code_lists
from gateway.model.accounts import AccountRow
from gateway.store import Store
from gateway.wiring import make_api_rooms

PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 4, tzinfo=UTC)
FACT_WORDS = FactWords(read_code_lists(Path(__file__).parents[2] / "mappings" / "codes"))
_HASH = hash_password(PASSWORD, "demo")


def put_account(store: Store, name: str = "demo", **changes: object) -> None:
    """An account with `PASSWORD`, by default an officer of the whole site."""
    made = AccountRow(
        name, (str(Role.DATA_OFFICER),), ("",), "tests", datetime(2026, 11, 1, tzinfo=UTC), _HASH,
        must_change=False,
    )  # fmt: skip
    store.accounts.put(replace(made, **changes))


def app_of(store: Store) -> FastAPI:
    """The application over a store, as wiring makes it."""
    inquiry = make_inquiry(store)
    login = LogIn(store.accounts, store.sessions, lambda: datetime.now(UTC))
    unmasking = Unmasking(store, lambda: datetime.now(UTC))
    desk = Desk(store, clock=lambda: datetime.now(UTC), today=lambda: TODAY)

    def reader_of(request: Request) -> Reader:
        return needed(request, login).user.reader

    sheets = Sheets(store, clock=lambda: NOON, today=lambda: TODAY)
    files = ChildFiles(store, unmasking, inquiry.views, FACT_WORDS)
    reviews = Reviews(store, clock=lambda: NOON, today=lambda: TODAY)
    console = create_console(
        Rooms(inquiry, desk, sheets, unmasking, files, reviews, login, lambda: TODAY)
    )
    rooms = make_api_rooms(store, inquiry, reader_of, "gateway", RULES, desk)
    return create_app(rooms, console=console)


def enter(client: httpx.Client, store: Store, name: str = "demo") -> None:
    """Log in; the cookie is put in by hand, since a client keeps `Secure` ones from plain HTTP."""
    login = LogIn(store.accounts, store.sessions, lambda: datetime.now(UTC))
    client.cookies.set(COOKIE, login.open(name, PASSWORD))


def client_of(store: Store) -> Iterator[httpx.Client]:
    put_account(store)
    with serving(app_of(store)) as client:
        enter(client, store)
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
