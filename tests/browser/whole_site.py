"""A site where every page has something to show, its people, and the way to each page.

`WAYS` has a line for every route of the console that answers with a page; a route that only sends the
browser on, or gives a file, stands in `NO_PAGE`. test_every_page.py compares both with the routes.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
from chromium import press
from fastapi import FastAPI
from online_fixtures import NOON, app_of, put_account
from online_seed import (
    FIRST,
    NAMES,
    SECOND,
    Seed,
    empty_store,
    exchange,
    key,
    make_store,
    open_night,
)
from online_server import serving
from playwright.sync_api import Browser, BrowserContext, Page

from gateway.access import LogIn, Role
from gateway.console.sessions import COOKIE
from gateway.model.child_files import FACTS, RECORD, UNIT
from gateway.model.teams import Deputy
from gateway.model.unmask import BrokenGlass, GlassReason
from gateway.store import Store

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = {
    "officer": Role.DATA_OFFICER,
    "supervisor": Role.SUPERVISOR,
    "protection": Role.CHILD_PROTECTION,
    "system": Role.SYSTEM_ADMINISTRATOR,
    "security": Role.SECURITY_ADMINISTRATOR,
    "audit": Role.AUDIT_ADMINISTRATOR,
}
WAITING = (
    Seed("older", "EDU-01", 12, more={"due_on": date(2026, 11, 4)}),
    Seed("pending", "WEL-02", 13, state="baseline_pending", reason="never_paid",
         owner="civil_affairs", episode=date(2026, 10, 1)),
    Seed("long-name", "EDU-01", 20),
    Seed("rare-name", "EDU-01", 21),
    Seed("review", "REG-01", 1, reason="review_overdue", owner="township", severity="3",
         evidence=(), episode=date(2026, 7, 1)),
)  # fmt: skip


@dataclass(frozen=True)
class Whole:
    """A served site with somebody of each role logged in."""

    store: Store
    app: FastAPI
    address: str
    folder: Path
    contexts: Mapping[str, BrowserContext]

    def page(self, person: str = "officer") -> Page:
        """The tab of somebody: one each, since opening one costs more than a page does."""
        pages = self.contexts[person].pages
        return pages[0] if pages else self.contexts[person].new_page()


@contextmanager
def whole_site(browser: Browser, folder: Path, extra: int = 90) -> Iterator[Whole]:
    """Serve a filled store; everybody's context is logged in."""
    with make_store(folder, extra=extra) as store:
        fill(store)
        app = app_of(store)
        with serving(app) as client:
            address = str(client.base_url).rstrip("/")
            contexts = {name: context_of(browser, store, address, name) for name in PEOPLE}
            contexts["nobody"] = browser.new_context(base_url=address, locale="zh-CN")
            yield Whole(store, app, address, folder, contexts)
            for context in contexts.values():
                context.close()


@contextmanager
def empty_site(browser: Browser, folder: Path) -> Iterator[Whole]:
    """The same before its first night."""
    with empty_store(folder) as store:
        put_account(store, "system", roles=(str(PEOPLE["system"]),), secret=SECRET)
        app = app_of(store)
        with serving(app) as client:
            address = str(client.base_url).rstrip("/")
            context = context_of(browser, store, address, "system")
            yield Whole(store, app, address, folder, {"system": context})
            context.close()


def context_of(browser: Browser, store: Store, address: str, name: str) -> BrowserContext:
    """A context of somebody who has logged in elsewhere, as a provider would admit them."""
    token = LogIn(store.accounts, store.sessions, lambda: datetime.now(UTC)).admit(name)
    context = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 1366, "height": 768}
    )
    context.set_default_timeout(10_000)
    secure = address.replace("http://", "https://")
    context.add_cookies([{"name": COOKIE, "value": token, "url": secure, "secure": True}])
    return context


def fill(store: Store) -> None:
    """People of each role, and something of everything: a file, deputies, views, counts, a report."""
    for name, role in PEOPLE.items():
        put_account(store, name, roles=(str(role),), secret=SECRET)
    night = open_night(store, date(2026, 11, 17), WAITING)
    put_file(store)
    for run in (2, night):
        store.day_counts.put(replace(store.runs.run(run), as_of=date(2026, 11, 15 + run % 2)))
        store.day_counts.put(store.runs.run(run))
    day = (date(2026, 11, 17), date(2026, 11, 30))
    store.deputies.add(Deputy(0, "officer", "supervisor", *day, "supervisor", NOON))
    store.saved_views.put("officer", "失学逾期", "rule=EDU-01&due=overdue")
    found = store.findings.finding(key("dropout"))
    assert found is not None
    store.glass.add(BrokenGlass(found.case_id, "officer", NOON, GlassReason.URGENT_CONTACT))
    about = {
        "name": "周某某",
        "id_number": None,
        "birth_date": date(2016, 5, 4),
        "name_key": "周某某",
    }
    store.harm.report(
        about | {"place": "419901001002"},
        "邻居，电话留在值班室",
        "夜里常有哭声，孩子身上有伤",
        NOON,
    )
    store.runs.begin_run(date(2026, 11, 18), NOON, "night", False, "2026-11/all")


