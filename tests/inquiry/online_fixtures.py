"""Fixtures of api and console: the seed of this folder, served by a real uvicorn."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from online_seed import RULES, empty_store, make_inquiry, make_store, number
from online_server import serving

from gateway.access import LogIn, Reader, Role, hash_password
from gateway.access.outside import Provider
from gateway.api import County, create_app
from gateway.console import create_console
from gateway.console.sessions import COOKIE, needed
from gateway.mapping.codes import read_code_lists
from gateway.model.accounts import AccountRow
from gateway.model.school_sheets import Pupil
from gateway.model.site_facts import KeyFact, SourceFact
from gateway.policy import load_parameters
from gateway.store import Store
from gateway.wiring_api import ApiSite, make_api_rooms
from gateway.wiring_rooms import Around, make_rooms

PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 4, tzinfo=UTC)
POLICY = Path(__file__).parents[2] / "mappings" / "policy"
CODES = read_code_lists(Path(__file__).parents[2] / "mappings" / "codes")
_HASH = hash_password(PASSWORD, "demo")


class SomeFiles:
    """A site's files without a disk: one source, one certificate that ends soon."""

    def __init__(self) -> None:
        self.paused = False

    def sources(self) -> tuple[SourceFact, ...]:
        until = date(2027, 6, 30)
        return (
            SourceFact("education", "education", "edu", "soap", ("enrolment",), until, self.paused),
        )

    def ending(self) -> tuple[KeyFact, ...]:
        return (KeyFact("edu", "sign", "rsa", 5),)

    def pause(self, source: str, paused: bool) -> None:
        self.paused = paused


def pupils_at(school: str) -> tuple[Pupil, ...]:
    """The invented roll of a school: forty pupils in two grades; of `安禾第1小学` nobody."""
    if school.endswith("1小学"):
        return ()
    return tuple(
        Pupil(f"同学{n}", 4 + n % 2, number(500 + n), f"同学{n}", date(2015 + n % 2, 3, 1))
        for n in range(40)
    )


def put_account(store: Store, name: str = "demo", **changes: object) -> None:
    """An account with `PASSWORD`, by default an officer of the whole site."""
    made = AccountRow(
        name, (str(Role.DATA_OFFICER),), ("",), "tests", datetime(2026, 11, 1, tzinfo=UTC), _HASH,
        must_change=False,
    )  # fmt: skip
    store.accounts.put(replace(made, **changes))


def api_site(**changes: Any) -> ApiSite:
    """What the tests' site gives to its API; tokens and assertions live by the real clock."""
    counties = [County("419901"), County("419902", date(2026, 10, 1))]
    counties.append(County("419971", None, date(2026, 9, 30), "419902", "省政府批复〔2026〕9号"))
    made = ApiSite(
        "gateway", RULES, CODES, lambda: datetime.now(UTC), lambda: TODAY,
        parameters=load_parameters(POLICY / "parameters"), counties=counties,
    )  # fmt: skip
    return replace(made, **changes)


def app_of(
    store: Store, providers: Mapping[str, Provider] | None = None, **changes: Any
) -> FastAPI:
    """The application over a store, as wiring makes it."""
    inquiry = make_inquiry(store)
    login = LogIn(
        store.accounts, store.sessions, lambda: datetime.now(UTC),
        lambda account: store.deputies.stands_in_for(account, TODAY),
    )  # fmt: skip

    def reader_of(request: Request) -> Reader:
        return needed(request, login).user.reader

    around = Around(
        lambda: NOON,
        lambda: TODAY,
        CODES,
        pupils_at,
        SomeFiles(),
        providers={} if providers is None else providers,
    )
    pages = make_rooms(store, inquiry, login, around)
    rooms = make_api_rooms(store, inquiry, reader_of, pages.desk, api_site(**changes))
    return create_app(rooms, console=create_console(pages))


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
