"""The journeys that an officer takes, each ending with what the store holds."""

import re

from chromium import press
from online_fixtures import PASSWORD
from online_seed import NAMES, key
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gateway.model.cases import CaseState
from gateway.store import Store


def state(store: Store, name: str) -> CaseState:
    found = store.findings.finding(key(name))
    assert found is not None
    return found.state


def url_of(name: str) -> str:
    return f"/findings/{key(name)}"


def test_by_keyboard_alone_log_in_take_excuse_and_take_back(
    browser: Browser, address: str, store: Store
) -> None:
    page = browser.new_page(base_url=address, locale="zh-CN")
    page.goto("/")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("demo")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    page.wait_for_url("**/findings?*")
    press(page, "j")
    press(page, "j")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    name = focused.split("?")[0].rpartition("/")[2]
    press(page, "Enter")
    page.wait_for_url(f"**/{name}?*")
    press(page, "t")
    expect(page.locator(".said")).to_have_text(re.compile("已记录"))
    press(page, "e")
    press(page, "ArrowDown")
    press(page, "Tab")
    page.keyboard.type("08312027")
    press(page, "Tab")
    press(page, "Tab")
    press(page, "Tab")
    if page.evaluate("document.activeElement.tagName") != "TEXTAREA":
        page.locator("#excuse-note").focus()
    page.keyboard.type("批准文件已见")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.locator(".tags")).to_contain_text("有正当理由")
    found = store.findings.finding(name)
    assert found is not None and found.state is CaseState.EXCUSED
    press(page, "u")
    expect(page.locator(".said")).to_have_text(re.compile("已撤回"))
    found = store.findings.finding(name)
    assert found is not None and found.state is CaseState.IN_REVIEW
    page.context.close()


def test_keys_wait_while_an_input_method_composes(page: Page, store: Store) -> None:
    page.goto(url_of("edu"))
    page.evaluate(
        """document.dispatchEvent(new KeyboardEvent('keydown',
           {key: 't', isComposing: true, bubbles: true}))"""
    )
    page.locator("#search").focus()
    page.keyboard.type("t")
    page.wait_for_timeout(300)
    assert state(store, "edu") is CaseState.OPEN


def test_a_filter_and_its_counts(page: Page) -> None:
    page.get_by_label("规则").select_option("EDU-01")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("caption")).to_contain_text("4")
    assert page.locator("table.queue tbody tr").count() == 4


def test_search_leaves_no_name_in_the_address(page: Page) -> None:
    press(page, "/")
    page.keyboard.type(NAMES[1])
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("查找")
    assert page.locator("ul.found li").count() >= 2
    assert NAMES[1] not in page.content()
    assert "text=" not in page.url


def test_two_officers_on_one_case(page: Page, context: BrowserContext, store: Store) -> None:
    page.goto(url_of("edu"))
    other = context.new_page()
    other.goto(url_of("edu"))
    other.get_by_role("button", name="领取").click()
    expect(other.locator(".said")).to_be_visible()
    page.get_by_role("button", name="领取").click()
    expect(page.locator("h1")).to_have_text("409")
    assert len(store.cases.case(_case(store, "edu")).events) == 2


def _case(store: Store, name: str) -> int:
    found = store.findings.finding(key(name))
    assert found is not None
    return found.case_id


def test_a_double_click_is_one_decision(page: Page, store: Store) -> None:
    page.goto(url_of("edu"))
    page.get_by_role("button", name="领取").dblclick()
    expect(page.locator(".said")).to_be_visible()
    assert len(store.cases.case(_case(store, "edu")).events) == 2


def test_the_language_is_switched_and_kept(page: Page) -> None:
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_contain_text("Findings")
    press(page, "j")
    press(page, "Enter")
    expect(page.locator("h2#desk")).to_contain_text("Act")
    page.get_by_role("button", name="take").click()
    expect(page.locator(".said")).to_contain_text("Recorded")


def test_the_overview_leads_to_the_list(page: Page) -> None:
    page.get_by_role("link", name="总览").click()
    page.locator("#chart-rule").wait_for()
    page.locator("section[aria-labelledby=chart-rule] tbody a").first.click()
    expect(page.locator("table.queue")).to_be_visible()


def test_logging_out_ends_the_session(page: Page, context: BrowserContext) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page.locator("h1")).to_contain_text("登录")
    page.goto("/findings")
    expect(page.locator("h1")).to_contain_text("登录")
    assert context.cookies() == []


def test_nothing_is_asked_of_another_host_and_nothing_fails(page: Page, address: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text))
    page.on("pageerror", lambda error: failed.append(str(error)))
    for path in ("/password", "/findings", url_of("edu"), "/overview", "/night", "/team"):
        page.goto(path)
    assert all(url.startswith(address) for url in asked)
    assert failed == []
