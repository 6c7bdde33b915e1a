"""The pages that show the document: every file of them is ours, under the strict policy of every page."""

import re

import httpx
import pytest

PAGE = "/api/v1/docs"


def test_the_page_names_no_other_host(client: httpx.Client) -> None:
    answer = client.get(PAGE)
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    links = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    assert len(links) == 3
    for link in links:
        found = client.get(link)
        assert found.status_code == 200 and found.content, link
        assert found.headers["content-type"].partition(";")[0] in ("text/css", "text/javascript")
    assert "<script>" not in answer.text and "style=" not in answer.text


def test_what_it_starts_with_reads_our_document_and_sends_it_nowhere(client: httpx.Client) -> None:
    start = client.get(f"{PAGE}/start.js").text
    assert "/api/v1/openapi.json" in start and "validatorUrl: null" in start
    assert "http" not in start


@pytest.mark.parametrize("name", ["swagger-editor.js", "..%2f__init__.py", "x"])
def test_nothing_else_of_the_wheel_is_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"{PAGE}/{name}").status_code == 404
