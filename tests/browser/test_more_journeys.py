"""The longer journeys: a child's file to paper, a school sheet there and back, a log-in elsewhere, the
duty page; each page looked at by axe on its way, in Chinese and once in English."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import openpyxl
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from oidc_provider_mock import User, run_server_in_thread
from online_fixtures import PASSWORD, app_of, put_account
from online_seed import NAMES, SECOND, exchange, key
from online_server import serving
from playwright.sync_api import Browser, Page, expect

from gateway.access import Role
from gateway.access.oidc import Oidc, OidcSettings
from gateway.access.outside import Provider
from gateway.model.child_files import FACTS, UNIT
from gateway.store import Store

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def sound(page: Page) -> None:
    """No WCAG 2.2 AA violation, and nothing that scrolls sideways on a phone or a desk."""
    for details in page.locator("details").all():
        details.evaluate("d => d.open = true")
    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found] == []
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        wide = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(wide), (width, page.url)


def enter(page: Page, name: str) -> None:
    """Log in as somebody with a second factor."""
    page.context.clear_cookies()
    page.goto("/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(pyotp.TOTP(SECRET).now())
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings?*")


def test_a_childs_file_is_opened_by_key_reviewed_and_put_on_paper(page: Page, store: Store) -> None:
    values = [
        {"school_name": "安禾第二小学", "grade": "4", "status_on": "2026-09-01"}.get(n, "")
        for n in FACTS["enrolment"]
    ]
    lead = ("enrolment", "education", "enrolment", exchange(1, SECOND) + "#5", "score", "12.5", "1")
    row = {"person_id": 1, "digest": "1" * 64, "facts": UNIT.join((*lead, *values))}
    store.child_files.put(2, [row | {"sealed_facts": None}])
    page.goto(f"/findings/{key('edu')}")
    page.keyboard.press("t")
    expect(page.locator(".said")).to_be_visible()
    page.locator("summary", has_text="一人一档").click()
    page.get_by_role("button", name="一人一档").click()
    expect(page.locator("h1")).to_contain_text(NAMES[1])
    assert NAMES[1] not in page.url and "file" in page.url
    expect(page.locator("section[aria-labelledby=t-enrolment]")).to_contain_text("安禾第二小学")
    sound(page)
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-") and len(pdf) > 5_000
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible() and not page.locator("#made-on").is_visible()
    page.emulate_media(media="screen")
    page.get_by_label("就学").select_option("help_needed")
    page.get_by_role("button", name="记录复核").click()
    expect(page.locator(".said")).to_have_text(re.compile("复核已记录"))
    (review,) = store.child_files.reviews(1)
    assert review.points["schooling"] == "help_needed"


def test_a_school_sheet_goes_out_and_comes_back(page: Page, store: Store, tmp_path: Path) -> None:
    page.goto(f"/findings/{key('edu')}")
    page.get_by_role("button", name="领取").click()
    page.goto("/school-sheets")
    sound(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="生成表格").click()
    path = tmp_path / "sheet.xlsx"
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    for row in book.active.iter_rows(min_row=5):
        row[3].value = "未见到" if row[1].value == NAMES[1] else "在校"
    book.save(path)
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".sentence")).to_contain_text("1 件案件有回答")
    sound(page)
    page.get_by_role("button", name="录入").click()
    page.wait_for_url("**/school-sheets?*")
    found = store.findings.finding(key("edu"))
    assert found is not None
    assert store.cases.case(found.case_id).events[-1].reason == "school_not_seen"


def test_a_team_a_view_and_a_duty_person(page: Page, store: Store, tmp_path: Path) -> None:
    for role in (Role.SUPERVISOR, Role.CHILD_PROTECTION, Role.SECURITY_ADMINISTRATOR):
        put_account(store, role.value, roles=(role.value,), secret=SECRET)
    page.goto("/findings?rule=EDU-01")
    page.get_by_label("名称").fill("失学")
    page.get_by_role("button", name="存为常用").click()
    page.locator(".views a", has_text="失学").click()
    page.wait_for_url("**rule=EDU-01**")
    page.goto("/report")
    sound(page)
    page.get_by_label("看到或听到了什么").fill("邻居说夜里常有哭声")
    page.get_by_role("button", name="提交报告").click()
    expect(page.locator(".said")).to_be_visible()
    enter(page, Role.SUPERVISOR.value)
    page.goto("/team?lang=en")
    expect(page.locator("#workload")).to_contain_text("Workload")
    sound(page)
    night = store.runs.run(2)
    store.day_counts.put(replace(night, as_of=date(2026, 11, 10)))
    store.day_counts.put(night)
    page.goto("/overview")
    expect(page.locator("svg.lines")).to_have_count(2)
    sound(page)
    enter(page, Role.SECURITY_ADMINISTRATOR.value)
    for path in ("/site", "/users?lang=en"):
        page.goto(path)
        sound(page)
    enter(page, Role.CHILD_PROTECTION.value)
    page.goto("/protection")
    sound(page)
    page.get_by_role("button", name="应答").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "keys" / "protection-role.key")
    page.get_by_role("button", name="打开").click()
    expect(page.locator("main")).to_contain_text("邻居说夜里常有哭声")
    sound(page)
    page.get_by_role("button", name="记录").click()
    page.wait_for_url("**/protection?*")
    (case,) = store.harm.open_files()
    assert [step for step, _ in case.steps][-2:] == ["acknowledged", "identity_checked"]


@pytest.fixture
def elsewhere(store: Store) -> Iterator[str]:
    """The pages with a real OpenID Connect provider beside them; `demo` is matched with `sub-1`."""
    providers: dict[str, Provider] = {}
    store.subjects.put("oidc", "sub-1", "demo")
    with (
        run_server_in_thread(require_nonce=True, user_claims=[User(sub="sub-1")]) as server,
        httpx.Client(trust_env=False) as web,
        serving(app_of(store, providers)) as client,
    ):
        address = str(client.base_url).rstrip("/")
        issuer = f"http://localhost:{server.server_port}"
        settings = OidcSettings(issuer, "gateway", f"{address}/login/oidc/back", "secret")
        providers["oidc"] = Oidc(settings, web, lambda: datetime.now(UTC))
        yield address


def test_a_log_in_at_a_provider_ends_in_the_queue(browser: Browser, elsewhere: str) -> None:
    page = browser.new_page(base_url=elsewhere, locale="zh-CN")
    page.set_default_timeout(10_000)
    page.goto("/login")
    page.get_by_role("link", name=re.compile("OpenID")).click()
    page.locator("input[name=sub]").fill("sub-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings?*")
    expect(page.locator(".reader")).to_have_text("demo")
    assert [c["name"] for c in page.context.cookies(elsewhere)] == ["__Host-cwg"]
    page.close()
