"""Administrators' pages: what each role finds, and what it may do."""

from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from console_site import Site
from lxml import html
from markup import flat, select, text
from online_fixtures import NOON, PASSWORD, put_account

from gateway.access import Role
from gateway.console.sessions import COOKIE
from gateway.store import RowLedger

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enter_as(site: Site, role: Role) -> None:
    """Go on as somebody of a role."""
    put_account(site.store, role.value, roles=(role.value,), secret=SECRET)
    form = {"name": role.value, "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
    site.client.cookies.clear()
    cookie = site.client.post("/login", data=form).headers["set-cookie"]
    site.client.cookies.set(COOKIE, cookie.split(";")[0].partition("=")[2])


def test_a_running_night_is_shown_roll_by_roll_and_renews_the_page(site: Site) -> None:
    enter_as(site, Role.SYSTEM_ADMINISTRATOR)
    page = site.page("/runs")
    assert [flat(th) for th in select(page, "section[aria-labelledby=all-runs] tbody th")] == [
        "2",
        "1",
    ]
    assert not page.xpath("//meta[@http-equiv='refresh']")
    now = datetime(2026, 11, 17, 18, tzinfo=UTC)
    run = site.store.runs.begin_run(now.date(), now, "night", False, "x")
    with site.store.hold_lock("node", NOON, timedelta(minutes=30)):
        page = site.page("/runs")
        assert page.xpath("//meta[@http-equiv='refresh']")
        shown = select(page, "section[aria-labelledby=progress]")[0]
        assert "名册 0/1" in flat(shown) and "等待" in text(shown, "tbody tr")
        line = RowLedger("education", "enrolment", "2026-11", 1000, 988, 12, 0)
        site.store.sources.put_ledger(run.run_id, (line,))
        site.store.runs.step_done(run.run_id, "world", "")
        shown = select(site.page("/runs"), "section[aria-labelledby=progress]")[0]
        assert "名册 1/1" in flat(shown) and "988" in text(shown, "tbody tr")
        assert [flat(li) for li in select(shown, "li.done")][1:] == ["合并各册 ✓"]


def test_a_night_that_nobody_runs_any_more_is_said_to_have_stopped(site: Site) -> None:
    enter_as(site, Role.SYSTEM_ADMINISTRATOR)
    now = datetime(2026, 11, 17, 18, tzinfo=UTC)
    site.store.runs.begin_run(now.date(), now, "night", False, "x")
    page = site.page("/runs")
    assert "cwg run --resume" in text(page, "p.said.bad")
    assert not page.xpath("//meta[@http-equiv='refresh']")


def test_an_earlier_run_is_shown_with_its_rows(site: Site) -> None:
    enter_as(site, Role.SYSTEM_ADMINISTRATOR)
    shown = select(site.page("/runs?run=1"), "section[aria-labelledby=progress]")[0]
    assert "运行 1" in flat(shown) and text(shown, "tbody tr").count("988") == 3
    assert "运行 2" in flat(site.page("/runs?run=999"))


def test_a_source_is_paused_and_resumed(site: Site) -> None:
    enter_as(site, Role.SYSTEM_ADMINISTRATOR)
    page = site.page("/site")
    assert "5 天" in text(page, "section[aria-labelledby=keys-ending]")
    form = site.form(page, "/site/pause")
    assert site.post("/site/pause", form | {"paused": "yes"}).status_code == 303
    assert "已暂停" in text(site.page("/site"), "section[aria-labelledby=sources]")
    assert site.post("/site/pause", form | {"source": "other", "paused": "yes"}).status_code == 400
    site.post("/site/pause", form | {"paused": "no"})
    assert "已暂停" not in text(site.page("/site"), "section[aria-labelledby=sources]")
    kept = [e.action for e in site.store.audit.unchained() if e.subject_kind == "source"]
    assert kept == ["source.pause", "source.resume"]


def test_security_sees_the_site_and_pauses_nothing(site: Site) -> None:
    enter_as(site, Role.SECURITY_ADMINISTRATOR)
    page = site.page("/site")
    assert not page.xpath("//form[contains(@action, 'pause')]")
    token = page.xpath("//input[@name='form']/@value")[0]
    asked = {"form": token, "source": "education", "paused": "yes"}
    assert site.post("/site/pause", asked).status_code == 404


def test_an_account_is_shut_and_its_sessions_end(site: Site) -> None:
    officer = dict(site.client.cookies)
    enter_as(site, Role.SECURITY_ADMINISTRATOR)
    page = site.page("/users")
    assert PASSWORD not in flat(page) and SECRET not in flat(page) and "argon2" not in flat(page)
    form = site.form(page, "/users/disable")
    assert form["account"] == "demo"
    assert site.post("/users/disable", form | {"disabled": "yes"}).status_code == 303
    assert "已停用" in text(site.page("/users"), "main")
    own = form | {"account": "security_administrator", "disabled": "yes"}
    assert site.post("/users/disable", own).status_code == 400
    with httpx.Client(base_url=site.client.base_url, cookies=officer, trust_env=False) as client:
        assert client.get("/findings").status_code == 303


def test_the_audit_names_who_and_what_and_itself(site: Site) -> None:
    site.page("/findings")
    enter_as(site, Role.AUDIT_ADMINISTRATOR)
    assert site.client.get("/audit").status_code == 200
    rows = [flat(tr) for tr in select(site.page("/audit"), "tbody tr")]
    assert any("audit.read" in row for row in rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_an_empty_site_the_steps_lead_to_a_first_night(
    empty_client: httpx.Client, lang: str
) -> None:
    officer = html.document_fromstring(empty_client.get(f"/findings?lang={lang}").text)
    assert select(officer, ".empty") and not officer.xpath("//a[contains(@href, '/site')]")
    assert empty_client.get("/site").status_code == 404