def put_file(store: Store) -> None:
    """The child of `edu` has a file of two nights."""
    child = _line("child", 4, FIRST, category="303", recognised_on="2025-03-01", guardian_name="赵一",
                  former_name="张晓明", pet_name="明明")  # fmt: skip
    school = _line("enrolment", 1, SECOND, "12.5", "prior:-19.9;name=same:14.7;sex=differs:-6.5",
                   school_name="安禾第二小学", grade="4", status="01", status_on="2026-09-01")  # fmt: skip
    cover = _line("coverage", 2, SECOND, "14.1", insurance_year="2026", status="1", paid="true")
    paid = [
        _line("aid", 3, SECOND, "8.0", month=f"2026-{m:02d}", kind="low_income", amount="300.00")
        for m in range(6, 11)
    ]
    sealed = _line("guardian", 4, FIRST, role="father", state="prison")
    for run, lines in ((1, (child, _line("enrolment", 1, FIRST, "9.1", school_name="安禾第1小学",
                                         grade="3"))), (2, (child, school, cover, *paid))):  # fmt: skip
        row = {"person_id": 1, "digest": str(run) * 64, "facts": RECORD.join(lines)}
        store.child_files.put(run, [row | {"sealed_facts": sealed}])


def _line(table: str, roll: int, on: date, weight: str = "", why: str = "", **told: str) -> str:
    source = ("", "education enrolment", "medical_insurance coverage",
              "national_welfare_system assistance", "national_welfare_system registry")[roll]  # fmt: skip
    values = [told.get(name, "") for name in FACTS[table]]
    ref = f"{exchange(roll, on)}#{told.get('month', '05')[-2:]}"
    lead = (table, *source.split(), ref, "score", weight, "3.1" if why else "", why, "1")
    return UNIT.join((*lead, *values))


Go = Callable[[Page, Whole, str], None]


def _get(path: str) -> Go:
    def go(page: Page, whole: Whole, lang: str) -> None:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")

    return go


def _case(name: str) -> Go:
    return _get(f"/findings/{key(name)}")


def _post(path: str, action: str, **fields: str) -> Go:
    """Send the form of a page whose action ends so, with these fields."""

    def go(page: Page, whole: Whole, lang: str) -> None:
        _get(path)(page, whole, lang)
        with page.expect_navigation():
            page.evaluate(
                """([action, fields]) => {
              const form = [...document.forms].find(f => new URL(f.action).pathname.endsWith(action));
              for (const [name, value] of Object.entries(fields)) {
                form.querySelectorAll(`[name="${name}"]:not([type=hidden])`).forEach(e => e.remove());
                const field = document.createElement("input");
                field.type = "hidden"; field.name = name; field.value = value; form.append(field);
              }
              form.submit();
            }""",
                [action, fields],
            )

    return go


def _search(page: Page, whole: Whole, lang: str) -> None:
    _post("/overview", "/search", text=NAMES[1])(page, whole, lang)


def _bulk(page: Page, whole: Whole, lang: str) -> None:
    _get("/findings?rule=MED-02")(page, whole, lang)
    for box in page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()
    page.locator(".bulk button").click()
    page.wait_for_url("**/bulk?*")


def _printed(page: Page, whole: Whole, lang: str) -> None:
    _own(whole)
    _post(f"/findings/{key('edu')}", "/sheets/print")(page, whole, lang)


def _sheet_back(page: Page, whole: Whole, lang: str) -> None:
    _printed(page, whole, lang)
    serial = page.locator(".serial").inner_text()
    _post("/sheets", "/sheets/find", serial=serial)(page, whole, lang)


def _sheet_preview(page: Page, whole: Whole, lang: str) -> None:
    _sheet_back(page, whole, lang)
    page.locator("#visited-on").fill("2026-11-17")
    page.locator("#visited-by").fill("儿童主任甲")
    page.locator("form.act button").click()
    page.wait_for_url("**/sheets/take-in?*")


def _school_preview(page: Page, whole: Whole, lang: str) -> None:
    _own(whole)
    _get("/school-sheets")(page, whole, lang)
    fill_school_sheet(page, whole.folder / "school.xlsx", {NAMES[1]: "未见到"})


def fill_school_sheet(page: Page, path: Path, said: Mapping[str, str]) -> None:
    """Take the sheet of `SCHOOL` as a file, say of everybody else that they are here, read it back."""
    with page.expect_download() as waiting:
        page.locator(f"form:has(input[value='{SCHOOL}']) button.export").click()
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    for row in book.active.iter_rows(min_row=5):
        row[3].value = said.get(str(row[1].value), "在校")
    book.save(path)
    page.locator("#file").set_input_files(path)
    page.locator("form.upload button").click()
    page.wait_for_url("**/school-sheets/read?*")


