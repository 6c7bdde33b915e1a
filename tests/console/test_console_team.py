"""The team's page, saved views, charts, and counts that agree with the list."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pyotp
import pytest
from console_site import Site, as_another
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from markup import flat, select, text
from online_fixtures import PASSWORD, TODAY, put_account
from online_seed import NAMES, SECOND, Seed, key, open_night

from gateway.access import Role
from gateway.casework.plan import weekdays_after
from gateway.console.sessions import COOKIE
from gateway.model.cases import CaseState
from gateway.wiring_rooms import overdue_since

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def boss(site: Site, **account: object) -> None:
    """Go on as a supervisor."""
    put_account(site.store, "boss", roles=(str(Role.SUPERVISOR),), secret=SECRET, **account)
    form = {"name": "boss", "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
    site.client.cookies.clear()
    cookie = site.client.post("/login", data=form).headers["set-cookie"]
    site.client.cookies.set(COOKIE, cookie.split(";")[0].partition("=")[2])


def set_deputy(site: Site, deputy: str, account: str = "", **days: str) -> httpx.Response:
    form = site.form(site.page("/team"), "/team/deputy")
    given = {"since": "2026-11-16", "until": "2026-11-20", "deputy": deputy, "account": account}
    return site.post("/team/deputy", form | given | days)


def test_a_deputy_works_on_the_cases_while_it_lasts(site: Site) -> None:
    site.decide("edu", event="take")
    put_account(site.store, "other")
    assert set_deputy(site, "other").status_code == 303
    as_another(site, "other")
    path = f"/findings/{key('edu')}"
    named = site.post(f"{path}/identity", site.form(site.page(path), "/identity"))
    assert named.status_code == 200 and NAMES[1] in named.text
    assert site.store.glass.waiting() == ()
    assert text(site.page("/findings?mine=yes"), "caption").startswith("1 ")
    form = site.form(site.page("/team"), "/team/deputy/end")
    assert site.post("/team/deputy/end", form).status_code == 303
    assert site.post(f"{path}/identity", site.form(site.page(path), "/identity")).status_code == 400
    assert text(site.page("/findings?mine=yes"), ".empty")


@pytest.mark.parametrize(
    ("deputy", "account", "days", "status"),
    [
        ("nobody", "", {}, 400),
        ("demo", "", {}, 400),
        ("narrow", "", {}, 400),
        ("admin", "", {}, 400),
        ("other", "narrow", {}, 404),
        ("other", "", {"until": "2026-11-15"}, 400),
        ("other", "", {"until": "2027-03-01"}, 400),
    ],
)
def test_a_deputy_that_cannot_be(
    site: Site, deputy: str, account: str, days: dict[str, str], status: int
) -> None:
    put_account(site.store, "other")
    put_account(site.store, "narrow", divisions=("419902",))
    put_account(site.store, "admin", roles=(str(Role.SYSTEM_ADMINISTRATOR),), secret=SECRET)
    assert set_deputy(site, deputy, account, **days).status_code == status
    assert site.store.deputies.current(TODAY) == ()


def test_what_is_overdue_for_long_goes_up_until_it_is_seen(site: Site) -> None:
    late = {"due_on": date(2026, 11, 9)}
    just = {"due_on": date(2026, 11, 13)}
    open_night(
        site.store, SECOND,
        [Seed("old", "MED-01", 11, more=late), Seed("new", "MED-01", 12, more=just)],
    )  # fmt: skip
    boss(site)
    page = site.page("/team")
    links = [a.get("href") for a in select(page, "section[aria-labelledby=escalated] a")]
    assert len(links) == 1 and key("old") in links[0]
    assert site.post("/team/seen", site.form(page, "/team/seen")).status_code == 303
    assert "没有升级的案件" in text(site.page("/team"), "section[aria-labelledby=escalated]")
    as_another(site, "officer")
    token = site.page("/team").xpath("//input[@name='form']/@value")[0]
    assert site.post("/team/seen", {"form": token, "case": "1"}).status_code == 404


def test_three_working_days_are_counted() -> None:
    monday = date(2026, 11, 16)
    cut = overdue_since(monday, weekdays_after)
    assert weekdays_after(cut, 3) >= monday > weekdays_after(date(2026, 11, 10), 3)
    assert cut == date(2026, 11, 11)


def test_the_baseline_is_released_by_township(site: Site) -> None:
    waits = {"to_state": "baseline_pending", "event": "found_at_baseline"}
    seeds = [Seed(f"base-{n}", "MED-01", 20 + n, more=waits) for n in range(3)]
    far = {**waits, "division": "419902003001"}
    open_night(site.store, SECOND, [*seeds, Seed("base-far", "MED-01", 30, more=far)])
    boss(site, divisions=("419901",))
    page = site.page("/team")
    listed = [flat(li) for li in select(page, "section[aria-labelledby=release] li")]
    assert len(listed) == 1 and "419901001" in listed[0] and " 3" in listed[0]
    form = site.form(page, "/team/release")
    past = site.post("/team/release", form | {"due_on": "2026-11-17"})
    far_away = site.post("/team/release", form | {"due_on": "2026-12-01", "township": "419902003"})
    assert (past.status_code, far_away.status_code) == (400, 404)
    done = site.post("/team/release", form | {"due_on": "2026-12-01"})
    assert "count=3" in done.headers["location"]
    assert {site.state(s.name) for s in seeds} == {CaseState.OPEN}
    assert site.state("base-far") is CaseState.BASELINE_PENDING
    case = site.store.cases.case(site.store.findings.finding(key("base-0")).case_id)  # type: ignore[union-attr]
    assert case.due_on == date(2026, 12, 1)


def test_an_officer_sees_no_workload_and_releases_nothing(site: Site) -> None:
    page = site.page("/team")
    assert not select(page, "#workload") and not select(page, "#release")
    form = site.form(page, "/team/deputy")
    asked = {"township": "419901001", "rule": "EDU-01", "due_on": "2026-12-01"}
    assert site.post("/team/release", form | asked).status_code == 404
    boss(site)
    loads = site.page("/team").xpath("//section[@aria-labelledby='workload']//tbody/tr/td[1]")
    total = sum(int(flat(cell).replace(",", "")) for cell in loads)
    listed = text(site.page("/findings"), "caption").split()[0]
    assert total == int(listed)


def test_a_view_is_saved_opened_and_forgotten(site: Site) -> None:
    page = site.page("/findings?rule=EDU-01&severity=2")
    form = site.form(page, "/views")
    assert site.post("/views", form | {"name": "我的失学"}).status_code == 303
    (link,) = select(site.page("/findings"), ".views a")
    assert "rule=EDU-01" in link.get("href") and "severity=2" in link.get("href")
    shown = site.page(link.get("href"))
    assert [o.get("value") for o in select(shown, "#rule option[selected]")] == ["EDU-01"]
    as_another(site, "other")
    assert not select(site.page("/findings"), ".views a")
    as_another(site, "demo")
    site.post("/views/drop", site.form(site.page("/findings"), "/views/drop"))
    assert not select(site.page("/findings"), ".views a")


CHOICES = {
    "rule": ("", "EDU-01", "MED-02"),
    "county": ("", "419902"),
    "state": ("", "all", "resolved"),
    "severity": ("", "1", "2"),
    "answer": ("", "not_found_locally"),
    "held": ("", "yes"),
    "age": ("", "6-11", "12-14"),
    "owner": ("", "education"),
    "due": ("", "overdue"),
}


@given(choice=st.fixed_dictionaries({n: st.sampled_from(v) for n, v in CHOICES.items()}))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_count_is_the_number_of_rows(client: httpx.Client, choice: dict[str, str]) -> None:

    page = html.document_fromstring(client.get("/findings", params=choice).text)
    told = text(page, "caption").split()
    total = int(told[0].replace(",", "")) if told else 0
    rows = 0
    while True:
        rows += len(select(page, "table.queue tbody tr"))
        more = select(page, ".pager a.next")
        if not more:
            break
        page = html.document_fromstring(client.get(more[0].get("href")).text)
    assert rows == total


def test_a_filter_that_cannot_be_is_refused(site: Site) -> None:
    for name, value in (("severity", "9"), ("answer", "maybe"), ("age", "30-40"), ("state", "x")):
        assert site.client.get("/findings", params={name: value}).status_code == 400


def test_the_charts_stand_with_their_numbers(site: Site) -> None:
    store = site.store
    site.decide("edu", event="take")
    site.decide("edu", event="confirm")
    site.decide("dropout", event="take")
    site.decide("dropout", event="dismiss", reason="wrong_data")
    second = store.runs.run(2)
    store.day_counts.put(replace(second, as_of=date(2026, 11, 14)))
    store.day_counts.put(second)
    page = site.page("/overview")
    assert len(select(page, "svg.lines")) == 2
    days = [flat(th) for th in select(page, "section[aria-labelledby=over-time] .scroll tbody th")]
    assert days == ["2026-11-16", "2026-11-14"]
    newest = store.day_counts.since(SECOND, ("",))
    ordinary = {c.rule for c in newest}
    assert "EDU-01" in ordinary and sum(c.open for c in newest) > 0
    assert all(c.county == "" or c.county.isdigit() for c in newest)
    narrow = store.day_counts.since(SECOND, ("419902",))
    assert {c.county for c in narrow} == {"419902"}
    judged = {j.rule: j for j in store.day_counts.judged(datetime(2026, 11, 1, tzinfo=UTC), ("",))}
    assert judged["EDU-01"].precision == 100 and judged["EDU-02"].precision == 0
    assert judged["EDU-01"].minutes == 0
    assert "100%" in text(page, "section[aria-labelledby=over-time]")
