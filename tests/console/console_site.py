"""A store of its own, served, and a client that is logged in: what tests of pages that write begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from lxml import html
from online_fixtures import app_of, enter, put_account
from online_seed import key, make_store
from online_server import serving

from gateway.model.cases import CaseState
from gateway.store import Store


@dataclass
class Site:
    """A store of its own, served, and a client that is logged in."""

    store: Store
    client: httpx.Client

    def page(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.text)

    def form(self, page: Any, action: str) -> dict[str, str]:
        (form, *_) = page.xpath(f"//form[contains(@action, '{action}')]")
        return {i.get("name"): i.get("value", "") for i in form.xpath(".//input[@type='hidden']")}

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        return self.client.post(path, data=fields)

    def decide(self, name: str, **fields: str) -> httpx.Response:
        page = self.page(f"/findings/{key(name)}")
        hidden = self.form(page, "/decide")
        return self.post(f"/findings/{key(name)}/decide", hidden | fields)

    def state(self, name: str) -> CaseState:
        found = self.store.findings.finding(key(name))
        assert found is not None
        return found.state


@contextmanager
def open_site_at(folder: Path) -> Iterator[Site]:
    """A seeded site with the officer `demo` logged in."""
    with make_store(folder) as store:
        put_account(store)
        with serving(app_of(store)) as client:
            enter(client, store)
            yield Site(store, client)


def as_another(site: Site, name: str, **account: Any) -> None:
    """Go on as somebody else, whose account is made first."""
    put_account(site.store, name, **account)
    enter(site.client, site.store, name)