def _opened_harm(page: Page, whole: Whole, lang: str) -> None:
    _get("/protection")(page, whole, lang)
    answer = page.locator("button[value=acknowledged]")
    if answer.count():
        answer.first.click()
        page.locator("input[type=file]").first.wait_for()
    page.locator("input[type=file]").first.set_input_files(
        whole.folder / "keys" / "protection-role.key"
    )
    page.locator("form[action*=open] button").first.click()
    page.wait_for_url("**/protection/open?*")


def _file(page: Page, whole: Whole, lang: str) -> None:
    _own(whole)
    _post(f"/findings/{key('edu')}", "/file")(page, whole, lang)


def _own(whole: Whole) -> None:
    """The officer has the case of `edu`: once."""
    found = whole.store.findings.finding(key("edu"))
    assert found is not None
    if found.assigned_to == "officer":
        return
    tab = whole.contexts["officer"].new_page()
    tab.goto(f"/findings/{key('edu')}")
    press(tab, "t")
    tab.locator(".said").wait_for()
    tab.close()


@dataclass(frozen=True)
class Way:
    """How somebody comes to a page; `route` is the console's own pattern."""

    name: str
    route: str
    person: str
    go: Go


SCHOOL = "安禾第2小学"
"""The school of the child of `edu`."""
STANDING_IN = "standing_in"
EDU = f"/findings/{key('edu')}"
WAYS = (
    Way("login", "GET /login", "nobody", _get("/login")),
    Way("login-refused", "POST /login", "nobody", _post("/login", "/login", name="x", password="y")),
    Way("password", "GET /password", "officer", _get("/password")),
    Way("password-weak", "POST /password", "officer", _post("/password", "/password", new="y")),
    Way("queue", "GET /findings", "officer", _get("/findings")),
    Way("queue-overdue", "GET /findings", "supervisor", _get("/findings?due=overdue")),
    Way("queue-empty", "GET /findings", "officer", _get("/findings?rule=EDU-09")),
    Way("case", "GET /findings/{key}", "officer", _case("edu")),
    Way("case-old-rule", "GET /findings/{key}", "officer", _case("missed")),
    Way("case-of-roll", "GET /findings/{key}", "officer", _case("late")),
    Way("case-sealed", "GET /findings/{key}", "supervisor", _case("sealed")),
    Way("identity", "POST /findings/{key}/identity", "officer", _post(EDU, "/identity", reason=STANDING_IN)),
    Way("file", "POST /findings/{key}/file", "officer", _file),
    Way("search", "POST /search", "officer", _search),
    Way("bulk", "POST /bulk", "officer", _bulk),
    Way("overview", "GET /overview", "officer", _get("/overview")),
    Way("night", "GET /night", "officer", _get("/night")),
    Way("sheets", "GET /sheets", "officer", _get("/sheets")),
    Way("sheet", "POST /sheets/print", "officer", _printed),
    Way("sheet-back", "POST /sheets/find", "officer", _sheet_back),
    Way("sheet-preview", "POST /sheets/take-in", "officer", _sheet_preview),
    Way("school", "GET /school-sheets", "officer", _get("/school-sheets")),
    Way("school-preview", "POST /school-sheets/read", "officer", _school_preview),
    Way("team", "GET /team", "supervisor", _get("/team")),
    Way("team-officer", "GET /team", "officer", _get("/team?said=done")),
    Way("report", "GET /report", "officer", _get("/report?said=reported")),
    Way("protection", "GET /protection", "protection", _get("/protection")),
    Way("protection-case", "POST /protection/open", "protection", _opened_harm),
    Way("approvals", "GET /approvals", "supervisor", _get("/approvals")),
    Way("runs", "GET /runs", "system", _get("/runs")),
    Way("site", "GET /site", "system", _get("/site")),
    Way("users", "GET /users", "security", _get("/users")),
    Way("audit", "GET /audit", "audit", _get("/audit")),
    Way("not-here", "GET /login/{provider}", "officer", _get("/none")),
)  # fmt: skip
NO_PAGE = (
    "GET /", "GET /login/{provider}/back", "POST /logout", "POST /export", "POST /findings/{key}/decide",
    "POST /findings/{key}/undo", "POST /findings/{key}/agree", "POST /findings/{key}/call",
    "POST /findings/{key}/review", "POST /findings/{key}/mark", "POST /sheets/destroy",
    "POST /school-sheets/make", "POST /school-sheets/take-in", "POST /school-sheets/destroy",
    "POST /report", "POST /marks/end", "POST /protection/step", "POST /team/deputy",
    "POST /team/deputy/end", "POST /team/seen", "POST /team/release", "POST /views", "POST /views/drop",
    "POST /site/pause", "POST /users/disable", "POST /approvals",
)  # fmt: skip
"""Routes that send the browser on, or give a file."""
