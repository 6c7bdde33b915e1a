"""A name of forty characters, a character outside the BMP, a list of ten thousand, a log-in elsewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from chromium import press
from oidc_provider_mock import User, run_server_in_thread
from online_fixtures import app_of, put_account
from online_seed import LONG_NAME, RARE_NAME, key, make_store
from online_server import serving
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, insert, select
from whole_site import Whole, whole_site

from gateway.access.oidc import Oidc, OidcSettings
from gateway.access.outside import Provider
from gateway.store import Store
from gateway.store.queue_counts import renew
from gateway.store.tables import case_file, finding

TIMES, STEP = 105, 1000
WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture(scope="module")
def whole(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole_site(browser, tmp_path_factory.mktemp("odd"), extra=90) as site:
        multiply(site.store)
        yield site


def multiply(store: Store) -> None:
    """Each case of MED-02 a hundred times more, with keys of their own."""
    with store._db.write() as c:
        of = select(finding.c.case_id).where(finding.c.rule == "MED-02", finding.c.case_id < STEP)
        cases = tuple(c.execute(of).scalars())
        for n in range(1, TIMES + 1):
            key_of = func.substr(finding.c.finding_key, 1, 58) + f"{n:06x}"
            for table, changed in ((case_file, {}), (finding, {"finding_key": key_of})):
                values = {x.name: x for x in table.c} | {"case_id": table.c.case_id + n * STEP}
                rows = select(*(values | changed).values()).where(table.c.case_id.in_(cases))
                c.execute(insert(table).from_select(list(values), rows))
        renew(c)


@pytest.mark.parametrize(
    ("name", "case"), [(LONG_NAME, "long-name"), (RARE_NAME, "rare-name")], ids=["long", "rare"]
)
def test_an_odd_name_is_found_masked_and_shown_whole(whole: Whole, name: str, case: str) -> None:
    page = whole.page()
    page.goto("/overview?lang=zh")
    press(page, "/")
    page.keyboard.insert_text(name)
    press(page, "Enter")
    page.wait_for_url(f"**/{key(case)}?*")
    masked = page.locator(".facts-list .name").first.inner_text()
    assert masked == f"{name[0]}*" and name not in page.content()
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate(WIDE)
    press(page, "i")
    page.locator("form[action*=identity] button").click()
    expect(page.locator("dd").first).to_have_text(name)
    assert not page.evaluate(WIDE)
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_list_of_ten_thousand_is_filtered_and_paged(whole: Whole) -> None:
    page = whole.page()
    page.goto("/findings?lang=zh")
    page.get_by_label("规则").select_option("MED-02")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**rule=MED-02**")
    told = int(page.locator("caption strong").inner_text().replace(",", ""))
    assert told > 9_000 and page.locator("table.queue tbody tr").count() == 50
    option = page.locator("#rule option[value='MED-02']").inner_text()
    assert f"({told:,})" in option
    first = page.locator("table.queue tbody a").first.get_attribute("href")
    page.get_by_role("link", name=re.compile("下一页")).click()
    page.wait_for_url("**cursor=**")
    assert page.locator("table.queue tbody a").first.get_attribute("href") != first
    assert len(page.content().encode()) <= 150 * 1024


@pytest.fixture
def elsewhere(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """The pages with a real OpenID Connect provider beside them; `demo` is matched with `sub-1`."""
    providers: dict[str, Provider] = {}
    with (
        make_store(tmp_path) as store,
        run_server_in_thread(require_nonce=True, user_claims=[User(sub="sub-1")]) as server,
        httpx.Client(trust_env=False) as web,
        serving(app_of(store, providers)) as client,
    ):
        put_account(store)
        store.subjects.put("oidc", "sub-1", "demo")
        address = str(client.base_url).rstrip("/")
        issuer = f"http://localhost:{server.server_port}"
        settings = OidcSettings(issuer, "gateway", f"{address}/login/oidc/back", "secret")
        providers["oidc"] = Oidc(settings, web, lambda: datetime.now(UTC))
        yield address


def test_a_log_in_at_a_provider_ends_in_the_queue(browser: Browser, elsewhere: str) -> None:
    page: Page = browser.new_page(base_url=elsewhere, locale="zh-CN")
    page.set_default_timeout(10_000)
    page.goto("/login")
    page.get_by_role("link", name=re.compile("OpenID")).click()
    page.locator("input[name=sub]").fill("sub-1")
    press(page, "Enter")
    page.wait_for_url("**/findings?*")
    expect(page.locator(".reader")).to_have_text("demo")
    assert [c["name"] for c in page.context.cookies(elsewhere)] == ["__Host-cwg"]
    page.context.close()
