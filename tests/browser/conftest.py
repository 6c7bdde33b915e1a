"""A real Chromium over the seed of tests/inquiry, served by a real uvicorn."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "inquiry"))

from chromium import FLAGS
from online_fixtures import app_of, put_account
from online_seed import make_store
from online_server import serving
from whole_site import context_of

from gateway.store import Store


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing: tools/setup.sh installs it"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with make_store(tmp_path, extra=90) as opened:
        put_account(opened)
        yield opened


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with serving(app_of(store)) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def context(browser: Browser, store: Store, address: str) -> Iterator[BrowserContext]:
    """Somebody who has logged in."""
    opened = context_of(browser, store, address, "demo")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The list of somebody who has logged in."""
    made = context.new_page()
    made.goto("/findings?lang=zh")
    return made
