"""Every page of the console, in both languages: nothing of WCAG 2.2 AA broken, nothing wider than the screen.

A page is a route that answers with one; a new route has a line in `WAYS` or `NO_PAGE`, or the first
test fails.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.routing import Mount, Route
from whole_site import NO_PAGE, WAYS, Whole, empty_site, whole_site

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = "document.documentElement.scrollWidth > window.innerWidth"
SCREENS = (390, 1366, 1920)


@pytest.fixture(scope="module")
def whole(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole_site(browser, tmp_path_factory.mktemp("whole"), extra=3) as site:
        yield site


def test_every_route_is_a_page_here_or_none(whole: Whole) -> None:
    routes: set[str] = set()
    for mount in whole.app.routes:
        if isinstance(mount, Mount) and mount.path == "":
            routes |= {
                f"{method} {route.path}"
                for included in mount.routes
                for route in getattr(
                    getattr(included, "original_router", None), "routes", [included]
                )
                if isinstance(route, Route)
                for method in (route.methods or set()) - {"HEAD"}
            }
    assert {way.route for way in WAYS} | set(NO_PAGE) == routes
    assert not {way.route for way in WAYS} & set(NO_PAGE)


def broken(page: Page, name: str, contrast: bool = True) -> list[tuple[str, str, str]]:
    """What axe finds on a page with every part of it unfolded, and screens that it does not fit."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    rules = {} if contrast else {"color-contrast": {"enabled": False}}
    options = {"runOnly": TAGS, "resultTypes": ["violations"], "rules": rules}
    found = Axe().run(page, options=options).response["violations"]
    wrong = [(name, v["id"], v["nodes"][0]["html"][:80]) for v in found]
    for width in SCREENS:
        page.set_viewport_size({"width": width, "height": 768})
        if page.evaluate(WIDE):
            wrong.append((name, "wide", str(width)))
    return wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_breaks_the_accessibility_rules_or_a_screen(whole: Whole, lang: str) -> None:
    # Colours are those of one style sheet in either language: contrast, the dearest rule, is told once.
    once = {way.route: way for way in reversed(WAYS)}.values()
    wrong = []
    for way in WAYS if lang == "zh" else once:
        page = whole.page(way.person)
        way.go(page, whole, lang)
        wrong += broken(page, way.name, contrast=lang == "zh")
        tag = page.locator("html").get_attribute("lang")
        assert tag == {"zh": "zh-Hans", "en": "en"}[lang], way.name
    assert wrong == []


def test_a_fault_is_found(whole: Whole) -> None:
    page = whole.page()
    page.goto("/team")
    page.evaluate(
        """const main = document.querySelector('main');
           main.innerHTML = '<img src="/static/icon.svg"><p>grey</p>';
           Object.assign(main.querySelector('p').style, {color: '#aaa', width: '3000px'});"""
    )
    assert {kind for _, kind, _ in broken(page, "team")} >= {"image-alt", "color-contrast", "wide"}


def test_pages_before_the_first_night(browser: Browser, tmp_path: Path) -> None:
    with empty_site(browser, tmp_path) as site:
        page = site.page("system")
        page.goto("/findings?lang=zh")
        page.get_by_role("link", name="系统管理员：查看开始步骤").click()
        assert page.locator("ol.steps li.open").count() >= 2
        wrong = []
        for path in ("/findings", "/overview", "/night", "/runs", "/site"):
            page.goto(f"{path}?lang=zh")
            wrong += broken(page, path)
        assert wrong == []
