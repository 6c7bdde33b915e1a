"""The pages, as HTML: what they show, in which language, and what they may never hold."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml import html
from markup import flat, select, text
from online_fixtures import app_of, enter, put_account
from online_seed import HIDDEN, NAMES, key, make_store, number
from online_server import serving

PAGES = [
    "/findings", "/findings?rule=EDU-01", "/findings?state=all", "/findings?county=510100", "/night",
    f"/findings/{key('edu')}", f"/findings/{key('local')}", f"/findings/{key('late')}",
]  # fmt: skip
REFUSED = [
    ("/none", 404), (f"/findings/{'0' * 64}", 404), ("/findings/张三", 404),
    (f"/findings/{key('sealed')}", 404), (f"/findings/{key('protection')}", 404),
    ("/findings?state=张三", 400), ("/findings?rule=张三", 400), ("/findings?county=1", 400),
    ("/findings?cursor=张三", 400),
]  # fmt: skip


def read(client: httpx.Client, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.document_fromstring(answer.text)


def keys(page: Any) -> list[str]:
    links = page.xpath("//table//a/@href")
    return [urlsplit(link).path.rpartition("/")[2] for link in links]


def test_the_start_is_the_list(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 303 and answer.headers["location"] == "/findings?lang=zh"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/findings?rule=EDU-01", ["edu", "edu-other-county", "nowhere", "unverified"]),
        ("/findings?county=419902", ["edu-other-county"]),
        ("/findings?state=resolved", ["closed"]),
        ("/findings?rule=SRC-01", ["late"]),
        ("/findings?rule=WEL-02", []),
        ("/findings?rule=WEL-02&state=all", ["closed"]),
    ],
)
def test_the_list_and_its_filters(client: httpx.Client, path: str, wanted: list[str]) -> None:
    page = read(client, path)
    assert sorted(keys(page)) == sorted(key(name) for name in wanted)
    if wanted:
        assert text(page, "caption").startswith(f"{len(wanted)} ")
    else:
        assert "没有符合条件的线索" in text(page, ".empty") and not select(page, "table")


def test_a_row_of_the_list(client: httpx.Client) -> None:
    (row,) = select(read(client, "/findings?rule=EDU-02"), "tbody tr")
    shown = flat(row)
    for part in (
        "当日",
        "EDU-02 疑似中断就学",
        "买* 女 2015-04",
        "419***********0032",
        "待核查",
        "2026-11-23",
    ):
        assert part in shown, part


def test_a_finding_that_could_not_be_checked_says_since_when(client: httpx.Client) -> None:
    marks = select(read(client, "/findings?rule=EDU-01"), ".mark")
    assert [flat(m) for m in marks] == ["自此未再核实 2026-11-12"]


def test_pages_follow_each_other_to_the_end(client: httpx.Client) -> None:
    path, found, pages = "/findings?lang=zh&state=all", [], 0
    while path:
        page = read(client, path)
        found += keys(page)
        pages += 1
        path = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert pages == 2 and len(found) == len(set(found)) == 100


def test_options_count_what_they_would_show(client: httpx.Client) -> None:
    page = read(client, "/findings?county=419902")
    rules = [o.text for o in select(page, "#rule option")]
    assert "全部规则 (1)" in rules and "EDU-01 适龄儿童未查到入学 (1)" in rules
    assert "MED-02 基本医保中断 (0)" in rules
    counties = {o.get("value"): o.text for o in select(page, "#county option")}
    assert counties == {"": "全部县区 (99)", "419901": "419901 (96)", "419902": "419902 (1)"}
    chosen = [o.get("value") for o in select(page, "option[selected]")]
    assert chosen == ["", "419902", *[""] * 8]


def test_a_finding(client: httpx.Client) -> None:
    page = read(client, f"/findings/{key('edu')}")
    assert text(page, "h1").startswith("EDU-01 适龄儿童未查到入学")
    assert "2026–2027学年" in text(page, ".sentence")
    assert "先与教育部门核对" in text(page, ".action")
    assert "李* 女 2015-02" in text(page, ".facts-list")
    assert "#17" in text(page, "td.ref")
    assert "仍在学前班" in text(page, "section[aria-labelledby=excuses]")
    assert "豫政办〔2017〕47号" in text(page, "section[aria-labelledby=citation]")
    assert key("edu") in text(page, "section[aria-labelledby=provenance]")


def test_a_local_answer_is_never_shown_as_more(client: httpx.Client) -> None:
    page = read(client, f"/findings/{key('local')}")
    assert text(page, "h1").startswith("MED-01 本县未找到")
    assert "未参保" not in text(page, "main") and "uninsured" not in text(page, "main")


def test_the_night(client: httpx.Client) -> None:
    page = read(client, "/night")
    rolls, rules = select(page, "table")
    rows = [flat(row) for row in select(rolls, "tbody tr")]
    assert any("学籍" in r and "不完整" in r and "1,000 988 12 0 970 18" in r for r in rows)
    assert any("参保" in r and "迟到" in r and r.endswith("– – – – – – –") for r in rows)
    sums = [flat(row) for row in select(rules, "tbody tr")]
    assert len(sums) == 2 and sums[0].endswith("1,000 3 700 20 17 260")


@pytest.mark.parametrize("path", [*PAGES, *(path for path, _ in REFUSED)])
def test_nothing_hidden_and_nobody_unmasked(client: httpx.Client, path: str) -> None:
    body = client.get(path).text
    people = [*NAMES, *(number(n) for n in range(1, 200))]
    hidden = ["HRM-01", *(key(seed.name) for seed in HIDDEN)]
    assert not [word for word in (*people, *hidden) if word in body]


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_refusals_are_plain_pages(client: httpx.Client, path: str, status: int) -> None:
    page = read(client, path, status)
    assert str(status) in text(page, "h1") and "张三" not in text(page, "body")
    assert not page.xpath("//a[contains(@href, '%E5')]")


def test_a_list_of_the_night_before_is_gone(client: httpx.Client, store: Any) -> None:
    (link,) = read(client, "/findings").xpath("//a[@rel='next']/@href")
    store.night.publish(1)
    try:
        page = read(client, link, 410)
    finally:
        store.night.publish(2)
    assert "新的一夜" in text(page, "main")


@pytest.mark.parametrize("path", ["/findings", "/night"])
def test_before_the_first_night(empty_client: httpx.Client, path: str) -> None:
    page = read(empty_client, path)
    assert "还没有公布任何一夜的结果" in text(page, ".empty") and not select(page, "table")


def test_a_failure_inside_shows_and_logs_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **named: object) -> None:
        raise ValueError(NAMES[0])

    with make_store(tmp_path) as own, caplog.at_level(logging.DEBUG):
        monkeypatch.setattr(own.findings, "page", fail)
        put_account(own)
        with serving(app_of(own)) as client:
            enter(client, own)
            page = read(client, "/findings", 500)
    assert "出错了" in text(page, "main")
    assert NAMES[0] not in text(page, "body") and NAMES[0] not in caplog.text


LANGUAGES = [
    ("", "", "zh-Hans"),
    ("", "en", "en"),
    ("", "en-GB,en;q=0.9", "en"),
    ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
    ("", "en;q=0.8, zh;q=0.7", "en"),
    ("", "de,fr;q=0.5", "zh-Hans"),
    ("", "en;q=oops", "zh-Hans"),
    ("lang=en", "zh", "en"),
    ("lang=zh", "en", "zh-Hans"),
    ("lang=xx", "en", "en"),
]


@pytest.mark.parametrize(("query", "accept", "wanted"), LANGUAGES)
def test_language(client: httpx.Client, query: str, accept: str, wanted: str) -> None:
    answer = client.get(f"/night?{query}", headers={"accept-language": accept})
    page = html.document_fromstring(answer.text)
    assert page.get("lang") == wanted
    first = select(page, "h1 span")[0]
    assert first.get("lang") == wanted
    beside = select(page, "h1 .beside")[0]
    assert beside.get("lang") == ("en" if wanted == "zh-Hans" else "zh-Hans")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [*PAGES, "/none"])
def test_every_link_keeps_the_language(client: httpx.Client, path: str, lang: str) -> None:
    sign = "&" if "?" in path else "?"
    page = html.document_fromstring(client.get(f"{path}{sign}lang={lang}").text)
    links = page.xpath("//a[not(starts-with(@href, '#')) and not(@hreflang)]/@href")
    assert links
    assert {parse_qs(urlsplit(link).query)["lang"][0] for link in links} == {lang}
    (switch,) = page.xpath("//a[@hreflang]/@href")
    assert parse_qs(urlsplit(switch).query)["lang"] == ["en" if lang == "zh" else "zh"]
    for form in page.xpath("//form[not(@method='dialog')]"):
        assert select(form, "input[name=lang]")[0].get("value") == lang


def test_switching_the_language_keeps_the_filter(client: httpx.Client) -> None:
    page = read(client, "/findings?rule=EDU-01&lang=zh")
    (switch,) = page.xpath("//a[@hreflang]/@href")
    assert parse_qs(urlsplit(switch).query) == {"rule": ["EDU-01"], "lang": ["en"]}
