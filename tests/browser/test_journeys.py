"""The journeys that an officer takes, each ending with what the store holds."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from online_seed import NAMES, key
from playwright.sync_api import BrowserContext, Page, expect

from gateway.model.cases import CaseState
from gateway.store import Store


def state(store: Store, name: str) -> CaseState:
    found = store.findings.finding(key(name))
    assert found is not None
    return found.state


def url_of(name: str) -> str:
    return f"/findings/{key(name)}"


def test_by_keyboard_alone_take_excuse_and_take_back(page: Page, store: Store) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    name = focused.split("?")[0].rpartition("/")[2]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{name}?*")
    page.keyboard.press("t")
    expect(page.locator(".said")).to_have_text(re.compile("已记录"))
    page.keyboard.press("e")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("08312027")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.tagName") != "TEXTAREA":
        page.locator("#excuse-note").focus()
    page.keyboard.type("批准文件已见")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".tags")).to_contain_text("有正当理由")
    found = store.findings.finding(name)
    assert found is not None and found.state is CaseState.EXCUSED
    page.keyboard.press("u")
    expect(page.locator(".said")).to_have_text(re.compile("已撤回"))
    found = store.findings.finding(name)
    assert found is not None and found.state is CaseState.IN_REVIEW


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


def test_by_mouse_a_call_a_note_and_a_settlement(page: Page, store: Store) -> None:
    page.goto(url_of("dropout"))
    page.get_by_role("button", name="领取").click()
    page.locator("summary", has_text="电话记录").click()
    page.get_by_label("结果").select_option("no_answer")
    page.locator("details[open] button").click()
    expect(page.locator(".history").last).to_contain_text("无人接听")
    page.locator("summary", has_text="办结").click()
    page.locator("#settle-reason").select_option("informed")
    page.locator("#settle-note").fill("已上门告知，家长签字")
    page.locator("details[open] button").click()
    expect(page.locator(".said")).to_have_text(re.compile("已记录"))
    assert state(store, "dropout") is CaseState.SETTLED


def test_a_filter_and_its_counts(page: Page) -> None:
    page.get_by_label("规则").select_option("EDU-01")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("caption")).to_contain_text("4")
    assert page.locator("table.queue tbody tr").count() == 4


def test_search_leaves_no_name_in_the_address(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type(NAMES[1])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("查找")
    assert page.locator("ul.found li").count() >= 2
    assert NAMES[1] not in page.content()
    assert "text=" not in page.url


def test_many_at_once_with_a_preview(page: Page, store: Store) -> None:
    page.goto("/findings?rule=EDU-01")
    for box in page.locator("tbody input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".sentence")).to_contain_text("4")
    assert state(store, "edu") is CaseState.OPEN
    page.locator("main button").click()
    expect(page.locator(".said")).to_contain_text("4")
    assert state(store, "edu") is CaseState.IN_REVIEW


def test_a_visit_sheet_goes_out_and_comes_back(page: Page, store: Store) -> None:
    page.goto(url_of("edu"))
    page.keyboard.press("t")
    expect(page.locator(".said")).to_be_visible()
    page.get_by_role("button", name="打印走访核实单").click()
    sheet = page.locator("article.sheet")
    expect(sheet).to_contain_text(NAMES[1])
    told = sheet.inner_text()
    for word in ("EDU", "入学", "学籍", "低保", "残疾", "4199", "辍学"):
        assert word not in told
    assert page.locator("svg.qr path").count() == 1
    serial = page.locator(".serial").inner_text()
    page.goto("/sheets")
    page.get_by_label("编号").fill(serial)
    page.get_by_role("button", name="打开").click()
    page.get_by_label("走访日期").fill("2026-11-17")
    page.get_by_label("走访人").fill("儿童主任甲")
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="录入").click()
    page.wait_for_url("**/sheets?*")
    assert store.cases.case(_case(store, "edu")).events[-1].reason == "visit_at_home"


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
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
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


PAGES = [
    "/login",
    "/password",
    "/findings",
    "/findings?due=overdue",
    url_of("edu"),
    "/overview",
    "/night",
    "/none",
]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_breaks_the_accessibility_rules(page: Page, lang: str) -> None:
    broken = []
    for path in PAGES:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        for details in page.locator("details").all():
            details.evaluate("d => d.open = true")
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = Axe().run(page, options={"runOnly": tags})
        broken += [
            (path, v["id"], v["nodes"][0]["html"][:80]) for v in found.response["violations"]
        ]
    assert broken == []


@pytest.mark.parametrize("width", [390, 1366, 1920])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    wide = []
    for path in PAGES:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert wide == []


def test_nothing_is_asked_of_another_host_and_nothing_fails(page: Page, address: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text))
    page.on("pageerror", lambda error: failed.append(str(error)))
    for path in PAGES[:-1]:
        page.goto(path)
    assert all(url.startswith(address) for url in asked)
    assert failed == []
