"""A real Chromium over the seed of tests/inquiry, served by a real uvicorn."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "inquiry"))

from online_fixtures import PASSWORD, app_of, put_account
from online_seed import make_store
from online_server import serving

from gateway.store import Store

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


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
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 1366, "height": 768}
    )
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of somebody who has logged in by keyboard."""
    made = context.new_page()
    made.goto("/")
    expect(made.locator("#name")).to_be_focused()
    made.keyboard.type("demo")
    made.keyboard.press("Tab")
    made.keyboard.type(PASSWORD)
    made.keyboard.press("Enter")
    made.wait_for_url("**/findings?*")
    return made
