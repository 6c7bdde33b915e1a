"""The OpenAPI document that is committed is the one that is served, and says what a caller needs.

`CWG_WRITE_OPENAPI=1 pytest tests/api/test_api_document.py` writes it anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.api.problems import CODES

DOCS = Path(__file__).parents[2] / "docs" / "api"
DOCUMENT = DOCS / "openapi.json"


@pytest.fixture
def served(client: httpx.Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def test_the_committed_document_is_the_served_one(served: Any) -> None:
    if os.environ.get("CWG_WRITE_OPENAPI"):
        text = json.dumps(served, ensure_ascii=False, indent=1, sort_keys=True)
        DOCUMENT.write_text(text + "\n", encoding="utf-8")
    assert json.loads(DOCUMENT.read_text("utf-8")) == served


def test_every_operation_says_what_it_does_and_how_it_refuses(served: Any) -> None:
    for path, methods in served["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            if path.startswith("/api/") and path != "/api/v1/token":
                assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), path
                assert operation["security"] == [{"client": []}]


def test_no_field_says_stop_or_pay(served: Any) -> None:
    """The gateway asks questions: nothing that it takes or gives tells anybody to stop or recover."""
    names: set[str] = set()
    for schema in served["components"]["schemas"].values():
        names |= set(schema.get("properties", ()))
        names |= {str(value) for value in schema.get("enum", ())}
    words = ("stop", "pay", "recover", "suspend", "terminate", "punish", "refund")
    assert len(names) > 40
    assert not [name for name in names if any(word in name.lower() for word in words)]


def test_every_problem_is_documented(served: Any) -> None:
    text = (DOCS / "problems.md").read_text("utf-8")
    lines = {line.split("|")[1].strip(" `") for line in text.splitlines() if line.startswith("| `")}
    assert lines == set(CODES)
    assert all(zh and en for zh, en in CODES.values())
