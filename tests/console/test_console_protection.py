"""Reports, marks and the duty page over HTTP; while a case is open every outlet says 专人办理."""

from pathlib import Path

import httpx
import pyotp
import pytest
from console_site import Site, as_another
from lxml import html
from markup import flat, select, text
from online_fixtures import PASSWORD, put_account
from online_seed import NAMES, key, number

from gateway.access import Role
from gateway.console.sessions import COOKIE
from gateway.model.cases import CaseState

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHILD = 1
PATH = f"/findings/{key('edu')}"
TEXT = "邻居说夜里常有哭声"


def report(site: Site, **fields: str) -> httpx.Response:
    form = site.form(site.page("/report"), "/report")
    return site.post("/report", form | {"text": TEXT} | fields)


def guard(site: Site) -> None:
    """Go on as the duty person."""
    put_account(site.store, "guard", roles=(str(Role.CHILD_PROTECTION),), secret=SECRET)
    form = {"name": "guard", "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
    site.client.cookies.clear()
    cookie = site.client.post("/login", data=form).headers["set-cookie"]
    site.client.cookies.set(COOKIE, cookie.split(";")[0].partition("=")[2])


def step(site: Site, name: str, number: int = 1, note: str = "") -> httpx.Response:
    page = site.page("/protection")
    form = {"form": page.xpath("//input[@name='form']/@value")[0], "case": str(number)}
    return site.post("/protection/step", form | {"step": name, "note": note})


def open_case(site: Site, private: bytes, number: int = 1) -> httpx.Response:
    form = site.form(site.page("/protection"), "/open") | {"case": str(number)}
    files = {"file": ("key", private, "application/octet-stream")}
    return site.client.post("/protection/open", data=form, files=files)


def test_a_report_closes_the_child_everywhere_at_once(site: Site) -> None:
    site.decide("edu", event="take")
    assert NAMES[CHILD][0] in text(site.page(PATH), ".facts-list")
    assert report(site, number=number(CHILD)).status_code == 303
    page = site.page(PATH)
    assert "专人办理" in text(page, ".facts-list") and TEXT not in flat(page)
    assert "专人办理" in text(site.page("/findings?rule=EDU-01"), "table.queue")
    shown = site.post(f"{PATH}/file", site.form(page, "/file"))
    assert NAMES[CHILD] not in shown.text and "专人办理" in shown.text
    named = site.post(f"{PATH}/identity", site.form(page, "/identity"))
    assert NAMES[CHILD] not in named.text
    assert site.post("/sheets/print", site.form(page, "/sheets/print")).status_code == 404
    assert "安禾第2小学" not in text(site.page("/school-sheets"), "main")
    found = site.post("/search", site.form(page, "/search") | {"text": NAMES[CHILD]})
    assert number(CHILD) not in found.text


def test_a_report_by_name_and_day_is_enough_and_a_wrong_number_is_said(site: Site) -> None:
    wrong = number(CHILD)[:-1] + ("1" if number(CHILD)[-1] != "1" else "2")
    assert report(site, number=wrong).status_code == 400
    assert report(site, text=" ").status_code == 400
    site.decide("edu", event="take")
    report(site, name=NAMES[CHILD], born="2015-02-02")
    assert "专人办理" in text(site.page(PATH), ".facts-list")


def test_the_duty_person_answers_opens_and_closes(site: Site, tmp_path: Path) -> None:
    report(site, number=number(CHILD), reporter="王某 13700000000")
    private = (tmp_path / "keys" / "protection-role.key").read_bytes()
    guard(site)
    page = site.page("/protection")
    assert NAMES[CHILD] not in flat(page) and "超过30分钟未应答" not in flat(page)
    assert not select(page, "#key-1")
    assert step(site, "assessed").status_code == 400
    assert step(site, "acknowledged").status_code == 303
    assert open_case(site, b"short").status_code == 400
    assert open_case(site, b"0" * 64).status_code == 400
    opened = html.document_fromstring(open_case(site, private).text)
    assert TEXT in flat(opened) and "王某" in flat(opened) and number(CHILD) in flat(opened)
    offered = [o.get("value") for o in select(opened, "#step option")]
    assert offered == ["identity_checked"]
    for name in ("identity_checked", "assessed"):
        assert step(site, name, note="已核实").status_code == 303
    assert step(site, "closed").status_code == 400
    assert step(site, "reporter_told").status_code == 303
    assert step(site, "closed").status_code == 303
    assert "没有未结案件" in text(site.page("/protection"), ".empty")
    as_another(site, "third")
    site.decide("edu", event="take")
    assert "专人办理" not in text(site.page(PATH), ".facts-list")


def test_nobody_else_sees_the_duty_page_and_the_officer_cannot_read_back(site: Site) -> None:
    report(site, number=number(CHILD))
    assert site.client.get("/protection").status_code == 404
    kept = [e for e in site.store.audit.unchained() if e.action == "report.take_in"]
    assert [(e.actor, e.subject) for e in kept] == [("demo", "new")]
    assert TEXT not in flat(site.page("/report"))


@pytest.mark.parametrize("mark", ["named_officer", "no_contact"])
def test_a_mark_says_the_same_words_and_only_its_maker_takes_it_back(site: Site, mark: str) -> None:
    site.decide("edu", event="take")
    form = site.form(site.page(PATH), "/mark")
    assert site.post(f"{PATH}/mark", form | {"mark": mark}).status_code == 303
    assert "专人办理" in text(site.page(PATH), ".facts-list")
    as_another(site, "other")
    assert not select(site.page("/report"), "section[aria-labelledby=marks]")
    token = site.page("/report").xpath("//input[@name='form']/@value")[0]
    assert site.post("/marks/end", {"form": token, "mark": "1"}).status_code == 404
    as_another(site, "demo")
    page = site.page("/report")
    site.post("/marks/end", site.form(page, "/marks/end"))
    assert "专人办理" not in text(site.page(PATH), ".facts-list")
    assert site.state("edu") is CaseState.IN_REVIEW
