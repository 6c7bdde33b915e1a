"""Log-in and decisions over HTTP: what a form does, and what it may not."""

import re
from typing import Any

import pyotp
import pytest
from console_site import Site
from lxml import html
from markup import flat, select, text
from online_fixtures import PASSWORD, enter, put_account
from online_seed import NAMES, key

from gateway.access import Role
from gateway.console.sessions import COOKIE
from gateway.model.cases import CaseState

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


WITHOUT = ["/findings", f"/findings/{key('edu')}", "/overview", "/night", "/password"]


@pytest.mark.parametrize("path", WITHOUT)
def test_nothing_is_shown_before_the_log_in(site: Site, path: str) -> None:
    site.client.cookies.clear()
    answer = site.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?")


def test_the_api_gives_nothing_before_the_log_in(site: Site) -> None:
    site.client.cookies.clear()
    for path in ("/api/v1/findings", "/api/v1/runs/latest"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:cwg:problem:log-in")
    assert site.client.get("/-/health/ready").status_code == 200


def test_logging_in_and_out(site: Site) -> None:
    site.client.cookies.clear()
    refused = site.post("/login", {"name": "demo", "password": "wrong wrong wrong"})
    assert refused.status_code == 403 and "set-cookie" not in refused.headers
    answer = site.post("/login", {"name": "demo", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    token = re.search(rf"{COOKIE}=([^;]+)", cookie)
    assert token is not None
    site.client.cookies.set(COOKIE, token[1])
    form = site.form(site.page("/findings"), "/logout")
    assert site.post("/logout", form).status_code == 303
    assert site.client.get("/findings").status_code == 303


def test_a_first_password_must_be_changed(site: Site) -> None:
    put_account(site.store, "fresh", must_change=True)
    enter(site.client, site.store, "fresh")
    assert site.client.get("/findings").headers["location"].startswith("/password?")
    form = site.form(site.page("/password"), "/password")
    fields = form | {"old": PASSWORD, "new": "a quite new password"}
    assert site.post("/password", fields | {"again": "another one here"}).status_code == 400
    assert site.post("/password", fields | {"again": "a quite new password"}).status_code == 303
    assert site.client.get("/findings").status_code == 200


def test_a_case_is_taken_and_decided(site: Site) -> None:
    assert site.decide("edu", event="take").status_code == 303
    assert site.state("edu") is CaseState.IN_REVIEW
    note = {"reason": "leave", "until": "2027-08-31", "note": "休学证明已见"}
    answer = site.decide("edu", event="excuse", **note)
    assert answer.headers["location"].endswith("said=done&lang=zh")
    assert site.state("edu") is CaseState.EXCUSED
    history = text(site.page(f"/findings/{key('edu')}"), ".history")
    assert "领取" in history and "休学" in history and "休学证明已见" in history


def test_a_decision_can_be_taken_back(site: Site) -> None:
    site.decide("edu", event="take")
    form = site.form(site.page(f"/findings/{key('edu')}"), "/undo")
    assert site.post(f"/findings/{key('edu')}/undo", form).status_code == 303
    assert site.state("edu") is CaseState.OPEN


BAD: list[tuple[dict[str, Any], int]] = [
    ({"form": ""}, 403),
    ({"form": "0" * 64}, 403),
    ({"version": "99"}, 409),
    ({"case": "999999"}, 404),
    ({"case": "x"}, 400),
    ({"event": "found"}, 400),
    ({"event": "excuse"}, 400),
    ({"event": "note", "note": "x" * 2001}, 400),
    ({"event": ["take", "note"]}, 400),
    ({"until": "yesterday"}, 400),
]


@pytest.mark.parametrize(("fields", "status"), BAD)
def test_a_form_that_is_not_right_moves_nothing(
    site: Site, fields: dict[str, Any], status: int
) -> None:
    page = site.page(f"/findings/{key('edu')}")
    path = f"/findings/{key('edu')}/decide"
    answer = site.post(path, site.form(page, "/decide") | {"event": "take"} | fields)
    assert answer.status_code == status
    assert site.state("edu") is CaseState.OPEN


def test_a_form_of_another_site_is_refused(site: Site) -> None:
    page = site.page(f"/findings/{key('edu')}")
    form = site.form(page, "/decide") | {"event": "take"}
    path = f"/findings/{key('edu')}/decide"
    answer = site.client.post(path, data=form, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    as_json = site.client.post(path, json=form)
    assert as_json.status_code == 400
    assert site.state("edu") is CaseState.OPEN


@pytest.mark.parametrize("name", ["sealed", "protection"])
def test_a_case_out_of_reach_cannot_be_moved_by_number(site: Site, name: str) -> None:
    found = site.store.findings.finding(key(name))
    assert found is not None
    form = site.form(site.page(f"/findings/{key('edu')}"), "/decide")
    form |= {"case": str(found.case_id), "version": "1", "event": "take"}
    assert site.post(f"/findings/{key('edu')}/decide", form).status_code == 404
    assert site.state(name) is CaseState.OPEN


def test_an_officer_is_not_offered_assignment_and_an_administrator_sees_no_child(
    site: Site,
) -> None:
    path = f"/findings/{key('edu')}"
    assert not site.page(path).xpath("//input[@name='event'][@value='assign']")
    put_account(site.store, "adm", roles=(str(Role.SYSTEM_ADMINISTRATOR),), secret=SECRET)
    code = pyotp.TOTP(SECRET).now()
    token = site.post("/login", {"name": "adm", "password": PASSWORD, "code": code})
    found = re.search(rf"{COOKIE}=([^;]+)", token.headers["set-cookie"])
    assert found is not None
    site.client.cookies.set(COOKIE, found[1])
    site.page(path, 404)
    assert not select(site.page("/findings?state=all"), "table")


def test_search_by_name_number_and_case(site: Site) -> None:
    form = site.form(site.page("/findings"), "/search")
    by_name = site.post("/search", form | {"text": NAMES[1]})
    assert by_name.status_code == 200
    found = {a.get("href").split("?")[0] for a in html.fromstring(by_name.text).xpath("//li/a")}
    assert f"/findings/{key('edu')}" in found and f"/findings/{key('sealed')}" not in found
    assert NAMES[1] not in by_name.text
    row = site.store.findings.finding(key("dropout"))
    assert row is not None
    by_case = site.post("/search", form | {"text": str(row.case_id)})
    assert by_case.headers["location"].startswith(f"/findings/{key('dropout')}")
    nobody = site.post("/search", form | {"text": "没有这个人"})
    assert "没有找到" in nobody.text


def test_many_are_previewed_then_decided(site: Site) -> None:
    page = site.page("/findings?rule=EDU-01")
    form = site.form(page, "/bulk")
    boxes = page.xpath("//input[@type='checkbox']/@value")
    answer = site.post("/bulk", form | {"event": "take", "case": boxes})
    preview = html.document_fromstring(answer.text)
    assert f"{len(boxes)} " in text(preview, ".sentence")
    assert site.state("edu") is CaseState.OPEN
    hidden = site.form(preview, "/bulk") | {"case": preview.xpath("//input[@name='case']/@value")}
    done = html.document_fromstring(site.post("/bulk", hidden).text)
    assert f"{len(boxes)} " in text(done, ".said")
    assert site.state("edu") is CaseState.IN_REVIEW


def test_the_filter_mine_and_overdue_agree_with_their_counts(site: Site) -> None:
    site.decide("edu", event="take")
    mine = site.page("/findings?mine=yes")
    assert text(mine, "caption").startswith("1 ")
    assert next(flat(a) for a in select(mine, "table a")).startswith("EDU-01")
    assert text(mine, "#rule option").count("(1)") == 2
    overdue = site.page("/findings?due=overdue")
    assert "没有符合条件的线索" in text(overdue, ".empty")


def test_the_overview_counts_what_the_list_shows(site: Site) -> None:
    page = site.page("/overview")
    total = int(select(page, ".sums-now dd")[0].text_content())
    listed = site.page("/findings")
    assert text(listed, "caption").startswith(f"{total} ")
    by_rule = page.xpath("//section[@aria-labelledby='chart-rule']//tbody/tr/td[1]")
    assert sum(int(flat(cell)) for cell in by_rule) == total


def test_calls_are_logged(site: Site) -> None:
    page = site.page(f"/findings/{key('edu')}")
    form = site.form(page, "/call") | {"result": "no_answer", "number": "13700000000"}
    answer = site.post(f"/findings/{key('edu')}/call", form | {"next_on": "2026-12-01"})
    assert answer.status_code == 303
    shown = text(site.page(f"/findings/{key('edu')}"), "section[aria-labelledby=history]")
    assert "无人接听" in shown and "2026-12-01" in shown


def test_a_name_is_shown_for_ones_own_case_and_otherwise_with_a_reason(site: Site) -> None:
    path = f"/findings/{key('edu')}"
    form = site.form(site.page(path), "/identity")
    assert site.post(f"{path}/identity", form).status_code == 400
    shown = site.post(f"{path}/identity", form | {"reason": "urgent_contact"})
    assert shown.status_code == 200 and NAMES[1] in shown.text
    assert shown.headers["cache-control"] == "no-store"
    site.decide("edu", event="take")
    page = site.page(path)
    assert not select(page, "#glass")
    own = site.post(f"{path}/identity", site.form(page, "/identity"))
    assert NAMES[1] in own.text
    assert len(site.store.glass.waiting()) == 1


def test_approvals_are_for_supervisors(site: Site) -> None:
    assert "没有待审批的查看" in text(site.page("/approvals"), "main")
    assert not site.page("/findings").xpath("//nav/a[contains(@href, 'approvals')]")


def test_siblings_stand_beside_and_are_taken_together(site: Site) -> None:
    page = site.page(f"/findings/{key('edu')}")
    listed = page.xpath("//section[@aria-labelledby='household']//a/@href")
    keys = {link.split("?")[0].rpartition("/")[2] for link in listed}
    assert keys == {key("dropout"), key("local")}
    (form,) = page.xpath("//section[@aria-labelledby='household']//form")
    fields = {i.get("name"): i.get("value") for i in form.xpath(".//input[@type='hidden']")}
    cases = form.xpath(".//input[@name='case']/@value")
    preview = site.post("/bulk", fields | {"case": cases, "event": "take"})
    hidden = site.form(html.document_fromstring(preview.text), "/bulk")
    site.post("/bulk", hidden | {"case": cases})
    states = {site.state(name) for name in ("edu", "dropout", "local")}
    assert states == {CaseState.IN_REVIEW}
    assert "安禾第2小学" in text(page, ".facts-list")
